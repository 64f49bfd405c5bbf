//! What the page sees: types that serialise to the page and to nothing else.

mod account;
mod connection;
mod content;
mod doctor;
mod id;
mod keep;
mod library;
mod model;
mod reply;
mod request;
mod route;
mod state;

pub(crate) use account::{
    Account, AddressPreview, EndpointKind, KeyCandidate, TestResult, VerifyEvent, VerifyRequest,
    VerifyScope,
};
pub(crate) use content::{CopiedCode, LinkTarget, Picture, TableFormat};
pub(crate) use doctor::{DoctorRequest, ReportForm};
pub(crate) use id::{conversation_id, id, model_id, optional_id};
pub(crate) use keep::Passphrase;
pub(crate) use library::{Conversation, ConversationSummary, Found};
pub(crate) use model::Model;
pub(crate) use reply::{ReplyEvent, RetryReply, SendMessage, StartedTurn};
pub(crate) use request::RecentRequests;
pub(crate) use route::{RouteChoice, RouteSettings};
pub(crate) use state::{
    AppState, Language, LanguageSetting, ReadOnlyReason, Settings, StorageState,
};
