//! The many shapes a healthy answer takes, and answers that are none.

use dashscope::chat::{Decoder, Output};
use dashscope::{ErrorKind, Event, FinishReason, Protocol, Retry, Source};

use crate::decode::{
    DONE, compatible, content, delta, events_of, failure, finish, head, native, reason, text,
};

#[test]
fn a_long_reply_ends_at_its_limit() {
    let piece = content(&"x".repeat(512 * 1024));
    let head = head(200, "text/event-stream");
    let mut decoder = Decoder::new(Protocol::Compatible, Output::Incremental, head);
    let mut pieces = 0;
    while !decoder.is_over() && pieces < 100 {
        decoder.push(piece.as_bytes());
        pieces += 1;
    }
    let events: Vec<Event> = std::iter::from_fn(|| decoder.next_event()).collect();
    assert_eq!(text(&events).len(), 8 * 1024 * 1024);
    assert_eq!(failure(&events).kind(), &ErrorKind::TooLarge);
}

#[test]
fn the_cost_of_an_event_does_not_grow_with_the_reply() {
    // 4 MiB in one event of many lines, and a comment flood: quadratic work would take minutes.
    let line = format!("data: {}\n", " ".repeat(1000));
    let mut body = line.repeat(4000);
    body.push_str("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n");
    body.push_str(&": keep-alive\n\n".repeat(100_000));
    body.push_str(DONE);
    let started = std::time::Instant::now();
    let pieces: Vec<&[u8]> = body.as_bytes().chunks(100).collect();
    let head = head(200, "text/event-stream");
    let events = events_of(Protocol::Compatible, Output::Incremental, head, &pieces);
    assert_eq!(text(&events), "a");
    assert!(
        started.elapsed().as_secs() < 20,
        "took {:?}",
        started.elapsed()
    );
}

#[test]
fn w_20_pages_and_other_texts_are_no_answer() {
    let page = "<!doctype html><html><head><title>Sign in\n to <b>Cafe</b></title></head></html>";
    for content_type in [
        "text/html; charset=utf-8",
        "text/event-stream",
        "application/json",
    ] {
        let head = head(200, content_type);
        let events = events_of(
            Protocol::Compatible,
            Output::Incremental,
            head,
            &[page.as_bytes()],
        );
        assert_eq!(
            failure(&events).kind(),
            &ErrorKind::UnexpectedContent,
            "{content_type}"
        );
        assert_eq!(failure(&events).message(), Some("Sign in to <b>Cafe</b>"));
    }
    let words = compatible("upstream says: all is well\n");
    assert_eq!(failure(&words).kind(), &ErrorKind::UnexpectedContent);
}

#[test]
fn answers_that_were_not_streamed_decode_too() {
    let json = |protocol, body: &str| {
        let head = head(200, "application/json");
        events_of(protocol, Output::Incremental, head, &[body.as_bytes()])
    };
    let whole = json(
        Protocol::Compatible,
        r#"{"choices":[{"message":{"content":"2","reasoning_content":"hm"},"finish_reason":"stop","index":0}],"usage":{"total_tokens":3},"model":"qwen-plus","id":"chatcmpl-r9"}"#,
    );
    let expected = Event::Started {
        request_id: Some("r9".to_owned()),
        model: Some("qwen-plus".to_owned()),
    };
    assert_eq!(whole.first(), Some(&expected));
    assert_eq!(text(&whole), "2");
    assert_eq!(reason(&whole), &FinishReason::Stop);
    let native = json(
        Protocol::Native,
        r#"{"output":{"choices":[{"finish_reason":"stop","message":{"content":[{"text":"2"}]}}]},"request_id":"r"}"#,
    );
    assert_eq!(text(&native), "2");
    for empty in ["", " \n", "{}", r#"{"output":{}}"#] {
        let events = json(Protocol::Native, empty);
        assert_eq!(
            failure(&events).kind(),
            &ErrorKind::EmptyAnswer,
            "{empty:?}"
        );
        assert!(matches!(failure(&events).retry(), Retry::Wait(_)));
    }
    let business = json(
        Protocol::Native,
        r#"{"code":"Arrearage","message":"x","output":null}"#,
    );
    assert_eq!(failure(&business).kind(), &ErrorKind::Arrears);
    let other = json(Protocol::Compatible, r#"{"hello":"world"}"#);
    assert_eq!(failure(&other).kind(), &ErrorKind::UnexpectedContent);
    let cut = json(
        Protocol::Compatible,
        r#"{"choices":[{"message":{"content":"2"#,
    );
    assert_eq!(failure(&cut).kind(), &ErrorKind::UnexpectedContent);
}

#[test]
fn separators_may_be_missing() {
    let frame = |id: u32, words: &str, reason: &str| {
        format!(
            "id:{id}\nevent:result\n:HTTP_STATUS/200\ndata:{{\"output\":{{\"choices\":[{{\"message\":{{\"content\":\"{words}\"}},\"finish_reason\":\"{reason}\"}}]}}}}\n"
        )
    };
    let body = frame(1, "a", "null") + &frame(2, "b", "null") + &frame(3, "c", "stop");
    let events = native(body.trim_end());
    assert_eq!(text(&events), "abc");
    assert_eq!(reason(&events), &FinishReason::Stop);
    let failed = body
        + "event:error\n:HTTP_STATUS/429\ndata:{\"code\":\"Throttling.RateQuota\",\"message\":\"m\"}";
    let failed = native(&failed);
    assert_eq!(text(&failed), "abc");
    assert_eq!(failure(&failed).status(), Some(429));
    let compatible = compatible(&(content("a") + &content("b") + DONE).replace("\n\n", "\n"));
    assert_eq!(text(&compatible), "ab");
}

#[test]
fn cumulative_frames_are_told_once() {
    let frame = |words: &str, reason: &str| {
        format!(
            "data:{{\"output\":{{\"choices\":[{{\"message\":{{\"content\":\"{words}\",\"reasoning_content\":\"{words}\"}},\"finish_reason\":\"{reason}\"}}]}}}}\n\n"
        )
    };
    let body = frame("你", "null")
        + &frame("你好", "null")
        + &frame("你好！", "null")
        + &frame("你好！", "stop");
    for output in [Output::Cumulative, Output::Detect] {
        let head = head(200, "text/event-stream");
        let events = events_of(Protocol::Native, output, head, &[body.as_bytes()]);
        assert_eq!(text(&events), "你好！", "{output:?}");
    }
    let chunk = |words: &str| {
        format!(
            "data: {{\"model\":\"qwen-mt-plus\",\"choices\":[{{\"delta\":{{\"content\":\"{words}\"}}}}]}}\n\n"
        )
    };
    let translation = compatible(&(chunk("I") + &chunk("I am") + &chunk("I am here") + DONE));
    assert_eq!(text(&translation), "I am here");
}

#[test]
fn sources_survive_the_empty_lists_after_them() {
    let frame = |info: &str, reason: &str| {
        format!(
            "data:{{\"output\":{{\"choices\":[{{\"message\":{{\"content\":\"a\"}},\"finish_reason\":\"{reason}\"}}],\"search_info\":{info}}}}}\n\n"
        )
    };
    let list = r#"{"search_results":[{"index":1,"title":"T","url":"https://a.example/","icon":"","site_name":"无"},{"url":"https://b.example/"}],"extra_tool_info":[]}"#;
    let empty = r#"{"search_results":[],"extra_tool_info":[]}"#;
    let body =
        frame(empty, "null") + &frame(list, "null") + &frame(list, "null") + &frame(empty, "stop");
    let told: Vec<Vec<Source>> = native(&body)
        .into_iter()
        .filter_map(|event| {
            let Event::Sources(sources) = event else {
                return None;
            };
            Some(sources)
        })
        .collect();
    let source = |index, title: &str, url: &str| Source {
        index,
        title: title.to_owned(),
        url: url.to_owned(),
    };
    assert_eq!(
        told,
        [[
            source(1, "T", "https://a.example/"),
            source(2, "", "https://b.example/")
        ]]
    );
}

#[test]
fn content_may_be_a_list_and_keep_alives_are_no_events() {
    let body = ": ping\n\n".to_owned()
        + &delta(r#"{"content":[{"type":"text","text":"a"},{"type":"image_url"},{"text":"b"}]}"#)
        + ":\n\nretry: 10\n\ndata:\n\ndata: \n\n"
        + &delta(r#"{"content":[]}"#)
        + &finish("stop");
    let events = compatible(&body);
    assert_eq!(text(&events), "ab");
    assert_eq!(events.len(), 3, "started, text, finished: {events:?}");
}

#[test]
fn abnormal_reasons_are_not_passed_off_as_success() {
    let filtered = compatible(&(content("a") + &finish("content_filter") + DONE));
    assert_eq!(failure(&filtered).kind(), &ErrorKind::ContentRejected);
    let other = compatible(&(content("a") + &finish("engine_overload") + DONE));
    assert!(!reason(&other).is_normal());
    assert_eq!(reason(&other).as_str(), "engine_overload");
}

#[test]
fn a_stream_without_frames_is_an_empty_answer() {
    for body in ["", ": ping\n\n", "data: [DONE]\n\n", "\n\n\n", "id:1\n\n"] {
        assert_eq!(
            failure(&compatible(body)).kind(),
            &ErrorKind::EmptyAnswer,
            "{body:?}"
        );
    }
}
