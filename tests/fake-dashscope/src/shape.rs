//! How a refusal looks on the wire: the shapes A to K that clients have met.
//! Which refusal is sent is `errors`' business, and when is `stream`'s.

use crate::errors::ErrorRow;
use crate::event::Event;
use crate::ordered_json::Object;

/// A shape of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Native: `{"code","message","request_id"}` with a 4xx or 5xx status.
    A,
    /// Native stream: status 200, then an `event:error` frame.
    B,
    /// Native stream: a 4xx or 5xx status whose body is an event stream holding shape A.
    B2,
    /// Compatible: `{"error":{..},"id","request_id"}`.
    C,
    /// Compatible: only `{"error":{"message","type"}}`.
    CBare,
    /// Compatible: a number for a code.
    CNumber,
    /// Compatible stream: shape C behind `data: `.
    D,
    /// A gateway's frame whose message holds shape D.
    E,
    /// Compatible stream: status 200, then a chunk holding shape C.
    F,
    /// Compatible stream: a usual chunk with `error_finish` and the message as its text.
    G,
    /// The same with a JSON error as its text.
    GJson,
    /// Status 200 with a JSON body that has a code.
    H,
    /// `{"requestId","error":{"code","message"}}`.
    I,
    /// `{"type":"error","error":{"type","message"}}`.
    J,
    /// Only `{"message"}`.
    JMessage,
    /// A web page.
    K,
    /// Nothing at all.
    KEmpty,
    /// `{"message":"Error api key"}`, whatever the refusal is.
    KMessage,
}

const NAMES: [(&str, Shape); 18] = [
    ("A", Shape::A),
    ("B", Shape::B),
    ("B2", Shape::B2),
    ("C", Shape::C),
    ("C-bare", Shape::CBare),
    ("C-number", Shape::CNumber),
    ("D", Shape::D),
    ("E", Shape::E),
    ("F", Shape::F),
    ("G", Shape::G),
    ("G-json", Shape::GJson),
    ("H", Shape::H),
    ("I", Shape::I),
    ("J", Shape::J),
    ("J-message", Shape::JMessage),
    ("K", Shape::K),
    ("K-empty", Shape::KEmpty),
    ("K-message", Shape::KMessage),
];

impl Shape {
    /// Every shape with the name that scripts use for it.
    pub fn all() -> &'static [(&'static str, Self)] {
        &NAMES
    }

    /// The shape with this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let found = NAMES
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, shape)| *shape)
    }
}

/// What a refusal tells beyond its row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) row: &'a ErrorRow,
    /// Replaces the row's message.
    pub(crate) message: Option<&'a str>,
    pub(crate) model: &'a str,
    pub(crate) request_id: &'a str,
}

/// A refusal as a whole HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream;charset=UTF-8";
const HTML: &str = "text/html; charset=utf-8";
pub(crate) const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Sign in to this network</title></head>\n<body><h1>Welcome</h1><p>Accept the terms to go online.</p></body></html>\n";

impl Refused<'_> {
    fn native_message(&self) -> String {
        self.message
            .unwrap_or(&self.row.native_message)
            .replace("{model}", self.model)
    }

    fn compatible_message(&self) -> String {
        self.message
            .unwrap_or(&self.row.compatible_message)
            .replace("{model}", self.model)
    }

    fn native(&self) -> String {
        Object::new()
            .optional("code", self.row.native_code.as_ref())
            .field("message", &self.native_message())
            .field("request_id", self.request_id)
            .finish()
    }

    fn compatible_error(&self) -> String {
        Object::new()
            .field("code", &self.row.compatible_code)
            .raw("param", "null")
            .field("message", &self.compatible_message())
            .field("type", &self.row.compatible_type)
            .finish()
    }

    fn compatible(&self) -> String {
        Object::new()
            .raw("error", &self.compatible_error())
            .field("id", &format!("chatcmpl-{}", self.request_id))
            .field("request_id", self.request_id)
            .finish()
    }

    /// The error as JSON inside another text, as gateways and shape G carry it.
    fn nested(&self) -> String {
        let error = Object::new()
            .field("code", &self.row.status.to_string())
            .field("message", &self.compatible_message())
            .finish();
        Object::new().raw("error", &error).finish()
    }

    /// The text that shape G puts into the answer.
    pub(crate) fn as_content(&self, shape: Shape) -> String {
        if shape == Shape::GJson {
            self.nested()
        } else {
            self.compatible_message()
        }
    }

    /// The refusal as an event of a running stream. Shape G is a usual chunk and is built by
    /// the protocol's own frames from `as_content`.
    pub(crate) fn as_event(&self, shape: Shape, number: u64) -> Event {
        let native = |data| Event {
            id: Some(number),
            name: Some("error"),
            status: Some(self.row.status),
            spaced: false,
            data,
        };
        if shape == Shape::E {
            return Event {
                id: None,
                status: None,
                ..native(self.wrapped())
            };
        }
        if matches!(shape, Shape::A | Shape::B | Shape::B2 | Shape::H) {
            return native(self.native());
        }
        // A body that is an event already would otherwise be an event in an event.
        let shape = if matches!(shape, Shape::D | Shape::F) {
            Shape::C
        } else {
            shape
        };
        Event::data(self.body(shape))
    }

    /// The refusal as a whole HTTP answer.
    pub(crate) fn answer(&self, shape: Shape) -> Answer {
        let status = match shape {
            Shape::B | Shape::F | Shape::H => 200,
            Shape::E => 400,
            Shape::I => 404,
            Shape::A
            | Shape::B2
            | Shape::C
            | Shape::CBare
            | Shape::CNumber
            | Shape::D
            | Shape::G
            | Shape::GJson
            | Shape::J
            | Shape::JMessage
            | Shape::K
            | Shape::KEmpty
            | Shape::KMessage => self.row.status,
        };
        let content_type = match shape {
            Shape::B | Shape::B2 | Shape::D | Shape::E | Shape::F => EVENTS,
            Shape::K => HTML,
            Shape::A
            | Shape::C
            | Shape::CBare
            | Shape::CNumber
            | Shape::G
            | Shape::GJson
            | Shape::H
            | Shape::I
            | Shape::J
            | Shape::JMessage
            | Shape::KEmpty
            | Shape::KMessage => JSON,
        };
        Answer {
            status,
            content_type,
            body: self.body(shape),
        }
    }

    fn body(&self, shape: Shape) -> String {
        match shape {
            Shape::A | Shape::H => self.native(),
            Shape::B | Shape::E => self.as_event(shape, 1).to_text(),
            Shape::B2 => format!("data:{}\n", self.native()),
            Shape::C | Shape::G | Shape::GJson => self.compatible(),
            Shape::D | Shape::F => format!("data: {}\n\n", self.compatible()),
            Shape::CBare => Object::new().raw("error", &self.error(None)).finish(),
            Shape::CNumber => {
                let error = self.error(Some(&self.row.status));
                Object::new()
                    .raw("error", &error)
                    .raw("id", "null")
                    .finish()
            }
            Shape::I => {
                let error = Object::new()
                    .optional("code", self.row.native_code.as_ref())
                    .field("message", &self.native_message())
                    .finish();
                Object::new()
                    .field("requestId", self.request_id)
                    .raw("error", &error)
                    .finish()
            }
            Shape::J => {
                let error = Object::new()
                    .field("type", &self.row.compatible_type)
                    .field("message", &self.compatible_message())
                    .finish();
                Object::new()
                    .field("type", "error")
                    .raw("error", &error)
                    .finish()
            }
            Shape::JMessage => Object::new()
                .field("message", &self.compatible_message())
                .finish(),
            Shape::K => PAGE.to_owned(),
            Shape::KEmpty => String::new(),
            Shape::KMessage => String::from(r#"{"message":"Error api key"}"#),
        }
    }

    fn error(&self, code: Option<&u16>) -> String {
        Object::new()
            .optional("code", code)
            .field("message", &self.compatible_message())
            .field("type", &self.row.compatible_type)
            .finish()
    }

    /// Shape E: an error whose message is another error.
    fn wrapped(&self) -> String {
        Object::new()
            .field("request_id", self.request_id)
            .field("code", "InvalidParameter")
            .field("message", &format!("data: {}", self.compatible()))
            .finish()
    }
}
