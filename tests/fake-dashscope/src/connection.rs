//! The sockets under axum: accepted with no delay, and able to do what an HTTP library never
//! does by itself, such as resetting a connection or sending a broken head.
//! It knows nothing about DashScope.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// How long accepting pauses after an error, for instance when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A handler's hold on the socket its response leaves by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Socket(Arc<Requested>);

#[derive(Debug, Default)]
struct Requested {
    reset: AtomicBool,
    head: Mutex<Option<Vec<u8>>>,
}

impl Socket {
    /// Ends the connection by a reset instead of an orderly close, once it is dropped.
    pub(crate) fn reset_on_close(&self) {
        self.0.reset.store(true, Ordering::Relaxed);
    }

    /// Sends these bytes instead of the status line and headers of the next response.
    pub(crate) fn replace_head(&self, head: Vec<u8>) {
        *self.0.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    fn take_head(&self) -> Option<Vec<u8>> {
        self.0
            .head
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Accepts connections on a loopback port.
pub(crate) struct Loopback(pub(crate) TcpListener);

impl Listener for Loopback {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) if stream.set_nodelay(true).is_ok() => {
                    return (
                        Wire {
                            stream,
                            socket: Socket::default(),
                            head: None,
                        },
                        address,
                    );
                }
                Ok(_) => {}
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Loopback>> for Socket {
    fn connect_info(stream: IncomingStream<'_, Loopback>) -> Self {
        stream.io().socket.clone()
    }
}

/// One accepted connection.
pub(crate) struct Wire {
    stream: TcpStream,
    socket: Socket,
    /// A replacement head that is being written, and how much of it is out.
    head: Option<(Vec<u8>, usize)>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.head.is_none() {
            this.head = this.socket.take_head().map(|head| (head, 0));
        }
        while let Some((head, sent)) = &mut this.head {
            let rest = head.get(*sent..).unwrap_or_default();
            if rest.is_empty() {
                this.head = None;
                return Poll::Ready(Ok(length_of_head(bytes)));
            }
            *sent += ready!(Pin::new(&mut this.stream).poll_write(context, rest))?;
        }
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.socket.0.reset.load(Ordering::Relaxed) {
            // A reset must not be preceded by the orderly end that a shutdown would send.
            return Poll::Ready(self.stream.set_zero_linger());
        }
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.socket.0.reset.load(Ordering::Relaxed) {
            // A connection that is gone already cannot be reset, and needs no reset.
            drop(self.stream.set_zero_linger());
        }
    }
}

fn length_of_head(bytes: &[u8]) -> usize {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(bytes.len(), |start| start + 4)
}
