//! Any bytes, cut anywhere, are one reply with one end, the same as read at once.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none sse -- -max_total_time=600`

#![no_main]

use dashscope::chat::{Decoder, End, Event, Head, Output, Protocol};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let protocol = if choice & 1 == 0 {
        Protocol::Compatible
    } else {
        Protocol::Native
    };
    let output = match choice >> 1 & 3 {
        0 => Output::Incremental,
        1 => Output::Cumulative,
        _ => Output::Detect,
    };
    let whole = read(protocol, output, [body]);
    let ends = |event: &&Event| matches!(event, Event::Finished(_) | Event::Failed(_));
    assert_eq!(whole.iter().filter(ends).count(), 1, "one end: {whole:?}");
    assert!(whole.last().as_ref().is_some_and(ends), "the end is last");
    let step = usize::from(choice >> 3) + 1;
    assert_eq!(
        read(protocol, output, body.chunks(step)),
        whole,
        "cut at every {step} bytes"
    );
});

/// The events with what was told in pieces told at once.
fn read<'a>(
    protocol: Protocol,
    output: Output,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Event> {
    let head = Head {
        status: 200,
        content_type: Some("text/event-stream".to_owned()),
        ..Head::default()
    };
    let mut decoder = Decoder::new(protocol, output, head);
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.push(chunk);
        while let Some(event) = decoder.next_event() {
            add(&mut events, event);
        }
    }
    decoder.end(End::Clean);
    while let Some(event) = decoder.next_event() {
        add(&mut events, event);
    }
    events
}

fn add(events: &mut Vec<Event>, event: Event) {
    match (events.last_mut(), event) {
        (Some(Event::Text(text)), Event::Text(more)) => text.push_str(&more),
        (Some(Event::Thinking(text)), Event::Thinking(more)) => text.push_str(&more),
        (_, event) => events.push(event),
    }
}
