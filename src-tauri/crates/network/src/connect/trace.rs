//! What one request saw of the connection that was opened for it.
//!
//! reqwest opens a connection within the task of the request that needs it, so each hop leaves its
//! mark there. A request that found an open connection has no marks.

use std::cell::RefCell;
use std::time::Duration;

use tokio::time::Instant;

use crate::timings::Timings;

/// The marks of one request.
#[derive(Default)]
pub(crate) struct Trace {
    /// Host and port of the request.
    target: (String, u16),
    began: Option<Instant>,
    dns: Option<Duration>,
    /// A name that did not resolve.
    unresolved: Option<String>,
    tls_began: Option<Instant>,
    connected: Option<Instant>,
    issuer: Option<String>,
}

tokio::task_local! {
    static TRACE: RefCell<Trace>;
}

/// Runs a request to this host and port, and hands back what was seen beside its outcome.
pub(crate) async fn traced<T>(
    target: (String, u16),
    request: impl Future<Output = T>,
) -> (T, Trace) {
    let trace = RefCell::new(Trace {
        target,
        ..Trace::default()
    });
    let request = async {
        let outcome = request.await;
        (outcome, TRACE.with(RefCell::take))
    };
    TRACE.scope(trace, request).await
}

/// Reads or leaves a mark; without effect once nobody waits for the connection any more.
pub(super) fn mark<T: Default>(mark: impl FnOnce(&mut Trace) -> T) -> T {
    let marked = TRACE.try_with(|trace| {
        trace
            .try_borrow_mut()
            .ok()
            .map(|mut trace| mark(&mut trace))
    });
    marked.ok().flatten().unwrap_or_default()
}

impl Trace {
    pub(super) fn begin(&mut self) {
        *self = Self {
            target: std::mem::take(&mut self.target),
            began: Some(Instant::now()),
            ..Self::default()
        };
    }

    pub(super) fn resolved(&mut self, name: &str, took: Duration, found: bool) {
        self.dns.get_or_insert(took);
        if !found {
            self.unresolved = Some(name.to_owned());
        }
    }

    /// The handshake with `name` begins; one with a proxy is part of reaching the host.
    pub(super) fn handshake(&mut self, name: &str) {
        if name == self.target.0 {
            self.tls_began = Some(Instant::now());
        }
    }

    pub(super) fn issued_by(&mut self, issuer: Option<String>) {
        self.issuer = issuer;
    }

    pub(super) fn connected(&mut self) {
        self.connected = Some(Instant::now());
    }

    pub(super) fn target(&self) -> (String, u16) {
        self.target.clone()
    }

    pub(super) fn unresolved(&self) -> Option<String> {
        self.unresolved.clone()
    }

    pub(super) fn reached_host(&self) -> bool {
        self.tls_began.is_some()
    }

    pub(super) fn issuer(&self) -> Option<String> {
        self.issuer.clone()
    }

    /// The timings of a request that took `first_byte` to its head.
    pub(crate) fn timings(&self, first_byte: Duration) -> Timings {
        let opened = self.began.zip(self.connected).map(|(began, connected)| {
            let reached = self.tls_began.unwrap_or(connected);
            let connect = (reached - began).saturating_sub(self.dns.unwrap_or_default());
            (connect, self.tls_began.map(|began| connected - began))
        });
        Timings {
            dns: opened.and(self.dns),
            connect: opened.map(|(connect, _)| connect),
            tls: opened.and_then(|(_, tls)| tls),
            first_byte: Some(first_byte),
        }
    }
}
