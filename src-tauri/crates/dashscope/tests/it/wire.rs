//! Streams as servers should not send them, and what becomes of the reply.

use dashscope::chat::{Decoder, Output};
use dashscope::{ErrorKind, Event, FinishReason, Protocol, Retry};

use crate::decode::{
    DONE, compatible, content, delta, events_of, failure, finish, head, native, reason, text,
};

#[test]
fn w_02_characters_split_across_chunks_arrive_whole() {
    let body = format!("{}{}{DONE}", content("汉字 👋🏽 é 汉"), finish("stop"));
    let bytes: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
    let head = head(200, "text/event-stream");
    let events = events_of(Protocol::Compatible, Output::Incremental, head, &bytes);
    assert_eq!(text(&events), "汉字 👋🏽 é 汉");
}

#[test]
fn w_03_line_ends_may_be_mixed() {
    let chunk = r#"{"choices":[{"delta":{"content":"a"}}]}"#;
    let body = format!(
        "data: {chunk}\r\rdata: {chunk}\n\ndata: {chunk}\r\n\r\ndata: {chunk}\r\n\n{}{DONE}",
        finish("stop")
    );
    for size in [1, 2, 3, 7, body.len()] {
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(size).collect();
        let head = head(200, "text/event-stream");
        let events = events_of(Protocol::Compatible, Output::Incremental, head, &pieces);
        assert_eq!(text(&events), "aaaa", "in pieces of {size}");
        assert_eq!(reason(&events), &FinishReason::Stop);
    }
}

#[test]
fn w_04_byte_order_mark_missing_spaces_and_several_data_lines() {
    let body = "\u{feff}data:{\"choices\":[{\"delta\":\n: a comment between\ndata: {\"content\":\"one\ndata: two\"}}]}\n\ndata:[DONE]\n\n";
    let events = compatible(body);
    assert_eq!(
        text(&events),
        "one\ntwo",
        "data lines join with a newline, also inside a string"
    );
    assert_eq!(reason(&events), &FinishReason::Unknown(String::new()));
}

#[test]
fn w_06_an_error_in_a_stream_keeps_the_text_before_it() {
    let mut body: String = (0..100).map(|_| content("x")).collect();
    body.push_str("event: error\ndata: {\"error\":{\"code\":\"internal_error\",\"message\":\"internal error\"},\"request_id\":\"r2\"}\n\n");
    let events = compatible(&body);
    assert_eq!(text(&events).len(), 100);
    let error = failure(&events);
    assert_eq!(error.kind(), &ErrorKind::ServerFault);
    assert_eq!(error.code(), Some("internal_error"));
    assert_eq!(error.request_id(), Some("r2"));
}

#[test]
fn w_06_an_error_finish_is_no_answer() {
    let chunk = |words: &str| {
        let words = serde_json::to_string(words).unwrap();
        format!(
            "data: {{\"id\":\"chatcmpl-r1\",\"choices\":[{{\"delta\":{{\"content\":{words}}},\"finish_reason\":\"error_finish\"}}]}}\n\n"
        )
    };
    let plain = compatible(&(content("Part") + &chunk("Throttling: TPM(10680324/10000000)")));
    assert_eq!(
        text(&plain),
        "Part",
        "the error's words are not the answer's"
    );
    assert_eq!(failure(&plain).kind(), &ErrorKind::TokensPerMinute);
    assert_eq!(failure(&plain).request_id(), Some("r1"));
    let nested = compatible(&chunk(
        r#"{"error":{"code":"429","message":"Too many requests"}}"#,
    ));
    assert_eq!(failure(&nested).kind(), &ErrorKind::RateLimited);
    assert_eq!(failure(&nested).status(), Some(429));
    assert!(matches!(failure(&nested).retry(), Retry::Wait(_)));
}

#[test]
fn w_07_clean_eof_without_end_signal_is_interrupted() {
    let events = compatible(&(content("half a") + &content(" sentence")));
    assert_eq!(text(&events), "half a sentence");
    assert_eq!(failure(&events).kind(), &ErrorKind::Interrupted);
    assert_eq!(failure(&events).request_id(), Some("r1"));
    let frame =
        r#"data:{"output":{"choices":[{"message":{"content":"x"},"finish_reason":"null"}]}}"#;
    assert_eq!(
        failure(&native(frame)).kind(),
        &ErrorKind::Interrupted,
        "\"null\" is no reason"
    );
}

#[test]
fn w_08_either_end_signal_suffices() {
    let without_done = compatible(&(content("a") + &finish("length")));
    assert_eq!(reason(&without_done), &FinishReason::Length);
    let without_reason = compatible(&(content("a") + DONE));
    assert_eq!(
        reason(&without_reason),
        &FinishReason::Unknown(String::new())
    );
    assert_eq!(reason(&without_reason).as_str(), "unknown");
}

#[test]
fn w_09_data_after_the_end_mark_is_ignored() {
    let body = content("a") + &finish("stop") + DONE + &content("b") + "data: {oops\n\n";
    let events = compatible(&body);
    assert_eq!(text(&events), "a");
    assert_eq!(reason(&events), &FinishReason::Stop);
    let mut decoder = Decoder::new(
        Protocol::Compatible,
        Output::Incremental,
        head(200, "text/event-stream"),
    );
    decoder.push((content("a") + DONE).as_bytes());
    assert!(
        decoder.is_over(),
        "the end mark ends the reply before the connection does"
    );
}

#[test]
fn w_10_usage_without_choices_is_recorded() {
    let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n";
    let events = compatible(&(content("a") + &finish("stop") + usage + DONE));
    let Some(Event::Usage(usage)) = events.iter().rev().nth(1) else {
        panic!("no usage before the end: {events:?}");
    };
    assert_eq!((usage.input_tokens, usage.total_tokens), (Some(3), Some(7)));
}

#[test]
fn w_10_the_last_usage_that_says_anything_wins() {
    let frame = |usage: &str, reason: &str| {
        format!(
            "data:{{\"output\":{{\"text\":\"a\",\"finish_reason\":\"{reason}\"}},\"usage\":{usage}}}\n\n"
        )
    };
    let body = frame("{}", "null")
        + &frame("{\"output_tokens\":1}", "null")
        + &frame("{\"output_tokens\":2}", "null")
        + &frame("{}", "null")
        + &frame("null", "stop");
    let usages: Vec<_> = native(&body)
        .into_iter()
        .filter_map(|event| {
            let Event::Usage(usage) = event else {
                return None;
            };
            usage.output_tokens
        })
        .collect();
    assert_eq!(usages, [2], "told once");
}

#[test]
fn w_11_missing_deltas_unknown_fields_and_extra_choices_are_ignored() {
    let odd = [
        r#"{"choices":[{"delta":null}]}"#,
        r#"{"choices":[{}]}"#,
        r#"{"choices":[null]}"#,
        r#"{"choices":null,"usage":null}"#,
        r#"{"type":"ping"}"#,
        r#"{"choices":[{"delta":{"new_field":[1]},"other":{}}],"x":1}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"second choice"}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"yes"}},{"index":1,"delta":{"content":"no"}}]}"#,
    ];
    let body = format!("data: {}\n\n", odd.join("\n\ndata: "));
    let events = compatible(&(body + &finish("stop") + DONE));
    assert_eq!(text(&events), "yes");
    assert_eq!(reason(&events), &FinishReason::Stop);
}

#[test]
fn w_12_thinking_and_text_keep_their_order() {
    let body = delta(r#"{"content":null,"reasoning_content":"a"}"#)
        + &delta(r#"{"content":"1","reasoning_content":null}"#)
        + &delta(r#"{"content":"2","reasoning_content":"b"}"#)
        + &delta(r#"{"content":"","reasoning_content":""}"#)
        + DONE;
    let lanes: Vec<Event> = compatible(&body)
        .into_iter()
        .filter(|event| matches!(event, Event::Text(_) | Event::Thinking(_)))
        .collect();
    let expected = [
        Event::Thinking("a".to_owned()),
        Event::Text("1".to_owned()),
        Event::Thinking("b".to_owned()),
        Event::Text("2".to_owned()),
    ];
    assert_eq!(lanes, expected);
}

#[test]
fn w_13_one_bad_event_is_skipped_and_the_second_ends_the_reply() {
    let bad = "data: {\"choices\":[{\"delta\":{\"content\":\"\n\n";
    let once = compatible(&(content("a") + bad + &content("b") + &finish("stop") + DONE));
    assert_eq!(text(&once), "ab");
    assert_eq!(reason(&once), &FinishReason::Stop);
    let twice = compatible(&(content("a") + bad + &content("b") + bad + &content("c") + DONE));
    assert_eq!(text(&twice), "ab", "the partial text is kept");
    assert_eq!(failure(&twice).kind(), &ErrorKind::ProtocolViolation);
}

#[test]
fn w_14_wrong_types_are_typed_errors() {
    let wrong = [
        r#"{"choices":[{"delta":{"content":7}}]}"#,
        r#"{"choices":[{"delta":{"content":true}}]}"#,
        r#"{"choices":[{"delta":{"content":{"a":1}}}]}"#,
        r#"{"choices":[{"delta":{"content":[[1]]}}]}"#,
        r#"{"choices":[{"delta":{"reasoning_content":1.5}}]}"#,
        r#"{"choices":[{"delta":"text"}]}"#,
        r#"{"choices":[{"delta":{},"finish_reason":0}]}"#,
        r#"{"choices":"none"}"#,
        r#"{"choices":[7]}"#,
        r#"{"choices":[{"delta":{"tool_calls":{"a":1}}}]}"#,
        r#"{"choices":[{"delta":{"tool_calls":[{"function":{"name":[]}}]}}]}"#,
    ];
    for chunk in wrong {
        let events = compatible(&(content("kept") + &format!("data: {chunk}\n\n") + DONE));
        assert_eq!(text(&events), "kept", "{chunk}");
        assert_eq!(
            failure(&events).kind(),
            &ErrorKind::ProtocolViolation,
            "{chunk}"
        );
    }
    for frame in [
        r#"{"output":7}"#,
        r#"{"output":{"text":7}}"#,
        r#"{"output":{"choices":[7]}}"#,
        r#"{"output":{"choices":[{"message":{"content":false}}]}}"#,
    ] {
        let events = native(&format!("data:{frame}\n\n"));
        assert_eq!(
            failure(&events).kind(),
            &ErrorKind::ProtocolViolation,
            "{frame}"
        );
    }
    for harmless in [
        r#"{"id":7,"model":[],"usage":"none","choices":[{"index":"x","delta":{"content":"a"}}]}"#,
        r#"{"error":null,"choices":[{"delta":{"content":"a"}}]}"#,
    ] {
        assert_eq!(
            text(&compatible(&format!("data: {harmless}\n\n{DONE}"))),
            "a",
            "{harmless}"
        );
    }
}

#[test]
fn w_15_strange_characters_arrive_or_are_replaced() {
    let body = delta(r#"{"content":"a\u0000b\ud800c\u200b󠁁\u001b[31m"}"#) + &finish("stop");
    let events = compatible(&body);
    assert_eq!(text(&events), "a\u{0}b\u{fffd}c\u{200b}\u{e0041}\u{1b}[31m");
    let mut bytes = b"data: {\"choices\":[{\"delta\":{\"content\":\"a\xff\xfe\xe6\xb1b\"},\"finish_reason\":\"stop\"}]}\n\n".to_vec();
    for pieces in [vec![bytes.as_slice()], bytes.chunks(1).collect()] {
        let head = head(200, "text/event-stream");
        let events = events_of(Protocol::Compatible, Output::Incremental, head, &pieces);
        assert_eq!(
            text(&events),
            "a\u{fffd}\u{fffd}\u{fffd}b",
            "invalid bytes are replaced only"
        );
    }
    bytes.truncate(20);
    let head = head(200, "text/event-stream");
    let events = events_of(Protocol::Compatible, Output::Incremental, head, &[&bytes]);
    assert_eq!(failure(&events).kind(), &ErrorKind::ProtocolViolation);
}

#[test]
fn w_16_long_lines_and_events_end_at_the_limit() {
    let kilobytes = vec![b'x'; 16 * 1024];
    let pushed = |start: &str, each: &dyn Fn(&mut Decoder), most: usize| {
        let head = head(200, "text/event-stream");
        let mut decoder = Decoder::new(Protocol::Compatible, Output::Incremental, head);
        decoder.push(content("kept").as_bytes());
        decoder.push(start.as_bytes());
        let mut pushes = 0;
        while !decoder.is_over() && pushes < most {
            each(&mut decoder);
            pushes += 1;
        }
        let events: Vec<Event> = std::iter::from_fn(|| decoder.next_event()).collect();
        assert_eq!(text(&events), "kept");
        assert_eq!(failure(&events).kind(), &ErrorKind::TooLarge);
        pushes
    };
    let line = pushed("data: \"", &|decoder| decoder.push(&kilobytes), 10_000);
    assert!(
        (64..=65).contains(&line),
        "a line of 1 MiB, not {line} times 16 KiB"
    );
    let event = |decoder: &mut Decoder| {
        decoder.push(b"data: ");
        decoder.push(&kilobytes);
        decoder.push(b"\n");
    };
    let event = pushed("", &event, 10_000);
    assert!(
        (256..=257).contains(&event),
        "an event of 4 MiB, not {event} times 16 KiB"
    );
    let comment = pushed(": ", &|decoder| decoder.push(&kilobytes), 10_000);
    assert!((64..=65).contains(&comment), "comments are lines too");
}
