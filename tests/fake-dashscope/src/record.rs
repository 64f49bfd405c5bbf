//! Remembers what clients asked and when they went away, so that tests can assert both.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::HeaderMap;
use serde_json::Value;

/// One request as it arrived, and what became of it.
#[derive(Clone, Debug)]
pub struct RecordedRequest {
    /// The HTTP method, such as `POST`.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query without its question mark, empty when there is none.
    pub query: String,
    /// All headers, `authorization` included.
    pub headers: HeaderMap,
    /// The body as JSON; `null` when there is none or it is not JSON.
    pub body: Value,
    /// When the whole request had been read.
    pub received_at: Instant,
    /// When the answer had been handed to the socket completely, or was broken off on purpose.
    pub answered_at: Option<Instant>,
    /// When the client closed the connection before the answer was complete.
    pub client_closed_at: Option<Instant>,
    /// Model events handed to the socket so far.
    pub events_sent: u64,
}

impl RecordedRequest {
    /// A header's text, when it is there and readable.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// All requests of one server, shared with its handlers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Entry>>>);

#[derive(Debug)]
struct Entry {
    number: u64,
    request: RecordedRequest,
    /// Counted apart, so that a flood takes no lock for each event.
    events: Arc<AtomicU64>,
}

impl Ledger {
    pub(crate) fn add(&self, number: u64, request: RecordedRequest) -> Watch {
        let events = Arc::new(AtomicU64::new(0));
        let entry = Entry {
            number,
            request,
            events: Arc::clone(&events),
        };
        self.lock().push(entry);
        Watch {
            ledger: self.clone(),
            number,
            events,
            settled: false,
        }
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        let entries = self.lock();
        let requests = entries.iter().map(|entry| RecordedRequest {
            events_sent: entry.events.load(Ordering::Relaxed),
            ..entry.request.clone()
        });
        requests.collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn update(&self, number: u64, change: impl FnOnce(&mut RecordedRequest)) {
        let mut entries = self.lock();
        if let Some(entry) = entries
            .iter_mut()
            .rev()
            .find(|entry| entry.number == number)
        {
            change(&mut entry.request);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Travels with a request and its answer. Dropped before `settle`, it records that the client
/// went away, because the server drops handlers and bodies for no other reason.
#[derive(Debug)]
pub(crate) struct Watch {
    ledger: Ledger,
    number: u64,
    events: Arc<AtomicU64>,
    settled: bool,
}

impl Watch {
    pub(crate) fn event_sent(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    /// The answer is complete: what the client does from here on is its own business.
    pub(crate) fn settle(&mut self) {
        self.settled = true;
        self.ledger.update(self.number, |request| {
            request.answered_at = Some(Instant::now());
        });
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.settled {
            let now = Instant::now();
            self.ledger
                .update(self.number, |request| request.client_closed_at = Some(now));
        }
    }
}
