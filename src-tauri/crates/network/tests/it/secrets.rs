//! No error and no value of ours prints a URL, a header or a body.

use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderValue, Method, header};
use network::Request;
use url::Url;

use crate::listener::Listener;
use crate::{client, get};

const CANARY: &str = "sk-CANARY0123456789";

fn secret_request(url: &Url) -> Request {
    let mut url = url.clone();
    url.set_path(&format!("/{CANARY}"));
    url.set_query(Some(&format!("api_key={CANARY}")));
    url.set_fragment(Some(CANARY));
    let mut request = get(&url);
    request.method = Method::POST;
    request.first_byte = Duration::from_millis(300);
    request.body = Some(Bytes::from_static(CANARY.as_bytes()));
    let value = HeaderValue::from_str(&format!("Bearer {CANARY}")).expect("a header");
    request.headers.insert(header::AUTHORIZATION, value.clone());
    request.headers.insert("x-unmarked", value);
    request
}

fn assert_silent(value: &impl Debug) {
    let text = format!("{value:?} {value:#?}");
    assert!(!text.contains("CANARY"), "{text}");
}

fn assert_error_silent(error: &impl std::error::Error) {
    assert_silent(error);
    assert!(!error.to_string().contains("CANARY"), "{error}");
    assert!(
        error.source().is_none(),
        "a source could print what the error hides"
    );
}

#[tokio::test]
async fn errors_of_sending_hold_no_secret() {
    let stalled = Listener::start(|stream| async move {
        tokio::time::sleep(Duration::from_secs(30)).await;
        drop(stream);
    })
    .await;
    let mut urls = vec![
        Url::parse("http://no-such-host.invalid/").expect("a url"),
        Url::parse("http://user@127.0.0.1/").expect("a url"),
        Url::parse("ftp://127.0.0.1/").expect("a url"),
        Url::parse("http://127.0.0.1:9/").expect("a url"),
        Url::parse("https://127.0.0.1:9/").expect("a url"),
        Url::parse(&format!("https://{}.example/", "a".repeat(64))).expect("a url"),
        stalled.url().clone(),
    ];
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: https://u:{CANARY}@portal.example/{CANARY}?k={CANARY}\r\n\r\n"
    );
    let too_large = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", CANARY.repeat(9_000));
    let mut listeners = Vec::new();
    for answer in [
        "",
        "no http",
        &format!("HTTP/1.1 {CANARY}\r\n\r\n"),
        &redirect,
        &too_large,
    ] {
        let listener = Listener::with_answer(answer).await;
        urls.push(listener.url().clone());
        listeners.push(listener);
    }
    for url in urls {
        let request = secret_request(&url);
        assert_silent(&request);
        let error = client()
            .send(request)
            .await
            .expect_err("each of these fails");
        assert_error_silent(&error);
    }
}

#[tokio::test]
async fn responses_and_errors_of_bodies_hold_no_secret() {
    let body = format!("HTTP/1.1 200 OK\r\nx: {CANARY}\r\ncontent-length: 9999\r\n\r\n{CANARY}");
    let listener = Listener::with_answer(body).await;
    let client = client();
    assert_silent(&client);
    let response = client
        .send(secret_request(listener.url()))
        .await
        .expect("a head");
    assert_silent(&response);
    let mut chunks = response.into_chunks();
    assert_silent(&chunks);
    let mut failed = false;
    while let Some(chunk) = chunks.next().await {
        if let Err(error) = chunk {
            assert_error_silent(&error);
            failed = true;
        }
    }
    assert!(failed, "the body was cut short");
}
