//! One hop at a time: what the doctor asks to find out where a connection breaks.
//!
//! A [`Probe`] takes the same way a real request would, but opens each part by itself: the proxy,
//! the name, the connection, the handshake. Each has a deadline of its own, no part sends a key,
//! and nothing that was opened is used for anything else.

mod error;
mod http;
mod tls;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use url::Url;

use crate::connect::{Io, Tls, Way as Connected, part};
use crate::error::ProxyProblem;
use crate::names;
use crate::route::{ProxyScheme, ProxyServer, Route};
use crate::routes::Decision;
use crate::{Client, Error, ErrorKind, Origin};

pub use error::{ProbeError, TlsFault};
pub use http::{Answer, Preflight};
pub use tls::Certificate;

/// How long a host may take to accept a connection, or a proxy to reach it.
const CONNECT: Duration = Duration::from_secs(8);

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(8);

/// Looks at the way to one origin.
#[derive(Debug)]
pub struct Probe {
    origin: Origin,
    decision: Result<Decision, ProxyProblem>,
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
    /// None: the system leaves the choice to a script, which cannot be run here.
    Script,
    /// None: the system's proxy is set in words that make no sense here.
    Unclear,
}

/// A connection that stands; dropping it closes it.
pub struct Connection(Box<dyn Io>);

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
    pub async fn probe(&self, url: &Url) -> Option<Probe> {
        let origin = Origin::of(url)?;
        let decision = self.decide(&origin).await.map_err(|error| {
            if *error.kind() == ErrorKind::Proxy(ProxyProblem::Script) {
                ProxyProblem::Script
            } else {
                ProxyProblem::Unclear
            }
        });
        Some(Probe {
            origin,
            decision,
            client: self.clone(),
            extra_roots: self.certificates(),
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
        match (&self.decision, self.server()) {
            (Err(ProxyProblem::Script), _) => Way::Script,
            (Err(_), _) => Way::Unclear,
            (Ok(_), Some(server)) => Way::Proxy {
                address: format!("{}://{}", server.scheme.as_str(), server.address()),
                resolves_names: server.scheme != ProxyScheme::Socks5,
            },
            (Ok(decision), None) if decision.route == Route::Loopback => Way::ThisComputer,
            (Ok(_), None) => Way::Direct,
        }
    }

    /// Whether the proxy's address answers at all.
    ///
    /// # Errors
    /// [`ProbeError::ProxyUnreachable`] within three seconds, whatever the reason, and
    /// [`ProbeError::ProxyUnusable`].
    pub async fn reach_proxy(&self) -> Result<(), ProbeError> {
        if self.decision.is_err() {
            return Err(ProbeError::ProxyUnusable);
        }
        match self.server() {
            Some(server) => part::to_proxy(server).await.map(drop).map_err(of_proxy),
            None => Ok(()),
        }
    }

    /// The addresses of the host, by the system's own resolver.
    ///
    /// # Errors
    /// [`ProbeError::NameNotFound`] or [`ProbeError::NameTimeout`].
    pub async fn resolve(&self) -> Result<Vec<SocketAddr>, ProbeError> {
        let began = tokio::time::Instant::now();
        let found = names::addresses(self.bare_host(), self.origin.port()).await;
        found.ok_or(if began.elapsed() < crate::limits::RESOLVE {
            ProbeError::NameNotFound
        } else {
            ProbeError::NameTimeout
        })
    }

    /// Opens a connection to the host: to one of `addresses`, or through the proxy.
    ///
    /// # Errors
    /// What the host or the proxy did instead.
    pub async fn connect(&self, addresses: &[SocketAddr]) -> Result<Connection, ProbeError> {
        if self.decision.is_err() {
            return Err(ProbeError::ProxyUnusable);
        }
        let connected = tokio::time::timeout(CONNECT, async {
            match self.server() {
                None => {
                    let stream = part::to_host(addresses).await;
                    let stream = stream.map_err(|error| of_host(&error))?;
                    Ok(Connection(Box::new(stream)))
                }
                Some(server) => self.through(server, addresses).await,
            }
        })
        .await;
        let connected = connected.unwrap_or(Err(ProbeError::Timeout));
        connected.inspect_err(|error| tracing::debug!(%error, "a probe did not connect"))
    }

    /// Shakes hands and looks at the certificate; closes the connection.
    ///
    /// # Errors
    /// [`ProbeError::Tls`], [`ProbeError::Lost`] or [`ProbeError::Timeout`].
    pub async fn handshake(&self, connection: Connection) -> Result<Certificate, ProbeError> {
        let shaken = tls::handshake(connection.0, self.bare_host(), self.extra_roots.clone());
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
        server: &ProxyServer,
        addresses: &[SocketAddr],
    ) -> Result<Connection, ProbeError> {
        let tls = Tls::new(self.extra_roots.clone());
        let tls = tls.map_err(|_setup| ProbeError::Tls(TlsFault::Handshake))?;
        let host = (self.bare_host(), self.origin.port());
        let address = addresses.first().map(SocketAddr::ip);
        let stream = part::through(server, &tls, host, address).await;
        stream.map(Connection).map_err(of_proxy)
    }

    /// The proxy, if there is one.
    fn server(&self) -> Option<&ProxyServer> {
        match &self.decision {
            Ok(Decision {
                way: Connected::Through(server),
                ..
            }) => Some(server),
            Ok(_) | Err(_) => None,
        }
    }

    /// The host without the brackets of an IPv6 address.
    fn bare_host(&self) -> &str {
        self.origin
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']')
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Connection")
    }
}

fn of_proxy(problem: ProxyProblem) -> ProbeError {
    match problem {
        ProxyProblem::Unreachable => ProbeError::ProxyUnreachable,
        ProxyProblem::AuthenticationRequired => ProbeError::ProxyAuthentication,
        ProxyProblem::Refused { status } => ProbeError::ProxyRefused(status),
        ProxyProblem::Unclear | ProxyProblem::Script => ProbeError::ProxyUnusable,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other way to fail is a connection that did not last"
)]
fn of_host(error: &io::Error) -> ProbeError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ProbeError::Refused,
        io::ErrorKind::TimedOut => ProbeError::Timeout,
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => ProbeError::Unreachable,
        _ => ProbeError::Lost,
    }
}

#[cfg(test)]
mod tests;
