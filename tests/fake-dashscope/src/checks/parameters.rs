//! What the service refuses in parameters: ranges, thinking, streaming, tools, formats.
//! It looks at messages only for the word "json".

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Problem, refuse_if};
use crate::call::{Call, Protocol, text_of};
use crate::models::Thinking;

const EFFORTS: [&str; 8] = [
    "none", "minimal", "low", "medium", "high", "xhigh", "max", "auto",
];

pub(super) fn check(call: &Call) -> Result<(), Problem> {
    ranges(call)?;
    lengths(call)?;
    thinking(call)?;
    streaming(call)?;
    tools(call)?;
    formats(call)
}

fn ranges(call: &Call) -> Result<(), Problem> {
    real(call, "temperature", "400-temperature", |number| {
        (0.0..2.0).contains(&number)
    })?;
    real(call, "top_p", "400-top-p", |number| {
        number > 0.0 && number <= 1.0
    })?;
    real(
        call,
        "repetition_penalty",
        "400-repetition-penalty",
        |number| number > 0.0,
    )?;
    real(call, "presence_penalty", "400-presence-penalty", |number| {
        (-2.0..=2.0).contains(&number)
    })?;
    whole(call, "top_k", "400-top-k", 0..=u64::MAX)?;
    whole(call, "n", "400-n", 1..=4)?;
    let last_seed = match call.protocol {
        Protocol::Compatible => (1 << 31) - 1,
        Protocol::Native { .. } => (1 << 63) - 1,
    };
    whole(call, "seed", "400-seed", 0..=last_seed)
}

fn lengths(call: &Call) -> Result<(), Problem> {
    let limit = call.model.max_output_tokens;
    for name in ["max_tokens", "max_completion_tokens"] {
        let in_range = whole(call, name, "400-max-tokens", 1..=limit);
        let message = format!("Range of {name} should be [1, {limit}]");
        in_range.map_err(|problem| Problem::saying(problem.name, message))?;
    }
    whole(call, "thinking_budget", "400-thinking-budget", 1..=u64::MAX)
}

fn thinking(call: &Call) -> Result<(), Problem> {
    let flag = call.flag("enable_thinking");
    let model = &call.model;
    refuse_if(
        model.thinking == Thinking::Never && flag.is_some(),
        "400-no-thinking",
    )?;
    let switched_off = model.thinking == Thinking::Always && flag == Some(false);
    refuse_if(switched_off, "400-thinking-true-only")?;
    if let Some(effort) = call.parameter("reasoning_effort") {
        let known = effort
            .as_str()
            .is_some_and(|effort| EFFORTS.contains(&effort));
        refuse_if(!known, "400-reasoning-effort")?;
    }
    let waits = call.thinks() && !call.stream && !model.thinks_without_stream;
    refuse_if(waits && !model.stream_only, "400-thinking-non-stream")
}

fn streaming(call: &Call) -> Result<(), Problem> {
    refuse_if(call.model.stream_only && !call.stream, "400-stream-only")?;
    if call.protocol == Protocol::Compatible {
        return Ok(());
    }
    let incremental = call.flag("incremental_output");
    refuse_if(
        incremental == Some(true) && !call.stream,
        "400-incremental-non-stream",
    )?;
    let repeats = incremental == Some(false) && call.stream;
    refuse_if(repeats && call.thinks(), "400-thinking-incremental")
}

fn tools(call: &Call) -> Result<(), Problem> {
    if let Some(tools) = call.parameter("tools") {
        let count = tools.as_array().map_or(0, Vec::len);
        if count == 0 {
            return Err(Problem::saying(
                "400-too-short",
                String::from("[] is too short - 'tools'"),
            ));
        }
        refuse_if(!call.model.takes_tools, "400-no-tools")?;
        refuse_if(call.tool_names().contains(&"search"), "400-tool-name")?;
    }
    match call.parameter("tool_choice") {
        Some(Value::String(choice)) => refuse_if(
            !matches!(choice.as_str(), "auto" | "none"),
            "400-tool-choice",
        ),
        Some(Value::Object(_)) | None => Ok(()),
        Some(_) => Err(Problem::of("400-tool-choice")),
    }
}

fn formats(call: &Call) -> Result<(), Problem> {
    let result = call.parameter("result_format").and_then(Value::as_str);
    let needs_message = call.thinks() || call.parameter("tools").is_some();
    let is_text_path = call.protocol == Protocol::Native { multimodal: false };
    refuse_if(
        is_text_path && needs_message && result == Some("text"),
        "400-result-format",
    )?;
    let format = call
        .parameter("response_format")
        .and_then(|format| format.get("type")?.as_str());
    if format == Some("json_object") {
        refuse_if(call.thinks(), "400-json-thinking")?;
        let contents = call
            .messages()
            .iter()
            .filter_map(|message| message.get("content"));
        let mut texts = contents.map(text_of);
        let asked = texts.any(|text| text.to_lowercase().contains("json"));
        refuse_if(!asked, "400-json-word")?;
    }
    Ok(())
}

fn real(
    call: &Call,
    name: &str,
    refusal: &'static str,
    fits: impl Fn(f64) -> bool,
) -> Result<(), Problem> {
    let value = call.parameter(name);
    refuse_if(
        value.is_some_and(|value| !value.as_f64().is_some_and(&fits)),
        refusal,
    )
}

fn whole(
    call: &Call,
    name: &str,
    refusal: &'static str,
    range: RangeInclusive<u64>,
) -> Result<(), Problem> {
    let value = call.parameter(name);
    let fits = |value: &Value| value.as_u64().is_some_and(|number| range.contains(&number));
    refuse_if(value.is_some_and(|value| !fits(value)), refusal)
}
