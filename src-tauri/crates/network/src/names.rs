//! Resolves names with the operating system's resolver, under a deadline.
//!
//! Without one, a hanging name server would pass for a host that does not answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::limits;

/// What `localhost` means whatever a name server says (RFC 6761, section 6.3): plain http may go
/// there, so nobody else may answer to the name. Local model servers listen on IPv4 first.
const THIS_COMPUTER: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// The addresses of a host; `None` when there are none, or none in time. A literal is its own
/// address.
pub(crate) async fn addresses(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    let at = |address: IpAddr| SocketAddr::new(address, port);
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(vec![at(address)]);
    }
    if host.eq_ignore_ascii_case("localhost") {
        return Some(THIS_COMPUTER.map(at).to_vec());
    }
    let lookup = tokio::net::lookup_host((host, port));
    let found = tokio::time::timeout(limits::RESOLVE, lookup).await;
    let found: Vec<SocketAddr> = found.ok()?.ok()?.collect();
    (!found.is_empty()).then_some(found)
}
