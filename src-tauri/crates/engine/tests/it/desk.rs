//! An engine on a folder of its own.

use conversation::Status;
use credentials::memory::MemoryBackend;
use credentials::{Cost, Vault};
use dashscope::{Region, RegionId, Regions};
use engine::{
    Answerer, Engine, Failure, NewTurn, Parts, ReplyEvent, ReplyOutcome, StartedTurn, Verification,
    VerificationScope,
};
use fake_dashscope::{FakeServer, Options};
use markdown::Node;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use store::{Message, Store};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A key the default server accepts.
pub(crate) const KEY: &str = FakeServer::KEY;

/// The least that is spent on a passphrase.
const QUICK: Cost = Cost {
    memory_kib: 8 * 1024,
    passes: 1,
    lanes: 1,
};

pub(crate) struct Desk {
    /// What the clock on the wall says, in milliseconds.
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) engine: Engine,
    pub(crate) keychain: MemoryBackend,
    pub(crate) server: FakeServer,
    pub(crate) elsewhere: FakeServer,
    pub(crate) folder: tempfile::TempDir,
}

/// A desk whose two regions are loopback servers: the first refuses the key, the second takes it.
pub(crate) fn desk() -> Desk {
    desk_on(network::ClientOptions::default())
}

/// A desk like that, whose network client is built with `options`.
pub(crate) fn desk_on(options: network::ClientOptions) -> Desk {
    let elsewhere = FakeServer::start(Options {
        accepted_keys: vec![],
        ..Options::default()
    });
    let server = FakeServer::start(Options::default());
    let folder = tempfile::tempdir().unwrap();
    let regions = Regions::new(vec![
        region("cn-beijing", &elsewhere),
        region("ap-southeast-1", &server),
    ]);
    let clock = Arc::new(AtomicI64::new(1_700_000_000_000));
    let keychain = MemoryBackend::default();
    let engine = open(&folder, regions, options, &keychain, Arc::clone(&clock));
    Desk {
        clock,
        engine,
        keychain,
        server,
        elsewhere,
        folder,
    }
}

fn open(
    folder: &tempfile::TempDir,
    regions: Regions,
    options: network::ClientOptions,
    keychain: &MemoryBackend,
    clock: Arc<AtomicI64>,
) -> Engine {
    let network = network::Client::new(options).unwrap();
    Engine::new(Parts {
        store: Store::open(folder.path()).unwrap(),
        vault: vault(folder, keychain),
        client: dashscope::Client::new(network, Arc::new(regions)),
        clock: Arc::new(move || clock.load(Ordering::Relaxed)),
        // Each backoff is waited in full, so that tests know how long it is.
        jitter: Arc::new(|longest| longest),
    })
}

fn vault(folder: &tempfile::TempDir, keychain: &MemoryBackend) -> Vault {
    let file = folder.path().join("keys.sealed");
    Vault::with_backend(Box::new(keychain.clone())).with_passphrase_file(file, QUICK)
}

fn region(id: &str, server: &FakeServer) -> Region {
    Region {
        id: RegionId::new(id),
        shared: Some(server.base_url().parse().unwrap()),
        workspace_suffix: None,
        probe: true,
    }
}

impl Desk {
    /// An engine on what is stored, which has nothing in memory yet.
    pub(crate) fn begin_anew(&self) -> Engine {
        let clock = Arc::clone(&self.clock);
        Engine::new(Parts {
            store: self.engine.store().clone(),
            vault: vault(&self.folder, &self.keychain),
            client: self.engine.client().clone(),
            clock: Arc::new(move || clock.load(Ordering::Relaxed)),
            jitter: Arc::new(|longest| longest),
        })
    }

    /// An account whose key the server takes.
    pub(crate) async fn account(&self) -> String {
        let verification = Verification {
            key: Some(credentials::normalise(KEY).unwrap()),
            scope: VerificationScope::AllRegions,
            account: None,
            keep: engine::Keep::Keychain,
        };
        self.engine
            .verify(verification, |_progress| {})
            .await
            .unwrap()
            .account
            .id
    }

    /// Sends a question and returns the turn with its events.
    pub(crate) async fn send(&self, account: &str, text: &str) -> Sent {
        self.try_send(account, text).await.unwrap()
    }

    pub(crate) async fn try_send(&self, account: &str, text: &str) -> Result<Sent, Failure> {
        let turn = NewTurn {
            conversation: None,
            after: None,
            text: text.to_owned(),
            model: "qwen-plus".to_owned(),
            thinking: None,
            answerer: Answerer::Account(account.to_owned()),
        };
        let (listener, events) = listener();
        Ok(Sent {
            turn: self.engine.send(turn, listener).await?,
            events,
        })
    }

    pub(crate) fn stored(&self, turn: &StartedTurn) -> Message {
        self.engine.store().message(turn.reply.id).unwrap()
    }
}

/// A listener and what it hears.
pub(crate) fn listener() -> (
    impl Fn(ReplyEvent) + Send + Sync,
    UnboundedReceiver<ReplyEvent>,
) {
    let (sender, receiver) = unbounded_channel();
    let sender = Mutex::new(sender);
    let listen = move |event| {
        // The receiver may be gone when a test has seen enough.
        let _heard = sender.lock().unwrap().send(event);
    };
    (listen, receiver)
}

pub(crate) struct Sent {
    pub(crate) turn: StartedTurn,
    pub(crate) events: UnboundedReceiver<ReplyEvent>,
}

/// A whole reply as its listener saw it.
pub(crate) struct Heard {
    pub(crate) blocks: Vec<Node>,
    pub(crate) thinking: String,
    pub(crate) messages: usize,
    pub(crate) outcome: ReplyOutcome,
}

impl Sent {
    /// Listens to the end and checks the order of events on the way.
    pub(crate) async fn hear_out(&mut self) -> Heard {
        self.hear_from(Some(0)).await
    }

    /// Listens to the end after some events were heard already.
    pub(crate) async fn hear_out_from_here(&mut self) -> Heard {
        self.hear_from(None).await
    }

    async fn hear_from(&mut self, first: Option<u32>) -> Heard {
        let (mut blocks, mut thinking, mut messages) = (Vec::new(), String::new(), 0);
        let mut next = first;
        loop {
            let event = self
                .events
                .recv()
                .await
                .expect("a terminal event comes before the end");
            let sequence = sequence_of(&event);
            assert_eq!(
                sequence,
                next.unwrap_or(sequence),
                "the sequence has no gap"
            );
            assert_eq!(
                sequence == 0,
                matches!(event, ReplyEvent::Started { .. }),
                "started first"
            );
            let size = serde_json::to_string(&said(&event)).unwrap().len();
            next = Some(sequence + 1);
            match event {
                ReplyEvent::Delta {
                    operations,
                    thinking: thought,
                    ..
                } => {
                    assert!(
                        !operations.is_empty() || !thought.is_empty(),
                        "an empty delta says nothing"
                    );
                    assert!(size < 8 * 1024 - 80, "small enough for one message");
                    markdown::apply(&mut blocks, &operations);
                    thinking.push_str(&thought);
                    messages += 1;
                }
                ReplyEvent::Snapshot { .. } => panic!("only who attaches gets a snapshot"),
                ReplyEvent::Finished { outcome, .. } => {
                    assert!(
                        self.events.recv().await.is_none(),
                        "nothing after the terminal event"
                    );
                    assert_ne!(outcome.status, Status::Streaming);
                    return Heard {
                        blocks,
                        thinking,
                        messages,
                        outcome: *outcome,
                    };
                }
                ReplyEvent::Started { .. }
                | ReplyEvent::Phase { .. }
                | ReplyEvent::Retrying { .. } => {}
            }
        }
    }

    /// Listens until some text is shown.
    pub(crate) async fn first_text(&mut self) -> String {
        let mut blocks = Vec::new();
        loop {
            let event = self.events.recv().await.expect("text comes");
            if let ReplyEvent::Delta { operations, .. } = event
                && !operations.is_empty()
            {
                markdown::apply(&mut blocks, &operations);
                return markdown::plain_text(&blocks);
            }
        }
    }
}

/// What a delta carries to the page.
fn said(event: &ReplyEvent) -> (&[markdown::Operation], &str) {
    match event {
        ReplyEvent::Delta {
            operations,
            thinking,
            ..
        } => (operations, thinking),
        ReplyEvent::Started { .. }
        | ReplyEvent::Phase { .. }
        | ReplyEvent::Retrying { .. }
        | ReplyEvent::Snapshot { .. }
        | ReplyEvent::Finished { .. } => (&[], ""),
    }
}

pub(crate) fn sequence_of(event: &ReplyEvent) -> u32 {
    match event {
        ReplyEvent::Started { sequence }
        | ReplyEvent::Phase { sequence, .. }
        | ReplyEvent::Retrying { sequence, .. }
        | ReplyEvent::Delta { sequence, .. }
        | ReplyEvent::Snapshot { sequence, .. }
        | ReplyEvent::Finished { sequence, .. } => *sequence,
    }
}
