//! What the service refuses in messages: roles, order, content, media.
//! It looks at no parameter.

use serde_json::Value;

use super::{Problem, refuse_if};
use crate::call::{Call, Protocol, role};
use crate::exchange::Exchange;
use crate::plan::{input_tokens, is_image};

/// The longest data URI, in bytes.
const MAX_DATA_URI: usize = 10_485_760;

const COMPATIBLE_ROLES: [&str; 5] = ["system", "assistant", "user", "tool", "function"];
const NATIVE_ROLES: [&str; 4] = ["system", "user", "assistant", "tool"];

pub(super) fn check(exchange: &Exchange, call: &Call) -> Result<(), Problem> {
    let messages = call.messages();
    if messages.is_empty()
        && call
            .legacy_prompt()
            .is_some_and(|prompt| !prompt.is_empty())
    {
        return Ok(());
    }
    let holder = match call.protocol {
        Protocol::Compatible => Some(&call.body),
        Protocol::Native { .. } => call.body.get("input"),
    };
    let given = holder
        .and_then(|holder| holder.get("messages"))
        .is_some_and(Value::is_array);
    refuse_if(!given, "400-no-messages")?;
    refuse_if(messages.is_empty(), "400-too-short")?;
    for (index, message) in messages.iter().enumerate() {
        known_role(call, index, message)?;
        content(call, message)?;
    }
    refuse_if(
        !messages.iter().any(|message| role(message) == "user"),
        "400-no-user",
    )?;
    tool_order(messages)?;
    if let Some(last) = messages.last() {
        let partial = last.get("partial").and_then(Value::as_bool) == Some(true);
        let asks = matches!(role(last), "user" | "tool" | "function");
        refuse_if(!asks && !partial, "500-message-order")?;
    }
    media(exchange, call)?;
    let limit = call.model.max_input_tokens;
    if input_tokens(call) > limit {
        let message = format!("Range of input length should be [1, {limit}]");
        return Err(Problem::saying("400-context-length", message));
    }
    Ok(())
}

fn known_role(call: &Call, index: usize, message: &Value) -> Result<(), Problem> {
    let role = role(message);
    match call.protocol {
        Protocol::Compatible if !COMPATIBLE_ROLES.contains(&role) => {
            let roles = COMPATIBLE_ROLES.map(|role| format!("'{role}'")).join(", ");
            let message = format!("{role} is not one of [{roles}] - 'messages.[{index}].role'");
            Err(Problem::saying("400-developer", message))
        }
        Protocol::Native { .. } => refuse_if(!NATIVE_ROLES.contains(&role), "400-empty-turn"),
        Protocol::Compatible => Ok(()),
    }
}

fn content(call: &Call, message: &Value) -> Result<(), Problem> {
    let is_answer = role(message) == "assistant";
    match message.get("content") {
        None | Some(Value::Null) => refuse_if(!is_answer, "400-content-missing"),
        Some(Value::String(text)) => {
            refuse_if(text.is_empty() && role(message) == "user", "400-empty-turn")
        }
        Some(Value::Array(parts)) => {
            // One text model documents lists of parts: the one that reads documents.
            let takes_lists = call.model.id == "qwen-doc-turbo";
            let text_path = call.protocol == Protocol::Native { multimodal: false };
            refuse_if(text_path && !takes_lists, "400-content-string")?;
            let pictured = parts.iter().any(is_image);
            refuse_if(pictured && !call.model.takes_images, "400-content-item")
        }
        Some(_) => Err(Problem::of("400-content-string")),
    }
}

/// A tool result must answer a call of the assistant message before it.
fn tool_order(messages: &[Value]) -> Result<(), Problem> {
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        match role(message) {
            "tool" => {
                let id = message
                    .get("tool_call_id")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                refuse_if(!open.contains(&id), "400-orphan-tool")?;
            }
            "assistant" => {
                let calls = message.get("tool_calls").and_then(Value::as_array);
                let ids = calls
                    .into_iter()
                    .flatten()
                    .filter_map(|call| call.get("id")?.as_str());
                open = ids.collect();
            }
            _ => open.clear(),
        }
    }
    Ok(())
}

fn media(exchange: &Exchange, call: &Call) -> Result<(), Problem> {
    let resolves = exchange.header("x-dashscope-ossresourceresolve") == "enable";
    for url in call.parts().filter_map(media_url) {
        refuse_if(url.starts_with("oss://") && !resolves, "400-media-url")?;
        refuse_if(
            url.starts_with("data:") && url.len() > MAX_DATA_URI,
            "400-data-uri",
        )?;
    }
    Ok(())
}

fn media_url(part: &Value) -> Option<&str> {
    let keys = ["image", "image_url", "video", "video_url", "audio"];
    let value = keys.iter().find_map(|key| part.get(key))?;
    value.as_str().or_else(|| value.get("url")?.as_str())
}
