//! The parts of opening a connection, each by itself, for whoever asks which of them is broken.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Io, Tls, dial, socks, tunnel};
use crate::error::ProxyProblem;
use crate::route::{ProxyScheme, ProxyServer};
use crate::{limits, names};

/// A TCP connection to one of these addresses.
pub(crate) async fn to_host(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    dial::open(addresses.to_vec()).await
}

/// A TCP connection to the proxy itself.
pub(crate) async fn to_proxy(server: &ProxyServer) -> Result<TcpStream, ProxyProblem> {
    let opened = async {
        let addresses = names::addresses(&server.host, server.port).await?;
        dial::open(addresses).await.ok()
    };
    let within = timeout(limits::CONNECT_PROXY, opened).await;
    within.ok().flatten().ok_or(ProxyProblem::Unreachable)
}

/// Whether the proxy speaks at all, without asking it for a host: a SOCKS proxy greets whoever comes, an
/// HTTP proxy answers what is meant for itself, if only with a refusal. Behind TLS it is enough that
/// the connection stands.
pub(super) async fn knock(server: &ProxyServer) -> Result<(), ProxyProblem> {
    let stream = to_proxy(server).await?;
    match server.scheme {
        ProxyScheme::Https => Ok(()),
        ProxyScheme::Http => {
            tunnel::knock(stream, &server.host, server.port).await;
            Ok(())
        }
        ProxyScheme::Socks5 | ProxyScheme::Socks5h => {
            socks::greet(stream, server.credentials()).await.map(drop)
        }
    }
}

/// A connection through the proxy to the host, which a SOCKS proxy is told by its name, or by
/// `address` when it does not resolve names.
pub(crate) async fn through(
    server: &ProxyServer,
    tls: &Tls,
    (host, port): (&str, u16),
    address: Option<IpAddr>,
) -> Result<Box<dyn Io>, ProxyProblem> {
    let stream = to_proxy(server).await?;
    let credentials = server.credentials();
    match server.scheme {
        ProxyScheme::Http => {
            let stream = tunnel::ask(stream, host, port, credentials).await?;
            Ok(Box::new(stream))
        }
        ProxyScheme::Https => {
            let shaken = tls.to_proxy(&server.host, stream).await;
            let refused = |_untrusted| ProxyProblem::Refused { status: None };
            let stream = tunnel::ask(shaken.map_err(refused)?, host, port, credentials).await?;
            Ok(Box::new(stream))
        }
        ProxyScheme::Socks5 | ProxyScheme::Socks5h => {
            let target = match (server.scheme, address) {
                (ProxyScheme::Socks5, Some(address)) => socks::Target::Address(address),
                _ => socks::Target::Name(host.to_owned()),
            };
            let stream = socks::greet(stream, credentials).await?;
            Ok(Box::new(socks::ask(stream, &target, port).await?))
        }
    }
}
