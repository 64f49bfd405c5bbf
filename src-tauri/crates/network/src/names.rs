//! Resolves names with the operating system's resolver, under a deadline.
//!
//! reqwest's own does the same without one, and a hanging name server would then pass for a host that
//! does not answer.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::limits;

/// What `localhost` means whatever a name server says (RFC 6761, section 6.3): plain http may go
/// there, so nobody else may answer to the name. Local model servers listen on IPv4 first.
const THIS_COMPUTER: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];

/// What `localhost` means, at this port.
pub(crate) fn this_computer(port: u16) -> [SocketAddr; 2] {
    THIS_COMPUTER.map(|address| SocketAddr::new(address.ip(), port))
}

/// The operating system's resolver, but for `localhost`.
pub(crate) struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if name.as_str() == "localhost" {
                return Ok(Box::new(THIS_COMPUTER.into_iter()) as Addrs);
            }
            // Port 0 stands for the port of the URL.
            let lookup = tokio::net::lookup_host((name.as_str(), 0));
            let found = tokio::time::timeout(limits::RESOLVE, lookup)
                .await
                .map_err(|_elapsed| io::Error::from(io::ErrorKind::TimedOut))??;
            let addresses: Vec<SocketAddr> = found.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
