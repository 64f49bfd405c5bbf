//! The DashScope protocol client: typed requests out, typed events in.
//!
//! It stores nothing, knows no conversation tree and shows nothing. [`Client`] sends, an
//! [`Endpoint`] says where to, an [`ApiKey`] reaches no origin but those it was saved for, and an
//! [`chat::EventStream`] tells a reply in one vocabulary, whichever of the two protocols it came
//! over.

pub mod catalogue;
pub mod chat;
pub mod limits;
pub mod retry_after;
pub mod task;

mod authorization;
mod client;
mod endpoint;
mod error;
mod json;
mod models;
mod regions;
mod sse;

pub use authorization::ApiKey;
pub use chat::{
    ChatRequest, Event, EventStream, FinishReason, Parameters, Part, Protocol, Source, ToolCall,
    ToolCallDelta, Turn, Usage,
};
pub use client::Client;
pub use endpoint::{AddressChange, Endpoint, EndpointKind, EndpointProblem};
pub use error::{Error, ErrorKind, Retry};
pub use regions::{Region, RegionId, Regions};
