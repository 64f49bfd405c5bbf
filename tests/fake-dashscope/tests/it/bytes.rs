//! The layout of streams, byte for byte as recorded from the service.

use fake_dashscope::{FakeServer, Options};
use serde_json::json;

use crate::wire::{Chat, End, MULTIMODAL};

/// A server whose events are not stamped, so that whole bodies can be compared.
fn server() -> FakeServer {
    FakeServer::start(Options {
        stamp_chunks: false,
        ..Options::default()
    })
}

/// A compatible chunk as recorded, around this delta and finish reason.
fn chunk(id: &str, delta: &str, finish: &str) -> String {
    let finish = if finish.is_empty() {
        String::new()
    } else {
        format!(r#","finish_reason":{finish}"#)
    };
    tail(
        id,
        &format!(r#"[{{"delta":{delta},"index":0,"logprobs":null{finish}}}]"#),
        "null",
    )
}

fn tail(id: &str, choices: &str, usage: &str) -> String {
    format!(
        "data: {{\"choices\":{choices},\"object\":\"chat.completion.chunk\",\"usage\":{usage},\"created\":1767683986,\"system_fingerprint\":null,\"model\":\"qwen-plus\",\"id\":\"chatcmpl-{id}\"}}\n\n"
    )
}

/// A native frame as recorded.
fn frame(number: u32, output: &str, usage: &str, id: &str) -> String {
    format!(
        "id:{number}\nevent:result\n:HTTP_STATUS/200\ndata:{{\"output\":{output},\"usage\":{usage},\"request_id\":\"{id}\"}}\n\n"
    )
}

fn choice(message: &str, finish: &str) -> String {
    format!(r#"{{"choices":[{{"message":{message},"finish_reason":"{finish}"}}]}}"#)
}

#[test]
fn a_plain_compatible_stream() {
    let answer = Chat::compatible("/fake flood text=Hello there.").send(&server());
    let id = answer.header("x-request-id").unwrap();
    let expected = [
        chunk(id, r#"{"content":"","role":"assistant"}"#, "null"),
        chunk(id, r#"{"content":"Hello"}"#, "null"),
        chunk(id, r#"{"content":" there."}"#, "null"),
        chunk(id, r#"{"content":""}"#, r#""stop""#),
        tail(
            id,
            "[]",
            r#"{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":0}}"#,
        ),
        String::from("data: [DONE]\n\n"),
    ];
    assert_eq!(answer.text(), expected.concat());
    assert_eq!(answer.end, End::Whole);
}

#[test]
fn usage_comes_only_when_it_is_asked_for() {
    let chat = Chat::compatible("/fake flood text=hi").with("stream_options", json!(null));
    let answer = chat.send(&server());
    assert!(answer.events().iter().all(|event| event["usage"].is_null()));
    assert!(answer.text().ends_with("data: [DONE]\n\n"));
}

#[test]
fn a_thinking_compatible_stream() {
    let chat = Chat::compatible("/fake flood thinking=1 seed=4 text=2");
    let answer = chat.send(&server());
    let id = answer.header("x-request-id").unwrap();
    let thought = answer.events()[1]["choices"][0]["delta"]["reasoning_content"].clone();
    let expected = [
        chunk(
            id,
            r#"{"content":null,"role":"assistant","reasoning_content":""}"#,
            "null",
        ),
        chunk(
            id,
            &format!(r#"{{"content":null,"reasoning_content":{thought}}}"#),
            "null",
        ),
        chunk(id, r#"{"content":"2","reasoning_content":null}"#, "null"),
        chunk(
            id,
            r#"{"content":"","reasoning_content":null}"#,
            r#""stop""#,
        ),
        tail(
            id,
            "[]",
            r#"{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"completion_tokens_details":{"reasoning_tokens":1},"prompt_tokens_details":{"cached_tokens":0}}"#,
        ),
        String::from("data: [DONE]\n\n"),
    ];
    assert_eq!(answer.text(), expected.concat());
}

#[test]
fn a_compatible_tool_call() {
    let answer = Chat::compatible("/fake flood tools=1").send(&server());
    let id = answer.header("x-request-id").unwrap();
    let calls =
        |index: usize| answer.events()[index]["choices"][0]["delta"]["tool_calls"][0].clone();
    let call = calls(0)["id"].as_str().unwrap().to_owned();
    let later = |arguments: &str| {
        format!(
            r#"{{"content":null,"tool_calls":[{{"index":0,"id":"","type":"function","function":{{"arguments":{arguments}}}}}]}}"#
        )
    };
    let expected = [
        chunk(
            id,
            &format!(
                r#"{{"content":null,"role":"assistant","tool_calls":[{{"index":0,"id":"{call}","type":"function","function":{{"name":"get_weather","arguments":""}}}}]}}"#
            ),
            "null",
        ),
        chunk(id, &later(r#""{\"location""#), "null"),
        chunk(id, &later(r#""\":\"Paris\"}""#), "null"),
        // The last fragment has no finish reason at all.
        chunk(id, &later(r#""""#), ""),
        chunk(id, "{}", r#""tool_calls""#),
    ];
    assert!(
        answer.text().starts_with(&expected.concat()),
        "{}",
        answer.text()
    );
    assert!(answer.text().ends_with("data: [DONE]\n\n"));
}

#[test]
fn a_native_message_stream() {
    let answer = Chat::native("/fake flood text=你好，我 👋").send(&server());
    let id = answer.header("x-request-id").unwrap();
    let usage = |output: u32| {
        format!(
            r#"{{"total_tokens":{},"input_tokens":11,"output_tokens":{output}}}"#,
            output + 11
        )
    };
    let expected = [
        frame(
            1,
            &choice(r#"{"content":"你好","role":"assistant"}"#, "null"),
            &usage(1),
            id,
        ),
        frame(
            2,
            &choice(r#"{"content":"，我","role":"assistant"}"#, "null"),
            &usage(2),
            id,
        ),
        frame(
            3,
            &choice(r#"{"content":" ","role":"assistant"}"#, "null"),
            &usage(3),
            id,
        ),
        frame(
            4,
            &choice(r#"{"content":"👋","role":"assistant"}"#, "null"),
            &usage(4),
            id,
        ),
        frame(
            5,
            &choice(r#"{"content":"","role":"assistant"}"#, "stop"),
            &usage(4),
            id,
        ),
    ];
    assert_eq!(answer.text(), expected.concat());
    assert_eq!(answer.end, End::Whole);
}

#[test]
fn a_native_text_stream_and_its_cumulative_twin() {
    let server = server();
    let chat = Chat::native("/fake flood text=Two plus").parameter("result_format", json!("text"));
    let outputs = |chat: &Chat| -> Vec<String> {
        chat.send(&server)
            .events()
            .iter()
            .map(|event| event["output"].to_string())
            .collect()
    };
    let incremental = [
        r#"{"finish_reason":"null","text":"Two"}"#,
        r#"{"finish_reason":"null","text":" plus"}"#,
        r#"{"finish_reason":"stop","text":""}"#,
    ];
    assert_eq!(outputs(&chat), incremental);
    let cumulative = [
        r#"{"finish_reason":"null","text":"Two"}"#,
        r#"{"finish_reason":"null","text":"Two plus"}"#,
        r#"{"finish_reason":"stop","text":"Two plus"}"#,
    ];
    assert_eq!(
        outputs(&chat.parameter("incremental_output", json!(false))),
        cumulative
    );
}

#[test]
fn a_native_thinking_stream() {
    let chat =
        Chat::native("/fake flood thinking=1 text=1+1").parameter("enable_thinking", json!(true));
    let answer = chat.send(&server());
    let events = answer.events();
    let thought = events[0]["output"]["choices"][0]["message"]["reasoning_content"].clone();
    let id = answer.header("x-request-id").unwrap();
    let usage = |output: u32| {
        format!(
            r#"{{"total_tokens":{},"input_tokens":8,"output_tokens":{output},"output_tokens_details":{{"reasoning_tokens":1}}}}"#,
            output + 8
        )
    };
    let message = |content: &str, thought: &str| {
        format!(r#"{{"content":{content},"reasoning_content":{thought},"role":"assistant"}}"#)
    };
    let expected = [
        frame(
            1,
            &choice(&message(r#""""#, &thought.to_string()), "null"),
            &usage(1),
            id,
        ),
        frame(
            2,
            &choice(&message(r#""1+1""#, r#""""#), "null"),
            &usage(2),
            id,
        ),
        frame(
            3,
            &choice(&message(r#""""#, r#""""#), "stop"),
            &usage(2),
            id,
        ),
    ];
    assert_eq!(answer.text(), expected.concat());
}

#[test]
fn a_native_multimodal_stream() {
    let content =
        json!([{"image": "https://example.com/a.png"}, {"text": "/fake flood text=A beach"}]);
    let body = json!({
        "model": "qwen-vl-plus",
        "input": {"messages": [{"role": "user", "content": content}]},
        "parameters": {"incremental_output": true},
    });
    let answer = Chat::to(MULTIMODAL, body)
        .header("Accept: text/event-stream")
        .send(&server());
    let id = answer.header("x-request-id").unwrap();
    // No total, as recorded from models that see.
    let usage = |output: u32| {
        format!(r#"{{"input_tokens":1255,"output_tokens":{output},"image_tokens":1247}}"#)
    };
    let expected = [
        frame(
            1,
            &choice(r#"{"content":[{"text":"A"}],"role":"assistant"}"#, "null"),
            &usage(1),
            id,
        ),
        frame(
            2,
            &choice(
                r#"{"content":[{"text":" beach"}],"role":"assistant"}"#,
                "null",
            ),
            &usage(2),
            id,
        ),
        frame(
            3,
            &choice(r#"{"content":[],"role":"assistant"}"#, "stop"),
            &usage(2),
            id,
        ),
    ];
    assert_eq!(answer.text(), expected.concat());
}

#[test]
fn native_tool_calls_end_on_their_last_fragment() {
    let answer = Chat::native("/fake flood tools=2").send(&server());
    let events = answer.events();
    assert_eq!(events.len(), 8);
    let finishes: Vec<&str> = events
        .iter()
        .map(|event| {
            event["output"]["choices"][0]["finish_reason"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(finishes.last(), Some(&"tool_calls"));
    assert!(finishes[..7].iter().all(|finish| *finish == "null"));

    let together = Chat::native("/fake flood tools=2 together")
        .send(&server())
        .events();
    let calls = together[0]["output"]["choices"][0]["message"]["tool_calls"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1]["function"]["arguments"], r#"{"location":"杭州"}"#);

    let growing = Chat::native("/fake flood tools=2").parameter("incremental_output", json!(false));
    let last = growing.send(&server()).events().last().unwrap().clone();
    let calls = &last["output"]["choices"][0]["message"]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"], r#"{"location":"Paris"}"#);
    assert_eq!(calls[1]["function"]["arguments"], r#"{"location":"杭州"}"#);
}

#[test]
fn search_results_come_once_and_empty_lists_follow() {
    let server = server();
    let results = |chat: Chat| -> Vec<Option<usize>> {
        let events = chat.send(&server).events();
        let infos = events
            .iter()
            .map(|event| event["output"]["search_info"]["search_results"].as_array());
        infos.map(|results| results.map(Vec::len)).collect()
    };
    let middle = results(Chat::native("/fake flood sources text=a b c d"));
    assert_eq!(middle, [None, None, Some(3), Some(0), Some(0)]);
    let options = json!({"enable_source": true, "prepend_search_result": true});
    let asked = Chat::native("/fake flood text=a").parameter("enable_search", json!(true));
    let first = results(asked.parameter("search_options", options));
    assert_eq!(first, [Some(3), Some(0), Some(0)]);
    let compatible = Chat::compatible("/fake flood sources text=a").send(&server);
    assert!(
        !compatible.text().contains("search_info"),
        "the compatible protocol has no sources"
    );
}

#[test]
fn answers_without_a_stream() {
    let server = server();
    let compatible = Chat::compatible("/fake flood thinking=1 seed=4 text=2 here")
        .whole()
        .send(&server);
    let body = compatible.json();
    let id = compatible.header("x-request-id").unwrap();
    let thought = &body["choices"][0]["message"]["reasoning_content"];
    let expected = json!({
        "choices": [{
            "message": {"role": "assistant", "content": "2 here", "reasoning_content": thought},
            "finish_reason": "stop", "index": 0, "logprobs": null,
        }],
        "object": "chat.completion",
        "usage": {
            "prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13,
            "completion_tokens_details": {"reasoning_tokens": 1},
            "prompt_tokens_details": {"cached_tokens": 0},
        },
        "created": 1_767_683_986, "system_fingerprint": null, "model": "qwen-plus",
        "id": format!("chatcmpl-{id}"),
    });
    assert_eq!(body, expected);
    assert!(thought.is_string());

    let native = Chat::native("/fake flood tools=1")
        .whole()
        .send(&server)
        .json();
    let message = &native["output"]["choices"][0]["message"];
    assert_eq!(
        message["tool_calls"][0]["function"]["arguments"],
        r#"{"location":"Paris"}"#
    );
    assert_eq!(
        native["output"]["choices"][0]["finish_reason"],
        "tool_calls"
    );
}
