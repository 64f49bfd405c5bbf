//! Servers that nobody vouches for, and handshakes that go wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use network::{Client, ClientOptions, ErrorKind};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::listener::write;
use crate::{failure, get};

fn over_tls(port: u16) -> Url {
    Url::parse(&format!("https://127.0.0.1:{port}/")).expect("a url")
}

#[tokio::test]
async fn t_01_certificate_that_nobody_signed_is_refused() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let made =
        rcgen::generate_simple_self_signed(vec![String::from("127.0.0.1")]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a server");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        acceptor.accept(stream).await.map(drop)
    });

    assert_eq!(*failure(get(&over_tls(port))).await.kind(), ErrorKind::Tls);

    server
        .await
        .expect("the server ran")
        .expect_err("the client broke the handshake off");
}

#[tokio::test]
async fn server_that_speaks_no_tls_is_refused() {
    let plain = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = plain.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = plain.accept().await {
            write(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert_eq!(*failure(get(&over_tls(port))).await.kind(), ErrorKind::Tls);
}

#[tokio::test]
async fn t_06_stalled_handshake_ends_at_the_connect_deadline() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let client = Client::new(ClientOptions {
        connect: Duration::from_millis(250),
        ..ClientOptions::default()
    })
    .expect("a client");
    let start = Instant::now();
    let error = client
        .send(get(&over_tls(port)))
        .await
        .expect_err("no handshake");
    assert_eq!(*error.kind(), ErrorKind::ConnectTimeout);
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "long after its deadline"
    );
}

#[tokio::test]
async fn connection_closed_in_the_handshake_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream.set_zero_linger());
        }
    });
    assert_eq!(
        *failure(get(&over_tls(port))).await.kind(),
        ErrorKind::Connect
    );
}
