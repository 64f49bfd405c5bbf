//! What the page sees: types that serialise to the page and to nothing else.

mod account;
mod chat;
mod model;
mod state;

pub(crate) use account::{
    Account, AddressPreview, EndpointKind, KeyCandidate, TestResult, VerifyEvent, VerifyRequest,
    VerifyScope,
};
pub(crate) use chat::{
    Conversation, ConversationSummary, ReplyEvent, RetryReply, SendMessage, StartedTurn,
    conversation_id, id, optional_id,
};
pub(crate) use model::Model;
pub(crate) use state::{
    AppState, Language, LanguageSetting, ReadOnlyReason, Settings, StorageState,
};
