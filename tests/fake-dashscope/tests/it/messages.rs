//! What the server refuses of messages and envelopes, as the service does.

use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};

use crate::refused::{assert_refused, refusal};
use crate::wire::{Chat, TEXT};

fn server() -> FakeServer {
    FakeServer::start(Options::default())
}

/// A chat without a stream, whose answer takes no time.
fn compatible() -> Chat {
    Chat::compatible("/fake flood").whole()
}

fn native() -> Chat {
    Chat::native("/fake flood").whole()
}

/// A user turn, an assistant turn that calls a tool, and the results of two tools.
fn turns() -> [Value; 4] {
    let call =
        json!([{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]);
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "sunny"});
    [
        json!({"role": "user", "content": "/fake flood"}),
        json!({"role": "assistant", "content": "", "tool_calls": call}),
        result("call_1"),
        result("call_2"),
    ]
}

#[test]
fn broken_orders_of_messages() {
    let server = server();
    let [user, calling, first, second] = turns();
    let rows = [
        (json!([]), "[] is too short"),
        (
            json!([{"role": "developer", "content": "x"}, user]),
            "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[0].role'",
        ),
        (
            json!([{"role": "system", "content": "x"}]),
            "do not contain elements with the role of user",
        ),
        (
            json!([{"role": "user"}]),
            "content field is a required field",
        ),
        (
            json!([{"role": "user", "content": ""}]),
            "Content length must be greater than 0",
        ),
        (
            json!([user, {"role": "assistant", "content": "x"}]),
            "list index out of range",
        ),
        (
            json!([user, first]),
            "must be a response to a preceding message",
        ),
        (
            json!([user, calling, second]),
            "must be a response to a preceding message",
        ),
        (
            json!([user, calling, user, first]),
            "must be a response to a preceding message",
        ),
    ];
    for (messages, message) in rows {
        let answer = compatible()
            .with("messages", messages.clone())
            .send(&server);
        assert!(answer.status >= 400, "{messages}");
        assert!(
            refusal(&answer).2.contains(message),
            "{messages}: {}",
            answer.text()
        );
    }
}

#[test]
fn orders_of_messages_that_are_fine() {
    let server = server();
    let [user, calling, first, _] = turns();
    let fine = [
        json!([{"role": "system", "content": "x"}, user]),
        json!([user, calling, first]),
        json!([user, {"role": "assistant", "content": "be", "partial": true}]),
    ];
    for messages in fine {
        assert_eq!(
            compatible()
                .with("messages", messages.clone())
                .send(&server)
                .status,
            200,
            "{messages}"
        );
    }
}

#[test]
fn media_and_lengths() {
    let server = server();
    let pictured = |model: &str, url: &str| {
        let content = json!([{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "/fake flood"}]);
        compatible()
            .with("model", json!(model))
            .with("messages", json!([{"role": "user", "content": content}]))
    };
    let web = "https://example.com/a.png";
    assert_eq!(pictured("qwen-vl-plus", web).send(&server).status, 200);
    let answer = pictured("qwen-max", web).send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "Unexpected item type in content",
    );
    let stored = pictured("qwen-vl-plus", "oss://bucket/a.png");
    assert_refused(
        &stored.send(&server),
        400,
        "invalid_parameter_error",
        "does not appear to be valid",
    );
    assert_eq!(
        stored
            .header("X-DashScope-OssResourceResolve: enable")
            .send(&server)
            .status,
        200
    );
    let large = format!("data:image/png;base64,{}", "A".repeat(10_485_760));
    let answer = pictured("qwen-vl-plus", &large).send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "max bytes per data-uri item : 10485760",
    );
    let long = Chat::compatible(&"word ".repeat(140_000))
        .whole()
        .with("model", json!("qwen2.5-7b-instruct"));
    let (status, _, message) = refusal(&long.send(&server));
    assert_eq!(status, 400);
    assert!(
        message.starts_with("Range of input length should be [1, "),
        "{message}"
    );
}

#[test]
fn broken_envelopes() {
    let server = server();
    let none = Chat::to(TEXT, json!("no object")).send(&server);
    assert_refused(&none, 400, "BadRequest.IllegalInput", "json format");
    let unnamed = compatible().with("model", json!(null)).send(&server);
    assert_refused(
        &unnamed,
        400,
        "invalid_request_error",
        "you must provide a model parameter",
    );
    let bare = native().with("parameters", json!(null)).send(&server);
    assert_refused(&bare, 400, "BadRequest.EmptyParameters", "parameters");
    let empty = native().with("input", json!({})).send(&server);
    assert_refused(
        &empty,
        400,
        "InvalidParameter",
        r#"Either "prompt" or "messages" must exist"#,
    );
    let later = native().header("X-DashScope-Async: enable").send(&server);
    assert_refused(
        &later,
        403,
        "AccessDenied",
        "does not support asynchronous calls",
    );
    let legacy = native()
        .with("input", json!({"prompt": "/fake flood text=old"}))
        .send(&server);
    assert_eq!(
        legacy.json()["output"]["choices"][0]["message"]["content"],
        "old"
    );
}
