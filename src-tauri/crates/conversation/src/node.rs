//! One message as the tree sees it: who said it, how it ended, its text.
//!
//! Times, usage and errors of a message are not here; the tree does not need them.

use std::str::FromStr;

use crate::id::MessageId;

/// Who said a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// An instruction to the model.
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// How far a message has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waits for its turn; nothing was sent.
    Queued,
    /// Text is arriving.
    Streaming,
    /// Ended with an explicit end signal.
    Complete,
    /// Ended by the person.
    Stopped,
    /// Ended without an end signal: a lost connection or a killed process.
    Interrupted,
    /// Ended with an error.
    Failed,
}

/// One message of a conversation's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Unique within the tree.
    pub id: MessageId,
    /// The message this one answers or follows; `None` for a first turn.
    pub parent: Option<MessageId>,
    /// Who said it.
    pub role: Role,
    /// How far it has come.
    pub status: Status,
    /// The visible text, without thinking.
    pub text: String,
}

/// The text names no role or status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known name")]
pub struct UnknownName;

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::System, Self::User, Self::Assistant];

    /// The lower-case name; [`FromStr`] reads it back.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Streaming,
        Self::Complete,
        Self::Stopped,
        Self::Interrupted,
        Self::Failed,
    ];

    /// The lower-case name; [`FromStr`] reads it back.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Streaming => "streaming",
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }

    /// Whether no more text can arrive.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Streaming => false,
            Self::Complete | Self::Stopped | Self::Interrupted | Self::Failed => true,
        }
    }
}

impl FromStr for Role {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownName)
    }
}

impl FromStr for Status {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_no_other_does() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
        }
        for text in ["", "User", "tool", "complete ", "done"] {
            assert_eq!(text.parse::<Role>(), Err(UnknownName), "{text:?}");
            assert_eq!(text.parse::<Status>(), Err(UnknownName), "{text:?}");
        }
    }

    #[test]
    fn only_queued_and_streaming_can_still_change() {
        let open: Vec<Status> = Status::ALL.into_iter().filter(|s| !s.is_final()).collect();
        assert_eq!(open, [Status::Queued, Status::Streaming]);
    }
}
