//! What is asked, and the tidying that every request needs before it is written.
//!
//! The wire's two spellings are in `compatible` and `native`.

use std::collections::HashSet;

use super::event::ToolCall;
use super::parameters::Parameters;
use crate::catalogue::{Catalogue, Model};
use crate::error::{Error, ErrorKind};

/// One request for a reply; always streamed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// Ours for every try of one question: it tells a second try from a second question in the
    /// vendor's logs. Visible ASCII; anything else is not sent.
    pub id: Option<String>,
    /// How many requests of this question came before this one; noted, and not sent.
    pub earlier_tries: u32,
    /// The model's id; ids are case-sensitive.
    pub model: String,
    /// The conversation, oldest first, ending with a user turn or a tool result.
    pub turns: Vec<Turn>,
    /// The beginning of the reply, which the model goes on from; empty for a reply from the start.
    pub begins_with: String,
    /// Everything else; what the model does not take is left out.
    pub parameters: Parameters,
}

/// One turn of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// Instructions. Several are joined into one message at the front: most models refuse more.
    System(String),
    /// What the user said or showed.
    User(Vec<Part>),
    /// What the model said.
    Assistant {
        /// The answer.
        text: String,
        /// Its thinking, sent back only to models that keep it.
        thinking: Option<String>,
        /// The calls it made; a call without a result after it is left out.
        tool_calls: Vec<ToolCall>,
    },
    /// What a tool answered; left out when no call asked for it.
    ToolResult {
        /// The call's id.
        id: String,
        /// The answer, as text.
        text: String,
    },
}

/// A piece of a user turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// An image: `https:` URL, `data:` URL of at most 10 MiB, or `oss:` URL.
    ImageUrl(String),
}

/// A request fit for the wire.
pub(crate) struct Prepared<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) earlier_tries: u32,
    pub(crate) model: &'a str,
    pub(crate) known: Option<&'a Model>,
    pub(crate) system: Option<String>,
    pub(crate) messages: Vec<Message<'a>>,
    pub(crate) parameters: Parameters,
}

pub(crate) enum Message<'a> {
    User(Vec<&'a Part>),
    Assistant {
        text: &'a str,
        thinking: Option<&'a str>,
        calls: Vec<&'a ToolCall>,
    },
    ToolResult {
        id: &'a str,
        text: &'a str,
    },
    /// The beginning of the reply that is asked for.
    Beginning(&'a str),
}

impl ChatRequest {
    /// Checks the request and drops what the server would refuse: empty turns, orphan tool results,
    /// unanswered tool calls, parameters and old images the model does not take.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] when nothing is left to answer or a parameter is out of range,
    /// [`ErrorKind::UnsupportedByModel`] when the last user turn shows an image to a model that
    /// cannot see.
    pub(crate) fn prepare<'a>(&'a self, catalogue: &'a Catalogue) -> Result<Prepared<'a>, Error> {
        if self.model.trim().is_empty() {
            return Err(invalid("the model is missing"));
        }
        let known = catalogue.get(&self.model);
        let parameters = self.parameters.for_model(&self.model, known)?;
        let keeps_thinking = known.is_some_and(|model| model.preserve_thinking)
            && parameters.preserve_thinking == Some(true);
        let mut messages = messages(&self.turns, keeps_thinking);
        if known.is_some_and(|model| model.vision == Some(false)) {
            hide_images(&mut messages)?;
        }
        match messages.last() {
            Some(Message::User(_) | Message::ToolResult { .. }) => {}
            Some(Message::Assistant { .. } | Message::Beginning(_)) | None => {
                return Err(invalid(
                    "the last turn must be a user turn or a tool result",
                ));
            }
        }
        if !self.begins_with.is_empty() {
            messages.push(Message::Beginning(&self.begins_with));
        }
        Ok(Prepared {
            id: self.id.as_deref(),
            earlier_tries: self.earlier_tries,
            model: &self.model,
            known,
            system: system(&self.turns),
            messages,
            parameters,
        })
    }
}

impl Prepared<'_> {
    /// Whether any part shows an image.
    pub(crate) fn has_images(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::ImageUrl(_)))
    }

    /// Whether any part lies in the vendor's temporary storage, which a header must unlock.
    pub(crate) fn has_uploads(&self) -> bool {
        self.parts()
            .any(|part| matches!(part, Part::ImageUrl(url) if url.starts_with("oss://")))
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.messages
            .iter()
            .filter_map(|message| match message {
                Message::User(parts) => Some(parts),
                Message::Assistant { .. } | Message::ToolResult { .. } | Message::Beginning(_) => {
                    None
                }
            })
            .flatten()
            .copied()
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest).with_message(message)
}

fn system(turns: &[Turn]) -> Option<String> {
    let mut joined: Option<String> = None;
    for turn in turns {
        let Turn::System(text) = turn else { continue };
        if text.trim().is_empty() {
            continue;
        }
        match &mut joined {
            Some(before) => {
                before.push_str("\n\n");
                before.push_str(text);
            }
            None => joined = Some(text.clone()),
        }
    }
    joined
}

fn messages(turns: &[Turn], keeps_thinking: bool) -> Vec<Message<'_>> {
    let mut messages = Vec::with_capacity(turns.len());
    let mut asked: HashSet<&str> = HashSet::new();
    for (position, turn) in turns.iter().enumerate() {
        match turn {
            Turn::System(_) => {}
            Turn::User(parts) => {
                asked.clear();
                let parts: Vec<&Part> = parts.iter().filter(|part| !part.is_empty()).collect();
                if !parts.is_empty() {
                    messages.push(Message::User(parts));
                }
            }
            Turn::Assistant {
                text,
                thinking,
                tool_calls,
            } => {
                let answered = answered(turns.get(position + 1..).unwrap_or_default());
                let calls: Vec<&ToolCall> = tool_calls
                    .iter()
                    .filter(|call| answered.contains(call.id.as_str()))
                    .collect();
                asked = calls.iter().map(|call| call.id.as_str()).collect();
                if !text.trim().is_empty() || !calls.is_empty() {
                    let thinking = thinking.as_deref().filter(|_| keeps_thinking);
                    messages.push(Message::Assistant {
                        text,
                        thinking,
                        calls,
                    });
                }
            }
            Turn::ToolResult { id, text } => {
                if asked.remove(id.as_str()) {
                    messages.push(Message::ToolResult { id, text });
                }
            }
        }
    }
    messages
}

/// Ids of the results that follow at once.
fn answered(turns: &[Turn]) -> HashSet<&str> {
    turns
        .iter()
        .map_while(|turn| match turn {
            Turn::ToolResult { id, .. } => Some(id.as_str()),
            Turn::System(_) | Turn::User(_) | Turn::Assistant { .. } => None,
        })
        .collect()
}

/// Text models refuse images even in old turns; an image in the newest one is the user's point.
fn hide_images(messages: &mut Vec<Message<'_>>) -> Result<(), Error> {
    let newest = messages
        .iter()
        .rposition(|message| matches!(message, Message::User(_)));
    for (position, message) in messages.iter_mut().enumerate() {
        let Message::User(parts) = message else {
            continue;
        };
        let before = parts.len();
        parts.retain(|part| matches!(part, Part::Text(_)));
        if Some(position) == newest && parts.len() < before {
            let error = Error::new(ErrorKind::UnsupportedByModel);
            return Err(error.with_message("the model takes no images"));
        }
    }
    messages.retain(|message| !matches!(message, Message::User(parts) if parts.is_empty()));
    Ok(())
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::ImageUrl(url) => url.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests;
