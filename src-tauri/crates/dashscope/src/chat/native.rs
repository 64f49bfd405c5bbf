//! The native protocol: how a request is written and a frame is read.
//!
//! Which of its two paths a model answers on is decided in [`crate::Client`].

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::compatible::{assistant, joined};
use super::event::Source;
use super::parameters::Parameters;
use super::reply::Chunk;
use super::request::{Message, Part, Prepared};
use super::tools::Fragment;
use super::usage::Usage;
use crate::catalogue::NativePath;
use crate::error::fault::request_id;
use crate::json::{self, WrongType};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Input,
    parameters: WireParameters<'a>,
}

#[derive(Serialize)]
struct Input {
    messages: Vec<Value>,
}

#[derive(Serialize)]
struct WireParameters<'a> {
    result_format: &'static str,
    incremental_output: bool,
    #[serde(flatten)]
    others: &'a Parameters,
}

/// The body of a streamed request for one of the two paths.
pub(crate) fn body(request: &Prepared<'_>, path: NativePath) -> Result<Vec<u8>, serde_json::Error> {
    let system = request
        .system
        .as_deref()
        .map(|text| json!({"role": "system", "content": text_content(text, path)}));
    let messages = system
        .into_iter()
        .chain(request.messages.iter().map(|turn| message(turn, path)))
        .collect();
    serde_json::to_vec(&Body {
        model: request.model,
        input: Input { messages },
        parameters: WireParameters {
            result_format: "message",
            incremental_output: request.parameters.incremental_output.unwrap_or(true),
            others: &request.parameters,
        },
    })
}

/// Reads one frame of a stream, or a whole answer that was not streamed.
pub(crate) fn read(mut object: Map<String, Value>) -> Result<Chunk, WrongType> {
    let mut chunk = Chunk {
        request_id: request_id(&object),
        usage: object.get("usage").and_then(Usage::read),
        ..Chunk::default()
    };
    let Some(mut output) = json::take_object(&mut object, "output")? else {
        return Ok(chunk);
    };
    chunk.model = json::text_or_none(&output, "model_name");
    chunk.sources = sources(&output);
    // The text format has no choices.
    chunk.text = json::take_text(&mut output, "text")?;
    chunk.finish = json::take_text(&mut output, "finish_reason")?;
    let choices = json::take_list(&mut output, "choices")?;
    let Some(choice) = choices.into_iter().next() else {
        return Ok(chunk);
    };
    let Value::Object(mut choice) = choice else {
        return Err(WrongType);
    };
    let finish = json::take_text(&mut choice, "finish_reason")?;
    chunk.finish = finish.or(chunk.finish);
    if let Some(mut message) = json::take_object(&mut choice, "message")? {
        chunk.text = json::take_content(&mut message, "content")?;
        chunk.thinking = json::take_content(&mut message, "reasoning_content")?;
        chunk.fragments = Fragment::list(&mut message)?;
    }
    Ok(chunk)
}

/// Whether a value is a frame at all.
pub(crate) fn is_frame(object: &Map<String, Value>) -> bool {
    object.get("output").is_some_and(|output| !output.is_null())
}

fn sources(output: &Map<String, Value>) -> Vec<Source> {
    let results = output
        .get("search_info")
        .and_then(|info| info.get("search_results"))
        .and_then(Value::as_array);
    let Some(results) = results else {
        return Vec::new();
    };
    let text = |result: &Value, name: &str| {
        result
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    (1..)
        .zip(results)
        .filter(|(_, result)| result.is_object())
        .map(|(position, result)| Source {
            index: result
                .get("index")
                .and_then(Value::as_u64)
                .unwrap_or(position),
            title: text(result, "title"),
            url: text(result, "url"),
        })
        .collect()
}

fn message(message: &Message<'_>, path: NativePath) -> Value {
    match message {
        Message::User(parts) => json!({"role": "user", "content": content(parts, path)}),
        Message::Assistant {
            text,
            thinking,
            calls,
        } => assistant(json!(text_content(text, path)), *thinking, calls),
        Message::ToolResult { id, text } => {
            json!({"role": "tool", "tool_call_id": id, "content": text_content(text, path)})
        }
        Message::Beginning(text) => {
            json!({"role": "assistant", "content": text_content(text, path), "partial": true})
        }
    }
}

/// The text path takes strings only, the other one lists only.
fn text_content(text: &str, path: NativePath) -> Value {
    match path {
        NativePath::Text => json!(text),
        NativePath::Multimodal if text.is_empty() => json!([]),
        NativePath::Multimodal => json!([{"text": text}]),
    }
}

fn content(parts: &[&Part], path: NativePath) -> Value {
    match path {
        NativePath::Text => json!(joined(parts)),
        NativePath::Multimodal => parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => json!({"text": text}),
                Part::ImageUrl(url) => json!({"image": url}),
            })
            .collect(),
    }
}
