//! How a way leads to its host: what is watched while reqwest opens a connection, and the single
//! hops, each by itself, for naming the one that is broken.

mod certificate;
mod dial;
mod observed;
pub(crate) mod part;
mod resolver;
mod socks;
mod tls;
mod trace;
mod tunnel;

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::route::ProxyServer;

pub(crate) use certificate::shown;
pub(crate) use observed::{Observed, Unconnected};
pub(crate) use resolver::WayNames;
pub(crate) use tls::{Certificates, Tls};
pub(crate) use trace::traced;

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

/// Something that bytes go over.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}
