//! Proxies on loopback: those that work, and those that do not.

use super::*;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

type Seen = Arc<Mutex<Vec<String>>>;

/// A proxy that passes everything on to `target`, whatever name it is asked for; it asks for
/// `authorization` when that is not empty.
async fn http_proxy(target: u16, authorization: &'static str) -> (u16, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let note = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_gone) => break,
                }
            }
            let head = String::from_utf8(head).unwrap();
            if head.is_empty() {
                continue;
            }
            let let_in = authorization.is_empty() || head.contains(authorization);
            note.lock().unwrap().push(head);
            if !let_in {
                let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
                let _gone = stream.write_all(refusal).await;
                continue;
            }
            tokio::spawn(async move {
                let mut to = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                copy_bidirectional(&mut stream, &mut to).await
            });
        }
    });
    (port, seen)
}

/// A SOCKS proxy that lets `user:password` in and passes everything on to `target`; it notes what
/// it was asked for.
async fn socks_proxy(target: u16, reply: u8) -> (u16, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Seen::default();
    let note = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let note = Arc::clone(&note);
            tokio::spawn(async move { serve_socks(stream, target, reply, &note).await });
        }
    });
    (port, seen)
}

async fn serve_socks(mut stream: TcpStream, target: u16, reply: u8, seen: &Seen) -> io::Result<()> {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).await?;
    let mut methods = vec![0; usize::from(greeting[1])];
    stream.read_exact(&mut methods).await?;
    if !methods.contains(&2) {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, 2]).await?;
    let _version = stream.read_u8().await?;
    let mut words = Vec::new();
    for _ in 0..2 {
        let mut word = vec![0; usize::from(stream.read_u8().await?)];
        stream.read_exact(&mut word).await?;
        words.push(String::from_utf8(word).unwrap());
    }
    if words != ["user", "password"] {
        return stream.write_all(&[1, 1]).await;
    }
    stream.write_all(&[1, 0]).await?;
    let mut request = [0; 4];
    stream.read_exact(&mut request).await?;
    let asked = if request[3] == 1 {
        let mut address = [0; 4];
        stream.read_exact(&mut address).await?;
        std::net::Ipv4Addr::from(address).to_string()
    } else {
        let mut name = vec![0; usize::from(stream.read_u8().await?)];
        stream.read_exact(&mut name).await?;
        String::from_utf8(name).unwrap()
    };
    let port = stream.read_u16().await?;
    seen.lock().unwrap().push(format!("{asked}:{port}"));
    stream
        .write_all(&[5, reply, 0, 1, 127, 0, 0, 1, 0, 0])
        .await?;
    if reply == 0 {
        let mut to = TcpStream::connect(("127.0.0.1", target)).await?;
        copy_bidirectional(&mut stream, &mut to).await?;
    }
    Ok(())
}

fn http_via(port: u16, login: Option<(&str, &str)>) -> Connected {
    Connected::Through(proxy(ProxyScheme::Http, port, login))
}

fn socks_via(port: u16, scheme: ProxyScheme, password: &str) -> Connected {
    Connected::Through(proxy(scheme, port, Some(("user", password))))
}

#[tokio::test]
async fn p_01_a_connect_proxy_leads_to_the_host_and_learns_its_name_only() {
    let (port, seen) = http_proxy(behind().await, "").await;
    let probe = probe_of("dashscope.example", 443, http_via(port, None));
    assert_eq!(probe.reach_proxy().await, Ok(()));
    assert_leads_to_tls(&probe, &[]).await;
    let heads = counted(&seen);
    assert_eq!(
        heads,
        ["CONNECT dashscope.example:443 HTTP/1.1\r\nHost: dashscope.example:443\r\n\r\n"]
    );
}

#[tokio::test]
async fn p_06_a_proxy_that_wants_credentials_gets_ours_or_is_named() {
    let (port, _seen) = http_proxy(behind().await, "Basic dTpw").await;
    let without = probe_of("dashscope.example", 443, http_via(port, None));
    assert_eq!(
        without.connect(&[]).await.unwrap_err(),
        ProbeError::ProxyAuthentication
    );
    let with = probe_of("dashscope.example", 443, http_via(port, Some(("u", "p"))));
    assert_leads_to_tls(&with, &[]).await;
}

#[tokio::test]
async fn p_07_a_dead_proxy_is_named_within_three_seconds() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let started = Instant::now();
    let probe = probe_of("dashscope.example", 443, http_via(port, None));
    assert_eq!(probe.reach_proxy().await, Err(ProbeError::ProxyUnreachable));
    assert_eq!(
        probe.connect(&[]).await.unwrap_err(),
        ProbeError::ProxyUnreachable
    );
    within(Duration::from_secs(3), started);
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_none_is_told_apart() {
    for (answer, expected) in [
        (
            &b"HTTP/1.1 502 Bad Gateway\r\n\r\n"[..],
            ProbeError::ProxyRefused(Some(502)),
        ),
        (
            b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
            ProbeError::ProxyRefused(None),
        ),
        (b"HTTP/1.1 banana\r\n\r\n", ProbeError::ProxyRefused(None)),
    ] {
        let port = servers::plain_server(answer).await;
        let probe = probe_of("dashscope.example", 443, http_via(port, None));
        assert_eq!(probe.connect(&[]).await.unwrap_err(), expected);
    }
    let port = servers::plain_server(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let probe = probe_of(
        "dashscope.example",
        443,
        socks_via(port, ProxyScheme::Socks5h, "password"),
    );
    assert_eq!(
        probe.connect(&[]).await.unwrap_err(),
        ProbeError::ProxyRefused(None)
    );
}

#[tokio::test]
async fn p_05_a_socks_proxy_resolves_the_name_or_gets_an_address() {
    let target = behind().await;
    let (port, seen) = socks_proxy(target, 0).await;
    let by_name = probe_of(
        "dashscope.example",
        443,
        socks_via(port, ProxyScheme::Socks5h, "password"),
    );
    assert_leads_to_tls(&by_name, &[]).await;
    let by_address = probe_of(
        "dashscope.example",
        443,
        socks_via(port, ProxyScheme::Socks5, "password"),
    );
    let address = SocketAddr::from(([203, 0, 113, 7], 443));
    assert_leads_to_tls(&by_address, &[address]).await;
    assert_eq!(counted(&seen), ["dashscope.example:443", "203.0.113.7:443"]);
}

#[tokio::test]
async fn p_05_a_socks_proxy_that_refuses_is_named() {
    let target = behind().await;
    let (port, _seen) = socks_proxy(target, 0).await;
    let wrong = probe_of(
        "dashscope.example",
        443,
        socks_via(port, ProxyScheme::Socks5h, "wrong"),
    );
    assert_eq!(
        wrong.connect(&[]).await.unwrap_err(),
        ProbeError::ProxyAuthentication
    );
    let (port, _seen) = socks_proxy(target, 4).await;
    let refused = probe_of(
        "dashscope.example",
        443,
        socks_via(port, ProxyScheme::Socks5h, "password"),
    );
    assert_eq!(
        refused.connect(&[]).await.unwrap_err(),
        ProbeError::ProxyRefused(None)
    );
}
