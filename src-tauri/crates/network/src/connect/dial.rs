//! TCP to the first address that answers (RFC 8305): a broken IPv6 costs a quarter of a second, not
//! a timeout.

use std::io;
use std::net::SocketAddr;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::limits;

/// Connects to one of these addresses, trying the next one beside it when one is slow.
pub(super) async fn open(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = alternating(addresses).into_iter();
    let mut attempts = FuturesUnordered::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        match waiting.next() {
            Some(address) => attempts.push(TcpStream::connect(address)),
            None if attempts.is_empty() => return Err(failure),
            None => {}
        }
        let more = waiting.len() > 0;
        tokio::select! {
            Some(attempt) = attempts.next() => match attempt {
                Ok(stream) => return Ok(prepared(stream)),
                Err(error) => failure = error,
            },
            () = tokio::time::sleep(limits::NEXT_ADDRESS), if more => {}
        }
    }
}

/// The resolver's order, but with the two families taking turns.
fn alternating(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_ipv6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_ipv6);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut ordered = Vec::new();
    loop {
        let pair = [one.next(), other.next()];
        if pair.iter().all(Option::is_none) {
            return ordered;
        }
        ordered.extend(pair.into_iter().flatten());
    }
}

/// Sets what finds out that the other side is gone; a system that refuses goes without.
fn prepared(stream: TcpStream) -> TcpStream {
    let socket = SockRef::from(&stream);
    let keepalive = TcpKeepalive::new()
        .with_time(limits::TCP_KEEPALIVE)
        .with_interval(limits::TCP_KEEPALIVE_INTERVAL)
        .with_retries(limits::TCP_KEEPALIVE_RETRIES);
    drop(socket.set_tcp_nodelay(true));
    drop(socket.set_tcp_keepalive(&keepalive));
    #[cfg(target_os = "linux")]
    drop(socket.set_tcp_user_timeout(Some(limits::TCP_USER_TIMEOUT)));
    stream
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::net::TcpListener;
    use tokio::time::Instant;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn p_16_the_families_take_turns() {
        let [a, b, c, d] = ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"].map(address);
        assert_eq!(alternating(vec![a, b, c, d]), [a, d, b, c]);
        assert_eq!(alternating(vec![d, a]), [d, a]);
        assert!(alternating(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn p_16_an_address_that_swallows_everything_costs_less_than_two_seconds() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        // Packets to this network (RFC 5737) are dropped or refused, depending on the machine.
        let began = Instant::now();
        let stream = open(vec![address("192.0.2.1:9"), address("[::1]:9"), good]).await;
        assert_eq!(stream.unwrap().peer_addr().unwrap(), good);
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn nobody_there_is_an_error() {
        assert!(open(vec![address("127.0.0.1:9")]).await.is_err());
        assert!(open(Vec::new()).await.is_err());
    }
}
