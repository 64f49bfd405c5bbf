//! The vocabulary a reply is told in, the same for both protocols.
//!
//! It knows no JSON: see `reply` for how frames become events.

use std::collections::BTreeMap;

use super::usage::Usage;
use crate::error::Error;

/// One step of a reply. A stream of them ends with exactly one of `Finished` and `Failed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first model frame arrived.
    Started {
        /// The vendor's id of the request.
        request_id: Option<String>,
        /// The model that answers, when the protocol says so.
        model: Option<String>,
    },
    /// More of the answer.
    Text(String),
    /// More of the thinking.
    Thinking(String),
    /// More of a tool call.
    ToolCall(ToolCallDelta),
    /// All sources so far; replaces an earlier list.
    Sources(Vec<Source>),
    /// The last usage the server reported; once, before the end.
    Usage(Usage),
    /// The reply is complete.
    Finished(FinishReason),
    /// The reply is not complete; what came before stays valid.
    Failed(Error),
}

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// A token limit; thinking may have used it up.
    Length,
    /// It waits for the results of tool calls.
    ToolCalls,
    /// Any other reason, abnormal unless empty; empty when the stream ended properly without one.
    Unknown(String),
}

/// A fragment of a tool call; fragments are merged by `index`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCallDelta {
    /// Position of the call in the reply.
    pub index: u32,
    /// The call's id, once.
    pub id: Option<String>,
    /// The function's name, once.
    pub name: Option<String>,
    /// More of the arguments' JSON text.
    pub arguments: String,
}

/// A page the answer refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The number in the answer's marks, from 1.
    pub index: u64,
    /// The page's title.
    pub title: String,
    /// The page's address, as the server wrote it.
    pub url: String,
}

/// A whole tool call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// The id a result refers to.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// JSON text as the model wrote it, which may be malformed; `{}` when it wrote none.
    pub arguments: String,
}

/// Merges fragments into tool calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCalls(BTreeMap<u32, ToolCall>);

impl ToolCalls {
    /// Adds a fragment.
    pub fn add(&mut self, delta: &ToolCallDelta) {
        let call = self.0.entry(delta.index).or_default();
        if let Some(id) = &delta.id {
            call.id.clone_from(id);
        }
        if let Some(name) = &delta.name {
            call.name.clone_from(name);
        }
        call.arguments.push_str(&delta.arguments);
    }

    /// The calls in order of their index.
    pub fn into_calls(self) -> Vec<ToolCall> {
        self.0
            .into_values()
            .map(|mut call| {
                if call.arguments.trim().is_empty() {
                    "{}".clone_into(&mut call.arguments);
                }
                call
            })
            .collect()
    }
}

impl FinishReason {
    /// Reads the wire's word; `None` for the words that mean "not finished yet".
    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            // The native stream writes the string "null" until the end.
            "" | "null" => None,
            "stop" => Some(Self::Stop),
            "length" => Some(Self::Length),
            // "function_call" is what older OpenAI-like servers say.
            "tool_calls" | "function_call" => Some(Self::ToolCalls),
            other => Some(Self::Unknown(other.to_owned())),
        }
    }

    /// The wire's word, `unknown` when there was none.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::Unknown(word) if word.is_empty() => "unknown",
            Self::Unknown(word) => word,
        }
    }

    /// Whether the reply is as long as the model wanted or was allowed to make it.
    pub fn is_normal(&self) -> bool {
        match self {
            Self::Stop | Self::Length | Self::ToolCalls => true,
            Self::Unknown(word) => word.is_empty(),
        }
    }
}
