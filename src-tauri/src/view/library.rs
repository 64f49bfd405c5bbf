//! Conversations and messages as the page sees them.

use super::connection::Connection;
use crate::error::CommandError;
use conversation::{Role, Status};
use engine::Failure;
use markdown::Node;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use specta::Type;

/// A row of the sidebar.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConversationSummary {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// When it last changed.
    pub(crate) updated_ms: i64,
    /// Its model.
    pub(crate) model: Option<String>,
    /// Whether a reply is running in it.
    pub(crate) replying: bool,
}

impl ConversationSummary {
    pub(crate) fn new(row: store::Conversation, replying: bool) -> Self {
        Self {
            id: row.id.to_string(),
            title: row.title,
            updated_ms: row.updated_ms,
            model: row.model,
            replying,
        }
    }
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Author {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum MessageStatus {
    /// Waits to be sent.
    Queued,
    /// Is being written.
    Streaming,
    /// Ended as it should.
    Complete,
    /// The person stopped it.
    Stopped,
    /// The line broke; what had come is kept.
    Interrupted,
    /// It failed.
    Failed,
}

impl From<Status> for MessageStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Queued => Self::Queued,
            Status::Streaming => Self::Streaming,
            Status::Complete => Self::Complete,
            Status::Stopped => Self::Stopped,
            Status::Interrupted => Self::Interrupted,
            Status::Failed => Self::Failed,
        }
    }
}

/// Tokens a reply cost.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "each says what it counts")]
pub(crate) struct Usage {
    /// Tokens read.
    pub(crate) input_tokens: Option<u64>,
    /// Tokens written.
    pub(crate) output_tokens: Option<u64>,
    /// Tokens of thinking.
    pub(crate) reasoning_tokens: Option<u64>,
    /// All of them.
    pub(crate) total_tokens: Option<u64>,
    /// Input tokens from the vendor's cache.
    pub(crate) cached_tokens: Option<u64>,
}

impl From<engine::Usage> for Usage {
    fn from(usage: engine::Usage) -> Self {
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            reasoning_tokens: usage.reasoning_tokens,
            total_tokens: usage.total_tokens,
            cached_tokens: usage.cached_tokens,
        }
    }
}

/// The versions of one turn.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Siblings {
    /// Which one this is, from zero.
    pub(crate) index: u32,
    /// How many there are.
    pub(crate) count: u32,
    /// All of them, oldest first.
    pub(crate) ids: Vec<String>,
}

/// A reply's blocks as they were kept: JSON that is passed on unread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blocks(Option<Box<RawValue>>);

impl Serialize for Blocks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Some(json) => json.serialize(serializer),
            None => serializer.collect_seq(std::iter::empty::<Node>()),
        }
    }
}

/// A message.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    /// Its id.
    pub(crate) id: String,
    /// The message it follows.
    pub(crate) parent: Option<String>,
    /// Who wrote it.
    pub(crate) role: Author,
    /// How far it is.
    pub(crate) status: MessageStatus,
    /// What a person wrote; empty for a reply.
    pub(crate) text: String,
    /// How many characters were written.
    pub(crate) characters: u32,
    /// What a reply shows; empty for a person's message and while it runs.
    #[specta(type = Vec<Node>)]
    pub(crate) blocks: Blocks,
    /// What the model thought.
    pub(crate) thinking: String,
    /// The model that wrote it.
    pub(crate) model: Option<String>,
    /// When it was begun.
    pub(crate) created_ms: i64,
    /// When it ended.
    pub(crate) finished_ms: Option<i64>,
    /// How long the first token took.
    pub(crate) first_token_ms: Option<i64>,
    /// How long the model thought.
    pub(crate) thinking_ms: Option<i64>,
    /// The vendor's finish reason.
    pub(crate) finish_reason: Option<String>,
    /// What it cost.
    pub(crate) usage: Option<Usage>,
    /// The vendor's request id.
    pub(crate) request_id: Option<String>,
    /// The way of its last request.
    pub(crate) connection: Option<Connection>,
    /// Why it failed.
    pub(crate) error: Option<CommandError>,
    /// The other versions of this turn.
    pub(crate) siblings: Siblings,
}

impl Message {
    pub(crate) fn new(
        row: store::Message,
        siblings: Siblings,
        blocks: Option<Box<RawValue>>,
    ) -> Self {
        let characters = small(row.text.chars().count());
        let usage: Option<engine::Usage> =
            row.usage.and_then(|text| serde_json::from_str(&text).ok());
        let connection: Option<engine::Connection> = row
            .connection
            .and_then(|text| serde_json::from_str(&text).ok());
        let error: Option<Failure> = row.error.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: row.id.to_string(),
            parent: row.parent.map(|parent| parent.to_string()),
            role: match row.role {
                Role::User | Role::System => Author::User,
                Role::Assistant => Author::Assistant,
            },
            status: row.status.into(),
            text: match row.role {
                Role::User | Role::System => row.text,
                Role::Assistant => String::new(),
            },
            characters,
            blocks: Blocks(blocks),
            thinking: row.thinking,
            model: row.model,
            created_ms: row.created_ms,
            finished_ms: row.finished_ms,
            first_token_ms: row.first_token_ms,
            thinking_ms: row.thinking_ms,
            finish_reason: row.finish_reason,
            usage: usage.map(Into::into),
            request_id: row.request_id,
            connection: connection.map(Into::into),
            error: error.map(Into::into),
            siblings,
        }
    }
}

/// A conversation with neighbouring messages of one branch.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversation {
    /// Its id.
    pub(crate) id: String,
    /// Its title.
    pub(crate) title: String,
    /// Its model.
    pub(crate) model: Option<String>,
    /// What was typed and not sent.
    pub(crate) draft: String,
    /// How many messages the branch has.
    pub(crate) count: u32,
    /// The place in the branch of the first message here, from zero.
    pub(crate) from: u32,
    /// The messages, first one first.
    pub(crate) messages: Vec<Message>,
}

impl From<engine::Window> for Conversation {
    fn from(window: engine::Window) -> Self {
        let messages = window.messages.into_iter().map(|read| {
            let siblings = among(read.message.id, &read.versions);
            Message::new(read.message, siblings, read.blocks)
        });
        Self {
            messages: messages.collect(),
            count: small(window.count),
            from: small(window.from),
            id: window.conversation.id.to_string(),
            title: window.conversation.title,
            model: window.conversation.model,
            draft: window.conversation.draft,
        }
    }
}

/// One place of a text in a branch.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundPlace {
    /// The place of the message in the branch, from zero.
    pub(crate) position: u32,
    /// The message.
    pub(crate) message: String,
    /// Which of the places in this message it is, from zero.
    pub(crate) index: u32,
}

/// The places of a text in a branch.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Found {
    /// What was searched for.
    pub(crate) query: String,
    /// The places in reading order.
    pub(crate) hits: Vec<FoundPlace>,
    /// Whether there are more.
    pub(crate) cut: bool,
}

impl Found {
    /// The places of `query`.
    pub(crate) fn new(query: String, found: engine::Found) -> Self {
        let hits = found.hits.into_iter().map(|hit| FoundPlace {
            position: small(hit.position),
            message: hit.message.to_string(),
            index: small(hit.index),
        });
        Self {
            query,
            hits: hits.collect(),
            cut: found.cut,
        }
    }
}

/// Where a message stands among the versions of its turn.
pub(crate) fn among(id: conversation::MessageId, versions: &[conversation::MessageId]) -> Siblings {
    Siblings {
        index: versions
            .iter()
            .position(|version| *version == id)
            .and_then(|index| u32::try_from(index).ok())
            .unwrap_or_default(),
        count: u32::try_from(versions.len()).unwrap_or(1).max(1),
        ids: versions.iter().map(ToString::to_string).collect(),
    }
}

/// A count for the page, which never comes near the limit.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
