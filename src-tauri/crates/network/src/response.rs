//! A response whose head is in and whose body is read under a limit or a silence deadline.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, StatusCode};
use tokio::time::{Instant, Sleep};

use crate::error::{Error, ErrorKind};
use crate::requests::Entry;
use crate::route::Route;
use crate::timings::Timings;

/// Status and headers of an answer that is not a redirect; the body is still on the wire.
///
/// Dropping it, or what was made from it, closes the connection unless the body had ended.
#[derive(Debug)]
pub struct Response {
    inner: Inner,
    host: Option<String>,
    route: Option<Route>,
    timings: Timings,
    entry: Option<Entry>,
    silence: Duration,
}

/// The body of a [`Response`] as it arrives.
///
/// It ends after the first error. A clean end says only that the connection was closed in order:
/// a body without a declared length may have been cut by any middlebox.
pub struct Chunks {
    body: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    host: Option<String>,
    route: Option<Route>,
    entry: Option<Entry>,
    silence: Duration,
    /// Set while a chunk is being waited for, so that a slow reader is not mistaken for a silent
    /// server.
    deadline: Option<Pin<Box<Sleep>>>,
    ended: bool,
}

/// The first bytes of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capped {
    /// At most as many bytes as were asked for.
    pub bytes: Bytes,
    /// True when the body went on.
    pub cut: bool,
}

/// Keeps reqwest's response, whose `Debug` prints the URL, out of ours.
struct Inner(reqwest::Response);

impl Response {
    pub(crate) fn new(inner: reqwest::Response, timings: Timings, silence: Duration) -> Self {
        Self {
            inner: Inner(inner),
            host: None,
            route: None,
            timings,
            entry: None,
            silence,
        }
    }

    /// Says who answered, on which route, and where that is noted.
    pub(crate) fn from(mut self, host: &str, route: Route, entry: Entry) -> Self {
        self.entry = Some(entry);
        self.host = Some(host.to_owned());
        self.route = Some(route);
        self
    }

    /// The route the request took.
    pub fn route(&self) -> Option<&Route> {
        self.route.as_ref()
    }

    /// How long each hop took.
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// The status, never 3xx.
    pub fn status(&self) -> StatusCode {
        self.inner.0.status()
    }

    /// The response headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.0.headers()
    }

    /// The body as it arrives.
    pub fn into_chunks(self) -> Chunks {
        Chunks {
            body: Box::pin(self.inner.0.bytes_stream()),
            host: self.host,
            route: self.route,
            entry: self.entry,
            silence: self.silence,
            deadline: None,
            ended: false,
        }
    }

    /// Reads at most `limit` bytes and leaves the rest.
    ///
    /// # Errors
    /// [`ErrorKind::Stalled`] or [`ErrorKind::ConnectionLost`] when the body breaks off first.
    pub async fn read_up_to(self, limit: usize) -> Result<Capped, Error> {
        let mut chunks = self.into_chunks();
        let mut kept = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            let room = limit.saturating_sub(kept.len());
            if chunk.len() > room {
                kept.extend_from_slice(chunk.get(..room).unwrap_or_default());
                return Ok(Capped {
                    bytes: kept.freeze(),
                    cut: true,
                });
            }
            kept.extend_from_slice(&chunk);
        }
        Ok(Capped {
            bytes: kept.freeze(),
            cut: false,
        })
    }

    /// Reads the whole body, at most [`crate::limits::BODY_BYTES`].
    ///
    /// # Errors
    /// [`ErrorKind::BodyTooLarge`] when there is more, otherwise as [`Self::read_up_to`].
    pub async fn read_whole(self) -> Result<Bytes, Error> {
        let (host, route) = (self.host.clone(), self.route.clone());
        let body = self.read_up_to(crate::limits::BODY_BYTES).await?;
        if body.cut {
            return Err(Error::new(ErrorKind::BodyTooLarge, host).on(route));
        }
        Ok(body.bytes)
    }
}

impl Chunks {
    fn fail(&mut self, kind: ErrorKind) -> Poll<Option<Result<Bytes, Error>>> {
        self.ended = true;
        if let Some(entry) = self.entry.take() {
            entry.failed(&kind, None);
        }
        let error = Error::new(kind, self.host.clone()).on(self.route.clone());
        Poll::Ready(Some(Err(error)))
    }
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        match this.body.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(chunk))) => {
                this.deadline = None;
                if let Some(entry) = &this.entry {
                    entry.received(&chunk);
                }
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(_reqwest))) => this.fail(ErrorKind::ConnectionLost),
            Poll::Ready(None) => {
                this.ended = true;
                this.entry = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let silence = this.silence;
                let deadline = this.deadline.get_or_insert_with(|| {
                    Box::pin(tokio::time::sleep_until(Instant::now() + silence))
                });
                match deadline.as_mut().poll(context) {
                    Poll::Ready(()) => this.fail(ErrorKind::Stalled),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }
}

impl std::fmt::Debug for Chunks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Chunks")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.status().fmt(formatter)
    }
}
