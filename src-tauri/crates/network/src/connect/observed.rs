//! Watches reqwest open a connection, and says in our words why there is none.
//!
//! What reqwest's error does not tell of a proxy is found out by asking that proxy once more, hop by
//! hop, without any request: only after a failure, and never with a key.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::timeout;
use tower_layer::Layer;
use tower_service::Service;

use super::tls::problem;
use super::{Tls, Way, part, trace};
use crate::error::{ErrorKind, ProxyProblem, chain};
use crate::limits;
use crate::route::ProxyServer;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why there is no connection.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unconnected(pub(crate) ErrorKind);

/// A layer around reqwest's connector.
#[derive(Clone)]
pub(crate) struct Observed {
    way: Arc<Way>,
    tls: Tls,
    deadline: Duration,
}

/// reqwest's connector, watched.
#[derive(Clone)]
pub(crate) struct ObservedConnector<S> {
    inner: S,
    by: Observed,
}

impl Observed {
    /// Watches connections on this way; one that is not there after `deadline` is given up.
    pub(crate) fn new(way: Way, tls: Tls, deadline: Duration) -> Self {
        Self {
            way: Arc::new(way),
            tls,
            deadline,
        }
    }

    async fn watch<T>(
        self,
        opening: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, BoxError> {
        trace::mark(trace::Trace::begin);
        let alive = AtomicBool::new(false);
        let opened = tokio::select! {
            opened = timeout(self.deadline, opening) => opened,
            () = self.silence_of_the_proxy(&alive) => return Err(unreachable().into()),
        };
        let kind = match opened {
            Ok(Ok(connection)) => {
                trace::mark(trace::Trace::connected);
                return Ok(connection);
            }
            Ok(Err(error)) => {
                let kind = self.kind_of(&*error);
                // Held no longer than this: it cannot be looked at from two threads.
                drop(error);
                match (kind, self.proxy()) {
                    (Some(kind), _) => kind,
                    (None, Some(server)) => ErrorKind::Proxy(self.examine(server).await),
                    (None, None) => ErrorKind::Connect,
                }
            }
            // A proxy that answers, though not with the host, leaves the host to blame.
            Err(_elapsed) if reached_host() || alive.load(Ordering::Relaxed) => {
                ErrorKind::ConnectTimeout
            }
            Err(_elapsed) if self.proxy().is_some() => return Err(unreachable().into()),
            Err(_elapsed) => ErrorKind::ConnectTimeout,
        };
        Err(Unconnected(kind).into())
    }

    /// Ends when the proxy has not let anybody in within [`limits::CONNECT_PROXY`]; notes when it is
    /// `alive` all the same.
    async fn silence_of_the_proxy(&self, alive: &AtomicBool) {
        let Some(server) = self.proxy() else {
            return std::future::pending::<()>().await;
        };
        let half = limits::CONNECT_PROXY / 2;
        tokio::time::sleep(half).await;
        if !reached_host() {
            let answer = timeout(half, part::knock(server)).await;
            alive.store(matches!(answer, Ok(Ok(()))), Ordering::Relaxed);
        }
        if reached_host() || alive.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    /// What reqwest's error says; `None` when only the proxy can tell.
    fn kind_of(
        &self,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) -> Option<ErrorKind> {
        let refused = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
        if let Some(cause) = refused {
            let issuer = trace::mark(|trace| trace.issuer());
            return Some(ErrorKind::Tls(problem(cause, issuer)));
        }
        let unresolved = trace::mark(|trace| trace.unresolved());
        match (self.proxy(), unresolved) {
            (Some(server), Some(name)) if name == server.host => {
                Some(ErrorKind::Proxy(ProxyProblem::Unreachable))
            }
            (_, Some(_name)) => Some(ErrorKind::Dns),
            (Some(_server), None) if reached_host() => Some(ErrorKind::Connect),
            (Some(_server), None) => None,
            (None, None) => {
                let late = chain(error)
                    .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
                    .any(|cause| cause.kind() == std::io::ErrorKind::TimedOut);
                let kind = late.then_some(ErrorKind::ConnectTimeout);
                Some(kind.unwrap_or(ErrorKind::Connect))
            }
        }
    }

    /// What the proxy says when it is asked for the same host once more.
    async fn examine(&self, server: &ProxyServer) -> ProxyProblem {
        let (host, port) = trace::mark(|trace| trace.target());
        let asked = part::through(server, &self.tls, (&host, port), None);
        match timeout(limits::CONNECT_PROXY, asked).await {
            Ok(Err(problem)) => problem,
            Ok(Ok(_)) | Err(_) => ProxyProblem::Unreachable,
        }
    }

    fn proxy(&self) -> Option<&ProxyServer> {
        match &*self.way {
            Way::Through(server) => Some(server),
            Way::Straight | Way::Fixed(_) => None,
        }
    }
}

fn unreachable() -> Unconnected {
    Unconnected(ErrorKind::Proxy(ProxyProblem::Unreachable))
}

fn reached_host() -> bool {
    trace::mark(|trace| trace.reached_host())
}

impl<S> Layer<S> for Observed {
    type Service = ObservedConnector<S>;

    fn layer(&self, inner: S) -> Self::Service {
        ObservedConnector {
            inner,
            by: self.clone(),
        }
    }
}

impl<S, To> Service<To> for ObservedConnector<S>
where
    S: Service<To, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, to: To) -> Self::Future {
        Box::pin(self.by.clone().watch(self.inner.call(to)))
    }
}
