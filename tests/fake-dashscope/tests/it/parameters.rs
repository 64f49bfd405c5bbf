//! What the server refuses of parameters, models and paths, as the service does.

use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};

use crate::refused::{assert_refused, refusal};
use crate::wire::{Chat, MULTIMODAL, TEXT};

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

#[test]
fn ranges_of_both_protocols() {
    let server = server();
    let refused = [
        (
            "temperature",
            json!(2.0),
            "temperature should be in [0.0, 2.0)",
        ),
        (
            "temperature",
            json!("warm"),
            "temperature should be in [0.0, 2.0)",
        ),
        (
            "temperature",
            json!(-0.1),
            "temperature should be in [0.0, 2.0)",
        ),
        ("top_p", json!(0), "top_p should be (0.0, 1.0]"),
        ("top_p", json!(1.1), "top_p should be (0.0, 1.0]"),
        ("top_k", json!(-1), "top_k be greater"),
        ("repetition_penalty", json!(0), "Repetition_penalty"),
        ("presence_penalty", json!(2.5), "Presence_penalty"),
        ("n", json!(5), "Range of n"),
        (
            "max_tokens",
            json!(0),
            "Range of max_tokens should be [1, 32768]",
        ),
        (
            "max_tokens",
            json!(99_999_999),
            "Range of max_tokens should be [1, 32768]",
        ),
        (
            "thinking_budget",
            json!(0),
            "thinking_budget parameter must be a positive integer",
        ),
        (
            "reasoning_effort",
            json!("heroic"),
            "'reasoning_effort' must be one of",
        ),
        ("tool_choice", json!("required"), r#"["none", "auto"]"#),
        ("tools", json!([]), "[] is too short - 'tools'"),
    ];
    for (name, value, message) in refused {
        let answer = compatible().with(name, value.clone()).send(&server);
        assert_refused(&answer, 400, "invalid_parameter_error", message);
        let answer = native().parameter(name, value).send(&server);
        assert_refused(&answer, 400, "InvalidParameter", message);
    }
}

#[test]
fn the_ends_of_the_ranges_are_inside() {
    let server = server();
    let allowed = [
        ("temperature", json!(1.99)),
        ("temperature", json!(0)),
        ("top_p", json!(1)),
        ("top_k", json!(null)),
        ("n", json!(4)),
        ("seed", json!(2_147_483_647)),
        ("presence_penalty", json!(-2)),
        ("tool_choice", json!("auto")),
    ];
    for (name, value) in allowed {
        assert_eq!(
            compatible().with(name, value.clone()).send(&server).status,
            200,
            "{name}"
        );
        assert_eq!(
            native().parameter(name, value).send(&server).status,
            200,
            "{name}"
        );
    }
}

#[test]
fn the_seed_has_another_end_in_each_protocol() {
    let server = server();
    let large = json!(2_147_483_648_u64);
    let answer = compatible().with("seed", large.clone()).send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "lesser than the minimum of 0 - 'seed'",
    );
    assert_eq!(native().parameter("seed", large).send(&server).status, 200);
    let answer = native().parameter("seed", json!(-1)).send(&server);
    assert_refused(&answer, 400, "InvalidParameter", "Range of seed");
}

#[test]
fn a_refused_stream_has_its_own_shapes() {
    let server = server();
    let compatible = Chat::compatible("hi")
        .with("temperature", json!(2))
        .send(&server);
    assert_eq!(compatible.status, 400);
    assert!(
        compatible
            .text()
            .starts_with("data: {\"error\":{\"code\":\"invalid_parameter_error\"")
    );

    let native = Chat::native("hi")
        .parameter("temperature", json!(2))
        .send(&server);
    assert_eq!(native.status, 200);
    let id = native.header("x-request-id").unwrap();
    let expected = format!(
        "id:1\nevent:error\n:HTTP_STATUS/400\ndata:{{\"code\":\"InvalidParameter\",\"message\":\"temperature should be in [0.0, 2.0)\",\"request_id\":\"{id}\"}}\n\n"
    );
    assert_eq!(native.text(), expected);
}

#[test]
fn each_model_answers_on_its_own_native_path() {
    let server = server();
    let ask = |path: &'static str, model: &str, content: Value| {
        let messages = json!([{"role": "user", "content": content}]);
        let body = json!({"model": model, "input": {"messages": messages}, "parameters": {}});
        Chat::to(path, body).send(&server)
    };
    let parts = json!([{"text": "/fake flood"}]);
    assert_eq!(ask(MULTIMODAL, "qwen3.5-plus", parts.clone()).status, 200);
    assert_eq!(ask(TEXT, "qwen-plus", json!("/fake flood")).status, 200);
    let wrong = ask(TEXT, "qwen3.5-plus", json!("/fake flood"));
    assert_refused(
        &wrong,
        400,
        "InvalidParameter",
        "url error, please check url",
    );
    let wrong = ask(MULTIMODAL, "qwen-plus", parts.clone());
    assert_refused(
        &wrong,
        400,
        "InvalidParameter",
        "url error, please check url",
    );
    let listed = ask(TEXT, "qwen-plus", parts);
    assert_refused(
        &listed,
        400,
        "InvalidParameter",
        "input content must be a string",
    );
}

#[test]
fn unknown_models_are_not_found() {
    let server = server();
    let answer = compatible().with("model", json!("qwen-plum")).send(&server);
    assert_refused(
        &answer,
        404,
        "model_not_found",
        "The model qwen-plum does not exist",
    );
    let answer = native().with("model", json!("Qwen-Plus")).send(&server);
    assert_refused(&answer, 404, "ModelNotFound", "Model can not be found");
}

#[test]
fn thinking_against_streaming() {
    let server = server();
    // model, enable_thinking, stream, message of the refusal
    let rows: [(&str, Option<bool>, bool, Option<&str>); 12] = [
        ("qwen-plus", None, false, None),
        ("qwen-plus", Some(true), true, None),
        ("qwen-plus", Some(true), false, None),
        (
            "qwen3-32b",
            None,
            false,
            Some("must be set to false for non-streaming calls"),
        ),
        (
            "qwen3-32b",
            Some(true),
            false,
            Some("must be set to false for non-streaming calls"),
        ),
        ("qwen3-32b", Some(false), false, None),
        ("qwen3-32b", Some(true), true, None),
        (
            "qwen-max",
            Some(true),
            true,
            Some("does not support enable_thinking"),
        ),
        (
            "qwen-max",
            Some(false),
            false,
            Some("does not support enable_thinking"),
        ),
        ("qwq-plus", Some(false), true, Some("restricted to True")),
        ("qwq-plus", None, false, Some("only support stream mode")),
        ("qwq-plus", None, true, None),
    ];
    for (model, thinking, stream, refused) in rows {
        let chat = if stream {
            Chat::compatible("/fake flood")
        } else {
            compatible()
        };
        let answer = chat
            .with("model", json!(model))
            .with("enable_thinking", json!(thinking))
            .send(&server);
        match refused {
            Some(message) => assert!(refusal(&answer).2.contains(message), "{model} {thinking:?}"),
            None => assert_eq!(answer.status, 200, "{model} {thinking:?} {}", answer.text()),
        }
    }
}

#[test]
fn thinking_is_off_on_or_forced_by_model_and_request() {
    let server = server();
    let thinks = |model: &str, thinking: Option<bool>| {
        let chat = Chat::compatible("/fake flood text=a").with("model", json!(model));
        let events = chat
            .with("enable_thinking", json!(thinking))
            .send(&server)
            .events();
        events
            .iter()
            .any(|event| event["choices"][0]["delta"]["reasoning_content"].is_string())
    };
    assert!(!thinks("qwen-plus", None));
    assert!(thinks("qwen-plus", Some(true)));
    assert!(thinks("qwen3.5-plus", None));
    assert!(!thinks("qwen3.5-plus", Some(false)));
    assert!(thinks("qwq-plus", None));
}

#[test]
fn incremental_output_against_streaming() {
    let server = server();
    let answer = native()
        .parameter("incremental_output", json!(true))
        .send(&server);
    assert_refused(
        &answer,
        400,
        "InvalidParameter",
        "incremental_output only support stream call",
    );
    let repeats = Chat::native("hi").parameter("incremental_output", json!(false));
    let answer = repeats
        .parameter("enable_thinking", json!(true))
        .send(&server);
    let (_, code, message) = refusal(&answer);
    assert_eq!(code, "InvalidParameter");
    assert!(message.contains(r#"must be "true" when enable_thinking is true"#));
}

#[test]
fn tools_formats_and_the_word_json() {
    let server = server();
    let named = |name: &str| json!([{"type": "function", "function": {"name": name}}]);
    let answer = compatible().with("tools", named("search")).send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "not allowed to be [search]",
    );
    let answer = compatible()
        .with("model", json!("qwen-mt-plus"))
        .with("tools", named("f"))
        .send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "tool call is not supported",
    );
    let format = json!({"type": "json_object"});
    let answer = compatible()
        .with("response_format", format.clone())
        .send(&server);
    assert_refused(
        &answer,
        400,
        "invalid_parameter_error",
        "must contain the word 'json'",
    );
    let asked = Chat::compatible("/fake flood text=JSON please").whole();
    assert_eq!(
        asked
            .with("response_format", format.clone())
            .send(&server)
            .status,
        200
    );
    let thinking = compatible()
        .with("response_format", format)
        .with("enable_thinking", json!(true));
    assert_refused(
        &thinking.send(&server),
        400,
        "invalid_parameter_error",
        "Json mode response is not supported",
    );
    let text = native()
        .parameter("tools", named("f"))
        .parameter("result_format", json!("text"));
    assert_refused(
        &text.send(&server),
        400,
        "InvalidParameter",
        r#"result_format parameter must be "message""#,
    );
}

#[test]
fn limits_of_tokens_end_an_answer_early() {
    let server = server();
    let short = Chat::compatible("/fake flood tokens=50 seed=3")
        .with("max_tokens", json!(10))
        .send(&server);
    let events = short.events();
    let finish = &events[events.len() - 2]["choices"][0]["finish_reason"];
    assert_eq!(finish, "length");
    assert_eq!(events.last().unwrap()["usage"]["completion_tokens"], 10);
    let thought = Chat::compatible("/fake flood tokens=50 thinking=30")
        .with("max_completion_tokens", json!(20));
    let usage = thought.send(&server).events().last().unwrap()["usage"].clone();
    assert_eq!(usage["completion_tokens"], 20);
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 20);
    let budget =
        Chat::compatible("/fake flood thinking=30 text=a").with("thinking_budget", json!(5));
    let usage = budget.send(&server).events().last().unwrap()["usage"].clone();
    assert_eq!(usage["completion_tokens_details"]["reasoning_tokens"], 5);
}
