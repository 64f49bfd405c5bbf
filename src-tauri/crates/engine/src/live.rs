//! What a running reply shows, and who is told about it.
//!
//! One lock holds the document, the sequence and the listener together, so that whoever begins to
//! listen in the middle gets a snapshot and then every event after it, without a gap or a repeat.

use crate::Failure;
use crate::coalesce::{Lane, messages};
use crate::document::document;
use crate::event::{Phase, ReplyEvent, ReplyOutcome};
use crate::retry::TRIES;
use markdown::{Node, Stream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use store::Document;

/// Receives the events of one reply; must not block.
pub(crate) type Listener = Box<dyn Fn(ReplyEvent) + Send + Sync>;

/// A reply while it runs.
pub(crate) struct Live {
    state: Mutex<State>,
}

struct State {
    stream: Stream,
    /// What the model wrote, for copying while it writes.
    source: String,
    /// Bytes of `source` that no flush has seen.
    unseen: usize,
    /// The thinking that has been told.
    thinking: String,
    /// The thinking that has not.
    waiting: String,
    phase: Phase,
    /// The number of the next event.
    sequence: u32,
    /// The page that asked last; one that was reloaded or lost an event asks again.
    listener: Listener,
    ended: bool,
}

impl Live {
    /// A reply of which nothing is known yet.
    pub(crate) fn new(listener: Listener) -> Self {
        Self {
            state: Mutex::new(State {
                stream: Stream::new(),
                source: String::new(),
                unseen: 0,
                thinking: String::new(),
                waiting: String::new(),
                phase: Phase::Connecting,
                sequence: 0,
                listener,
                ended: false,
            }),
        }
    }

    /// Tells that the reply runs, once.
    pub(crate) fn start(&self) {
        self.lock().start();
    }

    /// Tells what the reply waits for.
    pub(crate) fn wait_for(&self, phase: Phase) {
        let mut state = self.lock();
        state.phase = phase;
        state.tell(|sequence| ReplyEvent::Phase { sequence, phase });
    }

    /// Tells that a request failed and another follows.
    pub(crate) fn retry(&self, attempt: u32, wait: Duration, failure: Failure) {
        self.lock().tell(|sequence| ReplyEvent::Retrying {
            sequence,
            attempt,
            attempts: TRIES,
            wait_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            failure,
        });
    }

    /// Takes a delta; it is shown by the next flush.
    pub(crate) fn push(&self, lane: Lane, delta: &str) {
        let mut state = self.lock();
        match lane {
            Lane::Text => {
                state.source.push_str(delta);
                state.unseen += delta.len();
                state.stream.push(delta);
            }
            Lane::Thinking => state.waiting.push_str(delta),
        }
    }

    /// How much text the next flush has to read.
    pub(crate) fn unseen(&self) -> usize {
        self.lock().unseen
    }

    /// Bytes that have come, once the connection stands; `None` before.
    pub(crate) fn progress(&self) -> Option<u64> {
        let state = self.lock();
        let bytes = state.source.len() + state.thinking.len() + state.waiting.len();
        (state.phase == Phase::Waiting).then_some(u64::try_from(bytes).ok()?)
    }

    /// Tells what has changed since the last flush; `false` when that is nothing.
    pub(crate) fn flush(&self) -> bool {
        let mut state = self.lock();
        state.unseen = 0;
        let operations = state.stream.flush();
        state.tell_change(operations)
    }

    /// Whether the reply grew beyond what is shown.
    pub(crate) fn is_cut(&self) -> bool {
        self.lock().stream.is_cut()
    }

    /// Tells the last changes and gives the document to keep, `None` when nothing is shown.
    pub(crate) fn finish(&self) -> Option<Document> {
        let mut state = self.lock();
        let operations = state.stream.finish();
        state.tell_change(operations);
        document(state.stream.blocks())
    }

    /// Tells that the reply is over; nothing follows.
    pub(crate) fn end(&self, outcome: ReplyOutcome) {
        let mut state = self.lock();
        state.ended = true;
        state.tell(|sequence| ReplyEvent::Finished {
            sequence,
            outcome: Box::new(outcome),
        });
    }

    /// Tells another listener from now on, beginning with a snapshot; `false` when the reply is
    /// over.
    pub(crate) fn attach(&self, listener: Listener) -> bool {
        let mut state = self.lock();
        if state.ended {
            return false;
        }
        state.start();
        // The snapshot stands for everything up to the last event told.
        listener(ReplyEvent::Snapshot {
            sequence: state.sequence.saturating_sub(1),
            blocks: state.stream.blocks().to_vec(),
            thinking: state.thinking.clone(),
            phase: state.phase,
        });
        state.listener = listener;
        true
    }

    /// What the model has written so far.
    pub(crate) fn source(&self) -> String {
        self.lock().source.clone()
    }

    /// What is shown now.
    pub(crate) fn blocks(&self) -> Vec<Node> {
        self.lock().stream.blocks().to_vec()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn start(&mut self) {
        if self.sequence == 0 {
            self.tell(|sequence| ReplyEvent::Started { sequence });
        }
    }

    fn tell_change(&mut self, operations: Vec<Vec<markdown::Operation>>) -> bool {
        let thinking = std::mem::take(&mut self.waiting);
        self.thinking.push_str(&thinking);
        let mut told = false;
        for (operations, thinking) in messages(operations, &thinking) {
            told = true;
            self.tell(|sequence| ReplyEvent::Delta {
                sequence,
                operations,
                thinking,
            });
        }
        told
    }

    fn tell(&mut self, event: impl FnOnce(u32) -> ReplyEvent) {
        (self.listener)(event(self.sequence));
        self.sequence += 1;
    }
}
