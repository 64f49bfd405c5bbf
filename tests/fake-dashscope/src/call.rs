//! A chat request, read leniently from JSON whichever protocol it came in.
//! Whether the service would accept it is `checks`' business.

use serde_json::Value;

use crate::exchange::Exchange;
use crate::models::{self, Model, Thinking};

/// The protocol a chat came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Compatible,
    Native { multimodal: bool },
}

/// One chat request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) protocol: Protocol,
    pub(crate) model: Model,
    pub(crate) stream: bool,
    pub(crate) body: Value,
}

impl Call {
    pub(crate) fn of(exchange: &Exchange, protocol: Protocol) -> Self {
        let body = exchange.body.clone().unwrap_or_default();
        let stream = match protocol {
            Protocol::Compatible => body.get("stream").and_then(Value::as_bool).unwrap_or(false),
            Protocol::Native { .. } => {
                exchange.header("x-dashscope-sse") == "enable"
                    || exchange.header("accept").contains("text/event-stream")
            }
        };
        let model = models::of(
            body.get("model")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        Self {
            protocol,
            model,
            stream,
            body,
        }
    }

    /// A parameter; JSON null counts as absent.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Value> {
        let holder = match self.protocol {
            Protocol::Compatible => &self.body,
            Protocol::Native { .. } => self.body.get("parameters")?,
        };
        holder.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.parameter(name).and_then(Value::as_bool)
    }

    pub(crate) fn messages(&self) -> &[Value] {
        let holder = match self.protocol {
            Protocol::Compatible => Some(&self.body),
            Protocol::Native { .. } => self.body.get("input"),
        };
        let messages = holder
            .and_then(|holder| holder.get("messages"))
            .and_then(Value::as_array);
        messages.map(Vec::as_slice).unwrap_or_default()
    }

    /// The legacy prompt of the native protocol.
    pub(crate) fn legacy_prompt(&self) -> Option<&str> {
        self.body.get("input")?.get("prompt")?.as_str()
    }

    /// The text of the last user message.
    pub(crate) fn prompt(&self) -> String {
        let last = self
            .messages()
            .iter()
            .rev()
            .find(|message| role(message) == "user");
        match last {
            Some(message) => text_of(message.get("content").unwrap_or(&Value::Null)),
            None => self.legacy_prompt().unwrap_or_default().to_owned(),
        }
    }

    /// How many user turns there are.
    pub(crate) fn turns(&self) -> usize {
        self.messages()
            .iter()
            .filter(|message| role(message) == "user")
            .count()
            .max(1)
    }

    /// Whether this request makes the model think.
    pub(crate) fn thinks(&self) -> bool {
        let effort = self.parameter("reasoning_effort").and_then(Value::as_str);
        match (self.model.thinking, self.flag("enable_thinking"), effort) {
            (Thinking::Always, _, _) => true,
            (Thinking::Never, _, _) | (_, Some(false), _) | (_, None, Some("none")) => false,
            (_, Some(true), _) | (_, None, Some(_)) => true,
            (default, None, None) => default == Thinking::On,
        }
    }

    /// Every part of every message whose content is a list.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Value> {
        let contents = self
            .messages()
            .iter()
            .filter_map(|message| message.get("content"));
        contents.filter_map(Value::as_array).flatten()
    }

    /// The names of the tools the request offers.
    pub(crate) fn tool_names(&self) -> Vec<&str> {
        let tools = self.parameter("tools").and_then(Value::as_array);
        tools
            .into_iter()
            .flatten()
            .filter_map(|tool| tool.get("function")?.get("name")?.as_str())
            .collect()
    }
}

/// The role of a message, empty when it has none.
pub(crate) fn role(message: &Value) -> &str {
    message
        .get("role")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The words of a content value, be it a text or a list of parts.
pub(crate) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts
                .iter()
                .filter_map(|part| part.as_str().or_else(|| part.get("text")?.as_str()));
            texts.collect::<Vec<_>>().join("\n")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}
