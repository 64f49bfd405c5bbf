//! SOCKS 5 (RFC 1928) with name and password (RFC 1929).

use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::error::ProxyProblem;

const VERSION: u8 = 5;
const OPEN: u8 = 0;
const PASSWORD: u8 = 2;
const NOBODY: u8 = 0xff;

/// Whom the proxy shall connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Name(String),
    Address(IpAddr),
}

/// Agrees on how to sign in, and signs in.
pub(super) async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    credentials: Option<(&str, &str)>,
) -> Result<S, ProxyProblem> {
    let greeting: &[u8] = match credentials {
        Some(_) => &[VERSION, 2, OPEN, PASSWORD],
        None => &[VERSION, 1, OPEN],
    };
    send(&mut stream, greeting).await?;
    match (receive(&mut stream).await?, credentials) {
        ([VERSION, OPEN], _) => Ok(stream),
        ([VERSION, PASSWORD], Some((user, password))) => {
            let mut words = vec![1];
            for word in [user, password] {
                let length = u8::try_from(word.len());
                words.push(length.map_err(|_long| ProxyProblem::AuthenticationRequired)?);
                words.extend_from_slice(word.as_bytes());
            }
            send(&mut stream, &words).await?;
            match receive(&mut stream).await? {
                [_, 0] => Ok(stream),
                [_, _] => Err(ProxyProblem::AuthenticationRequired),
            }
        }
        ([VERSION, NOBODY | PASSWORD], _) => Err(ProxyProblem::AuthenticationRequired),
        _ => Err(ProxyProblem::Refused { status: None }),
    }
}

/// Asks for the host.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    target: &Target,
    port: u16,
) -> Result<S, ProxyProblem> {
    let refused = ProxyProblem::Refused { status: None };
    let mut request = vec![VERSION, 1, 0];
    match target {
        Target::Address(IpAddr::V4(address)) => {
            request.push(1);
            request.extend_from_slice(&address.octets());
        }
        Target::Address(IpAddr::V6(address)) => {
            request.push(4);
            request.extend_from_slice(&address.octets());
        }
        Target::Name(name) => {
            request.push(3);
            request.push(u8::try_from(name.len()).map_err(|_long| refused)?);
            request.extend_from_slice(name.as_bytes());
        }
    }
    request.extend_from_slice(&port.to_be_bytes());
    send(&mut stream, &request).await?;
    let [version, reply, _, kind] = receive(&mut stream).await?;
    if version != VERSION || reply != 0 {
        return Err(refused);
    }
    // The address that the proxy connects from says nothing to us.
    match kind {
        1 => receive::<_, 6>(&mut stream).await.map(drop)?,
        4 => receive::<_, 18>(&mut stream).await.map(drop)?,
        3 => {
            let [length] = receive(&mut stream).await?;
            let mut name = vec![0; usize::from(length) + 2];
            let read = stream.read_exact(&mut name).await;
            read.map_err(|_error| ProxyProblem::Unreachable)?;
        }
        _ => return Err(refused),
    }
    Ok(stream)
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), ProxyProblem> {
    let gone = |_error| ProxyProblem::Unreachable;
    stream.write_all(bytes).await.map_err(gone)?;
    stream.flush().await.map_err(gone)
}

async fn receive<S: AsyncRead + Unpin, const LENGTH: usize>(
    stream: &mut S,
) -> Result<[u8; LENGTH], ProxyProblem> {
    let mut bytes = [0; LENGTH];
    match stream.read_exact(&mut bytes).await {
        Ok(_) => Ok(bytes),
        Err(_error) => Err(ProxyProblem::Unreachable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn greeted(answer: &[u8], credentials: Option<(&str, &str)>) -> (String, Vec<u8>) {
        let (client, mut proxy) = tokio::io::duplex(1024);
        proxy.write_all(answer).await.unwrap();
        proxy.shutdown().await.unwrap();
        let outcome = greet(client, credentials).await.map(drop);
        let mut seen = Vec::new();
        proxy.read_to_end(&mut seen).await.unwrap();
        (format!("{outcome:?}"), seen)
    }

    async fn asked(answer: &[u8], target: Target) -> (Result<(), ProxyProblem>, Vec<u8>) {
        let (client, mut proxy) = tokio::io::duplex(1024);
        proxy.write_all(answer).await.unwrap();
        proxy.shutdown().await.unwrap();
        let outcome = ask(client, &target, 443).await.map(drop);
        let mut seen = Vec::new();
        proxy.read_to_end(&mut seen).await.unwrap();
        (outcome, seen)
    }

    #[tokio::test]
    async fn p_05_signing_in_is_offered_only_with_a_name() {
        let signed_in = greeted(&[5, 2, 1, 0], Some(("us", "pw"))).await;
        let sent = [5, 2, 0, 2, 1, 2, b'u', b's', 2, b'p', b'w'];
        assert_eq!(signed_in, ("Ok(())".to_owned(), sent.to_vec()));
        let open = greeted(&[5, 0], None).await;
        assert_eq!(open, ("Ok(())".to_owned(), vec![5, 1, 0]));
    }

    #[tokio::test]
    async fn p_05_a_refused_name_is_told_from_a_refused_host_and_a_dead_proxy() {
        let word = Some(("us", "pw"));
        for (answer, credentials, expected) in [
            (&[5, 0xff][..], None, "AuthenticationRequired"),
            (&[5, 2], None, "AuthenticationRequired"),
            (&[5, 2, 1, 1], word, "AuthenticationRequired"),
            (&[4, 0], None, "Refused"),
            (&[5], None, "Unreachable"),
        ] {
            let (outcome, _) = greeted(answer, credentials).await;
            assert!(outcome.contains(expected), "{answer:?}: {outcome}");
        }
        let name = || Target::Name("a.b".to_owned());
        for reply in 1..=8 {
            let (outcome, _) = asked(&[5, reply, 0, 1, 0, 0, 0, 0, 0, 0], name()).await;
            assert_eq!(outcome, Err(ProxyProblem::Refused { status: None }));
        }
        let (outcome, seen) = asked(&[5, 0, 0, 3, 1, b'x', 0, 0], name()).await;
        assert_eq!(outcome, Ok(()));
        assert_eq!(seen, [5, 1, 0, 3, 3, b'a', b'.', b'b', 1, 187]);
    }
}
