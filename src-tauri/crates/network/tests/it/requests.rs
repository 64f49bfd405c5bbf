//! What is remembered of the last requests, and what is not.

use network::{ErrorKind, Route, limits};

use crate::listener::Listener;
use crate::{client, get};

const ANSWER: &str = "HTTP/1.1 200 OK\r\nx-request-id: r-1\r\ncontent-length: 6\r\n\r\nanswer";

#[tokio::test]
async fn a_request_is_remembered_with_its_way_and_without_its_secrets() {
    let listener = Listener::with_answer(ANSWER).await;
    let client = client();
    let mut url = listener.url().clone();
    url.set_path("/v1/chat");
    url.set_query(Some("secret=canary"));
    let mut request = get(&url);
    let key = http::HeaderValue::from_static("Bearer canary");
    request.headers.insert("authorization", key);
    request.body = Some("canary".into());
    request.earlier_tries = 1;
    let response = client.clone().send(request).await.unwrap();
    let open = client.requests().recent();
    assert_eq!((open.len(), open[0].whole), (1, None), "it goes on");
    response.read_whole().await.unwrap();

    let [ended] = <[_; 1]>::try_from(client.requests().recent()).unwrap();
    assert_eq!((&*ended.host, &*ended.path), ("127.0.0.1", "/v1/chat"));
    assert_eq!(
        (ended.status, ended.request_id.as_deref()),
        (Some(200), Some("r-1"))
    );
    assert_eq!(ended.earlier_tries, 1);
    assert_eq!((ended.sent_bytes, ended.received_bytes), (6, 6));
    assert_eq!(ended.route, Some(Route::Loopback));
    assert!(ended.whole.is_some() && ended.timings.first_byte.is_some());
    assert!(ended.problem.is_none());
    assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
}

#[tokio::test]
async fn what_was_said_is_kept_only_while_that_is_switched_on() {
    let listener = Listener::with_answer(ANSWER).await;
    let client = client();
    client.requests().keep_bodies(true);
    let mut request = get(listener.url());
    request.body = Some("question".repeat(limits::LOGGED_BODY).into());
    let response = client.send(request).await.unwrap();
    response.read_whole().await.unwrap();
    let kept = client.requests().recent().remove(0);
    let beginning = kept.sent.as_deref().unwrap();
    assert!(beginning.starts_with(b"question"));
    assert_eq!(beginning.len(), limits::LOGGED_BODY);
    assert_eq!(kept.received, b"answer");
    client.requests().keep_bodies(false);
    let forgotten = client.requests().recent().remove(0);
    assert_eq!((forgotten.sent, forgotten.received), (None, Vec::new()));
}

#[tokio::test]
async fn an_answer_that_goes_on_is_not_kept_after_that_is_switched_off() {
    let listener = Listener::with_answer(ANSWER).await;
    let client = client();
    client.requests().keep_bodies(true);
    let response = client.send(get(listener.url())).await.unwrap();
    client.requests().keep_bodies(false);
    assert_eq!(response.read_whole().await.unwrap(), "answer");
    let noted = client.requests().recent().remove(0);
    assert_eq!((noted.received_bytes, noted.received), (6, Vec::new()));
}

#[tokio::test]
async fn failures_are_remembered_and_the_oldest_are_forgotten() {
    let client = client();
    let nobody = "http://127.0.0.1:9/".parse().unwrap();
    for _ in 0..=limits::LOGGED_REQUESTS {
        client.send(get(&nobody)).await.unwrap_err();
    }
    let recent = client.requests().recent();
    assert_eq!(recent.len(), limits::LOGGED_REQUESTS);
    let problem = recent[0].problem.as_ref().map(network::Error::kind);
    assert_eq!(problem, Some(&ErrorKind::Connect));
    assert_eq!(
        recent[0].number,
        limits::LOGGED_REQUESTS as u64 + 1,
        "the newest first"
    );
    assert_eq!(recent[limits::LOGGED_REQUESTS - 1].number, 2);
    assert!(recent.iter().all(|request| request.whole.is_some()));
}
