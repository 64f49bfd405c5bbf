//! What the client makes of a response head, and what it puts into a request.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use network::{Client, ClientOptions, ErrorKind};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::listener::{Listener, write};
use crate::{client, failure, get};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn h_11_redirect_names_the_host_and_the_target_sees_no_request() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let target = Listener::with_answer(OK).await;
        let location = format!("http://localhost:{}/login?from=here", target.port());
        let source = Listener::with_answer(format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n"
        ))
        .await;
        let mut request = get(source.url());
        request.method = Method::POST;
        request.body = Some(Bytes::from_static(b"prompt"));

        let error = failure(request).await;

        let host = Some(String::from("localhost"));
        assert_eq!(
            *error.kind(),
            ErrorKind::Redirect { host },
            "status {status}"
        );
        assert_eq!(error.host(), Some("127.0.0.1"));
        assert_eq!(source.requests().len(), 1, "status {status}");
        assert!(
            target.requests().is_empty(),
            "status {status}: the redirect was followed"
        );
    }
}

#[tokio::test]
async fn h_11_redirect_without_a_usable_location_is_a_redirect_still() {
    for (location, host) in [
        ("x: y", None),
        ("location: http://", None),
        ("location: /login", Some("127.0.0.1")),
        ("location: //portal.example/login", Some("portal.example")),
        (
            "location: https://user:word@portal.example:8443/?q=1",
            Some("portal.example"),
        ),
    ] {
        let source = Listener::with_answer(format!(
            "HTTP/1.1 302 Found\r\n{location}\r\ncontent-length: 0\r\n\r\n"
        ))
        .await;
        let error = failure(get(source.url())).await;
        let host = host.map(str::to_owned);
        assert_eq!(*error.kind(), ErrorKind::Redirect { host }, "{location}");
    }
}

#[tokio::test]
async fn error_statuses_are_answers() {
    for status in [400, 401, 404, 429, 500, 503] {
        let listener = Listener::with_answer(format!(
            "HTTP/1.1 {status} No\r\nretry-after: 7\r\ncontent-length: 4\r\n\r\nnope"
        ))
        .await;
        let response = client().send(get(listener.url())).await.expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        assert_eq!(
            response.headers().get("retry-after"),
            Some(&HeaderValue::from_static("7"))
        );
        assert_eq!(response.read_whole().await.expect("a body"), "nope");
    }
}

#[tokio::test]
async fn h_15_heads_beyond_the_limits_are_refused() {
    let long = format!(
        "HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n",
        "x".repeat(100 * 1024)
    );
    let longer_than_any_buffer = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(2 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(500));
    let one_too_many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(101));
    let many_large = format!(
        "HTTP/1.1 200 OK\r\n{}\r\n",
        format!("x: {}\r\n", "y".repeat(2_000)).repeat(40)
    );
    for head in [long, longer_than_any_buffer, many, one_too_many, many_large] {
        let listener = Listener::with_answer(head).await;
        assert_eq!(
            *failure(get(listener.url())).await.kind(),
            ErrorKind::HeadersTooLarge
        );
    }
}

#[tokio::test]
async fn h_15_heads_at_the_limits_are_read() {
    let many = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n{}\r\n",
        "x: y\r\n".repeat(99)
    );
    let large = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: {}\r\n\r\n",
        "y".repeat(60 * 1024)
    );
    for head in [many, large] {
        let listener = Listener::with_answer(head).await;
        let response = client().send(get(listener.url())).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn h_15_what_is_not_http_is_an_error() {
    for answer in [
        "HTTP/1.1 200 OK\r\nx: \u{0}\u{1}\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/1.1 999999 OK\r\n\r\n",
        "<html>\r\n\r\n",
    ] {
        let listener = Listener::with_answer(answer).await;
        assert_eq!(
            *failure(get(listener.url())).await.kind(),
            ErrorKind::Other,
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn h_17_reset_before_the_head_is_a_lost_connection() {
    let reset = Listener::start(|stream| async move {
        stream.set_zero_linger().expect("a socket option");
    })
    .await;
    let closed = Listener::with_answer("").await;
    let half = Listener::with_answer("HTTP/1.1 200 OK\r\ncontent-le").await;
    for listener in [reset, closed, half] {
        assert_eq!(
            *failure(get(listener.url())).await.kind(),
            ErrorKind::ConnectionLost
        );
    }
}

#[tokio::test]
async fn dead_port_is_no_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let url = Url::parse(&format!("http://{address}/")).expect("a url");
    let error = failure(get(&url)).await;
    assert_eq!(*error.kind(), ErrorKind::Connect);
    assert_eq!(error.host(), Some("127.0.0.1"));
}

#[tokio::test]
async fn slow_first_byte_ends_at_its_deadline() {
    let silent = Listener::start(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let dripping = Listener::start(|mut stream| async move {
        for byte in
            b"HTTP/1.1 200 OK\r\nx: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        {
            drop(stream.write_all(&[*byte]).await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    for listener in [silent, dripping] {
        let mut request = get(listener.url());
        request.first_byte = Duration::from_millis(250);
        let start = Instant::now();
        assert_eq!(*failure(request).await.kind(), ErrorKind::FirstByteTimeout);
        assert!(
            start.elapsed() >= Duration::from_millis(250),
            "before its deadline"
        );
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "long after its deadline"
        );
    }
}

#[tokio::test]
async fn http_outside_this_computer_is_refused_before_any_socket() {
    let listener = Listener::with_answer(OK).await;
    // The system would connect all of these to the listener, or ask a name server first.
    for host in ["0.0.0.0", "[::ffff:127.0.0.1]", "no-such-host.invalid"] {
        let url = Url::parse(&format!("http://{host}:{}/", listener.port())).expect("a url");
        assert_eq!(
            *failure(get(&url)).await.kind(),
            ErrorKind::NotHttps,
            "{host}"
        );
    }
    assert!(listener.requests().is_empty());
}

#[tokio::test]
async fn url_that_carries_a_user_or_another_scheme_is_refused() {
    let listener = Listener::with_answer(OK).await;
    let port = listener.port();
    for url in [
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://user:word@127.0.0.1:{port}/"),
        format!("http://:word@127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        String::from("data:text/plain,x"),
    ] {
        let url = Url::parse(&url).expect("a url");
        assert_eq!(
            *failure(get(&url)).await.kind(),
            ErrorKind::InvalidRequest,
            "{url}"
        );
    }
    assert!(listener.requests().is_empty());
}

#[tokio::test]
async fn name_that_cannot_resolve_is_named_as_dns() {
    // Reserved for this; a name server that does not answer at all must be named as well.
    let url = Url::parse("https://no-such-host.invalid/").expect("a url");
    let mut request = get(&url);
    request.first_byte = Duration::from_secs(30);
    let client = Client::new(ClientOptions::default()).expect("a client");
    let error = client.send(request).await.expect_err("no such host");
    assert_eq!(*error.kind(), ErrorKind::Dns);
    assert_eq!(error.host(), Some("no-such-host.invalid"));
}

#[tokio::test]
async fn request_says_what_it_must_and_nothing_more() {
    let listener = Listener::with_answer(
        "HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
    )
    .await;
    let client = Client::new(ClientOptions {
        user_agent: String::from("DashDesk/9.9 (test)"),
        ..ClientOptions::default()
    })
    .expect("a client");
    for _ in 0..2 {
        let mut request = get(listener.url());
        request.method = Method::POST;
        request.headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_static("Bearer word"),
        );
        request.body = Some(Bytes::from_static(b"{\"model\":1}"));
        let response = client.send(request).await.expect("an answer");
        assert_eq!(response.read_whole().await.expect("a body"), "ok");
    }
    let requests = listener.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        let request = request.to_ascii_lowercase();
        assert!(request.starts_with("post /path http/1.1\r\n"), "{request}");
        assert!(
            request.contains("user-agent: dashdesk/9.9 (test)\r\n"),
            "{request}"
        );
        assert!(
            request.contains("authorization: bearer word\r\n"),
            "{request}"
        );
        assert!(request.contains("content-length: 11\r\n"), "{request}");
        for name in [
            "accept-encoding:",
            "referer:",
            "cookie:",
            "proxy-",
            "origin:",
        ] {
            assert!(!request.contains(name), "{name} in {request}");
        }
    }
}

#[tokio::test]
async fn connection_is_used_again() {
    let listener = Listener::start(|mut stream| async move {
        // A second connection would be closed after one answer, and the request on it fail.
        for _ in 0..2 {
            if stream.write_all(OK.as_bytes()).await.is_err() {
                return;
            }
            let mut buffer = [0; 1024];
            drop(tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await);
        }
        write(stream, b"").await;
    })
    .await;
    let client = client();
    for _ in 0..2 {
        let response = client.send(get(listener.url())).await.expect("an answer");
        assert_eq!(response.read_whole().await.expect("a body"), "ok");
    }
    assert_eq!(
        listener.requests().len(),
        1,
        "one connection for both requests"
    );
}

#[test]
fn user_agent_that_is_no_header_is_refused() {
    let options = ClientOptions {
        user_agent: String::from("a\r\nx: y"),
        ..ClientOptions::default()
    };
    let error = Client::new(options).expect_err("a header split in two");
    assert_eq!(*error.kind(), ErrorKind::InvalidRequest);
}
