//! TCP: the first of several addresses that answers.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;

use super::ProbeError;

/// How long one address has for itself before the next is tried beside it (RFC 8305, section 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Connects to whichever address answers first, the families taking turns, so that a broken IPv6
/// costs a quarter of a second and not the whole deadline.
pub(super) async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, ProbeError> {
    let mut attempts: FuturesUnordered<_> = taking_turns(addresses)
        .into_iter()
        .enumerate()
        .map(|(position, address)| async move {
            let wait = HEAD_START.saturating_mul(u32::try_from(position).unwrap_or(u32::MAX));
            tokio::time::sleep(wait).await;
            TcpStream::connect(address).await
        })
        .collect();
    let mut failure = ProbeError::Unreachable;
    while let Some(attempt) = attempts.next().await {
        match attempt {
            Ok(stream) => return Ok(stream),
            // A refusal says most: somebody was there.
            Err(error) if failure != ProbeError::Refused => failure = kind_of(&error),
            Err(_error) => {}
        }
    }
    Err(failure)
}

/// IPv4 and IPv6 alternately, in their own order, the family of the first address first.
fn taking_turns(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut ours, mut others): (Vec<SocketAddr>, Vec<SocketAddr>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::with_capacity(addresses.len());
    ours.reverse();
    others.reverse();
    while let Some(next) = ours.pop() {
        turns.push(next);
        turns.extend(others.pop());
    }
    others.reverse();
    turns.extend(others);
    turns
}

/// What a refused socket call means.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "every other way to fail is a connection that did not last"
)]
pub(super) fn kind_of(error: &io::Error) -> ProbeError {
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
mod tests {
    use super::*;

    #[test]
    fn p_16_families_take_turns() {
        let addresses: Vec<SocketAddr> = ["[::1]:1", "[::2]:1", "[::3]:1", "127.0.0.1:1"]
            .map(|text| text.parse().unwrap())
            .to_vec();
        let turns = taking_turns(&addresses);
        let texts: Vec<String> = turns.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["[::1]:1", "127.0.0.1:1", "[::2]:1", "[::3]:1"]);
        assert!(taking_turns(&[]).is_empty());
    }

    #[tokio::test]
    async fn p_16_an_address_that_does_not_answer_costs_a_quarter_of_a_second() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let answers = listener.local_addr().unwrap();
        // Kept for documentation: packets to it are dropped, or refused at once.
        let silent: SocketAddr = "[2001:db8::1]:9".parse().unwrap();
        let started = std::time::Instant::now();
        let stream = connect(&[silent, answers]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), answers);
        assert!(started.elapsed() < Duration::from_secs(2));
    }

    #[tokio::test]
    async fn a_closed_port_is_refused() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(connect(&[closed]).await.unwrap_err(), ProbeError::Refused);
        assert_eq!(connect(&[]).await.unwrap_err(), ProbeError::Unreachable);
    }
}
