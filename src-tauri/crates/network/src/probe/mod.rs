//! One hop at a time: what the doctor asks to find out where a connection breaks.
//!
//! A [`Probe`] takes the same way a real request would, but opens each part by itself: the proxy,
//! the name, the connection, the handshake. Each has a deadline of its own, no part sends a key,
//! and nothing that was opened is used for anything else.

mod error;
mod http;
mod proxy;
mod socket;
mod tls;
mod via;

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use url::Url;

use crate::{Client, Error, Origin, limits};
use proxy::Target;
use via::{Proxy, Via};

pub use error::{ProbeError, TlsFault};
pub use http::{Answer, Preflight};
pub use tls::Certificate;

/// How long a proxy may take to accept a connection: it is on this computer or near it.
const PROXY: Duration = Duration::from_secs(3);

/// How long a host may take to accept a connection, or a proxy to reach it.
const CONNECT: Duration = Duration::from_secs(8);

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(8);

/// Looks at the way to one origin.
#[derive(Debug)]
pub struct Probe {
    origin: Origin,
    via: Via,
    client: Client,
    extra_roots: Vec<CertificateDer<'static>>,
}

/// The way a request takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To this computer, past every proxy.
    ThisComputer,
    /// Straight to the host.
    Direct,
    /// Through a proxy.
    Proxy {
        /// `scheme://host:port`, without credentials.
        address: String,
        /// Whether the proxy resolves the host's name.
        resolves_names: bool,
    },
}

/// A connection that stands; dropping it closes it.
pub struct Connection(Box<dyn Stream>);

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Whether this computer has an address that leads out. Nothing is sent: connecting a UDP socket
/// only asks the system which way a packet would take, here to addresses kept for documentation
/// (RFC 5737, RFC 3849).
pub fn has_network() -> bool {
    let leads_out = |from: &str, to: &str| {
        UdpSocket::bind(from)
            .and_then(|socket| socket.connect(to))
            .is_ok()
    };
    leads_out("0.0.0.0:0", "192.0.2.1:443") || leads_out("[::]:0", "[2001:db8::1]:443")
}

impl Client {
    /// Looks at the way to a URL's origin; `None` when it is no `http` or `https` URL.
    pub fn probe(&self, url: &Url) -> Option<Probe> {
        let origin = Origin::of(url)?;
        let via = if origin.is_loopback() {
            Via::ThisComputer
        } else {
            Via::of(self.intercept(url).as_ref())
        };
        Some(Probe {
            origin,
            via,
            client: self.clone(),
            extra_roots: Vec::new(),
        })
    }
}

impl Probe {
    /// Trusts this authority too, besides those of the system.
    #[must_use]
    pub fn trusting(mut self, root: CertificateDer<'static>) -> Self {
        self.extra_roots.push(root);
        self
    }

    /// The way a request takes.
    pub fn way(&self) -> Way {
        match &self.via {
            Via::ThisComputer => Way::ThisComputer,
            Via::Direct => Way::Direct,
            Via::Proxy(proxy) => Way::Proxy {
                address: proxy.shown(),
                resolves_names: proxy.resolves_names(),
            },
        }
    }

    /// Whether the proxy's address answers at all.
    ///
    /// # Errors
    /// [`ProbeError::ProxyUnreachable`] within three seconds, whatever the reason.
    pub async fn reach_proxy(&self) -> Result<(), ProbeError> {
        match &self.via {
            Via::Proxy(proxy) => dial_proxy(proxy).await.map(drop),
            Via::ThisComputer | Via::Direct => Ok(()),
        }
    }

    /// The addresses of the host, by the system's own resolver.
    ///
    /// # Errors
    /// [`ProbeError::NameNotFound`] or [`ProbeError::NameTimeout`].
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, ProbeError> {
        resolve(self.origin.host(), self.origin.port()).await
    }

    /// Opens a connection to the host: to one of `addresses`, or through the proxy.
    ///
    /// # Errors
    /// What the host or the proxy did instead.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<Connection, ProbeError> {
        let connected = match &self.via {
            Via::ThisComputer | Via::Direct => {
                let within = tokio::time::timeout(CONNECT, socket::connect(addresses)).await;
                within
                    .unwrap_or(Err(ProbeError::Timeout))
                    .map(|stream| Connection(Box::new(stream)))
            }
            Via::Proxy(proxy) => {
                let within = tokio::time::timeout(CONNECT, self.through(proxy, addresses)).await;
                within.unwrap_or(Err(ProbeError::Timeout))
            }
        };
        connected.inspect_err(|error| tracing::debug!(%error, "a probe did not connect"))
    }

    /// Shakes hands and looks at the certificate; closes the connection.
    ///
    /// # Errors
    /// [`ProbeError::Tls`], [`ProbeError::Lost`] or [`ProbeError::Timeout`].
    pub async fn handshake(&self, connection: Connection) -> Result<Certificate, ProbeError> {
        let shaken = tls::handshake(connection.0, self.origin.host(), self.extra_roots.clone());
        let within = tokio::time::timeout(HANDSHAKE, shaken).await;
        within.unwrap_or(Err(ProbeError::Timeout))
    }

    /// Asks the service for something without a key, over the client's own connections.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn ask(&self, url: &Url) -> Result<Answer, Error> {
        http::ask(&self.client, url).await
    }

    /// Asks what a browser would ask before it let a page of `page_origin` send a key to `url`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn preflight(&self, url: &Url, page_origin: &str) -> Result<Preflight, Error> {
        http::preflight(&self.client, url, page_origin).await
    }

    async fn through(
        &self,
        proxy: &Proxy,
        addresses: &[SocketAddr],
    ) -> Result<Connection, ProbeError> {
        let stream = dial_proxy(proxy).await?;
        let (host, port) = (self.origin.host(), self.origin.port());
        match proxy {
            Proxy::Http {
                authorization,
                over_tls: false,
                ..
            } => {
                let mut stream = stream;
                proxy::http_connect(&mut stream, host, port, authorization.as_ref()).await?;
                Ok(Connection(Box::new(stream)))
            }
            Proxy::Http {
                authorization,
                host: proxy_host,
                ..
            } => {
                let roots = self.extra_roots.clone();
                let (mut stream, _certificate) = tls::shake(stream, proxy_host, roots)
                    .await
                    .map_err(|_its_own_handshake| ProbeError::ProxyUnlike)?;
                proxy::http_connect(&mut stream, host, port, authorization.as_ref()).await?;
                Ok(Connection(Box::new(stream)))
            }
            Proxy::Socks {
                login,
                resolves_names,
                ..
            } => {
                let target = match addresses.first() {
                    Some(address) if !resolves_names => Target::Address(*address),
                    _ => Target::Name(host, port),
                };
                let mut stream = stream;
                proxy::socks_connect(&mut stream, target, login.as_ref()).await?;
                Ok(Connection(Box::new(stream)))
            }
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Connection")
    }
}

async fn dial_proxy(proxy: &Proxy) -> Result<TcpStream, ProbeError> {
    let (host, port) = proxy.place();
    let dialled = async {
        let addresses = resolve(host, port).await?;
        socket::connect(&addresses).await
    };
    match tokio::time::timeout(PROXY, dialled).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(_)) | Err(_) => Err(ProbeError::ProxyUnreachable),
    }
}

/// Resolves as the client does: see [`crate::names`].
async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, ProbeError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if bare == "localhost" {
        return Ok(crate::names::this_computer(port).to_vec());
    }
    let lookup = tokio::net::lookup_host((bare, port));
    let found = match tokio::time::timeout(limits::RESOLVE, lookup).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(_unknown)) => return Err(ProbeError::NameNotFound),
        Err(_elapsed) => return Err(ProbeError::NameTimeout),
    };
    if found.is_empty() {
        return Err(ProbeError::NameNotFound);
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
