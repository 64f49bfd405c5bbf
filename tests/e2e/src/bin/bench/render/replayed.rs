//! Recorded replies, fed to a page sixty times a second by a script in it.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use e2e::{Browser, Process, Window};
use fake_dashscope::{Document, Kind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::probe::{Probe, Probes, Sample};
use crate::Error;

/// Equal seeds give equal documents.
pub(crate) const SEED: u64 = 7;

/// The length of every document.
pub(crate) const TOKENS: u32 = 20_000;

/// Where a document that is one block is measured; the mixed one says so itself.
const ONE_BLOCK: [Range<usize>; 2] = [1_000..1_430, 19_000..19_430];

/// Steps before the measured ones at the measured pace.
const LEAD: usize = 20;

/// Tokens of three frames at 200 tokens and 60 frames a second.
const TOKENS_IN_THREE_STEPS: usize = 10;

const LOAD: &str =
    "const [steps, done] = arguments; window.replay.load(steps); done(window.replay.shown());";
const HURRY: &str = "const [to, done] = arguments; window.replay.hurry(to).then(() => done(to));";
const PACE: &str = "const [to, done] = arguments; window.replay.pace(to).then(done);";
const REST: &str = "const [frames, done] = arguments; window.replay.rest(frames).then(done);";

/// What shows the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    /// One text node.
    Plain,
    /// streamdown in React.
    Streamdown,
    /// The app's reply page.
    Operations,
}

impl Sink {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Streamdown => "streamdown",
            Self::Operations => "operations",
        }
    }
}

/// A document and where it is measured.
pub(crate) struct Seeded {
    pub(crate) kind: Kind,
    pub(crate) probes: Vec<Range<usize>>,
    tokens: Vec<String>,
}

impl Seeded {
    pub(crate) fn new(kind: Kind) -> Self {
        let count = usize::try_from(TOKENS).unwrap_or(usize::MAX);
        let document = Document::seeded(kind, count, SEED);
        let probes = match kind {
            Kind::Mixed => document.probes,
            Kind::Code | Kind::List | Kind::Table | Kind::Paragraph => ONE_BLOCK.to_vec(),
        };
        Self {
            kind,
            probes,
            tokens: document.tokens,
        }
    }

    /// The text of each frame.
    fn texts(&self) -> Vec<String> {
        let steps = self.tokens.len() * 3 / TOKENS_IN_THREE_STEPS + 1;
        let range = |step: usize| {
            let end = |step: usize| (step * TOKENS_IN_THREE_STEPS / 3).min(self.tokens.len());
            end(step)..end(step + 1)
        };
        let text = |step| self.tokens.get(range(step)).unwrap_or_default().concat();
        (0..=steps).map(text).collect()
    }

    /// What a sink is given for each frame.
    fn steps(&self, sink: Sink) -> Result<Value, Error> {
        let texts = self.texts();
        if sink != Sink::Operations {
            return Ok(json!(texts));
        }
        let mut stream = markdown::Stream::new();
        let mut steps = Vec::new();
        for text in texts {
            stream.push(&text);
            steps.push(stream.flush().concat());
        }
        steps.push(stream.finish().concat());
        serde_json::to_value(steps).map_err(|_error| Error::Setup("operations are no JSON"))
    }
}

/// What the page saw of a stretch.
#[derive(Deserialize)]
struct Frames {
    gaps: Vec<f64>,
}

/// Where a replay runs.
enum Place<'a> {
    App(&'a Window),
    Browser(&'a Browser),
}

impl Place<'_> {
    async fn call<T: DeserializeOwned>(&self, body: &str, argument: Value) -> Result<T, Error> {
        let arguments = vec![argument];
        Ok(match self {
            Self::App(window) => window.script_later(body, arguments).await?,
            Self::Browser(browser) => browser.script_later(body, arguments).await?,
        })
    }

    async fn page(&self) -> Result<Process, Error> {
        Ok(match self {
            Self::App(window) => window.page()?,
            Self::Browser(browser) => browser.page().await?,
        })
    }

    async fn replay(&self, sink: Sink, seeded: &Seeded) -> Result<Probes, Error> {
        let _shown: u64 = self.call(LOAD, seeded.steps(sink)?).await?;
        // What loads fonts and compiles scripts is no part of a frame.
        let _settled: Frames = self.call(REST, json!(120)).await?;
        let page = self.page().await?;
        let mut probes = Vec::new();
        for probe in &seeded.probes {
            let step = |token: usize| token * 3 / TOKENS_IN_THREE_STEPS;
            let (from, to) = (step(probe.start), step(probe.end));
            let _at: usize = self.call(HURRY, json!(from.saturating_sub(LEAD))).await?;
            let _settled: Frames = self.call(REST, json!(60)).await?;
            let _lead: Frames = self.call(PACE, json!(from)).await?;
            let before = Sample::of(page);
            let frames: Frames = self.call(PACE, json!(to)).await?;
            let after = Sample::of(page);
            probes.push(Probe::between(probe.start, before, after, &frames.gaps));
        }
        Ok(Probes::new(probes))
    }
}

/// Plain text in the app's own window, over the app.
pub(crate) async fn in_app(window: &Window, seeded: &Seeded) -> Result<Probes, Error> {
    let script = fs::read_to_string(folder().join("plain/bench.js"))
        .map_err(|_error| Error::Setup(NOT_BUILT))?;
    window.script::<()>(&script, vec![]).await?;
    Place::App(window).replay(Sink::Plain, seeded).await
}

/// Any sink in a browser.
pub(crate) async fn in_browser(
    browser: &Browser,
    sink: Sink,
    seeded: &Seeded,
) -> Result<Probes, Error> {
    let file = folder().join(sink.name()).join("index.html");
    if !file.is_file() {
        return Err(Error::Setup(NOT_BUILT));
    }
    browser.open(&file).await?;
    Place::Browser(browser).replay(sink, seeded).await
}

const NOT_BUILT: &str = "the pages to compare with are not built: run `cargo xtask bench render`";

/// Where the built pages are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("bench-page/dist")
}
