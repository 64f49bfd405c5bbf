//! The events of an answer in one protocol's own bytes.
//! When they are sent, and what goes wrong between them, is `stream`'s business.

mod compatible;
mod native;

pub(crate) use compatible::Compatible;
pub(crate) use native::{Layout, Native, Placed, search_info};

use crate::event::Event;
use crate::ordered_json::{Object, list, render};
use crate::plan::ToolCall;

/// A step of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Delta<'a> {
    Thinking(&'a str),
    Text(&'a str),
}

/// A piece of a tool call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToolPiece<'a> {
    pub(crate) index: usize,
    /// The id and name, on the first piece only.
    pub(crate) start: Option<(&'a str, &'a str)>,
    /// `None` stands for null.
    pub(crate) arguments: Option<&'a str>,
}

/// How many tokens an answer has used so far.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) input: u64,
    pub(crate) output: u64,
    pub(crate) reasoning: u64,
    pub(crate) image: Option<u64>,
}

impl Tally {
    pub(crate) fn count(&mut self, delta: Delta<'_>, tokens: u64) {
        self.output += tokens;
        if matches!(delta, Delta::Thinking(_)) {
            self.reasoning += tokens;
        }
    }

    /// The usage object of the compatible protocol.
    pub(crate) fn compatible(&self) -> String {
        Object::new()
            .field("prompt_tokens", &self.input)
            .field("completion_tokens", &self.output)
            .field("total_tokens", &(self.input + self.output))
            .when(self.reasoning > 0, |usage| {
                usage.raw("completion_tokens_details", &self.reasoning_details())
            })
            .raw("prompt_tokens_details", r#"{"cached_tokens":0}"#)
            .finish()
    }

    /// The usage object of the native protocol; with pictures it tells no total, as recorded.
    pub(crate) fn native(&self) -> String {
        Object::new()
            .when(self.image.is_none(), |usage| {
                usage.field("total_tokens", &(self.input + self.output))
            })
            .field("input_tokens", &self.input)
            .field("output_tokens", &self.output)
            .when(self.reasoning > 0, |usage| {
                usage.raw("output_tokens_details", &self.reasoning_details())
            })
            .optional("image_tokens", self.image.as_ref())
            .finish()
    }

    fn reasoning_details(&self) -> String {
        Object::new()
            .field("reasoning_tokens", &self.reasoning)
            .finish()
    }
}

/// What an answer has said so far, remembered only where events repeat it.
#[derive(Debug)]
pub(crate) struct Said {
    cumulative: bool,
    text: String,
    thought: String,
}

impl Said {
    pub(crate) fn new(cumulative: bool) -> Self {
        Self {
            cumulative,
            text: String::new(),
            thought: String::new(),
        }
    }

    /// What an event shows for these words and this thought: them, or everything so far.
    fn add(&mut self, text: &str, thought: &str) -> (String, String) {
        if !self.cumulative {
            return (text.to_owned(), thought.to_owned());
        }
        self.text.push_str(text);
        self.thought.push_str(thought);
        (self.text.clone(), self.thought.clone())
    }
}

/// One protocol's events.
pub(crate) trait Frames: Send {
    /// What comes before the first delta.
    fn opening(&mut self) -> Vec<Event>;
    /// `tokens` is how many tokens the delta stands for.
    fn delta(&mut self, delta: Delta<'_>, tokens: u64) -> Event;
    /// `last` marks the last piece of the last call.
    fn tools(&mut self, pieces: &[ToolPiece<'_>], tokens: u64, last: bool) -> Event;
    /// Whether the last piece of a tool call brings the finish reason along.
    fn tools_finish(&self) -> bool;
    /// The finishing event, with `content` as its last words.
    fn finish(&mut self, reason: &str, content: &str) -> Event;
    /// The usage in an event of its own, where the protocol has that.
    fn usage(&mut self) -> Option<Event>;
    /// The end mark, where the protocol has one.
    fn done(&self) -> Option<Event>;
    /// An event around this JSON list of choices.
    fn around(&mut self, choices: &str) -> Event;
    /// `delta` or `message`: what a choice calls its content.
    fn content_key(&self) -> &'static str;
    /// The number the next event has.
    fn next_number(&self) -> u64;
}

/// The JSON of a piece of a tool call.
fn piece_json(piece: &ToolPiece<'_>) -> String {
    let name = piece.start.map(|(_, name)| name);
    let function = Object::new()
        .optional("name", name.as_ref())
        .field("arguments", &piece.arguments);
    Object::new()
        .field("index", &piece.index)
        .field("id", piece.start.map_or("", |(id, _)| id))
        .field("type", "function")
        .raw("function", &function.finish())
        .finish()
}

/// The content of a message of the native protocol.
pub(crate) fn native_content(multimodal: bool, text: &str) -> String {
    match (multimodal, text.is_empty()) {
        (false, _) => render(text),
        (true, true) => list(&[]),
        (true, false) => list(&[Object::new().field("text", text).finish()]),
    }
}

/// The JSON of whole tool calls, as an answer without a stream carries them.
pub(crate) fn tool_calls_json(calls: &[ToolCall]) -> String {
    let whole = calls.iter().enumerate().map(|(index, call)| {
        let start = Some((call.id.as_str(), call.name.as_str()));
        piece_json(&ToolPiece {
            index,
            start,
            arguments: call.arguments.as_deref(),
        })
    });
    list(&whole.collect::<Vec<_>>())
}
