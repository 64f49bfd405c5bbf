//! Asking a proxy for a connection: HTTP `CONNECT`, and SOCKS version 5 (RFC 1928, RFC 1929).

use std::net::{IpAddr, SocketAddr};

use http::HeaderValue;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::ProbeError;

/// Bytes of a proxy's answer that are read.
const LONGEST_HEAD: usize = 16 * 1024;

/// Name and password for a SOCKS proxy.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: String,
}

/// Whom a proxy is asked for.
pub(super) enum Target<'a> {
    /// The proxy resolves the name.
    Name(&'a str, u16),
    /// The name was resolved here.
    Address(SocketAddr),
}

/// Asks an HTTP proxy; the stream leads to the host afterwards.
pub(super) async fn http_connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &str,
    port: u16,
    authorization: Option<&HeaderValue>,
) -> Result<(), ProbeError> {
    let mut request =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(value) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    stream
        .write_all(&request)
        .await
        .map_err(|_io| ProbeError::Lost)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        // Byte by byte, since what follows the head belongs to the host.
        let byte = stream
            .read_u8()
            .await
            .map_err(|_io| ProbeError::ProxyUnlike)?;
        head.push(byte);
        if head.len() > LONGEST_HEAD {
            return Err(ProbeError::ProxyUnlike);
        }
    }
    match status_of(&head) {
        Some(200..=299) => Ok(()),
        Some(407) => Err(ProbeError::ProxyAuthentication),
        Some(status) => Err(ProbeError::ProxyRefused(status)),
        None => Err(ProbeError::ProxyUnlike),
    }
}

fn status_of(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ');
    words.next()?.starts_with("HTTP/1.").then_some(())?;
    words.next()?.parse().ok()
}

/// Asks a SOCKS proxy; the stream leads to the host afterwards.
pub(super) async fn socks_connect<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    target: Target<'_>,
    login: Option<&Login>,
) -> Result<(), ProbeError> {
    let unlike = |_io| ProbeError::ProxyUnlike;
    let methods: &[u8] = if login.is_some() {
        &[5, 2, 0, 2]
    } else {
        &[5, 1, 0]
    };
    stream
        .write_all(methods)
        .await
        .map_err(|_io| ProbeError::Lost)?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await.map_err(unlike)?;
    match (chosen, login) {
        ([5, 0], _) => {}
        ([5, 2], Some(login)) => {
            stream
                .write_all(&login_request(login)?)
                .await
                .map_err(|_io| ProbeError::Lost)?;
            let mut answer = [0; 2];
            stream
                .read_exact(&mut answer)
                .await
                .map_err(|_io| ProbeError::ProxyAuthentication)?;
            if answer != [1, 0] {
                return Err(ProbeError::ProxyAuthentication);
            }
        }
        ([5, _], _) => return Err(ProbeError::ProxyAuthentication),
        _ => return Err(ProbeError::ProxyUnlike),
    }
    stream
        .write_all(&connect_request(&target)?)
        .await
        .map_err(|_io| ProbeError::Lost)?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.map_err(unlike)?;
    let [version, reply, _reserved, kind] = answer;
    if version != 5 {
        return Err(ProbeError::ProxyUnlike);
    }
    if reply != 0 {
        return Err(ProbeError::ProxyRefused(u16::from(reply)));
    }
    let rest = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await.map_err(unlike)?),
        _ => return Err(ProbeError::ProxyUnlike),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await.map_err(unlike)?;
    Ok(())
}

fn login_request(login: &Login) -> Result<Vec<u8>, ProbeError> {
    let mut request = vec![1];
    for text in [&login.user, &login.password] {
        let length = u8::try_from(text.len()).map_err(|_long| ProbeError::ProxyAuthentication)?;
        request.push(length);
        request.extend_from_slice(text.as_bytes());
    }
    Ok(request)
}

fn connect_request(target: &Target<'_>) -> Result<Vec<u8>, ProbeError> {
    let mut request = vec![5, 1, 0];
    let port = match target {
        Target::Name(name, port) => {
            let length = u8::try_from(name.len()).map_err(|_long| ProbeError::NameNotFound)?;
            request.extend_from_slice(&[3, length]);
            request.extend_from_slice(name.as_bytes());
            *port
        }
        Target::Address(address) => {
            match address.ip() {
                IpAddr::V4(ip) => {
                    request.push(1);
                    request.extend_from_slice(&ip.octets());
                }
                IpAddr::V6(ip) => {
                    request.push(4);
                    request.extend_from_slice(&ip.octets());
                }
            }
            address.port()
        }
    };
    request.extend_from_slice(&port.to_be_bytes());
    Ok(request)
}
