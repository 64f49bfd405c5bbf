//! The OpenAI-compatible protocol: how a request is written and a chunk is read.
//!
//! It keeps no state: see `reply`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::event::ToolCall;
use super::parameters::Parameters;
use super::reply::Chunk;
use super::request::{Message, Part, Prepared};
use super::tools::Fragment;
use super::usage::Usage;
use crate::error::fault::request_id;
use crate::json::{self, WrongType};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Value>,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(flatten)]
    parameters: &'a Parameters,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// The body of a streamed request.
pub(crate) fn body(request: &Prepared<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let system = request
        .system
        .as_deref()
        .map(|text| json!({"role": "system", "content": text}));
    let messages = system
        .into_iter()
        .chain(request.messages.iter().map(message))
        .collect();
    serde_json::to_vec(&Body {
        model: request.model,
        messages,
        stream: true,
        stream_options: StreamOptions {
            include_usage: true,
        },
        parameters: &request.parameters,
    })
}

/// Reads one chunk of a stream, or a whole answer that was not streamed.
pub(crate) fn read(mut object: Map<String, Value>) -> Result<Chunk, WrongType> {
    let mut chunk = Chunk {
        request_id: request_id(&object),
        model: json::text_or_none(&object, "model"),
        usage: object.get("usage").and_then(Usage::read),
        ..Chunk::default()
    };
    let choices = json::take_list(&mut object, "choices")?;
    let Some(mut choice) = first(choices)? else {
        return Ok(chunk);
    };
    chunk.finish = json::take_text(&mut choice, "finish_reason")?;
    let delta = match json::take_object(&mut choice, "delta")? {
        Some(delta) => Some(delta),
        None => json::take_object(&mut choice, "message")?,
    };
    if let Some(mut delta) = delta {
        chunk.text = json::take_content(&mut delta, "content")?;
        chunk.thinking = match json::take_content(&mut delta, "reasoning_content")? {
            Some(thinking) => Some(thinking),
            // The field's name on some servers for this computer.
            None => json::take_content(&mut delta, "reasoning")?,
        };
        chunk.fragments = Fragment::list(&mut delta)?;
    }
    Ok(chunk)
}

/// Whether a value is a chunk at all.
pub(crate) fn is_chunk(object: &Map<String, Value>) -> bool {
    object
        .get("choices")
        .is_some_and(|choices| !choices.is_null())
}

/// The choice this program asked for; further ones are ignored.
fn first(choices: Vec<Value>) -> Result<Option<Map<String, Value>>, WrongType> {
    for choice in choices {
        match choice {
            Value::Object(choice)
                if choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0 =>
            {
                return Ok(Some(choice));
            }
            Value::Object(_) | Value::Null => {}
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(WrongType);
            }
        }
    }
    Ok(None)
}

fn message(message: &Message<'_>) -> Value {
    match message {
        Message::User(parts) => json!({"role": "user", "content": content(parts)}),
        Message::Assistant {
            text,
            thinking,
            calls,
        } => assistant(json!(text), *thinking, calls),
        Message::ToolResult { id, text } => {
            json!({"role": "tool", "tool_call_id": id, "content": text})
        }
        Message::Beginning(text) => {
            json!({"role": "assistant", "content": text, "partial": true})
        }
    }
}

/// A plain text where there is no image: text models refuse lists.
fn content(parts: &[&Part]) -> Value {
    if parts.iter().all(|part| matches!(part, Part::Text(_))) {
        return json!(joined(parts));
    }
    parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => json!({"type": "text", "text": text}),
            Part::ImageUrl(url) => json!({"type": "image_url", "image_url": {"url": url}}),
        })
        .collect()
}

/// The texts of a turn in one.
pub(super) fn joined(parts: &[&Part]) -> String {
    let texts: Vec<&str> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::ImageUrl(_) => None,
        })
        .collect();
    texts.join("\n\n")
}

/// An assistant turn, the same in both protocols but for the form of its content.
pub(super) fn assistant(content: Value, thinking: Option<&str>, calls: &[&ToolCall]) -> Value {
    let mut object = Map::new();
    object.insert("role".to_owned(), json!("assistant"));
    object.insert("content".to_owned(), content);
    if let Some(thinking) = thinking {
        object.insert("reasoning_content".to_owned(), json!(thinking));
    }
    if !calls.is_empty() {
        let calls = calls.iter().enumerate().map(call).collect();
        object.insert("tool_calls".to_owned(), calls);
    }
    Value::Object(object)
}

fn call((index, call): (usize, &&ToolCall)) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "index": index,
        "function": {"name": call.name, "arguments": call.arguments},
    })
}
