//! The app's own window, fed by the test server over the wire.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use e2e::{Cloud, Process, Window};
use fake_dashscope::{Kind, Script, Stretch};
use serde::Serialize;

use super::probe::{Probe, Probes, Sample, dropped, longest};
use super::replayed::{SEED, Seeded, TOKENS};
use crate::Error;
use crate::figures::{Summary, milliseconds, rounded};
use crate::window::SEND;

/// The pace of what is measured.
const RATE: f64 = 200.0;

/// Tokens at that pace before the measured ones, so that the first frames are like the others.
const LEAD: usize = 60;

/// Time for the page to settle before each measured stretch.
const PAUSE: Duration = Duration::from_millis(1_500);

/// How often the server is asked how far it is.
const GLANCE: Duration = Duration::from_millis(4);

/// Rounds of the flood.
const FLOODS: usize = 3;

/// Writes down when each frame begins, in milliseconds since 1970.
const RECORD: &str = "
window.paints = [];
window.recording = Symbol();
const own = window.recording;
const tick = () => {
  window.paints.push(performance.timeOrigin + performance.now());
  if (window.recording === own) requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
";

/// A whole reply at a steady pace.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Whole {
    seconds: f64,
    frames: usize,
    dropped_frames: usize,
    frames_over_50_ms: usize,
    pub(crate) longest_frame_ms: f64,
    main_ms_per_frame: f64,
    /// Processor time of the app itself, where the reply is parsed, stored and sent from.
    app_ms_per_1000_tokens: f64,
}

/// A reply as fast as it can be; everything in milliseconds.
#[derive(Debug, Serialize)]
pub(crate) struct Flood {
    /// From the click on "send" to the complete reply, painted.
    pub(crate) settled: Summary,
    main_thread: Summary,
    longest_frame: Summary,
}

/// A reply that is fast but for its probes, which are at 200 tokens a second.
pub(crate) async fn paced(
    window: &Window,
    cloud: &Cloud,
    seeded: &Seeded,
) -> Result<Probes, Error> {
    let stretches = seeded.probes.iter().flat_map(|probe| {
        let slow = Stretch {
            from: number(probe.start.saturating_sub(LEAD)),
            rate: RATE,
            pause: PAUSE,
        };
        let fast = Stretch {
            from: number(probe.end),
            rate: f64::INFINITY,
            pause: PAUSE,
        };
        [slow, fast]
    });
    let script = Script {
        rate: f64::INFINITY,
        stretches: stretches.collect(),
        ..markdown(seeded.kind)
    };
    start(window, cloud, script).await?;
    let page = window.page()?;
    let mut marks = Vec::new();
    for probe in &seeded.probes {
        sent(cloud, probe.start).await?;
        let from = (now_ms(), Sample::of(page));
        sent(cloud, probe.end).await?;
        marks.push((probe.start, from, (now_ms(), Sample::of(page))));
    }
    window
        .reply_ends("complete", Duration::from_mins(1))
        .await?;
    let paints = paints(window).await?;
    let probes = marks.into_iter().map(|(at, (begins, from), (ends, to))| {
        Probe::between(at, from, to, &gaps(&paints, begins, ends))
    });
    Ok(Probes::new(probes.collect()))
}

/// The whole document at 200 tokens a second.
pub(crate) async fn whole(window: &Window, cloud: &Cloud, seeded: &Seeded) -> Result<Whole, Error> {
    let script = Script {
        rate: RATE,
        ..markdown(seeded.kind)
    };
    start(window, cloud, script).await?;
    let (page, app) = (window.page()?, window.app());
    let (begins, from) = (now_ms(), Sample::of(page));
    let app_before = Process::usage(&[app]).cpu;
    window
        .reply_ends("complete", Duration::from_mins(3))
        .await?;
    let (ends, to) = (now_ms(), Sample::of(page));
    let app_cost = Process::usage(&[app]).cpu.saturating_sub(app_before);
    let gaps = gaps(&paints(window).await?, begins, ends);
    let probe = Probe::between(0, from, to, &gaps);
    Ok(Whole {
        seconds: rounded((ends - begins) / 1_000.0),
        frames: gaps.len(),
        dropped_frames: dropped(&gaps),
        frames_over_50_ms: gaps.iter().filter(|gap| **gap > 50.0).count(),
        longest_frame_ms: longest(&gaps),
        main_ms_per_frame: probe.main_ms(),
        app_ms_per_1000_tokens: rounded(milliseconds(app_cost) / f64::from(TOKENS) * 1_000.0),
    })
}

/// The mixed document as fast as it can be.
pub(crate) async fn flood(window: &Window, cloud: &Cloud) -> Result<Flood, Error> {
    let page = window.page()?;
    let (mut settled, mut main, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..FLOODS {
        window.new_chat().await?;
        cloud.beijing.queue_script(Script {
            rate: f64::INFINITY,
            ..markdown(Kind::Mixed)
        });
        window.type_into("composer", "a flood").await?;
        window.script::<()>(RECORD, vec![]).await?;
        let (begins, before) = (now_ms(), page.main_thread().unwrap_or_default());
        settled.push(window.script_later(SEND, vec![]).await?);
        let after = page.main_thread().unwrap_or_default();
        let ends = now_ms();
        main.push(milliseconds(after.saturating_sub(before)));
        frames.push(longest(&gaps(&paints(window).await?, begins, ends)));
    }
    Ok(Flood {
        settled: Summary::of(settled),
        main_thread: Summary::of(main),
        longest_frame: Summary::of(frames),
    })
}

/// A script that answers with the seeded document of this kind.
fn markdown(kind: Kind) -> Script {
    Script {
        markdown: Some((kind, TOKENS)),
        seed: Some(SEED),
        thinking: Some(0),
        ..Script::default()
    }
}

/// Asks in a chat of its own, with the frames recorded from before the question on.
async fn start(window: &Window, cloud: &Cloud, script: Script) -> Result<(), Error> {
    window.new_chat().await?;
    cloud.beijing.forget_requests();
    cloud.beijing.queue_script(script);
    window.script::<()>(RECORD, vec![]).await?;
    window.ask("a long document").await?;
    Ok(())
}

/// Waits until the server has sent so many tokens of the running reply.
async fn sent(cloud: &Cloud, tokens: usize) -> Result<(), Error> {
    let until = tokio::time::Instant::now() + Duration::from_mins(2);
    loop {
        let requests = cloud.beijing.requests();
        let chat = requests
            .iter()
            .rev()
            .find(|request| request.path.ends_with("/chat/completions"));
        if chat.is_some_and(|chat| chat.events_sent >= number(tokens)) {
            return Ok(());
        }
        if tokio::time::Instant::now() > until {
            return Err(Error::Setup("the server did not get on"));
        }
        tokio::time::sleep(GLANCE).await;
    }
}

async fn paints(window: &Window) -> Result<Vec<f64>, Error> {
    let stop = "window.recording = null; return window.paints";
    Ok(window.script(stop, vec![]).await?)
}

/// The frames between two moments, as their distances.
fn gaps(paints: &[f64], begins: f64, ends: f64) -> Vec<f64> {
    let pairs = paints.iter().zip(paints.iter().skip(1));
    pairs
        .filter(|(one, next)| **one >= begins && **next <= ends)
        .map(|(one, next)| next - one)
        .collect()
}

fn now_ms() -> f64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    milliseconds(since)
}

fn number(tokens: usize) -> u64 {
    u64::try_from(tokens).unwrap_or(u64::MAX)
}
