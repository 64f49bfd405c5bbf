//! Turns and running replies as the page sees them.

use super::connection::Connection;
use super::library::{ConversationSummary, Message, MessageStatus, Usage, among};
use crate::error::CommandError;
use engine::Phase;
use markdown::{Node, Operation};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A message to send.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SendMessage {
    /// The conversation; `null` begins one.
    pub(crate) conversation: Option<String>,
    /// The message it follows: the last one shown.
    pub(crate) after: Option<String>,
    /// What the person wrote.
    pub(crate) text: String,
    /// The model to ask.
    pub(crate) model: String,
    /// Whether to think, where the model lets one choose.
    pub(crate) thinking: Option<bool>,
}

/// An answer to try again.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RetryReply {
    /// The answer.
    pub(crate) reply: String,
    /// Another model; `null` asks the same one.
    pub(crate) model: Option<String>,
    /// Go on where it was cut, instead of beginning anew.
    pub(crate) resume: bool,
}

/// A turn that was stored and whose reply runs.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartedTurn {
    /// The conversation it belongs to.
    pub(crate) conversation: ConversationSummary,
    /// The person's message; `null` when an answer is tried again.
    pub(crate) user: Option<Message>,
    /// The reply.
    pub(crate) reply: Message,
}

impl StartedTurn {
    /// The view of a turn; the lists hold every version of its messages, oldest first.
    pub(crate) fn new(
        turn: engine::StartedTurn,
        users: &[conversation::MessageId],
        replies: &[conversation::MessageId],
    ) -> Self {
        let reply = among(turn.reply.id, replies);
        Self {
            user: turn.user.map(|user| {
                let siblings = among(user.id, users);
                Message::new(user, siblings, None)
            }),
            reply: Message::new(turn.reply, reply, None),
            conversation: ConversationSummary::new(turn.conversation, true),
        }
    }
}

/// What a reply waits for.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReplyPhase {
    /// Another reply to end.
    Queued,
    /// The connection.
    Connecting,
    /// The model's first token.
    Waiting,
}

impl From<Phase> for ReplyPhase {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Queued => Self::Queued,
            Phase::Connecting => Self::Connecting,
            Phase::Waiting => Self::Waiting,
        }
    }
}

/// One message of a running reply. `started` comes first, or `snapshot` where one begins to listen
/// in the middle; `finished` comes last.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "event"
)]
pub(crate) enum ReplyEvent {
    /// The reply runs.
    Started {
        /// Position in the sequence.
        sequence: u32,
    },
    /// What it waits for.
    Phase {
        /// Position in the sequence.
        sequence: u32,
        /// The thing waited for.
        phase: ReplyPhase,
    },
    /// A request failed; another is made after a wait. A phase follows when it is.
    Retrying {
        /// Position in the sequence.
        sequence: u32,
        /// The number of the next request, from 2.
        attempt: u32,
        /// Requests made at most.
        attempts: u32,
        /// The wait, in milliseconds.
        wait_ms: u64,
        /// Why the last request failed.
        error: CommandError,
    },
    /// Changes of the answer, and thinking to append.
    Delta {
        /// Position in the sequence.
        sequence: u32,
        /// What turns the answer shown into the one to show.
        operations: Vec<Operation>,
        /// Thinking.
        thinking: String,
    },
    /// Replaces everything shown; the first event of a page that begins to listen in the middle.
    Snapshot {
        /// Position of the last event it stands for.
        sequence: u32,
        /// The answer.
        blocks: Vec<Node>,
        /// The thinking.
        thinking: String,
        /// What a reply without text waits for.
        phase: ReplyPhase,
    },
    /// The reply is over and stored.
    Finished {
        /// Position in the sequence.
        sequence: u32,
        /// How it ended.
        outcome: Box<ReplyOutcome>,
    },
}

/// How a reply ended.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplyOutcome {
    /// Complete, stopped, interrupted or failed.
    pub(crate) status: MessageStatus,
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
    /// When it ended.
    pub(crate) finished_ms: i64,
    /// How long the first token took.
    pub(crate) first_token_ms: Option<i64>,
    /// How long the model thought.
    pub(crate) thinking_ms: Option<i64>,
}

impl From<engine::ReplyOutcome> for ReplyOutcome {
    fn from(outcome: engine::ReplyOutcome) -> Self {
        Self {
            status: outcome.status.into(),
            finish_reason: outcome.finish_reason,
            usage: outcome.usage.map(Into::into),
            request_id: outcome.request_id,
            connection: outcome.connection.map(Into::into),
            error: outcome.failure.map(Into::into),
            finished_ms: outcome.finished_ms,
            first_token_ms: outcome.first_token_ms,
            thinking_ms: outcome.thinking_ms,
        }
    }
}

impl From<engine::ReplyEvent> for ReplyEvent {
    fn from(event: engine::ReplyEvent) -> Self {
        match event {
            engine::ReplyEvent::Started { sequence } => Self::Started { sequence },
            engine::ReplyEvent::Phase { sequence, phase } => Self::Phase {
                sequence,
                phase: phase.into(),
            },
            engine::ReplyEvent::Retrying {
                sequence,
                attempt,
                attempts,
                wait_ms,
                failure,
            } => Self::Retrying {
                sequence,
                attempt,
                attempts,
                wait_ms,
                error: failure.into(),
            },
            engine::ReplyEvent::Delta {
                sequence,
                operations,
                thinking,
            } => Self::Delta {
                sequence,
                operations,
                thinking,
            },
            engine::ReplyEvent::Snapshot {
                sequence,
                blocks,
                thinking,
                phase,
            } => Self::Snapshot {
                sequence,
                blocks,
                thinking,
                phase: phase.into(),
            },
            engine::ReplyEvent::Finished { sequence, outcome } => Self::Finished {
                sequence,
                outcome: Box::new((*outcome).into()),
            },
        }
    }
}
