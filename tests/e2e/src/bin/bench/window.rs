//! The app in a real window: when words become visible, what they cost, how it starts and stops.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use e2e::{Cloud, Computer, Process, Usage, Window};
use fake_dashscope::FakeServer;
use serde::Serialize;

use crate::figures::{Summary, milliseconds, rounded};
use crate::{Error, progress};

/// Tokens of a paced reply.
const TOKENS: u32 = 5_000;

/// Starts measured after one that warms up.
const STARTS: usize = 9;

/// Stops measured.
const STOPS: usize = 7;

/// Rounds of each flood.
const FLOODS: usize = 3;

/// Writes down when each stamp of the server becomes part of the page.
const WATCH: &str = r"
window.sightings = [];
const seen = new WeakMap();
let open = '', last = 0;
const read = (node, at) => {
  if (node.nodeType === Node.TEXT_NODE) {
    const from = seen.get(node) ?? 0;
    if (node.length <= from) return;
    seen.set(node, node.length);
    // A stamp may be cut by the end of a text node.
    open += node.data.slice(from);
    for (const [, stamp] of open.matchAll(/⟨(\d+)⟩/g)) {
      if (Number(stamp) < last) continue;
      last = Number(stamp);
      window.sightings.push(at - last);
    }
    open = open.slice(open.lastIndexOf('⟩') + 1);
  } else for (const child of node.childNodes) read(child, at);
};
window.watching?.disconnect();
window.watching = new MutationObserver((records) => {
  const at = (performance.timeOrigin + performance.now()) * 1000;
  for (const record of records) {
    if (record.type === 'characterData') read(record.target, at);
    else record.addedNodes.forEach((node) => read(node, at));
  }
});
window.watching.observe(document.body, { subtree: true, childList: true, characterData: true });
";

/// Sends what the composer holds and answers when the reply is complete and painted.
pub(crate) const SEND: &str = r"
const done = arguments[arguments.length - 1];
const replies = () => document.querySelectorAll('[data-testid=message-assistant]');
const before = replies().length;
const started = performance.now();
document.querySelector('[data-testid=send]').click();
const ended = () => replies().length > before && [...replies()].at(-1).dataset.status === 'complete';
const finish = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
if (ended()) finish();
else {
  const observer = new MutationObserver(() => {
    if (!ended()) return;
    observer.disconnect();
    finish();
  });
  observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-status'] });
}
";

/// Stops the running reply and answers with the moment of the click.
const STOP: &str = "
const at = performance.timeOrigin + performance.now();
document.querySelector('[data-testid=stop]').click();
return at;
";

/// Everything measured in a window.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    pub(crate) paced: Vec<Paced>,
    pub(crate) floods: Vec<Flood>,
    /// From the click to the moment the server sees the connection closed, in milliseconds.
    pub(crate) stop_ms: Summary,
    /// From the start of the process to the window on the display, which the app shows when the
    /// page has painted and can be used, in milliseconds.
    pub(crate) start_ms: Summary,
    /// The same when the conversation that was open last holds a reply of 20 000 tokens.
    start_into_long_chat_ms: Summary,
    pub(crate) memory_mb: Memory,
    /// The finest step of the page's clock, in milliseconds; the latencies are rounded up to it.
    clock_step_ms: f64,
}

/// A reply at a steady pace.
#[derive(Debug, Serialize)]
pub(crate) struct Paced {
    pub(crate) tokens_per_second: u32,
    tokens: usize,
    /// From the server's write to the page's document, in milliseconds.
    pub(crate) visible_ms: Summary,
    pub(crate) first_token_ms: f64,
    /// Processor time of the app and its web processes, in milliseconds.
    cpu_ms_per_1000_tokens: f64,
    /// The same for each quarter of the reply: a cost that grows with the reply shows here.
    cpu_ms_per_1000_tokens_by_quarter: Vec<f64>,
}

/// A reply as fast as it can be.
#[derive(Debug, Serialize)]
pub(crate) struct Flood {
    pub(crate) tokens: u32,
    /// From the click on "send" to the complete reply, painted, in milliseconds.
    pub(crate) settled_ms: Summary,
    cpu_ms: f64,
}

/// Memory of the app and its web processes together, shared pages counted in part (PSS).
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    idle: f64,
    pub(crate) after_20_000_tokens: f64,
    by_process_after_20_000_tokens: Vec<(String, f64)>,
}

/// Measures everything.
pub(crate) async fn measure() -> Result<Figures, Error> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("to warm up", "complete").await?;
    let clock_step_ms = clock_step(&window).await?;
    let mut paced = Vec::new();
    for rate in [50, 200] {
        progress(&format!("{TOKENS} tokens at {rate} a second"));
        paced.push(at_pace(&window, rate, clock_step_ms).await?);
    }
    progress("stops");
    let stop_ms = stops(&window, &cloud).await?;
    progress("floods");
    let small = flood(&window, 5_000).await?;
    window.close().await?;

    progress("memory");
    // A fresh process, as a person has it after a start.
    let window = computer.start(&cloud.launch()).await?;
    window.new_chat().await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let idle = megabytes(&window.app().family());
    let large = flood(&window, 20_000).await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let family = window.app().family();
    let memory_mb = Memory {
        idle,
        after_20_000_tokens: megabytes(&family),
        by_process_after_20_000_tokens: family
            .iter()
            .map(|one| (one.name(), megabytes(&[*one])))
            .collect(),
    };
    window.close().await?;
    progress("starts");
    let start_into_long_chat_ms = starts(&computer, &cloud)?;
    let window = computer.start(&cloud.launch()).await?;
    window.new_chat().await?;
    window.ask_until("an ordinary question", "complete").await?;
    window.close().await?;
    let start_ms = starts(&computer, &cloud)?;
    Ok(Figures {
        paced,
        floods: vec![small, large],
        stop_ms,
        start_ms,
        start_into_long_chat_ms,
        memory_mb,
        clock_step_ms,
    })
}

async fn at_pace(window: &Window, rate: u32, clock_step_ms: f64) -> Result<Paced, Error> {
    window.new_chat().await?;
    window.script::<()>(WATCH, vec![]).await?;
    window
        .type_into(
            "composer",
            &format!("/fake thinking=0 tokens={TOKENS} rate={rate} stamps"),
        )
        .await?;
    let family = window.app().family();
    let quarter = Duration::from_secs_f64(f64::from(TOKENS) / f64::from(rate) / 4.0);
    let (whole, marks) = tokio::join!(
        window.script_later::<f64>(SEND, vec![]),
        marks(&family, quarter)
    );
    whole?;
    let sightings: Vec<f64> = window.script("return window.sightings", vec![]).await?;
    // The page's clock shows the step it is in, so the end of that step is the honest reading.
    let late = |delay: f64| delay / 1_000.0 + clock_step_ms;
    let sightings: Vec<f64> = sightings.into_iter().map(late).collect();
    let between = |from: &Usage, to: &Usage| milliseconds(to.cpu.saturating_sub(from.cpu));
    let per_1000 = 1_000.0 / f64::from(TOKENS);
    let cpu = marks
        .first()
        .zip(marks.last())
        .map(|(from, to)| between(from, to))
        .unwrap_or_default();
    Ok(Paced {
        tokens_per_second: rate,
        tokens: sightings.len(),
        first_token_ms: rounded(sightings.first().copied().unwrap_or(f64::NAN)),
        visible_ms: Summary::of(sightings),
        cpu_ms_per_1000_tokens: rounded(cpu * per_1000),
        cpu_ms_per_1000_tokens_by_quarter: marks
            .windows(2)
            .filter_map(|pair| {
                Some(rounded(
                    between(pair.first()?, pair.last()?) * per_1000 * 4.0,
                ))
            })
            .collect(),
    })
}

/// What the processes have cost at the beginning and after each quarter.
async fn marks(family: &[Process], quarter: Duration) -> Vec<Usage> {
    let started = tokio::time::Instant::now();
    let mut marks = vec![Process::usage(family)];
    for number in 1..=4 {
        tokio::time::sleep_until(started + quarter * number).await;
        marks.push(Process::usage(family));
    }
    marks
}

async fn flood(window: &Window, tokens: u32) -> Result<Flood, Error> {
    let family = window.app().family();
    let mut settled = Vec::new();
    let mut cpu = Vec::new();
    for _ in 0..FLOODS {
        window.new_chat().await?;
        window
            .type_into(
                "composer",
                &format!("/fake thinking=0 tokens={tokens} flood"),
            )
            .await?;
        let before = Process::usage(&family).cpu;
        settled.push(window.script_later(SEND, vec![]).await?);
        cpu.push(milliseconds(
            Process::usage(&family).cpu.saturating_sub(before),
        ));
        let words = window.last_reply().await?.text.split_whitespace().count();
        if u32::try_from(words) != Ok(tokens) {
            return Err(Error::Window(e2e::Error::Unexpected(format!(
                "{words} of {tokens} tokens are shown"
            ))));
        }
    }
    Ok(Flood {
        tokens,
        settled_ms: Summary::of(settled),
        cpu_ms: Summary::of(cpu).median,
    })
}

async fn stops(window: &Window, cloud: &Cloud) -> Result<Summary, Error> {
    let mut delays = Vec::new();
    for _ in 0..STOPS {
        window.new_chat().await?;
        window.ask("/fake thinking=0 tokens=4000 rate=100").await?;
        window.reply_grows_to(200).await?;
        let clicked: f64 = window.script(STOP, vec![]).await?;
        window
            .reply_ends("stopped", Duration::from_secs(10))
            .await?;
        let closed = cloud
            .beijing
            .requests()
            .pop()
            .and_then(|request| request.client_closed_at);
        delays.extend(closed.map(|closed| since_1970_ms(closed) - clicked));
    }
    Ok(Summary::of(delays))
}

fn starts(computer: &Computer, cloud: &Cloud) -> Result<Summary, Error> {
    let mut times = Vec::new();
    for round in 0..=STARTS {
        let (mut app, time) = computer.time_to_window(&cloud.launch(), Duration::from_secs(30))?;
        // It is ended rather than closed, so that the next round need not wait for its goodbye.
        drop(app.kill());
        drop(app.wait());
        std::thread::park_timeout(Duration::from_millis(700));
        if round > 0 {
            times.push(milliseconds(time));
        }
    }
    Ok(Summary::of(times))
}

async fn clock_step(window: &Window) -> Result<f64, Error> {
    let measure = "
        let step = Infinity;
        for (let round = 0; round < 20; round += 1) {
          const from = performance.now();
          let to = from;
          while (to === from) to = performance.now();
          step = Math.min(step, to - from);
        }
        return step;
    ";
    let step: f64 = window.script(measure, vec![]).await?;
    Ok(rounded(step))
}

fn megabytes(processes: &[Process]) -> f64 {
    let bytes = u32::try_from(Process::usage(processes).memory / 1024).unwrap_or(u32::MAX);
    rounded(f64::from(bytes) / 1024.0)
}

/// A moment of this process as milliseconds since 1970, the clock of the page.
fn since_1970_ms(moment: Instant) -> f64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    milliseconds(now) - milliseconds(moment.elapsed())
}
