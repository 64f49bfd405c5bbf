//! What a running reply tells its listener.

use crate::{Connection, Failure};
use conversation::Status;
use markdown::{Node, Operation};
use serde::{Deserialize, Serialize};

/// One message to the listener. `Started` comes first, or `Snapshot` where one begins to listen in
/// the middle; `Finished` comes last. The sequence counts without a gap, from zero or from the
/// snapshot on.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplyEvent {
    /// The reply's row exists and its task runs.
    Started {
        /// Position in the sequence.
        sequence: u32,
    },
    /// What the reply is waiting for.
    Phase {
        /// Position in the sequence.
        sequence: u32,
        /// The thing waited for.
        phase: Phase,
    },
    /// A request failed and another is made after a wait. `Phase` follows when it is made.
    Retrying {
        /// Position in the sequence.
        sequence: u32,
        /// The number of the next request of this reply, from 2.
        attempt: u32,
        /// Requests made for one reply at most.
        attempts: u32,
        /// The wait, in milliseconds.
        wait_ms: u64,
        /// Why the last request failed.
        failure: Failure,
    },
    /// Changes of what is shown, thinking, or both; never both empty.
    Delta {
        /// Position in the sequence.
        sequence: u32,
        /// What turns the answer shown so far into the one to show.
        operations: Vec<Operation>,
        /// Thinking to append.
        thinking: String,
    },
    /// All that is shown so far, for a listener that begins in the middle; the next event follows
    /// this sequence.
    Snapshot {
        /// Position of the last event it stands for.
        sequence: u32,
        /// The answer.
        blocks: Vec<Node>,
        /// The thinking.
        thinking: String,
        /// What a reply without text waits for.
        phase: Phase,
    },
    /// The reply is over and stored.
    Finished {
        /// Position in the sequence.
        sequence: u32,
        /// How it ended.
        outcome: Box<ReplyOutcome>,
    },
}

/// What a reply without text is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Another reply to end: at most four run at once.
    Queued,
    /// The connection and the response headers.
    Connecting,
    /// The model's first token.
    Waiting,
}

/// How a reply ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ReplyOutcome {
    /// Complete, stopped, interrupted or failed.
    pub status: Status,
    /// The vendor's finish reason, when one came.
    pub finish_reason: Option<String>,
    /// Tokens used, when the vendor said so.
    pub usage: Option<Usage>,
    /// The vendor's request id, for a support ticket.
    pub request_id: Option<String>,
    /// The way of its last request; `None` when none was sent.
    pub connection: Option<Connection>,
    /// Why it failed or was cut.
    pub failure: Option<Failure>,
    /// When it ended, in milliseconds since the Unix epoch.
    pub finished_ms: i64,
    /// From sending to the first token, in milliseconds.
    pub first_token_ms: Option<i64>,
    /// From the first thinking token to the first answer token, in milliseconds.
    pub thinking_ms: Option<i64>,
}

/// Tokens a reply cost, as stored beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input_tokens: Option<u64>,
    /// Tokens written, thinking included.
    pub output_tokens: Option<u64>,
    /// Tokens spent on thinking.
    pub reasoning_tokens: Option<u64>,
    /// Input and output together.
    pub total_tokens: Option<u64>,
    /// Input tokens served from the vendor's cache.
    pub cached_tokens: Option<u64>,
}

impl From<&dashscope::Usage> for Usage {
    fn from(usage: &dashscope::Usage) -> Self {
        Self {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            reasoning_tokens: usage.reasoning_tokens,
            total_tokens: usage.total_tokens,
            cached_tokens: usage.cached_tokens,
        }
    }
}
