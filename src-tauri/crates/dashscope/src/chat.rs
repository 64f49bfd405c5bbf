//! Typed chat: a request in, events out, over either protocol.
//!
//! Sending is in [`crate::Client`].

mod compatible;
mod decoder;
mod event;
mod lane;
mod native;
mod parameters;
mod reply;
mod request;
mod stream;
mod tools;
mod usage;

pub use decoder::{Decoder, End, Head, Output};
pub use event::{Event, FinishReason, Source, ToolCall, ToolCallDelta, ToolCalls};
pub use parameters::{
    AudioOutput, Effort, JsonSchema, Parameters, ResponseFormat, SearchOptions, Tool, ToolChoice,
};
pub use request::{ChatRequest, Part, Turn};
pub use stream::EventStream;
pub use usage::Usage;

pub(crate) use compatible::body as compatible_body;
pub(crate) use native::body as native_body;
pub(crate) use request::Prepared;

/// Which of the two wire protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `/compatible-mode/v1/chat/completions`, the default for chat.
    Compatible,
    /// `/api/v1/services/aigc/…/generation`.
    Native,
}
