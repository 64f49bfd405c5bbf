//! Any body of a refusal is one typed error that keeps little and prints nothing of it.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none error_bodies -- -max_total_time=600`

#![no_main]

use dashscope::chat::{Decoder, End, Event, Head, Output, Protocol};
use dashscope::{Error, limits};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 8] = [400, 401, 403, 404, 413, 429, 500, 503];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    let status = STATUSES[usize::from(choice & 7)];
    let content_type = match choice >> 3 & 3 {
        0 => Some("application/json"),
        1 => Some("text/html; charset=utf-8"),
        2 => Some("text/event-stream"),
        _ => None,
    };
    let whole = read(status, content_type, [body]);
    let step = usize::from(choice >> 5) + 1;
    let cut = read(status, content_type, body.chunks(step));
    assert_eq!(format!("{whole:?}"), format!("{cut:?}"), "cut every {step}");
    assert_eq!(whole.message(), cut.message());

    let kept = whole.message().unwrap_or_default();
    assert!(kept.len() <= limits::ERROR_MESSAGE_BYTES, "kept too much");
    for name in [whole.code(), whole.request_id()].into_iter().flatten() {
        assert!(name.len() <= limits::IDENTIFIER_BYTES, "a name too long");
    }
    let printed = format!("{whole} {whole:?}");
    // Short messages may be words that stand there anyway.
    let tells = kept.len() > 200 && printed.contains(kept);
    assert!(!tells, "the message is printed: {printed}");
});

fn read<'a>(
    status: u16,
    content_type: Option<&str>,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Error {
    let head = Head {
        status,
        content_type: content_type.map(str::to_owned),
        ..Head::default()
    };
    let mut decoder = Decoder::new(Protocol::Compatible, Output::Incremental, head);
    for chunk in chunks {
        decoder.push(chunk);
    }
    decoder.end(End::Clean);
    let events: Vec<Event> = std::iter::from_fn(|| decoder.next_event()).collect();
    match <[Event; 1]>::try_from(events) {
        Ok([Event::Failed(error)]) => error,
        other => panic!("a refusal is one error: {other:?}"),
    }
}
