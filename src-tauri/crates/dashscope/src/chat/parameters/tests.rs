use super::*;
use crate::catalogue::Catalogue;
use serde_json::json;

fn sent(model: &str, parameters: &Parameters) -> Value {
    let fit = parameters
        .for_model(model, Catalogue::bundled().get(model))
        .unwrap();
    serde_json::to_value(fit).unwrap()
}

fn everything() -> Parameters {
    Parameters {
        temperature: Some(0.7),
        top_p: Some(0.8),
        top_k: Some(20),
        max_tokens: Some(1_000_000),
        max_completion_tokens: Some(500),
        seed: Some(7),
        stop: vec!["END".to_owned()],
        repetition_penalty: Some(1.1),
        presence_penalty: Some(0.5),
        enable_thinking: Some(true),
        thinking_budget: Some(1_000_000),
        preserve_thinking: Some(true),
        reasoning_effort: Some(Effort::Low),
        enable_search: Some(true),
        search_options: Some(SearchOptions::default()),
        enable_code_interpreter: Some(true),
        tools: vec![tool("get_weather")],
        tool_choice: Some(ToolChoice::Auto),
        parallel_tool_calls: Some(true),
        tool_stream: Some(true),
        response_format: Some(ResponseFormat::JsonSchema {
            json_schema: JsonSchema {
                name: "n".to_owned(),
                schema: json!({}),
                strict: true,
            },
        }),
        vl_high_resolution_images: Some(true),
        ..Parameters::default()
    }
}

fn tool(name: &str) -> Tool {
    Tool::Function {
        name: name.to_owned(),
        description: "d".to_owned(),
        parameters: json!({"type": "object"}),
    }
}

fn names(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn nothing_is_sent_unless_asked_for() {
    assert_eq!(sent("qwen3.8-max", &Parameters::default()), json!({}));
}

#[test]
fn a_capable_model_gets_what_it_takes_cut_to_its_limits() {
    let sent = sent("qwen3.8-max", &everything());
    assert_eq!(sent["max_tokens"], 131_072);
    assert_eq!(sent["reasoning_effort"], "low");
    assert_eq!(
        sent.get("thinking_budget"),
        None,
        "not beside reasoning_effort"
    );
    assert_eq!(sent["enable_search"], true);
    assert_eq!(
        sent["tools"][0],
        json!({"type": "function", "function": {"name": "get_weather", "description": "d", "parameters": {"type": "object"}}})
    );
    assert_eq!(sent["tool_choice"], "auto");
    assert_eq!(sent["response_format"]["json_schema"]["strict"], true);
    assert_eq!(sent["temperature"], 0.7);
    assert_eq!(sent["max_completion_tokens"], 500);
}

#[test]
fn an_unknown_model_gets_the_open_protocol_only() {
    let sent = sent("qwen-of-next-year", &everything());
    let expected = [
        "max_tokens",
        "parallel_tool_calls",
        "presence_penalty",
        "seed",
        "stop",
        "temperature",
        "tool_choice",
        "tools",
        "top_p",
    ];
    assert_eq!(names(&sent), expected);
}

#[test]
fn the_thinking_flag_goes_to_hybrid_models_only() {
    let flag = |model: &str, value: bool| {
        let parameters = Parameters {
            enable_thinking: Some(value),
            thinking_budget: Some(100_000),
            ..Parameters::default()
        };
        let sent = sent(model, &parameters);
        (
            sent.get("enable_thinking").cloned(),
            sent.get("thinking_budget").cloned(),
        )
    };
    assert_eq!(
        flag("qwen-plus", true),
        (Some(json!(true)), Some(json!(81_920)))
    );
    assert_eq!(flag("qwen-plus", false), (Some(json!(false)), None));
    assert_eq!(flag("qwen3.5-plus", false), (Some(json!(false)), None));
    assert_eq!(flag("qwen-max", true), (None, None), "never thinks");
    assert_eq!(
        flag("qwq-plus", false),
        (None, Some(json!(32_768))),
        "always thinks"
    );
    assert_eq!(flag("qwen-of-next-year", true), (None, None));
}

#[test]
fn empty_tools_are_never_sent_and_take_their_companions_along() {
    let parameters = Parameters {
        tools: Vec::new(),
        tool_choice: Some(ToolChoice::None),
        parallel_tool_calls: Some(true),
        tool_stream: Some(true),
        ..Parameters::default()
    };
    assert_eq!(sent("qwen-plus", &parameters), json!({}));
}

#[test]
fn a_named_tool_cannot_be_forced_while_thinking() {
    let choice = |thinking: bool| {
        let parameters = Parameters {
            enable_thinking: Some(thinking),
            tools: vec![tool("f")],
            tool_choice: Some(ToolChoice::Function("f".to_owned())),
            ..Parameters::default()
        };
        sent("qwen-plus", &parameters).get("tool_choice").cloned()
    };
    assert_eq!(
        choice(false),
        Some(json!({"type": "function", "function": {"name": "f"}}))
    );
    assert_eq!(choice(true), None);
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    type Change = fn(&mut Parameters);
    let wrong: [(Change, &str); 12] = [
        (
            |parameters| parameters.temperature = Some(2.0),
            "temperature",
        ),
        (
            |parameters| parameters.temperature = Some(f64::NAN),
            "temperature",
        ),
        (
            |parameters| parameters.temperature = Some(-0.1),
            "temperature",
        ),
        (|parameters| parameters.top_p = Some(0.0), "top_p"),
        (|parameters| parameters.top_p = Some(1.1), "top_p"),
        (
            |parameters| parameters.presence_penalty = Some(2.1),
            "presence_penalty",
        ),
        (
            |parameters| parameters.repetition_penalty = Some(0.0),
            "repetition_penalty",
        ),
        (|parameters| parameters.max_tokens = Some(0), "max_tokens"),
        (
            |parameters| parameters.thinking_budget = Some(0),
            "thinking_budget",
        ),
        (|parameters| parameters.seed = Some(1 << 31), "seed"),
        (
            |parameters| parameters.tools = vec![tool("search")],
            "tool name",
        ),
        (
            |parameters| parameters.tools = vec![tool("a b")],
            "tool name",
        ),
    ];
    for (change, name) in wrong {
        let mut parameters = Parameters::default();
        change(&mut parameters);
        let error = parameters.for_model("m", None).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::InvalidRequest);
        assert!(
            error.message().unwrap().contains(name),
            "{name}: {:?}",
            error.message()
        );
    }
    let edge = Parameters {
        temperature: Some(1.99),
        top_p: Some(1.0),
        seed: Some((1 << 31) - 1),
        ..Parameters::default()
    };
    assert!(edge.for_model("m", None).is_ok());
}

#[test]
fn options_of_special_models_go_to_those_only() {
    let parameters = Parameters {
        ocr_options: Some(json!({"task": "text_recognition"})),
        translation_options: Some(json!({"target_lang": "English"})),
        asr_options: Some(json!({"enable_itn": true})),
        ..Parameters::default()
    };
    assert_eq!(sent("qwen-plus", &parameters), json!({}));
    assert_eq!(
        names(&sent("qwen-mt-flash", &parameters)),
        ["translation_options"]
    );
    assert_eq!(names(&sent("qwen-vl-ocr", &parameters)), ["ocr_options"]);
    assert_eq!(
        names(&sent("qwen3-asr-flash", &parameters)),
        ["asr_options"]
    );
}
