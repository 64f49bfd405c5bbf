//! The engine without a window, beside a client that does nothing but read.
//!
//! Both run in this process against the same server, in turns, so that whatever else the machine
//! does falls on both.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use credentials::Vault;
use credentials::memory::MemoryBackend;
use engine::{Answerer, Engine, NewTurn, Parts, ReplyEvent, Verification, VerificationScope};
use fake_dashscope::{FakeServer, Options};
use futures_util::StreamExt as _;
use markdown::Operation;
use serde::Serialize;
use serde_json::json;
use store::Store;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::figures::{Summary, milliseconds, rounded};
use crate::{Error, progress};

/// Rounds of one token each, for the time to the first one.
const SHORT_ROUNDS: usize = 40;

/// Rounds of a paced reply.
const PACED_ROUNDS: usize = 4;

/// A paced reply: 50 tokens a second leave no two tokens for one frame of 16 ms, so that the
/// difference is the engine's own.
const PACED: &str = "/fake thinking=0 tokens=200 rate=50 stamps";

/// Lengths of replies sent as fast as they can be.
const FLOODS: [u32; 3] = [5_000, 20_000, 80_000];

/// The engine beside the bare client.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// From the call to the first token, in milliseconds.
    first_token_ms: Pair,
    pub(crate) first_token_difference_ms: f64,
    /// From the server's stamp to the listener at 50 tokens a second, in milliseconds.
    chunk_ms: Pair,
    pub(crate) chunk_difference_ms: f64,
    chunk_ratio: f64,
    /// Replies sent as fast as they can be.
    floods: Vec<Flood>,
    /// Cost per token of the longest flood over that of the shortest, through the engine.
    pub(crate) growth: f64,
}

/// The same thing measured twice.
#[derive(Debug, Serialize)]
struct Pair {
    bare: Summary,
    engine: Summary,
}

/// A reply sent as fast as it can be, per token in microseconds.
#[derive(Debug, Serialize)]
struct Flood {
    tokens: u32,
    bare_us: f64,
    engine_us: f64,
}

/// What came of one reply.
#[derive(Debug, Default)]
struct Heard {
    /// From the call to the first token.
    first: Option<Duration>,
    /// From each token's stamp to its arrival, in milliseconds.
    delays: Vec<f64>,
    /// From the call to the end.
    whole: Duration,
}

/// Both clients and their server.
struct Bench {
    server: FakeServer,
    network: network::Client,
    engine: Engine,
    account: String,
    _folder: TempDir,
}

/// Measures everything.
pub(crate) async fn measure() -> Result<Figures, Error> {
    let bench = Bench::new().await?;
    progress("engine: first tokens");
    let (mut bare, mut through) = (Vec::new(), Vec::new());
    for round in 0..=SHORT_ROUNDS {
        let pair = [
            bench.bare("/fake thinking=0 tokens=1 stamps").await?,
            bench.through("/fake thinking=0 tokens=1 stamps").await?,
        ];
        // The first round opens connections and files.
        if round > 0 {
            let [one, other] = pair.map(|heard| heard.first.map(milliseconds));
            bare.extend(one);
            through.extend(other);
        }
    }
    let first_token_ms = Pair {
        bare: Summary::of(bare),
        engine: Summary::of(through),
    };
    progress("engine: paced replies");
    let (mut bare, mut through) = (Vec::new(), Vec::new());
    for _ in 0..PACED_ROUNDS {
        bare.extend(bench.bare(PACED).await?.delays);
        through.extend(bench.through(PACED).await?.delays);
    }
    let chunk_ms = Pair {
        bare: Summary::of(bare),
        engine: Summary::of(through),
    };
    progress("engine: floods");
    let mut floods = Vec::new();
    for tokens in FLOODS {
        floods.push(bench.flood(tokens).await?);
    }
    let cost = |flood: Option<&Flood>| flood.map_or(f64::NAN, |flood| flood.engine_us);
    Ok(Figures {
        first_token_difference_ms: rounded(
            first_token_ms.engine.median - first_token_ms.bare.median,
        ),
        chunk_difference_ms: rounded(chunk_ms.engine.median - chunk_ms.bare.median),
        chunk_ratio: rounded(chunk_ms.engine.median / chunk_ms.bare.median),
        growth: rounded(cost(floods.last()) / cost(floods.first())),
        first_token_ms,
        chunk_ms,
        floods,
    })
}

impl Bench {
    async fn new() -> Result<Self, Error> {
        let server = FakeServer::start(Options {
            keyless: true,
            ..Options::default()
        });
        let folder = tempfile::tempdir().map_err(|_error| Error::Setup("no folder"))?;
        let network = network::Client::new(network::ClientOptions::default())
            .map_err(|_error| Error::Setup("no network client"))?;
        let regions = Arc::new(dashscope::Regions::official());
        let engine = Engine::new(Parts {
            store: Store::open(folder.path()).map_err(|_error| Error::Setup("no store"))?,
            vault: Vault::with_backend(Box::new(MemoryBackend::default())),
            client: dashscope::Client::new(network.clone(), regions),
            clock: Arc::new(now_ms),
            jitter: engine::full_jitter(),
        });
        let verification = Verification {
            key: None,
            scope: VerificationScope::Address(server.local_base()),
            account: None,
            keep: engine::Keep::Keychain,
        };
        let account = engine
            .verify(verification, |_progress| {})
            .await?
            .account
            .id;
        Ok(Self {
            server,
            network,
            engine,
            account,
            _folder: folder,
        })
    }

    /// Asks through the engine: the prompt is stored, the reply merged, journalled and stored.
    async fn through(&self, prompt: &str) -> Result<Heard, Error> {
        let started = Instant::now();
        let (ended, end) = oneshot::channel();
        let state = Mutex::new((Heard::default(), Some(ended)));
        let listener = move |event: ReplyEvent| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                ReplyEvent::Delta { operations, .. } => state.0.take(&words(&operations), started),
                ReplyEvent::Finished { .. } => {
                    state.0.whole = started.elapsed();
                    let heard = std::mem::take(&mut state.0);
                    if let Some(ended) = state.1.take() {
                        // The bench may have given up.
                        drop(ended.send(heard));
                    }
                }
                ReplyEvent::Started { .. }
                | ReplyEvent::Phase { .. }
                | ReplyEvent::Retrying { .. }
                | ReplyEvent::Snapshot { .. } => {}
            }
        };
        let turn = NewTurn {
            conversation: None,
            after: None,
            text: prompt.to_owned(),
            model: "qwen-plus".to_owned(),
            thinking: None,
            answerer: Answerer::Account(self.account.clone()),
        };
        self.engine.send(turn, listener).await?;
        end.await
            .map_err(|_error| Error::Setup("a reply without an end"))
    }

    /// Asks with the HTTP client alone and looks for stamps in the bytes: the least that a client
    /// can do.
    async fn bare(&self, prompt: &str) -> Result<Heard, Error> {
        let started = Instant::now();
        let body = json!({
            "model": "qwen-plus",
            "messages": [{ "role": "user", "content": prompt }],
            "stream": true,
            "stream_options": { "include_usage": true },
        });
        let address = format!("{}/chat/completions", self.server.local_base());
        let json = http::HeaderValue::from_static("application/json");
        let request = network::Request {
            method: http::Method::POST,
            url: address
                .parse()
                .map_err(|_error| Error::Setup("no address"))?,
            headers: [(http::header::CONTENT_TYPE, json)].into_iter().collect(),
            body: Some(body.to_string().into()),
            first_byte: Duration::from_secs(30),
            earlier_tries: 0,
        };
        let lost = |_error| Error::Setup("the bare client lost its server");
        let mut chunks = self
            .network
            .send(request)
            .await
            .map_err(lost)?
            .into_chunks();
        let mut heard = Heard::default();
        while let Some(chunk) = chunks.next().await {
            heard.take(&String::from_utf8_lossy(&chunk.map_err(lost)?), started);
        }
        heard.whole = started.elapsed();
        Ok(heard)
    }

    async fn flood(&self, tokens: u32) -> Result<Flood, Error> {
        let prompt = format!("/fake thinking=0 tokens={tokens} flood");
        let (mut bare, mut through) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            bare.push(milliseconds(self.bare(&prompt).await?.whole));
            through.push(milliseconds(self.through(&prompt).await?.whole));
        }
        let per_token =
            |whole: Vec<f64>| rounded(Summary::of(whole).median * 1_000.0 / f64::from(tokens));
        Ok(Flood {
            tokens,
            bare_us: per_token(bare),
            engine_us: per_token(through),
        })
    }
}

impl Heard {
    fn take(&mut self, text: &str, started: Instant) {
        let now = now_us();
        let stamps = text
            .split(['⟨', '⟩'])
            .filter_map(|part| part.parse::<f64>().ok());
        let before = self.delays.len();
        self.delays
            .extend(stamps.map(|stamp| (now - stamp) / 1_000.0));
        if self.delays.len() > before {
            self.first.get_or_insert_with(|| started.elapsed());
        }
    }
}

/// The words that operations bring.
fn words(operations: &[Operation]) -> String {
    let brought = operations.iter().map(|operation| match operation {
        Operation::Text { text, .. } => text.clone(),
        Operation::Children { nodes, .. } => markdown::plain_text(nodes),
        Operation::Attributes { .. } | Operation::Commit { .. } | Operation::Repair { .. } => {
            String::new()
        }
    });
    brought.collect()
}

/// Microseconds since 1970, the clock of the server's stamps.
fn now_us() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs_f64()
        * 1_000_000.0
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
