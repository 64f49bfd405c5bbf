//! Reads error bodies and error frames in every shape the services are known to send.
//!
//! It decides nothing: what a fault means is in [`super::codes`].

use serde_json::{Map, Value};

use crate::json::Document;
use crate::limits;
use crate::{json, sse};

/// What an error body or frame says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The code, else the type where there is no code.
    pub(crate) code: Option<String>,
    /// The OpenAI `type`.
    pub(crate) category: Option<String>,
    /// The name in the wrapper `<400> Name: …` of the message.
    pub(crate) wrapper: Option<String>,
    /// The message without the wrapper.
    pub(crate) message: Option<String>,
    /// The status in the wrapper or a numeric code.
    pub(crate) status: Option<u16>,
    /// The request id.
    pub(crate) request_id: Option<String>,
    /// The body was a web page.
    pub(crate) is_page: bool,
}

/// How often an error may sit inside the message of another.
const DEPTH: u32 = 3;

impl Fault {
    /// Reads the body of an answer that is not a success.
    pub(crate) fn from_body(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        if let Some(fault) = json::parse(text).and_then(Self::from_json) {
            return fault;
        }
        if let Some(fault) = Self::from_events(text) {
            return fault;
        }
        if is_page(text) {
            return Self {
                message: page_title(text),
                is_page: true,
                ..Self::default()
            };
        }
        Self::from_text(text)
    }

    /// A fault of which only the code is known.
    pub(crate) fn from_code(code: String) -> Self {
        Self {
            code: Some(code),
            ..Self::default()
        }
    }

    /// Whether a success carries a code that makes it none.
    pub(crate) fn has_code(object: &Map<String, Value>) -> bool {
        code_of(object).is_some()
    }

    /// Reads plain words.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut fault = Self::default();
        fault.set_message(text, DEPTH);
        fault
    }

    /// Reads a JSON value; `None` unless it names an error.
    pub(crate) fn from_json(value: Value) -> Option<Self> {
        Self::from_json_at(value, DEPTH)
    }

    /// Sets what the frame or the answer knows and the fault does not.
    pub(crate) fn with_status(mut self, status: Option<u16>) -> Self {
        self.status = status.or(self.status);
        self
    }

    fn from_json_at(value: Value, depth: u32) -> Option<Self> {
        let Value::Object(mut outer) = value else {
            return None;
        };
        let request_id = request_id(&outer);
        let mut fault = match outer.remove("error") {
            Some(Value::Object(inner)) => Self::from_object(&inner, depth),
            Some(Value::String(words)) if !words.is_empty() => {
                let mut fault = Self::from_object(&outer, depth);
                if fault.message.is_none() {
                    fault.set_message(&words, depth);
                }
                fault
            }
            Some(_) | None => Self::from_object(&outer, depth),
        };
        if fault.code.is_none() && fault.message.is_none() {
            return None;
        }
        fault.request_id = fault.request_id.or(request_id);
        Some(fault)
    }

    fn from_object(object: &Map<String, Value>, depth: u32) -> Self {
        let category =
            json::text_or_none(object, "type").map(|text| cut(text, limits::IDENTIFIER_BYTES));
        let code = code_of(object);
        let mut fault = Self {
            status: code.as_deref().and_then(status_in),
            code: code.or_else(|| category.clone()),
            category,
            request_id: request_id(object),
            ..Self::default()
        };
        if let Some(message) = object.get("message").and_then(Value::as_str) {
            fault.set_message(message, depth);
        }
        fault
    }

    /// An event stream as an error body: the first frame with a code or an error, else the first
    /// with a message.
    fn from_events(text: &str) -> Option<Self> {
        let mut decoder = sse::Decoder::default();
        let mut frames = Vec::new();
        decoder.push(text.as_bytes(), &mut frames).ok()?;
        decoder.finish(&mut frames).ok()?;
        let mut faults: Vec<Self> = frames
            .iter()
            .flat_map(|frame| {
                let documents = json::documents(&frame.data).unwrap_or_default();
                documents.into_iter().filter_map(|document| match document {
                    Document::Value(value) => {
                        Some(Self::from_json(value)?.with_status(frame.status))
                    }
                    Document::Done => None,
                })
            })
            .collect();
        let best = faults
            .iter()
            .position(|fault| fault.code.is_some())
            .unwrap_or(0);
        (best < faults.len()).then(|| faults.swap_remove(best))
    }

    fn set_message(&mut self, message: &str, depth: u32) {
        let message = message.trim();
        if message.is_empty() {
            return;
        }
        if depth > 0
            && let Some(inner) = Self::inside(message, depth - 1)
        {
            self.code = inner.code.or(self.code.take());
            self.category = inner.category.or(self.category.take());
            self.request_id = inner.request_id.or(self.request_id.take());
            self.status = inner.status.or(self.status);
            self.wrapper = inner.wrapper;
            self.message = inner.message;
            return;
        }
        let message = match unwrapped(message) {
            Some((status, name, rest)) => {
                self.status = self.status.or(Some(status));
                self.wrapper = Some(cut(name.to_owned(), limits::IDENTIFIER_BYTES));
                rest
            }
            None => message,
        };
        self.message = Some(cut(message.to_owned(), limits::ERROR_MESSAGE_BYTES));
    }

    /// The error inside a message that is itself JSON, with or without `data:` before it.
    fn inside(message: &str, depth: u32) -> Option<Self> {
        let text = message.strip_prefix("data:").unwrap_or(message).trim();
        if !text.starts_with('{') {
            return None;
        }
        Self::from_json_at(json::parse(text)?, depth)
    }
}

/// The code as text, unless it is absent, empty or says that all is well.
fn code_of(object: &Map<String, Value>) -> Option<String> {
    let code = match object.get("code") {
        Some(Value::Number(number)) => number.to_string(),
        Some(_) | None => json::text_or_none(object, "code")?,
    };
    (!is_success(&code)).then(|| cut(code, limits::IDENTIFIER_BYTES))
}

/// The request id under its three names; the OpenAI id carries it behind a prefix.
pub(crate) fn request_id(object: &Map<String, Value>) -> Option<String> {
    json::text_or_none(object, "request_id")
        .or_else(|| json::text_or_none(object, "requestId"))
        .or_else(|| {
            let id = json::text_or_none(object, "id")?;
            id.strip_prefix("chatcmpl-").map(str::to_owned)
        })
        .map(|id| cut(id, limits::IDENTIFIER_BYTES))
}

/// Splits `<400> InternalError.Algo.InvalidParameter: words`.
fn unwrapped(message: &str) -> Option<(u16, &str, &str)> {
    let (status, rest) = message.strip_prefix('<')?.split_once('>')?;
    let (name, words) = rest.trim_start().split_once(':')?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "._".contains(character));
    is_name.then_some((status_in(status)?, name, words.trim_start()))
}

fn status_in(text: &str) -> Option<u16> {
    text.parse()
        .ok()
        .filter(|status| (400..600).contains(status))
}

/// Codes that some services write beside a success.
fn is_success(code: &str) -> bool {
    matches!(code, "0" | "200")
        || code.eq_ignore_ascii_case("success")
        || code.eq_ignore_ascii_case("ok")
}

pub(crate) fn is_page(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// The title of a web page, which often says whose page it is.
pub(crate) fn page_title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower.get(open..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find("</title")?;
    let title = text
        .get(start..end)?
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    (!title.is_empty()).then(|| cut(title, 200))
}

/// Cuts at a character boundary.
pub(crate) fn cut(mut text: String, most: usize) -> String {
    text.truncate(text.floor_char_boundary(most));
    text
}

#[cfg(test)]
mod tests;
