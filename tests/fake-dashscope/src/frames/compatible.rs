//! The chunks of the compatible protocol, in the key order of recordings.
//! It knows no native frame.

use super::{Delta, Frames, Said, Tally, ToolPiece, piece_json};
use crate::event::Event;
use crate::ordered_json::{Object, list, render};

/// The chunks of one answer.
#[derive(Debug)]
pub(crate) struct Compatible {
    pub(crate) request_id: String,
    pub(crate) model: String,
    pub(crate) created: u64,
    /// Whether the answer starts with a thought, which adds a key to every delta.
    pub(crate) thinks: bool,
    /// Whether the first event is a tool call's.
    pub(crate) opens_with_tools: bool,
    pub(crate) include_usage: bool,
    pub(crate) null_usage: bool,
    pub(crate) array_content: bool,
    pub(crate) tally: Tally,
    pub(crate) said: Said,
    pub(crate) number: u64,
}

impl Compatible {
    fn chunk(&mut self, choices: &str, usage: &str) -> Event {
        self.number += 1;
        let data = Object::new()
            .raw("choices", choices)
            .field("object", "chat.completion.chunk")
            .raw("usage", usage)
            .field("created", &self.created)
            .raw("system_fingerprint", "null")
            .field("model", &self.model)
            .field("id", &format!("chatcmpl-{}", self.request_id))
            .finish();
        Event::data(data)
    }

    /// A chunk with one choice; `finish` is the JSON of the finish reason, absent when `None`.
    fn choice(&mut self, delta: &str, finish: Option<&str>) -> Event {
        let choice = Object::new()
            .raw("delta", delta)
            .field("index", &0)
            .raw("logprobs", "null")
            .when(finish.is_some(), |choice| {
                choice.raw("finish_reason", finish.unwrap_or_default())
            });
        self.chunk(&list(&[choice.finish()]), "null")
    }

    fn content(&self, text: &str) -> String {
        if self.array_content {
            let part = Object::new()
                .field("type", "text")
                .field("text", text)
                .finish();
            return list(&[part]);
        }
        render(text)
    }

    fn text_delta(&self, text: &str) -> String {
        Object::new()
            .raw("content", &self.content(text))
            .when(self.thinks, |delta| delta.raw("reasoning_content", "null"))
            .finish()
    }
}

impl Frames for Compatible {
    fn opening(&mut self) -> Vec<Event> {
        if self.opens_with_tools && !self.thinks {
            return Vec::new();
        }
        let delta = if self.thinks {
            r#"{"content":null,"role":"assistant","reasoning_content":""}"#
        } else {
            r#"{"content":"","role":"assistant"}"#
        };
        vec![self.choice(delta, Some("null"))]
    }

    fn delta(&mut self, delta: Delta<'_>, tokens: u64) -> Event {
        self.tally.count(delta, tokens);
        let json = match delta {
            Delta::Thinking(thought) => {
                let (_, thought) = self.said.add("", thought);
                Object::new()
                    .raw("content", "null")
                    .field("reasoning_content", &thought)
                    .finish()
            }
            Delta::Text(text) => {
                let (text, _) = self.said.add(text, "");
                self.text_delta(&text)
            }
        };
        self.choice(&json, Some("null"))
    }

    fn tools(&mut self, pieces: &[ToolPiece<'_>], tokens: u64, last: bool) -> Event {
        self.tally.output += tokens;
        let opens = self.number == 0;
        let calls = list(&pieces.iter().map(piece_json).collect::<Vec<_>>());
        let delta = Object::new()
            .raw("content", "null")
            .when(opens, |delta| delta.field("role", "assistant"));
        // The last fragment has no finish reason at all, not even null.
        self.choice(
            &delta.raw("tool_calls", &calls).finish(),
            (!last).then_some("null"),
        )
    }

    fn tools_finish(&self) -> bool {
        false
    }

    fn finish(&mut self, reason: &str, content: &str) -> Event {
        let delta = if reason == "tool_calls" && content.is_empty() {
            String::from("{}")
        } else {
            let (text, _) = self.said.add(content, "");
            self.text_delta(&text)
        };
        self.choice(&delta, Some(&render(reason)))
    }

    fn usage(&mut self) -> Option<Event> {
        if !self.include_usage {
            return None;
        }
        let usage = if self.null_usage {
            String::from("null")
        } else {
            self.tally.compatible()
        };
        Some(self.chunk("[]", &usage))
    }

    fn done(&self) -> Option<Event> {
        Some(Event::data(String::from("[DONE]")))
    }

    fn around(&mut self, choices: &str) -> Event {
        self.chunk(choices, "null")
    }

    fn content_key(&self) -> &'static str {
        "delta"
    }

    fn next_number(&self) -> u64 {
        self.number + 1
    }
}
