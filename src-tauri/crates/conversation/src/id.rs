//! Ids of conversations and messages.
//!
//! They are made elsewhere; this module only keeps the two kinds from being mixed up.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Names one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(Uuid);

/// Names one message of any conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(Uuid);

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id")]
pub struct InvalidId;

impl ConversationId {
    /// Wraps a UUID that names a conversation.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID inside.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl MessageId {
    /// Wraps a UUID that names a message.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID inside.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl FromStr for ConversationId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse(text).map(Self)
    }
}

impl FromStr for MessageId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse(text).map(Self)
    }
}

/// Accepts only the hyphenated form, so that one id has one spelling apart from case.
fn parse(text: &str) -> Result<Uuid, InvalidId> {
    const HYPHENATED_LENGTH: usize = 36;
    if text.len() != HYPHENATED_LENGTH {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_unparsed| InvalidId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_own_text() {
        let id = MessageId::from_uuid(Uuid::from_u128(0x0190_aaaa_bbbb_7ccc_8ddd_eeee_ffff_0001));
        assert_eq!(id.to_string(), "0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001");
        assert_eq!(id.to_string().parse(), Ok(id));
        let id = ConversationId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_spellings_and_other_text_are_refused() {
        for text in [
            "",
            "1",
            "0190aaaabbbb7ccc8dddeeeeffff0001",
            "{0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001}",
            "urn:uuid:0190aaaa-bbbb-7ccc-8ddd-eeeeffff0001",
            "0190aaaa-bbbb-7ccc-8ddd-eeeeffff000g",
            " 190aaaa-bbbb-7ccc-8ddd-eeeeffff0001",
            "'; DROP TABLE message; --'; DROP TAB",
        ] {
            assert_eq!(text.parse::<MessageId>(), Err(InvalidId), "{text:?}");
            assert_eq!(text.parse::<ConversationId>(), Err(InvalidId), "{text:?}");
        }
    }
}
