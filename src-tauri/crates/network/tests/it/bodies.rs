//! Bodies that stall, break off, go on for ever or end well.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use network::{Chunks, ErrorKind, limits};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::listener::Listener;
use crate::{client, get};

const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

async fn send(stream: &mut TcpStream, bytes: &[u8]) {
    stream.write_all(bytes).await.expect("the client listens");
}

async fn chunks(listener: &Listener) -> Chunks {
    client()
        .send(get(listener.url()))
        .await
        .expect("a head")
        .into_chunks()
}

/// The whole body as far as it came, and how it ended.
async fn collect(mut chunks: Chunks) -> (Vec<u8>, Option<ErrorKind>) {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => body.extend_from_slice(&chunk),
            Err(error) => {
                assert!(chunks.next().await.is_none(), "nothing follows an error");
                return (body, Some(error.kind().clone()));
            }
        }
    }
    assert!(chunks.next().await.is_none(), "nothing follows the end");
    (body, None)
}

#[tokio::test]
async fn chunks_arrive_as_they_are_sent() {
    let listener = Listener::start(|mut stream| async move {
        send(&mut stream, CHUNKED).await;
        for chunk in [&b"3\r\none\r\n"[..], b"3\r\ntwo\r\n", b"0\r\n\r\n"] {
            send(&mut stream, chunk).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    let mut chunks = chunks(&listener).await;
    let start = Instant::now();
    assert_eq!(
        chunks.next().await.expect("a chunk").expect("no error"),
        "one"
    );
    assert!(
        start.elapsed() < Duration::from_millis(90),
        "held back until the next chunk"
    );
    assert_eq!(
        chunks.next().await.expect("a chunk").expect("no error"),
        "two"
    );
    assert!(chunks.next().await.is_none());
}

#[tokio::test]
async fn stalled_body_keeps_what_came() {
    let listener = Listener::start(|mut stream| async move {
        send(&mut stream, CHUNKED).await;
        send(&mut stream, b"3\r\none\r\n").await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    let chunks = chunks(&listener).await;
    let start = Instant::now();
    assert_eq!(
        collect(chunks).await,
        (b"one".to_vec(), Some(ErrorKind::Stalled))
    );
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "long after its deadline"
    );
}

#[tokio::test]
async fn each_byte_restarts_the_silence() {
    let listener = Listener::start(|mut stream| async move {
        send(&mut stream, CHUNKED).await;
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(150)).await;
            send(&mut stream, b"1\r\nx\r\n").await;
        }
        send(&mut stream, b"0\r\n\r\n").await;
    })
    .await;
    assert_eq!(
        collect(chunks(&listener).await).await,
        (b"xxxxxx".to_vec(), None)
    );
}

#[tokio::test]
async fn slow_reader_is_not_a_silent_server() {
    let listener = Listener::start(|mut stream| async move {
        send(&mut stream, CHUNKED).await;
        send(&mut stream, b"3\r\none\r\n").await;
        tokio::time::sleep(Duration::from_millis(700)).await;
        send(&mut stream, b"3\r\ntwo\r\n0\r\n\r\n").await;
    })
    .await;
    let mut chunks = chunks(&listener).await;
    assert_eq!(
        chunks.next().await.expect("a chunk").expect("no error"),
        "one"
    );
    // Longer than the silence allowed, with nothing waiting when the reader comes back.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        chunks.next().await.expect("a chunk").expect("no error"),
        "two"
    );
    assert!(chunks.next().await.is_none());
}

#[tokio::test]
async fn body_cut_short_is_a_lost_connection() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n"[..],
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n9\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\none",
    ] {
        let listener = Listener::with_answer(answer).await;
        let (body, end) = collect(chunks(&listener).await).await;
        assert_eq!(body, b"one");
        assert_eq!(end, Some(ErrorKind::ConnectionLost));
    }
}

#[tokio::test]
async fn reset_in_the_body_is_a_lost_connection() {
    let listener = Listener::start(|mut stream| async move {
        send(&mut stream, CHUNKED).await;
        send(&mut stream, b"3\r\none\r\n").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream.set_zero_linger().expect("a socket option");
    })
    .await;
    let (body, end) = collect(chunks(&listener).await).await;
    assert_eq!(body, b"one");
    assert_eq!(end, Some(ErrorKind::ConnectionLost));
}

#[tokio::test]
async fn body_without_a_length_ends_clean_when_the_connection_closes() {
    let listener = Listener::with_answer("HTTP/1.1 200 OK\r\n\r\nall there is").await;
    assert_eq!(
        collect(chunks(&listener).await).await,
        (b"all there is".to_vec(), None)
    );
}

#[tokio::test]
async fn compressed_body_is_handed_on_as_it_is() {
    let listener = Listener::with_answer(
        &b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00"
            [..],
    )
    .await;
    assert_eq!(
        collect(chunks(&listener).await).await,
        (b"\x1f\x8b\x08\x00".to_vec(), None)
    );
}

#[tokio::test]
async fn dropping_the_body_closes_the_connection() {
    let (report, mut closed) = mpsc::channel(1);
    let listener = Listener::start(move |mut stream| {
        let report = report.clone();
        async move {
            send(&mut stream, CHUNKED).await;
            send(&mut stream, b"3\r\none\r\n").await;
            let mut rest = Vec::new();
            drop(stream.read_to_end(&mut rest).await);
            report.send(Instant::now()).await.expect("the test waits");
        }
    })
    .await;
    let mut chunks = chunks(&listener).await;
    assert_eq!(
        chunks.next().await.expect("a chunk").expect("no error"),
        "one"
    );
    let dropped = Instant::now();
    drop(chunks);
    let closed = closed.recv().await.expect("the server sees the end");
    assert!(
        closed - dropped < Duration::from_millis(100),
        "{:?}",
        closed - dropped
    );
}

#[tokio::test]
async fn giving_up_before_the_head_closes_the_connection() {
    let (report, mut closed) = mpsc::channel(1);
    let listener = Listener::start(move |mut stream| {
        let report = report.clone();
        async move {
            report.send(Instant::now()).await.expect("the test waits");
            let mut rest = Vec::new();
            drop(stream.read_to_end(&mut rest).await);
            report.send(Instant::now()).await.expect("the test waits");
        }
    })
    .await;
    let request = get(listener.url());
    let sending = tokio::spawn(async move { client().send(request).await.map(drop) });
    closed.recv().await.expect("the request arrives");
    let given_up = Instant::now();
    sending.abort();
    let closed = closed.recv().await.expect("the server sees the end");
    assert!(
        closed - given_up < Duration::from_millis(100),
        "{:?}",
        closed - given_up
    );
}

#[tokio::test]
async fn h_16_error_body_is_cut_at_the_limit_and_the_rest_left() {
    let (report, mut written) = mpsc::channel(1);
    let listener = Listener::start(move |mut stream| {
        let report = report.clone();
        async move {
            send(
                &mut stream,
                b"HTTP/1.1 500 No\r\ncontent-length: 52428800\r\n\r\n",
            )
            .await;
            let mut bytes = 0_usize;
            while bytes < 52_428_800 && stream.write_all(&[b'x'; 16_384]).await.is_ok() {
                bytes += 16_384;
            }
            report.send(bytes).await.expect("the test waits");
        }
    })
    .await;
    let response = client().send(get(listener.url())).await.expect("a head");
    let capped = response
        .read_up_to(limits::ERROR_BODY_BYTES)
        .await
        .expect("a body");
    assert_eq!(capped.bytes.len(), 8 * 1024);
    assert!(capped.cut);
    let written = written.recv().await.expect("a count");
    assert!(written < 40 << 20, "the server could write {written} bytes");
}

#[tokio::test]
async fn body_of_exactly_the_limit_is_not_cut() {
    for (limit, text, cut) in [
        (4, "abcd", false),
        (5, "abcd", false),
        (3, "abc", true),
        (0, "", true),
    ] {
        let listener =
            Listener::with_answer("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd").await;
        let response = client().send(get(listener.url())).await.expect("a head");
        let capped = response.read_up_to(limit).await.expect("a body");
        assert_eq!(
            (&capped.bytes[..], capped.cut),
            (text.as_bytes(), cut),
            "limit {limit}"
        );
    }
}

#[tokio::test]
async fn whole_body_has_a_limit_too() {
    let listener = Listener::start(|mut stream| async move {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await);
        while stream.write_all(&[b'x'; 16_384]).await.is_ok() {}
    })
    .await;
    let response = client().send(get(listener.url())).await.expect("a head");
    let error = response.read_whole().await.expect_err("it has no end");
    assert_eq!(*error.kind(), ErrorKind::BodyTooLarge);
}
