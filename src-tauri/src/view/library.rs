//! Conversations and messages as the page sees them.

use crate::error::CommandError;
use conversation::{Node, Role, Status, Tree};
use engine::Failure;
use serde::Serialize;
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
    /// What it says.
    pub(crate) text: String,
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
    /// Why it failed.
    pub(crate) error: Option<CommandError>,
    /// The other versions of this turn.
    pub(crate) siblings: Siblings,
}

impl Message {
    pub(crate) fn new(row: store::Message, siblings: Siblings) -> Self {
        let usage: Option<engine::Usage> =
            row.usage.and_then(|text| serde_json::from_str(&text).ok());
        let error: Option<Failure> = row.error.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: row.id.to_string(),
            parent: row.parent.map(|parent| parent.to_string()),
            role: match row.role {
                Role::User | Role::System => Author::User,
                Role::Assistant => Author::Assistant,
            },
            status: row.status.into(),
            text: row.text,
            thinking: row.thinking,
            model: row.model,
            created_ms: row.created_ms,
            finished_ms: row.finished_ms,
            first_token_ms: row.first_token_ms,
            thinking_ms: row.thinking_ms,
            finish_reason: row.finish_reason,
            usage: usage.map(Into::into),
            request_id: row.request_id,
            error: error.map(Into::into),
            siblings,
        }
    }
}

/// A conversation with the messages of one branch.
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
    /// The branch, first message first.
    pub(crate) messages: Vec<Message>,
}

impl Conversation {
    /// The branch that ends at `leaf`, or goes through it, or the newest one.
    pub(crate) fn new(
        row: store::Conversation,
        messages: Vec<store::Message>,
        through: Option<conversation::MessageId>,
    ) -> Self {
        let nodes = messages.iter().map(|message| Node {
            id: message.id,
            parent: message.parent,
            role: message.role,
            status: message.status,
            text: String::new(),
        });
        let shown = Tree::new(nodes.collect())
            .map_or_else(|_error| Vec::new(), |tree| branch(&tree, through));
        let mut rows: std::collections::HashMap<_, _> = messages
            .into_iter()
            .map(|message| (message.id, message))
            .collect();
        let messages = shown
            .into_iter()
            .filter_map(|(id, siblings)| Some(Message::new(rows.remove(&id)?, siblings)))
            .collect();
        Self {
            id: row.id.to_string(),
            title: row.title,
            model: row.model,
            draft: row.draft,
            messages,
        }
    }
}

fn branch(
    tree: &Tree,
    through: Option<conversation::MessageId>,
) -> Vec<(conversation::MessageId, Siblings)> {
    let leaf = through
        .and_then(|id| tree.newest_leaf_below(id))
        .or_else(|| tree.newest_leaf());
    let Some(leaf) = leaf else { return Vec::new() };
    let versions = |id| {
        tree.siblings(id)
            .map(|siblings| siblings.ids)
            .unwrap_or_default()
    };
    tree.path_to(leaf)
        .into_iter()
        .map(|node| (node.id, among(node.id, &versions(node.id))))
        .collect()
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
