//! Puts the deltas of a running reply on disk while it streams.
//!
//! A delta is on disk at most a quarter of a second after it arrived, so a crash loses less than
//! half a second of text. Writing is an append in the background: the stream never waits for the
//! disk, and at most one write per reply is under way.

use conversation::MessageId;
use std::time::{Duration, Instant};
use store::{Delta, DeltaKind, Store};
use tokio::task::JoinHandle;

use crate::coalesce::Lane;

/// Longest time a delta waits in memory.
const INTERVAL: Duration = Duration::from_millis(250);

/// This many waiting bytes are written without waiting for the interval.
const FULL: usize = 4 * 1024;

/// When a write is still under way, the next one is tried after this long.
const RETRY: Duration = Duration::from_millis(10);

/// The journal of one reply.
pub(crate) struct Journal {
    store: Store,
    message: MessageId,
    sequence: u32,
    waiting: Vec<Delta>,
    waiting_bytes: usize,
    due: Option<Instant>,
    writing: Option<JoinHandle<Result<(), store::Error>>>,
}

impl Journal {
    /// Starts the journal of a reply whose row exists.
    pub(crate) fn new(store: Store, message: MessageId) -> Self {
        Self {
            store,
            message,
            sequence: 0,
            waiting: Vec::new(),
            waiting_bytes: 0,
            due: None,
            writing: None,
        }
    }

    /// Takes a delta; neighbours of one lane share a row.
    pub(crate) fn push(&mut self, lane: Lane, text: &str, now: Instant) {
        let kind = match lane {
            Lane::Text => DeltaKind::Text,
            Lane::Thinking => DeltaKind::Thinking,
        };
        match self.waiting.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => {
                self.waiting.push(Delta {
                    message: self.message,
                    seq: self.sequence,
                    kind,
                    text: text.to_owned(),
                });
                self.sequence += 1;
            }
        }
        self.waiting_bytes += text.len();
        self.due.get_or_insert(now + INTERVAL);
        if self.waiting_bytes >= FULL {
            self.due = Some(now);
        }
    }

    /// When the waiting deltas have to be written; `None` when nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Starts a write when one is due and none is under way.
    ///
    /// # Errors
    /// The error of the write before, which has to end the reply: text must not be shown as safe
    /// when it is not on disk.
    pub(crate) async fn write_if_due(&mut self, now: Instant) -> Result<(), store::Error> {
        if self.due.is_none_or(|due| due > now) {
            return Ok(());
        }
        if self
            .writing
            .as_ref()
            .is_some_and(|writing| !writing.is_finished())
        {
            self.due = Some(now + RETRY);
            return Ok(());
        }
        self.settle().await?;
        let rows = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        self.due = None;
        let store = self.store.clone();
        self.writing = Some(tokio::task::spawn_blocking(move || {
            store.append_deltas(&rows)
        }));
        Ok(())
    }

    /// Writes everything that waits and returns when it is on disk.
    ///
    /// # Errors
    /// The store's error; what could not be written is lost from the journal.
    pub(crate) async fn finish(mut self) -> Result<(), store::Error> {
        self.settle().await?;
        if self.waiting.is_empty() {
            return Ok(());
        }
        let (store, rows) = (self.store.clone(), std::mem::take(&mut self.waiting));
        self.writing = Some(tokio::task::spawn_blocking(move || {
            store.append_deltas(&rows)
        }));
        self.settle().await
    }

    async fn settle(&mut self) -> Result<(), store::Error> {
        match self.writing.take() {
            Some(writing) => writing.await.unwrap_or(Err(store::Error::Other)),
            None => Ok(()),
        }
    }
}
