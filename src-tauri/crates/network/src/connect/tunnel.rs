//! `CONNECT`: asks an HTTP proxy for a connection to the host.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::error::ProxyProblem;
use crate::limits;
use crate::route::host_and_port;

/// Asks for the host; the proxy learns its name and nothing of the request.
pub(super) async fn ask<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    host: &str,
    port: u16,
    credentials: Option<(&str, &str)>,
) -> Result<S, ProxyProblem> {
    let target = host_and_port(host, port);
    let mut head = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n");
    if let Some((user, password)) = credentials {
        let word = STANDARD.encode(format!("{user}:{password}"));
        head.push_str("Proxy-Authorization: Basic ");
        head.push_str(&word);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    let gone = |_error| ProxyProblem::Unreachable;
    stream.write_all(head.as_bytes()).await.map_err(gone)?;
    stream.flush().await.map_err(gone)?;

    let mut answer = Vec::new();
    let mut byte = [0; 1];
    // Byte by byte: what follows the head belongs to the host.
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= limits::PROXY_HEAD_BYTES {
            return Err(ProxyProblem::Refused { status: None });
        }
        if stream.read(&mut byte).await.map_err(gone)? == 0 {
            return Err(status_of(&answer).map_or(ProxyProblem::Unreachable, refusal));
        }
        answer.extend_from_slice(&byte);
    }
    match status_of(&answer) {
        Some(200..=299) => Ok(stream),
        Some(status) => Err(refusal(status)),
        None => Err(ProxyProblem::Refused { status: None }),
    }
}

/// Asks for a page of the proxy's own, and ends at the first sign of life: any byte, or hanging up.
pub(super) async fn knock<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, host: &str, port: u16) {
    let own = host_and_port(host, port);
    let head = format!("GET / HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n");
    if stream.write_all(head.as_bytes()).await.is_ok() {
        drop(stream.read(&mut [0; 1]).await);
    }
}

fn refusal(status: u16) -> ProxyProblem {
    match status {
        407 => ProxyProblem::AuthenticationRequired,
        status => ProxyProblem::Refused {
            status: Some(status),
        },
    }
}

/// The status of `HTTP/1.1 200 Connection established`.
fn status_of(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line.get(..12)?).ok()?;
    let status = line.strip_prefix("HTTP/1.")?.get(2..)?;
    status.parse().ok().filter(|status| *status >= 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn asked(answer: &[u8]) -> (Result<(), ProxyProblem>, String) {
        let (client, mut proxy) = tokio::io::duplex(64 * 1024);
        proxy.write_all(answer).await.unwrap();
        proxy.shutdown().await.unwrap();
        let credentials = Some(("user", "word"));
        let outcome = ask(client, "::1", 443, credentials).await.map(drop);
        let mut seen = String::new();
        proxy.read_to_string(&mut seen).await.unwrap();
        (outcome, seen)
    }

    #[tokio::test]
    async fn p_06_the_answer_says_what_is_wrong() {
        use ProxyProblem::{AuthenticationRequired, Refused, Unreachable};
        let refused = |status| Err(Refused { status });
        for (answer, expected) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Ok(())),
            ("HTTP/1.0 200\r\nx: y\r\n\r\n", Ok(())),
            ("HTTP/1.1 407 No\r\n\r\n", Err(AuthenticationRequired)),
            ("HTTP/1.1 407 No\r\n", Err(AuthenticationRequired)),
            ("HTTP/1.1 503 No\r\n\r\n", refused(Some(503))),
            ("HTTP/1.1 302 Found\r\n\r\n", refused(Some(302))),
            ("SSH-2.0-x\r\n\r\n", refused(None)),
            ("HTTP/1.1 20\r\n\r\n", refused(None)),
            ("HTTP/1.1 你好\r\n\r\n", refused(None)),
            ("", Err(Unreachable)),
        ] {
            assert_eq!(asked(answer.as_bytes()).await.0, expected, "{answer:?}");
        }
        let endless = "x".repeat(limits::PROXY_HEAD_BYTES + 10);
        assert_eq!(asked(endless.as_bytes()).await.0, refused(None));
    }

    #[tokio::test]
    async fn the_proxy_hears_the_host_and_the_credentials() {
        let (_, seen) = asked(b"HTTP/1.1 200\r\n\r\n").await;
        assert_eq!(
            seen,
            "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\
             Proxy-Authorization: Basic dXNlcjp3b3Jk\r\n\r\n"
        );
    }
}
