//! Replies as they are shown, so that opening a conversation parses nothing.
//!
//! What a reply says stays in its message; a document is made from it and can be made again. The
//! store does not read the blocks, it keeps them as the JSON it was given.

use ::conversation::MessageId;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::column::message_bytes;
use crate::{Error, Store};

/// `shown` stands before `blocks`, so that a search need not read past them.
pub(crate) const CREATE: &str = "
CREATE TABLE document (
    message INTEGER PRIMARY KEY REFERENCES message (seq) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    shown   TEXT    NOT NULL,
    blocks  TEXT    NOT NULL
) STRICT;
";

/// A reply as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What made it; another version's documents are not given back.
    pub version: u32,
    /// The text a person sees, for searching.
    pub shown: String,
    /// Its blocks as JSON.
    pub blocks: String,
}

/// What a search looks through in one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Searchable {
    /// Its text as it is shown.
    Text(String),
    /// A reply that has no document of this version.
    Unparsed,
}

impl Store {
    /// The blocks of each of these messages, in their order; `None` where there is no document of
    /// this version.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn blocks(
        &self,
        messages: &[MessageId],
        version: u32,
    ) -> Result<Vec<Option<String>>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT blocks FROM document
                 WHERE message = (SELECT seq FROM message WHERE id = ?1) AND version = ?2",
            )?;
            let read = |id: &MessageId| {
                statement
                    .query_row(params![message_bytes(*id), version], |row| row.get(0))
                    .optional()
            };
            Ok(messages.iter().map(read).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// What a search looks through in each of these messages, in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`] if one is unknown; see [`Error`] for the rest.
    pub fn searchable(
        &self,
        messages: &[MessageId],
        version: u32,
    ) -> Result<Vec<Searchable>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT CASE role WHEN 'assistant' THEN shown ELSE text END
                 FROM message LEFT JOIN document
                   ON document.message = message.seq AND document.version = ?2
                 WHERE id = ?1",
            )?;
            let read = |id: &MessageId| {
                statement.query_row(params![message_bytes(*id), version], |row| {
                    let text: Option<String> = row.get(0)?;
                    Ok(text.map_or(Searchable::Unparsed, Searchable::Text))
                })
            };
            Ok(messages.iter().map(read).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Keeps documents of replies that have ended, in place of older ones; a reply that is gone
    /// by now is passed over.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn save_documents(&self, documents: &[(MessageId, Document)]) -> Result<(), Error> {
        self.connections().write(|transaction| {
            for (message, document) in documents {
                if let Some(seq) = ended_seq(transaction, *message)? {
                    save(transaction, seq, document)?;
                }
            }
            Ok(())
        })
    }
}

/// Keeps the document of a message, in place of an older one.
pub(crate) fn save(
    transaction: &Transaction<'_>,
    seq: i64,
    document: &Document,
) -> Result<(), Error> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO document (message, version, shown, blocks)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            seq,
            document.version,
            document.shown,
            document.blocks
        ])?;
    Ok(())
}

fn ended_seq(connection: &Connection, id: MessageId) -> Result<Option<i64>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT seq FROM message WHERE id = ?1 AND status NOT IN ('queued', 'streaming')",
    )?;
    Ok(statement
        .query_row([message_bytes(id)], |row| row.get(0))
        .optional()?)
}
