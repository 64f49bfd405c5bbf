//! A connection as the HTTP client sees it, with what opening it cost.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::{Buf as _, Bytes};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::client::TlsStream;

use super::Measured;
use crate::limits;
use crate::timings::Timings;

/// Something that bytes go over.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// An open connection.
pub(crate) struct Wire {
    io: Box<dyn Io>,
    /// What came before anybody read.
    early: Bytes,
    is_http2: bool,
    facts: FactsOf,
}

/// What opening a connection cost; travels with each response that comes over it.
#[derive(Clone)]
pub(crate) struct FactsOf(Arc<Facts>);

struct Facts {
    measured: Measured,
    ready: Instant,
    told: AtomicBool,
}

impl FactsOf {
    fn new(measured: Measured) -> Self {
        Self(Arc::new(Facts {
            measured,
            ready: Instant::now(),
            told: AtomicBool::new(false),
        }))
    }

    /// The timings of a request that began and got its head at these times. Only the first request
    /// that waited for the connection is told what opening it took.
    pub(crate) fn timings(&self, began: Instant, head: Instant) -> Timings {
        let Facts {
            measured,
            ready,
            told,
        } = &*self.0;
        if measured.began < began || told.swap(true, Ordering::Relaxed) {
            return Timings {
                first_byte: Some(head - began),
                ..Timings::default()
            };
        }
        Timings {
            dns: measured.dns,
            connect: Some(measured.connect),
            tls: measured.tls,
            first_byte: Some(head.saturating_duration_since(*ready)),
        }
    }
}

impl Wire {
    pub(super) fn plain(stream: TcpStream, measured: Measured) -> Self {
        Self::over(Box::new(stream), false, measured)
    }

    pub(super) fn secure<S: Io>(stream: TlsStream<S>, measured: Measured) -> Self {
        let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        Self::over(Box::new(stream), is_http2, measured)
    }

    fn over(io: Box<dyn Io>, is_http2: bool, measured: Measured) -> Self {
        Self {
            io,
            early: Bytes::new(),
            is_http2,
            facts: FactsOf::new(measured),
        }
    }

    /// The connection, unless it was closed or has waited for too long.
    pub(super) fn if_alive(mut self) -> Option<Self> {
        if self.facts.0.ready.elapsed() > limits::POOL_IDLE {
            return None;
        }
        let mut space = [0; 4096];
        let mut buffer = ReadBuf::new(&mut space);
        let mut context = Context::from_waker(Waker::noop());
        match Pin::new(&mut *self.io).poll_read(&mut context, &mut buffer) {
            Poll::Pending => Some(self),
            // HTTP/2 servers speak first.
            Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                self.early = Bytes::copy_from_slice(buffer.filled());
                Some(self)
            }
            Poll::Ready(_closed) => None,
        }
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        let connected = Connected::new().extra(self.facts.clone());
        if self.is_http2 {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.early.has_remaining() {
            let length = self.early.len().min(buffer.remaining());
            let bytes = self.early.split_to(length);
            buffer.put_slice(&bytes);
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut *self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.io).poll_shutdown(context)
    }
}
