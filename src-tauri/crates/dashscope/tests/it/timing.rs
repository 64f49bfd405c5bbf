//! Silence and duration, with the clock stopped.

use std::time::Duration;

use bytes::Bytes;
use dashscope::chat::{Decoder, EventStream, Head, Output};
use dashscope::{ErrorKind, Event, FinishReason, Protocol};
use futures_util::{Stream, StreamExt as _, stream};
use tokio::time::Instant;

type Chunk = Result<Bytes, network::Error>;

const TEXT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
const FINISH: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

fn over(status: u16, chunks: impl Stream<Item = Chunk> + Send + 'static) -> EventStream {
    let head = Head {
        status,
        content_type: Some("text/event-stream".to_owned()),
        ..Head::default()
    };
    EventStream::over(
        Decoder::new(Protocol::Compatible, Output::Incremental, head),
        chunks,
    )
}

/// This text again and again, so many seconds apart, without end.
fn every(seconds: u64, text: &'static str) -> impl Stream<Item = Chunk> + Send {
    stream::unfold((), move |()| async move {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Some((Ok(Bytes::from_static(text.as_bytes())), ()))
    })
}

fn one(text: &'static str) -> impl Stream<Item = Chunk> + Send {
    stream::iter([Ok(Bytes::from_static(text.as_bytes()))])
}

fn kind(events: &[Event]) -> &ErrorKind {
    match events.last() {
        Some(Event::Failed(error)) => error.kind(),
        other => panic!("not failed: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn w_05_comments_do_not_keep_a_silent_stream_open() {
    let started = Instant::now();
    let events: Vec<Event> = over(200, one(TEXT).chain(every(5, ": keep-alive\n\n")))
        .collect()
        .await;
    assert_eq!(
        events[1],
        Event::Text("a".to_owned()),
        "the partial text is kept"
    );
    assert_eq!(kind(&events), &ErrorKind::Stalled);
    assert_eq!(started.elapsed().as_secs(), 180);
}

#[tokio::test(start_paused = true)]
async fn w_05_silence_before_the_first_frame_ends_too() {
    let started = Instant::now();
    let events: Vec<Event> = over(200, stream::pending()).collect().await;
    assert_eq!(kind(&events), &ErrorKind::Stalled);
    assert_eq!(started.elapsed().as_secs(), 180);
}

#[tokio::test(start_paused = true)]
async fn w_18_a_slow_stream_goes_on_as_long_as_frames_come() {
    let started = Instant::now();
    let chunks = every(170, TEXT).take(15).chain(one(FINISH));
    let events: Vec<Event> = over(200, chunks).collect().await;
    assert_eq!(events.last(), Some(&Event::Finished(FinishReason::Stop)));
    assert_eq!(started.elapsed().as_secs(), 170 * 15);
}

#[tokio::test(start_paused = true)]
async fn a_connection_left_open_after_the_reason_is_not_waited_for() {
    let started = Instant::now();
    let events: Vec<Event> = over(200, one(TEXT).chain(one(FINISH)).chain(stream::pending()))
        .collect()
        .await;
    assert_eq!(events.last(), Some(&Event::Finished(FinishReason::Stop)));
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn no_stream_lasts_longer_than_an_hour() {
    let started = Instant::now();
    let events: Vec<Event> = over(200, every(60, TEXT)).collect().await;
    assert_eq!(kind(&events), &ErrorKind::TooLarge);
    assert_eq!(started.elapsed().as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn an_error_whose_body_never_ends_is_told_by_its_status() {
    let started = Instant::now();
    let events: Vec<Event> = over(503, one("{\"code\"").chain(stream::pending()))
        .collect()
        .await;
    assert_eq!(kind(&events), &ErrorKind::ServerBusy);
    assert_eq!(started.elapsed().as_secs(), 10);
}

#[tokio::test]
async fn the_body_is_dropped_with_the_last_event_and_with_the_stream() {
    struct Alarm(std::sync::Arc<std::sync::atomic::AtomicBool>);
    impl Drop for Alarm {
        fn drop(&mut self) {
            self.0.store(true, std::sync::atomic::Ordering::SeqCst);
        }
    }
    let guarded = || {
        let dropped = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let alarm = Alarm(std::sync::Arc::clone(&dropped));
        let chunks = one(TEXT)
            .chain(one("data: [DONE]\n\n"))
            .chain(stream::pending());
        (
            over(
                200,
                chunks
                    .inspect(move |_| assert!(!alarm.0.load(std::sync::atomic::Ordering::SeqCst))),
            ),
            dropped,
        )
    };
    let (mut events, dropped) = guarded();
    while !matches!(events.next().await, Some(Event::Finished(_))) {}
    assert!(
        dropped.load(std::sync::atomic::Ordering::SeqCst),
        "the end mark closes the socket"
    );
    assert_eq!(events.next().await, None);
    let (mut events, dropped) = guarded();
    assert!(events.next().await.is_some());
    assert!(!dropped.load(std::sync::atomic::Ordering::SeqCst));
    drop(events);
    assert!(
        dropped.load(std::sync::atomic::Ordering::SeqCst),
        "dropping the stream closes it too"
    );
}

#[tokio::test]
async fn w_17_a_stream_without_end_is_cut_at_the_limit() {
    const CHUNK: usize = 64 * 1024;
    let words = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
        "a".repeat(CHUNK)
    );
    let chunk = Bytes::from(words);
    let endless = stream::repeat_with(move || Ok(chunk.clone()));
    let events: Vec<Event> = over(200, endless).collect().await;
    assert_eq!(kind(&events), &ErrorKind::TooLarge);
    let mut text = 0;
    for event in &events {
        if let Event::Text(piece) = event {
            text += piece.len();
        }
    }
    let limit = dashscope::limits::TEXT_BYTES;
    assert!(text <= limit && text + CHUNK >= limit, "{text} of {limit}");
}

#[tokio::test]
async fn w_19_packed_bytes_are_not_unpacked() {
    // 300 MB of zeros begin like this in gzip, and go on with 300 KB of the same.
    let mut packed = vec![
        0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0x02, 0x03, 0xec, 0xc1, 0x01,
    ];
    packed.resize(300 * 1024, 0);
    let events: Vec<Event> = over(200, stream::iter([Ok(Bytes::from(packed))]))
        .collect()
        .await;
    let shown = events.iter().any(|event| matches!(event, Event::Text(_)));
    assert!(!shown, "no text is made of it");
    assert!(
        matches!(events.last(), Some(Event::Failed(_))),
        "{events:?}"
    );
    assert!(events.len() < 8, "nor anything else");
}

#[tokio::test]
async fn w_21_tool_calls_in_pieces_are_text_and_nothing_is_done() {
    let piece = |id: &str, name: &str, arguments: &str| {
        format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":0,\"id\":{id},\"function\":{{\"name\":{name},\"arguments\":\"{arguments}\"}}}}]}}}}]}}\n\n"
        )
    };
    let body = [
        piece("\"call_1\"", "\"get_weather\"", "{\\\"city\\\": "),
        piece("null", "null", "\\\"\u{5317}"),
        piece("null", "null", "no end"),
        FINISH.to_owned(),
    ]
    .concat();
    let events: Vec<Event> = over(200, stream::iter([Ok(Bytes::from(body))]))
        .collect()
        .await;
    let mut calls = dashscope::chat::ToolCalls::default();
    for event in &events {
        if let Event::ToolCall(delta) = event {
            calls.add(delta);
        }
    }
    let calls = calls.into_calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].name, "get_weather");
    assert_eq!(
        calls[0].arguments, "{\"city\": \"\u{5317}no end",
        "kept as it came"
    );
    assert!(
        matches!(events.last(), Some(Event::Finished(_))),
        "{events:?}"
    );
}
