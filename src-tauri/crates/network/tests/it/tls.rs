//! Servers that nobody vouches for, and handshakes that go wrong.

use std::sync::Arc;
use std::time::{Duration, Instant};

use network::{Client, ClientOptions, ErrorKind, ExtraCertificates, TlsProblem};
use rcgen::CertificateParams;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::authority::{Authority, OK};
use crate::listener::write;
use crate::routes::passes_in_child;
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

    let issuer = Some(String::from("rcgen self signed cert"));
    let unknown = ErrorKind::Tls(TlsProblem::UnknownIssuer { issuer });
    assert_eq!(*failure(get(&over_tls(port))).await.kind(), unknown);

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
    let handshake = ErrorKind::Tls(TlsProblem::Handshake);
    assert_eq!(*failure(get(&over_tls(port))).await.kind(), handshake);
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

/// What a client that trusts the authority makes of a server with this certificate.
async fn refusal(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> ErrorKind {
    let authority = Authority::new();
    let port = authority
        .serve(names, "http/1.1", change, |_stream| async {})
        .await;
    let sent = authority.client().send(get(&over_tls(port))).await;
    sent.expect_err("a refusal").kind().clone()
}

#[tokio::test]
async fn t_01_an_authority_nobody_knows_is_named() {
    let authority = Authority::new();
    let port = authority.answering(&["127.0.0.1"], OK).await;
    let issuer = Some(String::from("Tests Only"));
    let unknown = ErrorKind::Tls(TlsProblem::UnknownIssuer { issuer });
    assert_eq!(*failure(get(&over_tls(port))).await.kind(), unknown);
}

#[tokio::test]
async fn t_02_a_certificate_out_of_its_time_says_by_how_much() {
    let here = &["127.0.0.1"];
    let expired = refusal(here, |parameters| {
        parameters.not_before = rcgen::date_time_ymd(2019, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2020, 1, 1);
    });
    let ErrorKind::Tls(TlsProblem::Expired { hours: Some(hours) }) = expired.await else {
        panic!("it has expired");
    };
    assert!(hours > 24 * 365, "{hours}");
    let early = refusal(here, |parameters| {
        parameters.not_before = rcgen::date_time_ymd(2200, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2201, 1, 1);
    });
    let ErrorKind::Tls(TlsProblem::NotYetValid { hours: Some(hours) }) = early.await else {
        panic!("it is not valid yet");
    };
    assert!(hours > 24 * 365, "{hours}");
}

#[tokio::test]
async fn t_03_a_certificate_for_another_host_is_refused() {
    let wrong = ErrorKind::Tls(TlsProblem::WrongHost);
    assert_eq!(refusal(&["portal.test", "127.0.0.2"], |_| {}).await, wrong);
}

#[tokio::test]
async fn t_04_an_authority_of_the_persons_own_is_trusted_until_it_is_removed() {
    let authority = Authority::new();
    let port = authority.answering(&["127.0.0.1"], OK).await;
    let client = authority.client();
    let clone = client.clone();
    let response = clone.send(get(&over_tls(port))).await.expect("an answer");
    assert_eq!(response.read_whole().await.expect("a body"), "ok");
    client.set_extra_certificates(ExtraCertificates::default());
    let error = clone
        .send(get(&over_tls(port)))
        .await
        .expect_err("a refusal");
    assert!(matches!(error.kind(), ErrorKind::Tls(_)), "{error}");
}

#[tokio::test]
async fn t_05_a_server_of_old_versions_is_named_as_that() {
    const ALERT: &[u8] = &[0x15, 3, 1, 0, 2, 2, 70];
    let mut hello = vec![0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(&[0, 0, 0x2f, 0]);
    for answer in [ALERT.to_vec(), hello] {
        let old = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = old.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = old.accept().await {
                let mut hello = [0; 4096];
                let _read = tokio::io::AsyncReadExt::read(&mut stream, &mut hello).await;
                write(stream, &answer).await;
            }
        });
        let version = ErrorKind::Tls(TlsProblem::ProtocolVersion);
        assert_eq!(*failure(get(&over_tls(port))).await.kind(), version);
    }
}

#[tokio::test]
async fn t_08_no_key_log_is_written() {
    const FILE: &str = "SSLKEYLOGFILE";
    if std::env::var_os(FILE).is_some() {
        let authority = Authority::new();
        let port = authority.answering(&["127.0.0.1"], OK).await;
        let sent = authority.client().send(get(&over_tls(port))).await;
        assert_eq!(sent.expect("an answer").status(), 200);
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys.log");
    let environment = vec![(FILE, file.display().to_string())];
    passes_in_child("tls::t_08_no_key_log_is_written", environment).await;
    assert!(
        !file.exists(),
        "the keys of the connection were written down"
    );
}
