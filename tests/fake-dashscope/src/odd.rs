//! The JSON of events that no client expects and every client must survive.
//! When they are sent is `stream`'s business.

use crate::event::Event;

/// The content of an oversized line: over 1 MiB.
pub(crate) const LARGE_LINE: usize = 1024 * 1024 + 64 * 1024;

/// An oversized event: this many padding lines of this many bytes, over 4 MiB together.
const PADDING_LINES: usize = 70;
const PADDING_LINE: usize = 64 * 1024;

/// A gzip bomb: this many events of this many bytes, about 300 MB together.
pub(crate) const BOMB_BLOCKS: u32 = 4_600;
const BOMB_BLOCK: usize = 64 * 1024;

/// Choices without a delta, with a null delta, with unknown fields, and with a second choice.
pub(crate) fn deltas(key: &str) -> Vec<String> {
    vec![
        String::from("[]"),
        format!(r#"[{{"{key}":null,"index":0,"finish_reason":null}}]"#),
        String::from(r#"[{"index":0,"finish_reason":null}]"#),
        format!(
            r#"[{{"{key}":{{"content":"","surprise":{{"deep":[1,null]}}}},"index":0,"finish_reason":null,"novel":true}}]"#
        ),
        format!(
            r#"[{{"{key}":{{"content":""}},"index":0,"finish_reason":null}},{{"{key}":{{"content":"from another choice"}},"index":1,"finish_reason":null}}]"#
        ),
    ]
}

/// A number, a boolean and an object where text belongs.
pub(crate) fn wrong_types(key: &str) -> Vec<String> {
    ["42", "true", r#"{"a":1}"#]
        .iter()
        .map(|value| {
            format!(r#"[{{"{key}":{{"content":{value}}},"index":0,"finish_reason":null}}]"#)
        })
        .collect()
}

/// A NUL, an unpaired surrogate and two invisible tag characters, all as JSON escapes.
pub(crate) fn text(key: &str) -> String {
    format!(
        r#"[{{"{key}":{{"content":"nul\u0000 lone\ud800 tag\udb40\udc41\udb40\udc42 end"}},"index":0,"finish_reason":null}}]"#
    )
}

/// One event of a gzip bomb.
pub(crate) fn bomb(key: &str) -> String {
    let text = "x".repeat(BOMB_BLOCK);
    format!(r#"[{{"{key}":{{"content":"{text}"}},"index":0,"finish_reason":null}}]"#)
}

/// JSON that stops in the middle.
pub(crate) fn broken(json: &str) -> String {
    let half = json.chars().count() / 2;
    json.chars().take(half).collect()
}

/// An event whose JSON is padded by lines of blanks beyond every limit.
pub(crate) fn large_event(event: &Event) -> String {
    let (start, end) = event.data.split_at(1);
    let padding = format!("data: {}\n", " ".repeat(PADDING_LINE)).repeat(PADDING_LINES);
    format!("data: {start}\n{padding}data: {end}\n\n")
}
