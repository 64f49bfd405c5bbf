//! Any JSON in the frames of a reply, or as the whole of it, makes typed events and never a panic.
//!
//! Each line of the input is the data of one frame.
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none events -- -max_total_time=600`

#![no_main]

use dashscope::chat::{Decoder, End, Event, Head, Output, Protocol, ToolCalls};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let frames: String = text
        .lines()
        .map(|line| format!("data: {line}\n\n"))
        .collect();
    for protocol in [Protocol::Compatible, Protocol::Native] {
        check(protocol, "text/event-stream", frames.as_bytes());
        check(protocol, "application/json", bytes);
    }
});

fn check(protocol: Protocol, content_type: &str, body: &[u8]) {
    let head = Head {
        status: 200,
        content_type: Some(content_type.to_owned()),
        ..Head::default()
    };
    let mut decoder = Decoder::new(protocol, Output::Detect, head);
    decoder.push(body);
    decoder.end(End::Clean);
    let mut calls = ToolCalls::default();
    let (mut ends, mut said) = (0, 0);
    while let Some(event) = decoder.next_event() {
        assert_eq!(ends, 0, "nothing comes after the end");
        match event {
            Event::Text(text) | Event::Thinking(text) => said += text.len(),
            Event::ToolCall(delta) => calls.add(&delta),
            Event::Finished(_) | Event::Failed(_) => ends += 1,
            Event::Started { .. } | Event::Sources(_) | Event::Usage(_) => {}
        }
    }
    assert_eq!(ends, 1, "one end");
    // A character that cannot be read becomes three bytes, and a cumulative frame says all again.
    assert!(said <= body.len().saturating_mul(body.len()).max(3), "text out of nothing");
    for call in calls.into_calls() {
        assert!(!call.arguments.is_empty(), "arguments are JSON text");
    }
}
