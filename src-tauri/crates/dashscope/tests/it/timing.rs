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
