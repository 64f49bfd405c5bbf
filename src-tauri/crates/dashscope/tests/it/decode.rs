//! Writes chunks and decodes bodies, for the tests of the wire.

use dashscope::chat::{Decoder, End, Head, Output};
use dashscope::{Event, FinishReason, Protocol};

/// A chunk of the compatible protocol with this delta.
pub(crate) fn delta(delta: &str) -> String {
    format!("data: {{\"id\":\"chatcmpl-r1\",\"choices\":[{{\"index\":0,\"delta\":{delta}}}]}}\n\n")
}

pub(crate) fn content(text: &str) -> String {
    delta(&format!(
        "{{\"content\":{}}}",
        serde_json::to_string(text).unwrap()
    ))
}

pub(crate) fn finish(reason: &str) -> String {
    format!(
        "data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"{reason}\"}}]}}\n\n"
    )
}

pub(crate) const DONE: &str = "data: [DONE]\n\n";

pub(crate) fn head(status: u16, content_type: &str) -> Head {
    Head {
        status,
        content_type: Some(content_type.to_owned()),
        ..Head::default()
    }
}

pub(crate) fn events_of(
    protocol: Protocol,
    output: Output,
    head: Head,
    pieces: &[&[u8]],
) -> Vec<Event> {
    let mut decoder = Decoder::new(protocol, output, head);
    for piece in pieces {
        decoder.push(piece);
    }
    decoder.end(End::Clean);
    let events: Vec<Event> = std::iter::from_fn(|| decoder.next_event()).collect();
    let ends = events
        .iter()
        .filter(|event| matches!(event, Event::Finished(_) | Event::Failed(_)))
        .count();
    assert_eq!(ends, 1, "exactly one end: {events:?}");
    assert!(
        matches!(events.last(), Some(Event::Finished(_) | Event::Failed(_))),
        "the end comes last: {events:?}"
    );
    events
}

pub(crate) fn compatible(body: &str) -> Vec<Event> {
    let head = head(200, "text/event-stream");
    events_of(
        Protocol::Compatible,
        Output::Incremental,
        head,
        &[body.as_bytes()],
    )
}

pub(crate) fn native(body: &str) -> Vec<Event> {
    let head = head(200, "text/event-stream;charset=UTF-8");
    events_of(
        Protocol::Native,
        Output::Incremental,
        head,
        &[body.as_bytes()],
    )
}

pub(crate) fn text(events: &[Event]) -> String {
    events
        .iter()
        .filter_map(|event| {
            let Event::Text(text) = event else {
                return None;
            };
            Some(text.as_str())
        })
        .collect()
}

pub(crate) fn failure(events: &[Event]) -> &dashscope::Error {
    match events.last() {
        Some(Event::Failed(error)) => error,
        other => panic!("not a failure: {other:?}"),
    }
}

pub(crate) fn reason(events: &[Event]) -> &FinishReason {
    match events.last() {
        Some(Event::Finished(reason)) => reason,
        other => panic!("not finished: {other:?}"),
    }
}
