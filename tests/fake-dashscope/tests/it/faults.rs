//! What goes wrong on purpose, as a client sees it.

use std::io::Read as _;
use std::time::{Duration, Instant};

use fake_dashscope::{FakeServer, Options};
use serde_json::json;

use crate::wire::{Answer, Chat, End, get, read_at_most};

const SHORT: Duration = Duration::from_millis(400);

fn server() -> FakeServer {
    FakeServer::start(Options::default())
}

fn played(directive: &str) -> Answer {
    Chat::compatible(&format!("/fake flood tokens=30 {directive}"))
        .patience(SHORT)
        .send(&server())
}

/// The words of all 30 tokens, of which a faulty answer shows the beginning.
fn all_words() -> String {
    played("").words()
}

/// How many of the tokens arrived.
fn arrived(answer: &Answer) -> usize {
    let words = answer.words();
    assert!(all_words().starts_with(&words), "{words}");
    let deltas = answer
        .events()
        .into_iter()
        .map(|event| event["choices"][0]["delta"]["content"].clone());
    deltas
        .filter(|content| content.as_str().is_some_and(|text| !text.is_empty()))
        .count()
}

#[test]
fn a_stall_sends_what_it_has_and_keeps_the_connection() {
    let answer = played("stall=after:10");
    assert_eq!(
        (answer.status, answer.end, arrived(&answer)),
        (200, End::Silent, 10)
    );
    let silent = played("stall=headers");
    assert_eq!((silent.status, silent.end), (0, End::Silent));
}

#[test]
fn a_stall_may_go_on_with_comments() {
    let server = server();
    let chat = Chat::compatible("/fake flood tokens=30 stall=after:3 keepalive=50ms");
    let mut answer = chat.open(&server);
    let deadline = Instant::now() + Duration::from_millis(600);
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while Instant::now() < deadline {
        let count = answer.read(&mut buffer).unwrap();
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    let comments = text.matches(": keep-alive\n\n").count();
    assert!(
        (5..=13).contains(&comments),
        "{comments} comments in 600 ms"
    );
    assert!(!text.contains("[DONE]"));
}

#[test]
fn a_reset_is_a_reset() {
    let answer = played("reset=after:10");
    assert_eq!(
        (answer.status, answer.end, arrived(&answer)),
        (200, End::Reset, 10)
    );
    let nothing = played("reset=headers");
    assert_eq!((nothing.status, nothing.end), (0, End::Reset));
}

#[test]
fn a_truncated_body_ends_in_the_middle_of_an_event() {
    for (directive, end) in [
        ("truncate=after:10", End::Cut),
        ("truncate=length:10", End::Cut),
        ("truncate=clean:10", End::Whole),
    ] {
        let answer = played(directive);
        assert_eq!((answer.end, arrived(&answer)), (end, 10), "{directive}");
        let text = answer.text();
        let half = text.rsplit_once("\n\n").unwrap().1;
        assert!(
            half.starts_with("data: {") && !half.ends_with('}'),
            "{directive}: {half}"
        );
        assert_eq!(
            answer.header("content-length").is_some(),
            directive.contains("length")
        );
    }
}

#[test]
fn an_answer_can_end_without_any_of_its_end_signals() {
    let ended = played("eof-without-end");
    assert_eq!((ended.end, arrived(&ended)), (End::Whole, 30));
    assert!(!ended.text().contains("stop") && !ended.text().contains("[DONE]"));
    assert_eq!(arrived(&played("eof-without-end=7")), 7);

    let no_done = played("no-done").text();
    assert!(no_done.contains(r#""finish_reason":"stop""#) && !no_done.contains("[DONE]"));
    let no_finish = played("no-finish").text();
    assert!(!no_finish.contains(r#""finish_reason":"stop""#) && no_finish.contains("[DONE]"));
    assert_eq!(
        played("finish-twice")
            .text()
            .matches(r#""finish_reason":"stop""#)
            .count(),
        2
    );
    let after = played("after-done").text();
    assert!(
        after
            .split_once("[DONE]")
            .unwrap()
            .1
            .contains("after the end")
    );
    let odd = played("finish=sensitive").text();
    assert!(odd.contains(r#""finish_reason":"sensitive""#));
    let unused = played("usage=none").events();
    assert!(
        unused
            .iter()
            .all(|event| event["usage"].is_null() && event["choices"] != json!([]))
    );
    assert_eq!(
        played("usage=null").events().last().unwrap()["choices"],
        json!([])
    );
}

#[test]
fn other_answers_than_answers() {
    let page = played("html");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        page.text()
            .contains("<title>Sign in to this network</title>")
    );
    let empty = played("empty");
    assert_eq!((empty.status, empty.text().as_str()), (200, ""));
    assert_eq!(empty.header("content-type"), Some("text/event-stream"));
    let moved = played("redirect=https://portal.example/login");
    assert_eq!(
        (moved.status, moved.header("location")),
        (302, Some("https://portal.example/login"))
    );
    for status in [301, 307, 308] {
        let moved = played(&format!("redirect={status}:http://127.0.0.1:1/x"));
        assert_eq!(
            (moved.status, moved.header("location")),
            (status, Some("http://127.0.0.1:1/x"))
        );
    }
    let mistyped = played("content-type=text/plain");
    assert_eq!(mistyped.header("content-type"), Some("text/plain"));
}

#[test]
fn oversized_things_are_as_large_as_they_say() {
    let line = played("oversize=line").text();
    assert!(line.lines().map(str::len).max().unwrap() > 1024 * 1024);
    let event = played("oversize=event").text();
    let (longest, shortest_line) = (
        event.split("\n\n").map(str::len).max().unwrap(),
        event.lines().map(str::len).max().unwrap(),
    );
    assert!(longest > 4 * 1024 * 1024 && shortest_line < 1024 * 1024);
    let header = played("oversize=header");
    assert_eq!(header.header("x-large").map(str::len), Some(100 * 1024));
    let headers = played("oversize=header-count");
    assert_eq!(headers.head.matches("x-many-").count(), 500);
    let broken = played("oversize=header-bytes");
    assert!(broken.head.contains("x-bad\u{1}name: \0"));
    let error = played("oversize=error-body");
    assert_eq!((error.status, error.bytes().len()), (500, 50 * 1024 * 1024));
}

#[test]
fn a_gzip_bomb_is_small_on_the_wire_and_large_behind_it() {
    let chat = Chat::compatible("/fake flood tokens=2 oversize=gzip-bomb");
    let server = server();
    // A twentieth of it is enough to see what it is.
    let answer = read_at_most(chat.open(&server), Duration::from_mins(1), 20_000);
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let squeezed = answer.bytes();
    let mut decoder = flate2::read::GzDecoder::new(squeezed.as_slice());
    let mut buffer = vec![0; 1 << 20];
    let mut total = 0_usize;
    while let Ok(count @ 1..) = decoder.read(&mut buffer) {
        total += count;
    }
    assert!(
        total > squeezed.len() * 100,
        "{total} bytes from {}",
        squeezed.len()
    );
}

#[test]
fn odd_events_come_in_the_middle_and_the_answer_goes_on() {
    let odd = played("odd-deltas");
    assert!(odd.text().contains(r#""choices":[{"delta":null"#));
    assert!(odd.text().contains(r#""choices":[{"index":0"#));
    assert!(odd.text().contains("from another choice"));
    assert!(odd.text().contains("[DONE]"));
    let typed = played("wrong-types").text();
    assert!(typed.contains(r#"{"content":42}"#) && typed.contains(r#"{"content":true}"#));
    let words = played("odd-text").text();
    assert!(words.contains(r"nul\u0000 lone\ud800 tag\udb40\udc41"));
    let unparsable = |answer: &Answer| {
        let text = answer.text();
        let data = text.lines().filter_map(|line| line.strip_prefix("data: {"));
        data.filter(|line| serde_json::from_str::<serde_json::Value>(&format!("{{{line}")).is_err())
            .count()
    };
    assert_eq!(unparsable(&played("bad-json=once")), 1);
    assert_eq!(unparsable(&played("bad-json")), 15);
    assert_eq!(unparsable(&played("")), 0);
    let mixed = Chat::compatible("/fake flood tokens=3 thinking=3 interleave")
        .send(&server())
        .events();
    let lanes: Vec<bool> = mixed[1..7]
        .iter()
        .map(|event| event["choices"][0]["delta"]["content"].is_string())
        .collect();
    assert_eq!(lanes, [false, true, false, true, false, true]);
    let listed = played("array-content").events();
    assert!(listed[1]["choices"][0]["delta"]["content"][0]["text"].is_string());
    let repeated = played("cumulative").events();
    assert_eq!(repeated[30]["choices"][0]["delta"]["content"], all_words());
}

#[test]
fn tool_calls_with_bad_arguments() {
    let null = played("tools=1 arguments=null").events();
    assert!(null[0]["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].is_null());
    let bad: String = played("tools=1 arguments=bad")
        .events()
        .iter()
        .filter_map(|event| {
            event["choices"][0]["delta"]["tool_calls"][0]["function"]["arguments"].as_str()
        })
        .collect();
    assert!(serde_json::from_str::<serde_json::Value>(&bad).is_err());
}

#[test]
fn faults_reach_answers_without_a_stream_and_the_list_of_models() {
    let server = server();
    let whole = |directive: &str| {
        let chat = Chat::compatible(&format!("/fake flood tokens=30 {directive}")).whole();
        chat.patience(SHORT).send(&server)
    };
    assert_eq!(whole("truncate=after:1").end, End::Cut);
    assert_eq!(whole("reset=after:1").end, End::Reset);
    assert_eq!(whole("stall=after:1").end, End::Silent);
    assert_eq!(whole("midstream").status, 400);
    assert_eq!(
        whole("framing=split").json()["choices"][0]["finish_reason"],
        "stop"
    );

    let key = format!("Authorization: Bearer {}", FakeServer::KEY);
    let list = || get(&server, "/compatible-mode/v1/models", &[&key]);
    server.queue_models_script("error=403-workspace".parse().unwrap());
    server.queue_models_script("redirect=https://portal.example/".parse().unwrap());
    server.queue_models_script("html".parse().unwrap());
    assert_eq!(list().status, 403);
    assert_eq!(list().status, 302);
    assert_eq!(
        list().header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(list().status, 200);
}
