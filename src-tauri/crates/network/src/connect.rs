//! Opens connections: name, TCP, proxy and TLS, each under its own deadline and each timed.
//!
//! It is the connector of the HTTP client's pool, so a request that finds an open connection never
//! comes here.

mod certificate;
mod dial;
pub(crate) mod part;
mod socks;
mod tls;
mod tunnel;
mod wire;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use crate::error::{ErrorKind, ProxyProblem};
use crate::limits;
use crate::names;
use crate::route::{ProxyScheme, ProxyServer};

pub(crate) use tls::{Certificates, Tls};
pub(crate) use wire::{FactsOf, Io, Wire};

/// How connections are opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Straight to the host.
    Straight,
    /// Straight to these addresses, whatever the host's name resolves to.
    Fixed(Vec<SocketAddr>),
    /// Through a proxy.
    Through(ProxyServer),
}

/// Opens connections in one way.
#[derive(Clone)]
pub(crate) struct Connector {
    way: Arc<Way>,
    tls: Tls,
    deadline: Duration,
    /// Connections that were opened before anybody asked for them.
    warm: Arc<Mutex<HashMap<Uri, Wire>>>,
}

/// Why there is no connection.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unconnected(pub(crate) ErrorKind);

/// What is measured on the way.
#[derive(Clone, Copy)]
struct Measured {
    began: Instant,
    dns: Option<Duration>,
    connect: Duration,
    tls: Option<Duration>,
}

impl Connector {
    pub(crate) fn new(way: Way, tls: Tls, deadline: Duration) -> Self {
        Self {
            way: Arc::new(way),
            tls,
            deadline,
            warm: Arc::default(),
        }
    }

    /// Opens a connection that the next request to this origin finds.
    pub(crate) async fn warm(&self, origin: &Uri) -> Result<(), Unconnected> {
        let wire = self.open(origin).await?;
        let mut kept = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(origin.clone(), wire);
        Ok(())
    }

    fn take_warm(&self, origin: &Uri) -> Option<Wire> {
        let mut kept = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(origin).and_then(Wire::if_alive)
    }

    async fn open(&self, to: &Uri) -> Result<Wire, Unconnected> {
        let host = to
            .host()
            .unwrap_or_default()
            .trim_start_matches('[')
            .trim_end_matches(']');
        let secure = to.scheme_str() == Some("https");
        let port = to.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let began = Instant::now();
        let deadline = began + self.deadline;
        let (stream, dns) = match &*self.way {
            Way::Straight => straight(host, port, deadline).await?,
            Way::Fixed(addresses) => {
                let addresses = addresses
                    .iter()
                    .map(|address| SocketAddr::new(address.ip(), port));
                (dial_direct(addresses.collect(), deadline).await?, None)
            }
            Way::Through(server) => {
                return self
                    .open_through(server, (host, port, secure), began, deadline)
                    .await;
            }
        };
        let connected = Instant::now();
        let measured = Measured {
            began,
            dns,
            connect: (connected - began).saturating_sub(dns.unwrap_or_default()),
            tls: None,
        };
        if !secure {
            return Ok(Wire::plain(stream, measured));
        }
        self.secured(stream, host, deadline, measured).await
    }

    async fn open_through(
        &self,
        server: &ProxyServer,
        (host, port, secure): (&str, u16, bool),
        began: Instant,
        deadline: Instant,
    ) -> Result<Wire, Unconnected> {
        if !secure {
            // Only a certificate proves who answers behind a proxy.
            return Err(Unconnected(ErrorKind::NotHttps));
        }
        let unreachable = || Unconnected(ErrorKind::Proxy(ProxyProblem::Unreachable));
        let first_hop = deadline.min(began + limits::CONNECT_PROXY);
        let found = timeout_at(first_hop, names::addresses(&server.host, server.port)).await;
        let addresses = found.ok().flatten().ok_or_else(unreachable)?;
        let resolved = Instant::now();
        let dns = is_name(&server.host).then(|| resolved - began);
        let Ok(Ok(stream)) = timeout_at(first_hop, dial::open(addresses)).await else {
            return Err(unreachable());
        };
        let measured = |tls: Option<Duration>| Measured {
            began,
            dns,
            connect: resolved.elapsed(),
            tls,
        };
        match server.scheme {
            ProxyScheme::Http => {
                let joined = tunnel::ask(stream, host, port, server.credentials());
                let stream = refused_in_time(deadline, joined).await?;
                self.secured(stream, host, deadline, measured(None)).await
            }
            ProxyScheme::Https => {
                let proxy = timeout_at(first_hop, self.tls.to_proxy(&server.host, stream)).await;
                let proxy = proxy
                    .map_err(|_elapsed| unreachable())?
                    .map_err(Unconnected)?;
                let joined = tunnel::ask(proxy, host, port, server.credentials());
                let stream = refused_in_time(deadline, joined).await?;
                self.secured(stream, host, deadline, measured(None)).await
            }
            ProxyScheme::Socks5 | ProxyScheme::Socks5h => {
                let target = self
                    .socks_target(server.scheme, host, port, deadline)
                    .await?;
                let greeted = socks::greet(stream, server.credentials());
                let stream = refused_in_time(first_hop, greeted).await?;
                let joined = socks::ask(stream, &target, port);
                let stream = refused_in_time(deadline, joined).await?;
                self.secured(stream, host, deadline, measured(None)).await
            }
        }
    }

    /// What a SOCKS proxy is told: the name, or an address that was resolved here.
    async fn socks_target(
        &self,
        scheme: ProxyScheme,
        host: &str,
        port: u16,
        deadline: Instant,
    ) -> Result<socks::Target, Unconnected> {
        if let Ok(address) = host.parse() {
            return Ok(socks::Target::Address(address));
        }
        if scheme == ProxyScheme::Socks5h {
            return Ok(socks::Target::Name(host.to_owned()));
        }
        let found = timeout_at(deadline, names::addresses(host, port)).await;
        let found = found.ok().flatten();
        let first = found.and_then(|found| found.first().map(SocketAddr::ip));
        first
            .map(socks::Target::Address)
            .ok_or(Unconnected(ErrorKind::Dns))
    }

    async fn secured<S: Io>(
        &self,
        stream: S,
        host: &str,
        deadline: Instant,
        measured: Measured,
    ) -> Result<Wire, Unconnected> {
        let began = Instant::now();
        let shaken = timeout_at(deadline, self.tls.to_host(host, stream)).await;
        let stream = shaken
            .map_err(|_elapsed| Unconnected(ErrorKind::ConnectTimeout))?
            .map_err(Unconnected)?;
        let measured = Measured {
            tls: Some(began.elapsed()),
            ..measured
        };
        Ok(Wire::secure(stream, measured))
    }
}

/// A proxy that says nothing more counts as one that does not answer.
async fn refused_in_time<S>(
    deadline: Instant,
    asked: impl Future<Output = Result<S, ProxyProblem>>,
) -> Result<S, Unconnected> {
    let answered = timeout_at(deadline, asked).await;
    answered
        .unwrap_or(Err(ProxyProblem::Unreachable))
        .map_err(|problem| Unconnected(ErrorKind::Proxy(problem)))
}

async fn straight(
    host: &str,
    port: u16,
    deadline: Instant,
) -> Result<(TcpStream, Option<Duration>), Unconnected> {
    let began = Instant::now();
    let found = timeout_at(deadline, names::addresses(host, port)).await;
    let addresses = found.ok().flatten().ok_or(Unconnected(ErrorKind::Dns))?;
    let dns = is_name(host).then(|| began.elapsed());
    Ok((dial_direct(addresses, deadline).await?, dns))
}

async fn dial_direct(
    addresses: Vec<SocketAddr>,
    deadline: Instant,
) -> Result<TcpStream, Unconnected> {
    match timeout_at(deadline, dial::open(addresses)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::TimedOut => {
            Err(Unconnected(ErrorKind::ConnectTimeout))
        }
        Ok(Err(_refused)) => Err(Unconnected(ErrorKind::Connect)),
        Err(_elapsed) => Err(Unconnected(ErrorKind::ConnectTimeout)),
    }
}

fn is_name(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_err()
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Wire>;
    type Error = Unconnected;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Unconnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            if let Some(wire) = connector.take_warm(&to) {
                return Ok(TokioIo::new(wire));
            }
            connector.open(&to).await.map(TokioIo::new)
        })
    }
}
