//! The same events in other bytes: line ends, splits, compression, no length.

use std::io::Read as _;

use fake_dashscope::{FakeServer, Options};
use serde_json::Value;

use crate::wire::{Chat, End};

/// A server whose events are not stamped.
fn server() -> FakeServer {
    FakeServer::start(Options {
        stamp_chunks: false,
        ..Options::default()
    })
}

/// The words of a compatible stream in any framing, as a lenient reader finds them.
fn decoded(text: &str) -> String {
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut words = String::new();
    let mut pending = String::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("data:")) {
        pending.push_str(line);
        if let Ok(event) = serde_json::from_str::<Value>(&pending) {
            words.push_str(
                event["choices"][0]["delta"]["content"]
                    .as_str()
                    .unwrap_or_default(),
            );
            pending.clear();
        }
    }
    assert_eq!(pending.trim(), "[DONE]");
    words
}

#[test]
fn every_framing_carries_the_same_words() {
    let server = server();
    let framed = |framing: &str| {
        let answer =
            Chat::compatible(&format!("/fake flood {framing} text=你好，framing 👋")).send(&server);
        assert_eq!(decoded(&answer.text()), "你好，framing 👋", "{framing}");
        answer
    };
    let crlf = framed("framing=crlf").text();
    assert!(crlf.ends_with("data: [DONE]\r\n\r\n"));
    assert_eq!(crlf.replace("\r\n", "").matches(['\r', '\n']).count(), 0);
    let cr = framed("framing=cr").text();
    assert!(!cr.contains('\n') && cr.ends_with("data: [DONE]\r\r"));
    let mixed = framed("framing=mixed").text();
    assert!(mixed.contains("\r\n") && mixed.contains("}\n") && mixed.contains("}\r"));
    let tight = framed("framing=no-blank,swap-space").text();
    assert!(!tight.contains("\n\n") && !tight.contains("data: ") && tight.contains("data:{"));
    let multiline = framed("framing=multiline").text();
    assert!(multiline.starts_with("data: {\ndata: \"choices\":"));
    let marked = framed("framing=bom").text();
    assert!(marked.starts_with("\u{feff}data: "));
    framed("framing=split");
    let wide = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸";
    let split = Chat::compatible(&format!("/fake flood framing=split text={wide}")).send(&server);
    assert_eq!(decoded(&split.text()), wide);
    assert!(
        split
            .pieces
            .iter()
            .all(|(_, piece)| (1..=20).contains(&piece.len()))
    );
    assert!(
        split
            .pieces
            .iter()
            .any(|(_, piece)| std::str::from_utf8(piece).is_err())
    );
}

#[test]
fn a_native_stream_can_be_framed_too() {
    let answer = Chat::native("/fake flood framing=no-blank,crlf text=a b").send(&server());
    let lines: Vec<String> = answer.text().split("\r\n").map(str::to_owned).collect();
    assert_eq!(lines[..3], ["id:1", "event:result", ":HTTP_STATUS/200"]);
    assert!(lines[3].starts_with("data:{"));
    assert_eq!(lines[4], "id:2");
}

#[test]
fn a_compressed_body_decompresses_to_the_same_events() {
    let answer = Chat::compatible("/fake flood gzip text=squeezed words").send(&server());
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(answer.bytes().as_slice())
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(decoded(&text), "squeezed words");
}

#[test]
fn a_close_delimited_body_has_no_length_and_no_chunks() {
    let answer = Chat::compatible("/fake flood close-delimited text=old ways").send(&server());
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(decoded(&answer.text()), "old ways");
    assert_eq!(answer.end, End::Whole);
}
