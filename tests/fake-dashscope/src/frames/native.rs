//! The frames of the native protocol, in the key order of recordings.
//! It knows no compatible chunk.

use super::{Delta, Frames, Tally, ToolPiece, piece_json};
use crate::event::Event;
use crate::ordered_json::{Object, list, render};
use crate::plan::Source;

/// Where the search results are in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placed {
    /// In a first frame of their own.
    First,
    /// In the frame with this number.
    Frame(u64),
}

/// The layout that the request asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// Content is a list of parts.
    pub(crate) multimodal: bool,
    /// `choices` with a message, or a bare `text`.
    pub(crate) message: bool,
    /// Each frame repeats everything so far.
    pub(crate) cumulative: bool,
    /// Whether frames have a place for the thought.
    pub(crate) thinks: bool,
}

/// The frames of one answer.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) request_id: String,
    pub(crate) layout: Layout,
    pub(crate) sources: Vec<Source>,
    pub(crate) placed: Placed,
    pub(crate) no_usage: bool,
    pub(crate) tally: Tally,
    /// Everything said so far, for cumulative output.
    pub(crate) said: String,
    /// Everything thought so far, for cumulative output.
    pub(crate) thought: String,
    /// All tool calls so far as id, name and arguments, for cumulative output.
    pub(crate) called: Vec<(String, String, String)>,
    pub(crate) number: u64,
}

impl Native {
    fn frame(&mut self, output: Object) -> Event {
        self.number += 1;
        let output = match self.search_info() {
            Some(info) => output.raw("search_info", &info),
            None => output,
        };
        let data = Object::new().raw("output", &output.finish());
        let data = match self.usage_json() {
            Some(usage) => data.raw("usage", &usage),
            None => data,
        };
        Event::result(
            self.number,
            data.field("request_id", &self.request_id).finish(),
        )
    }

    /// Full in one frame and empty lists after it, as recorded.
    fn search_info(&self) -> Option<String> {
        let place = match self.placed {
            Placed::First => 1,
            Placed::Frame(number) => number,
        };
        if self.sources.is_empty() || self.number < place {
            return None;
        }
        let results = if self.number == place {
            sources_json(&self.sources)
        } else {
            list(&[])
        };
        let info = Object::new()
            .raw("search_results", &results)
            .raw("extra_tool_info", "[]");
        Some(info.finish())
    }

    /// The usage so far; `None` when the script wants none.
    pub(crate) fn usage_json(&self) -> Option<String> {
        if self.no_usage {
            return None;
        }
        let Tally {
            input,
            output,
            reasoning,
            image,
        } = self.tally;
        let usage = Object::new();
        // Multimodal models tell no total.
        let usage = if image.is_some() {
            usage
        } else {
            usage.field("total_tokens", &(input + output))
        };
        let usage = usage
            .field("input_tokens", &input)
            .field("output_tokens", &output);
        let details = Object::new().field("reasoning_tokens", &reasoning).finish();
        let usage = if reasoning > 0 {
            usage.raw("output_tokens_details", &details)
        } else {
            usage
        };
        Some(usage.optional("image_tokens", image.as_ref()).finish())
    }

    fn content(&self, text: &str) -> String {
        match (self.layout.multimodal, text.is_empty()) {
            (false, _) => render(text),
            (true, true) => list(&[]),
            (true, false) => list(&[Object::new().field("text", text).finish()]),
        }
    }

    fn message(&self, text: &str, thought: &str) -> Object {
        let message = Object::new().raw("content", &self.content(text));
        if self.layout.thinks {
            message.field("reasoning_content", thought)
        } else {
            message
        }
        .field("role", "assistant")
    }

    fn output(&mut self, message: Object, text: &str, finish: &str) -> Event {
        if !self.layout.message {
            let output = Object::new()
                .field("finish_reason", finish)
                .field("text", text);
            return self.frame(output);
        }
        let choice = Object::new()
            .raw("message", &message.finish())
            .field("finish_reason", finish);
        self.frame(Object::new().raw("choices", &list(&[choice.finish()])))
    }

    /// What a frame shows: the delta, or everything so far.
    fn shown(&self, text: &str, thought: &str) -> (String, String) {
        if self.layout.cumulative {
            return (self.said.clone(), self.thought.clone());
        }
        (text.to_owned(), thought.to_owned())
    }

    fn remember(&mut self, piece: &ToolPiece<'_>) {
        if let Some((id, name)) = piece.start {
            self.called
                .push((id.to_owned(), name.to_owned(), String::new()));
        }
        if let (Some(call), Some(arguments)) = (self.called.get_mut(piece.index), piece.arguments) {
            call.2.push_str(arguments);
        }
    }

    fn calls_json(&self, pieces: &[ToolPiece<'_>]) -> String {
        if !self.layout.cumulative {
            return list(&pieces.iter().map(piece_json).collect::<Vec<_>>());
        }
        let all = self
            .called
            .iter()
            .enumerate()
            .map(|(index, (id, name, arguments))| {
                let start = Some((id.as_str(), name.as_str()));
                piece_json(&ToolPiece {
                    index,
                    start,
                    arguments: Some(arguments),
                })
            });
        list(&all.collect::<Vec<_>>())
    }
}

/// The JSON of search results.
pub(crate) fn sources_json(sources: &[Source]) -> String {
    let rows = sources.iter().map(|source| {
        Object::new()
            .field("index", &source.index)
            .field("title", &source.title)
            .field("url", &source.url)
            .field("site_name", &source.site)
            .field("icon", "")
            .finish()
    });
    list(&rows.collect::<Vec<_>>())
}

impl Frames for Native {
    fn opening(&mut self) -> Vec<Event> {
        if self.sources.is_empty() || self.placed != Placed::First {
            return Vec::new();
        }
        // The first search frame has no words and an empty usage.
        self.number += 1;
        let info = self.search_info().unwrap_or_default();
        let output = Object::new().raw("search_info", &info).finish();
        let data = Object::new().raw("output", &output).raw("usage", "{}");
        let data = data.field("request_id", &self.request_id).finish();
        vec![Event::result(self.number, data)]
    }

    fn delta(&mut self, delta: Delta<'_>, tokens: u64) -> Event {
        self.tally.count(delta, tokens);
        let (text, thought) = match delta {
            Delta::Thinking(thought) => ("", thought),
            Delta::Text(text) => (text, ""),
        };
        self.said.push_str(text);
        self.thought.push_str(thought);
        let (text, thought) = self.shown(text, thought);
        let message = self.message(&text, &thought);
        self.output(message, &text, "null")
    }

    fn tools(&mut self, pieces: &[ToolPiece<'_>], last: bool) -> Event {
        for piece in pieces {
            self.remember(piece);
        }
        let calls = self.calls_json(pieces);
        let (text, thought) = self.shown("", "");
        let message = self.message(&text, &thought).raw("tool_calls", &calls);
        let finish = if last { "tool_calls" } else { "null" };
        self.output(message, &text, finish)
    }

    fn finish(&mut self, reason: &str, content: &str) -> Event {
        self.said.push_str(content);
        let (text, thought) = self.shown(content, "");
        let message = self.message(&text, &thought);
        self.output(message, &text, reason)
    }

    fn usage(&mut self) -> Option<Event> {
        None
    }

    fn done(&self) -> Option<Event> {
        None
    }

    fn around(&mut self, choices: &str) -> Event {
        self.frame(Object::new().raw("choices", choices))
    }

    fn content_key(&self) -> &'static str {
        "message"
    }

    fn next_number(&self) -> u64 {
        self.number + 1
    }
}
