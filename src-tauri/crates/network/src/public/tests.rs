use super::*;
use crate::requests::LoggedRequest;
use crate::route::Route;
use crate::routes::Routes;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers one connection with these bytes and returns what it was asked.
async fn answering(answer: Vec<u8>) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4096];
        let length = stream.read(&mut asked).await.unwrap();
        // The client may have read enough and left.
        let _sent = stream.write_all(&answer).await;
        asked.truncate(length);
        String::from_utf8(asked).unwrap()
    });
    (port, asked)
}

/// Fetches from the loopback server as if the name had resolved to a public address.
async fn fetched(answer: impl Into<Vec<u8>>) -> (Result<Bytes, FetchError>, String) {
    let (body, asked, _noted) = fetched_and_noted(answer).await;
    (body, asked)
}

/// The same, with what is remembered of it while everything is kept.
async fn fetched_and_noted(
    answer: impl Into<Vec<u8>>,
) -> (Result<Bytes, FetchError>, String, LoggedRequest) {
    let (port, asked) = answering(answer.into()).await;
    let url: Url = format!("http://pictures.test:{port}/a?b=1")
        .parse()
        .unwrap();
    let here = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
    let routes = Arc::new(Routes::new(limits::CONNECT));
    let decision = Decision {
        route: Route::Direct,
        way: Way::Fixed(here.to_vec()),
    };
    let requests = Requests::default();
    requests.keep_bodies(true);
    let entry = requests.begin_strange(&Method::GET, &url);
    let body = fetch_from(&routes, &url, decision, "image/png", entry).await;
    (body, asked.await.unwrap(), requests.recent().remove(0))
}

#[tokio::test]
async fn a_fetch_is_remembered_by_its_host_alone() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
    let (_body, _asked, noted) = fetched_and_noted(answer).await;
    assert_eq!((&*noted.host, &*noted.path), ("pictures.test", "/…"));
    assert_eq!((noted.status, noted.received_bytes), (Some(200), 3));
    assert_eq!((noted.sent, noted.received), (None, Vec::new()));
    assert_eq!(noted.route, Some(Route::Direct));
    assert!(noted.whole.is_some() && noted.timings.first_byte.is_some());

    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/x\r\ncontent-length: 0\r\n\r\n";
    let (_body, _asked, noted) = fetched_and_noted(moved).await;
    let problem = noted.problem.as_ref().map(Error::kind);
    assert!(
        matches!(problem, Some(ErrorKind::Redirect { .. })),
        "{problem:?}"
    );
}

#[tokio::test]
async fn m_08_the_request_says_nothing_about_who_asks() {
    let (body, asked) = fetched("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").await;
    assert_eq!(body.unwrap(), "abc");
    let mut lines = asked.trim_end().lines();
    assert_eq!(lines.next(), Some("GET /a?b=1 HTTP/1.1"));
    let mut names: Vec<String> = lines
        .map(|line| line.split(':').next().unwrap().to_lowercase())
        .collect();
    names.sort();
    assert_eq!(names, ["accept", "host", "user-agent"]);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_a_refusal_is_told() {
    let moved = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/x\r\ncontent-length: 0\r\n\r\n";
    let Err(FetchError::Network(error)) = fetched(moved).await.0 else {
        panic!("a redirect is an error");
    };
    let host = Some("127.0.0.1".to_owned());
    assert_eq!(error.kind(), &ErrorKind::Redirect { host });
    let gone = fetched("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(gone.0, Err(FetchError::Status(StatusCode::NOT_FOUND)));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    answer.resize(answer.len() + limits::PUBLIC_BODY_BYTES + 1, b'x');
    assert_eq!(fetched(answer).await.0, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn e_05_an_address_inside_is_refused_before_anything_connects() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests = Arc::new(Requests::default());
    let routes = Arc::new(Routes::new(limits::CONNECT));
    let client = PublicClient::on(routes, Arc::clone(&requests));
    for address in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("http://0:{port}/"),
        format!("http://[::1]:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://user@localhost:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "https://192.168.1.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "data:image/png;base64,AA".to_owned(),
    ] {
        let url = address.parse().unwrap();
        let refused = client.fetch(&url, "image/png").await;
        assert_eq!(refused, Err(FetchError::NotPublic), "{address}");
    }
    let soon = std::time::Duration::from_millis(20);
    let reached = tokio::time::timeout(soon, listener.accept()).await;
    assert!(reached.is_err(), "nothing connected");
    assert!(requests.recent().is_empty(), "nothing was asked");
}
