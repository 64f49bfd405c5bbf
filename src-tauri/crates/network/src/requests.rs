//! The last requests, kept in memory for whoever wants to see what was sent and what came back.
//!
//! No header is kept, so no key is; an address is kept without its query. What was said is kept only
//! while that is switched on, and forgotten when it is switched off.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method};
use url::Url;

use crate::client::Request;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::route::Route;
use crate::timings::Timings;

/// One request and its answer, as far as it has come.
#[derive(Clone)]
pub struct LoggedRequest {
    /// Counts from the start of the program.
    pub number: u64,
    /// When it began.
    pub began: SystemTime,
    /// How many requests for the same thing came before this one.
    pub earlier_tries: u32,
    /// The method.
    pub method: Method,
    /// The host that was asked.
    pub host: String,
    /// The path, without a query; of an address that a stranger wrote, `/…`.
    pub path: String,
    /// The route it took; `None` while none was chosen.
    pub route: Option<Route>,
    /// How long each hop took.
    pub timings: Timings,
    /// The status of the answer.
    pub status: Option<u16>,
    /// What broke it off.
    pub problem: Option<Error>,
    /// The vendor's name for it.
    pub request_id: Option<String>,
    /// Bytes of the body that was sent.
    pub sent_bytes: u64,
    /// Bytes of the body that came.
    pub received_bytes: u64,
    /// From the beginning to the end of the body; `None` while it goes on.
    pub whole: Option<Duration>,
    /// The beginning of what was sent, where that is kept.
    pub sent: Option<Bytes>,
    /// The beginning of what came, where that is kept.
    pub received: Vec<u8>,
}

/// The last [`limits::LOGGED_REQUESTS`] requests of all clones of a client.
#[derive(Default)]
pub struct Requests {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keeps_bodies: bool,
    begun: u64,
    entries: VecDeque<Arc<Mutex<Noted>>>,
}

struct Noted {
    request: LoggedRequest,
    keeps_body: bool,
}

/// The entry of a request that goes on; what is not said when it is dropped is not known.
pub(crate) struct Entry {
    noted: Arc<Mutex<Noted>>,
    began: Instant,
}

impl Requests {
    /// The requests, the newest first.
    pub fn recent(&self) -> Vec<LoggedRequest> {
        let state = self.state();
        let entries = state.entries.iter().rev();
        entries.map(|entry| locked(entry).request.clone()).collect()
    }

    /// Whether what is said is kept.
    pub fn keeps_bodies(&self) -> bool {
        self.state().keeps_bodies
    }

    /// Keeps what is said from now on, or forgets all of it.
    pub fn keep_bodies(&self, keep: bool) {
        let mut state = self.state();
        state.keeps_bodies = keep;
        if keep {
            return;
        }
        for entry in &state.entries {
            let mut entry = locked(entry);
            entry.keeps_body = false;
            entry.request.sent = None;
            entry.request.received = Vec::new();
        }
    }

    pub(crate) fn begin(&self, request: &Request) -> Entry {
        let Request { url, body, .. } = request;
        let request = LoggedRequest {
            earlier_tries: request.earlier_tries,
            path: url.path().to_owned(),
            sent_bytes: body.as_ref().map_or(0, |body| body.len() as u64),
            sent: body.clone(),
            ..LoggedRequest::begun(&request.method, url)
        };
        let mut state = self.state();
        let keeps_body = state.keeps_bodies;
        state.note(request, keeps_body)
    }

    /// Notes a request to an address that a stranger wrote: of what was said the address may be
    /// part, so only its host is kept, and nothing of the body.
    pub(crate) fn begin_strange(&self, method: &Method, url: &Url) -> Entry {
        let request = LoggedRequest {
            path: String::from("/…"),
            ..LoggedRequest::begun(method, url)
        };
        self.state().note(request, false)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note(&mut self, mut request: LoggedRequest, keeps_body: bool) -> Entry {
        self.begun += 1;
        request.number = self.begun;
        let sent = request.sent.take().filter(|_body| keeps_body);
        request.sent = sent.map(|body| Bytes::copy_from_slice(beginning(&body)));
        let noted = Arc::new(Mutex::new(Noted {
            request,
            keeps_body,
        }));
        self.entries.push_back(Arc::clone(&noted));
        if self.entries.len() > limits::LOGGED_REQUESTS {
            self.entries.pop_front();
        }
        Entry {
            noted,
            began: Instant::now(),
        }
    }
}

impl LoggedRequest {
    fn begun(method: &Method, url: &Url) -> Self {
        Self {
            number: 0,
            began: SystemTime::now(),
            earlier_tries: 0,
            method: method.clone(),
            host: url.host_str().unwrap_or_default().to_owned(),
            path: String::new(),
            route: None,
            timings: Timings::default(),
            status: None,
            problem: None,
            request_id: None,
            sent_bytes: 0,
            received_bytes: 0,
            whole: None,
            sent: None,
            received: Vec::new(),
        }
    }
}

impl Entry {
    pub(crate) fn answered(&self, route: &Route, timings: Timings, status: u16, head: &HeaderMap) {
        let request = &mut locked(&self.noted).request;
        request.route = Some(route.clone());
        request.timings = timings;
        request.status = Some(status);
        let id = head.get("x-request-id").and_then(|id| id.to_str().ok());
        request.request_id = id.map(|id| id.chars().take(limits::LOGGED_ID).collect());
    }

    pub(crate) fn failed(&self, kind: &ErrorKind, route: Option<&Route>) {
        let request = &mut locked(&self.noted).request;
        request.problem = Some(Error::new(kind.clone(), None));
        if let Some(route) = route {
            request.route = Some(route.clone());
        }
    }

    pub(crate) fn received(&self, chunk: &[u8]) {
        let Noted {
            request,
            keeps_body,
        } = &mut *locked(&self.noted);
        request.received_bytes += chunk.len() as u64;
        if *keeps_body {
            let room = limits::LOGGED_BODY.saturating_sub(request.received.len());
            let kept = chunk.get(..room).unwrap_or(chunk);
            request.received.extend_from_slice(kept);
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        locked(&self.noted).request.whole = Some(self.began.elapsed());
    }
}

/// Leaves out the path, and what was said.
impl std::fmt::Debug for LoggedRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("LoggedRequest")
            .field("number", &self.number)
            .field("host", &self.host)
            .field("status", &self.status)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Entry")
    }
}

impl std::fmt::Debug for Requests {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Requests")
    }
}

fn locked(entry: &Mutex<Noted>) -> MutexGuard<'_, Noted> {
    entry.lock().unwrap_or_else(PoisonError::into_inner)
}

fn beginning(body: &[u8]) -> &[u8] {
    body.get(..limits::LOGGED_BODY).unwrap_or(body)
}
