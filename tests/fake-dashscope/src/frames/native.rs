//! The frames of the native protocol, in the key order of recordings.
//! It knows no compatible chunk.

use super::{Delta, Frames, Said, Tally, ToolPiece, native_content, piece_json};
use crate::event::Event;
use crate::ordered_json::{Object, list};
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
    pub(crate) said: Said,
    /// All tool calls so far as id, name and arguments, for cumulative output.
    pub(crate) called: Vec<(String, String, String)>,
    pub(crate) number: u64,
}

impl Native {
    fn frame(&mut self, output: Object) -> Event {
        self.number += 1;
        let info = self.info();
        let output = output.when(info.is_some(), |output| {
            output.raw("search_info", info.as_deref().unwrap_or_default())
        });
        let data = Object::new()
            .raw("output", &output.finish())
            .when(!self.no_usage, |data| {
                data.raw("usage", &self.tally.native())
            })
            .field("request_id", &self.request_id)
            .finish();
        Event::result(self.number, data)
    }

    /// Full in one frame and empty lists after it, as recorded.
    fn info(&self) -> Option<String> {
        let place = match self.placed {
            Placed::First => 1,
            Placed::Frame(number) => number,
        };
        if self.sources.is_empty() || self.number < place {
            return None;
        }
        Some(search_info(if self.number == place {
            &self.sources
        } else {
            &[]
        }))
    }

    fn message(&self, text: &str, thought: &str) -> Object {
        Object::new()
            .raw("content", &native_content(self.layout.multimodal, text))
            .when(self.layout.thinks, |message| {
                message.field("reasoning_content", thought)
            })
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
pub(crate) fn search_info(sources: &[Source]) -> String {
    let rows = sources.iter().map(|source| {
        Object::new()
            .field("index", &source.index)
            .field("title", &source.title)
            .field("url", &source.url)
            .field("site_name", &source.site)
            .field("icon", "")
            .finish()
    });
    let results = list(&rows.collect::<Vec<_>>());
    Object::new()
        .raw("search_results", &results)
        .raw("extra_tool_info", "[]")
        .finish()
}

impl Frames for Native {
    fn opening(&mut self) -> Vec<Event> {
        if self.sources.is_empty() || self.placed != Placed::First {
            return Vec::new();
        }
        // The first search frame has no words and an empty usage.
        self.number += 1;
        let info = search_info(&self.sources);
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
        let (text, thought) = self.said.add(text, thought);
        let message = self.message(&text, &thought);
        self.output(message, &text, "null")
    }

    fn tools(&mut self, pieces: &[ToolPiece<'_>], tokens: u64, last: bool) -> Event {
        self.tally.output += tokens;
        for piece in pieces {
            self.remember(piece);
        }
        let calls = self.calls_json(pieces);
        let (text, thought) = self.said.add("", "");
        let message = self.message(&text, &thought).raw("tool_calls", &calls);
        let finish = if last { "tool_calls" } else { "null" };
        self.output(message, &text, finish)
    }

    fn tools_finish(&self) -> bool {
        true
    }

    fn finish(&mut self, reason: &str, content: &str) -> Event {
        let (text, thought) = self.said.add(content, "");
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
