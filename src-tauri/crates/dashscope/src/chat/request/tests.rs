use super::*;
use crate::catalogue::NativePath;
use crate::chat::{compatible, native};
use serde_json::{Value, json};

fn user(text: &str) -> Turn {
    Turn::User(vec![Part::Text(text.to_owned())])
}

fn assistant(text: &str, calls: &[&str]) -> Turn {
    Turn::Assistant {
        text: text.to_owned(),
        thinking: Some("thoughts".to_owned()),
        tool_calls: calls
            .iter()
            .map(|id| ToolCall {
                id: (*id).to_owned(),
                name: "f".to_owned(),
                arguments: "{}".to_owned(),
            })
            .collect(),
    }
}

fn result(id: &str) -> Turn {
    Turn::ToolResult {
        id: id.to_owned(),
        text: "42".to_owned(),
    }
}

fn request(model: &str, turns: Vec<Turn>) -> ChatRequest {
    ChatRequest {
        id: None,
        model: model.to_owned(),
        turns,
        ..ChatRequest::default()
    }
}

fn written(request: &ChatRequest) -> Value {
    let prepared = request.prepare(Catalogue::bundled()).unwrap();
    serde_json::from_slice(&compatible::body(&prepared).unwrap()).unwrap()
}

fn written_natively(request: &ChatRequest, path: NativePath) -> Value {
    let prepared = request.prepare(Catalogue::bundled()).unwrap();
    serde_json::from_slice(&native::body(&prepared, path).unwrap()).unwrap()
}

fn kind(request: &ChatRequest) -> ErrorKind {
    let error = request.prepare(Catalogue::bundled()).err().unwrap();
    error.kind().clone()
}

#[test]
fn one_system_message_comes_first() {
    let turns = vec![
        Turn::System("one".to_owned()),
        user("hi"),
        Turn::System(" ".to_owned()),
        Turn::System("two".to_owned()),
    ];
    let expected = json!([
        {"role": "system", "content": "one\n\ntwo"},
        {"role": "user", "content": "hi"},
    ]);
    assert_eq!(written(&request("qwen-plus", turns))["messages"], expected);
}

#[test]
fn a_plain_request_holds_nothing_it_need_not() {
    let expected = json!({
        "model": "qwen-plus",
        "messages": [{"role": "user", "content": "hi"}],
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    assert_eq!(written(&request("qwen-plus", vec![user("hi")])), expected);
}

#[test]
fn tool_calls_and_results_go_in_pairs() {
    let turns = vec![
        user("q"),
        result("orphan"),
        assistant("", &["a", "b", "unanswered"]),
        result("a"),
        result("b"),
        result("a"),
        assistant("", &["late"]),
        assistant("said", &[]),
        user(" "),
        user("next"),
        result("late"),
    ];
    let call = |id: &str, index: u32| json!({"id": id, "type": "function", "index": index, "function": {"name": "f", "arguments": "{}"}});
    let expected = json!([
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "", "tool_calls": [call("a", 0), call("b", 1)]},
        {"role": "tool", "tool_call_id": "a", "content": "42"},
        {"role": "tool", "tool_call_id": "b", "content": "42"},
        {"role": "assistant", "content": "said"},
        {"role": "user", "content": "next"},
    ]);
    assert_eq!(written(&request("qwen-plus", turns))["messages"], expected);
}

#[test]
fn images_are_parts_and_text_alone_is_a_string() {
    let image = Part::ImageUrl("data:image/png;base64,AA".to_owned());
    let turns = vec![Turn::User(vec![
        Part::Text("what?".to_owned()),
        image,
        Part::Text(String::new()),
    ])];
    let request = request("qwen3.7-plus", turns);
    let expected = json!([
        {"type": "text", "text": "what?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    ]);
    assert_eq!(written(&request)["messages"][0]["content"], expected);
    let body = written_natively(&request, NativePath::Multimodal);
    let expected = json!([{"text": "what?"}, {"image": "data:image/png;base64,AA"}]);
    assert_eq!(body["input"]["messages"][0]["content"], expected);
}

#[test]
fn text_models_get_no_images_and_a_new_one_is_an_error() {
    let image = || Part::ImageUrl("https://a.example/b.png".to_owned());
    let old = vec![
        Turn::User(vec![Part::Text("look".to_owned()), image()]),
        assistant("nice", &[]),
        Turn::User(vec![image()]),
        assistant("again", &[]),
        user("and now?"),
    ];
    let messages = written(&request("qwen-max", old))["messages"].clone();
    assert_eq!(messages[0]["content"], "look");
    assert!(!messages.to_string().contains("b.png"), "{messages}");
    let new = request("qwen-max", vec![Turn::User(vec![image()])]);
    assert_eq!(kind(&new), ErrorKind::UnsupportedByModel);
    let unknown = request("qwen-of-next-year", vec![Turn::User(vec![image()])]);
    assert!(unknown.prepare(Catalogue::bundled()).unwrap().has_images());
}

#[test]
fn the_last_turn_must_want_an_answer() {
    for turns in [
        vec![],
        vec![user("")],
        vec![Turn::System("only".to_owned())],
        vec![user("q"), assistant("a", &[])],
        vec![result("nobody asked")],
    ] {
        assert_eq!(
            kind(&request("qwen-plus", turns)),
            ErrorKind::InvalidRequest
        );
    }
    assert_eq!(
        kind(&request(" ", vec![user("q")])),
        ErrorKind::InvalidRequest
    );
}

#[test]
fn thinking_goes_back_only_to_models_that_keep_it() {
    let sent = |model: &str, keep: bool| {
        let mut request = request(model, vec![user("q"), assistant("a", &[]), user("r")]);
        request.parameters.preserve_thinking = keep.then_some(true);
        written(&request)["messages"][1]
            .get("reasoning_content")
            .cloned()
    };
    assert_eq!(sent("qwen3.8-max", true), Some(json!("thoughts")));
    assert_eq!(sent("qwen3.8-max", false), None);
    assert_eq!(sent("qwen-plus", true), None);
}

#[test]
fn the_native_paths_take_content_in_their_own_forms() {
    let turns = vec![
        Turn::System("be brief".to_owned()),
        user("q"),
        assistant("", &["a"]),
        result("a"),
    ];
    let request = request("qwen-plus", turns);
    let text = written_natively(&request, NativePath::Text);
    let contents = |body: &Value| -> Vec<Value> {
        let messages = body["input"]["messages"].as_array().unwrap();
        messages
            .iter()
            .map(|message| message["content"].clone())
            .collect()
    };
    assert_eq!(
        contents(&text),
        [json!("be brief"), json!("q"), json!(""), json!("42")]
    );
    let multimodal = written_natively(&request, NativePath::Multimodal);
    let expected = [
        json!([{"text": "be brief"}]),
        json!([{"text": "q"}]),
        json!([]),
        json!([{"text": "42"}]),
    ];
    assert_eq!(contents(&multimodal), expected);
    assert_eq!(
        text["parameters"],
        json!({"result_format": "message", "incremental_output": true})
    );
    assert_eq!(text.get("stream"), None);
}
