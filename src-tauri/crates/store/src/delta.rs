//! The journal of replies that are still streaming.
//!
//! Each write only appends, so its cost does not grow with the reply; the end of a reply, or the
//! next start after a crash, moves the pieces into the message.

use ::conversation::MessageId;
use rusqlite::params;

use crate::message::unfinished_seq;
use crate::{Error, Store};

pub(crate) const CREATE: &str = "
CREATE TABLE delta (
    message INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('text', 'thinking')),
    text    TEXT    NOT NULL,
    PRIMARY KEY (message, seq, kind)
) STRICT, WITHOUT ROWID;
";

/// One piece of a streaming reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// The reply.
    pub message: MessageId,
    /// Its place among the pieces of its kind; pieces may have gaps between their numbers.
    pub seq: u32,
    /// What it continues.
    pub kind: DeltaKind,
    /// The piece itself.
    pub text: String,
}

/// What a [`Delta`] continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeltaKind {
    /// The visible text.
    Text,
    /// The model's thinking.
    Thinking,
}

impl DeltaKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Thinking => "thinking",
        }
    }
}

impl Store {
    /// Appends pieces of one or more streaming replies in one transaction; they are on disk
    /// when the call returns.
    ///
    /// # Errors
    /// [`Error::NotFound`] if a reply is unknown or has ended, [`Error::Other`] if a piece with
    /// the same number and kind is there already; see [`Error`] for the rest.
    pub fn append_deltas(&self, deltas: &[Delta]) -> Result<(), Error> {
        if deltas.is_empty() {
            return Ok(());
        }
        self.connections().write(|transaction| {
            let mut append = transaction.prepare_cached(
                "INSERT INTO delta (message, seq, kind, text) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for delta in deltas {
                let message = unfinished_seq(transaction, delta.message)?;
                append.execute(params![message, delta.seq, delta.kind.as_str(), delta.text])?;
            }
            Ok(())
        })
    }
}
