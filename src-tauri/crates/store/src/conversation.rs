//! Conversations: titles, drafts and the order of the list.
//!
//! The list is ordered by a counter, not by time, so that a clock that jumps back moves nothing.

use ::conversation::ConversationId;
use rusqlite::{Connection, Params, Row, Transaction, params};

use crate::column::{conversation_bytes, conversation_id};
use crate::{Error, Store};

pub(crate) const CREATE: &str = "
CREATE TABLE conversation (
    seq             INTEGER PRIMARY KEY,
    id              BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    title           TEXT    NOT NULL,
    title_is_custom INTEGER NOT NULL CHECK (title_is_custom IN (0, 1)),
    model           TEXT,
    draft           TEXT    NOT NULL,
    created_ms      INTEGER NOT NULL,
    updated_ms      INTEGER NOT NULL,
    activity        INTEGER NOT NULL,
    deleted_ms      INTEGER
) STRICT;
CREATE INDEX conversation_by_activity ON conversation (activity);
CREATE INDEX conversation_deleted ON conversation (deleted_ms) WHERE deleted_ms IS NOT NULL;
";

/// One conversation without its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Unique.
    pub id: ConversationId,
    /// May be empty.
    pub title: String,
    /// Whether the person chose the title; then nothing else replaces it.
    pub title_is_custom: bool,
    /// The model chosen for the next reply.
    pub model: Option<String>,
    /// What is typed and not yet sent.
    pub draft: String,
    /// Milliseconds since 1970 (UTC).
    pub created_ms: i64,
    /// The time of the last turn or rename, in milliseconds since 1970 (UTC).
    pub updated_ms: i64,
}

impl Store {
    /// Adds a conversation at the top of the list.
    ///
    /// # Errors
    /// [`Error::Other`] if the id is taken; see [`Error`] for the rest.
    pub fn create_conversation(&self, conversation: &Conversation) -> Result<(), Error> {
        self.connections()
            .write(|transaction| insert(transaction, conversation))
    }

    /// All conversations that are not deleted, the one with the last turn or rename first.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn conversations(&self) -> Result<Vec<Conversation>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, title, title_is_custom, model, draft, created_ms, updated_ms
                 FROM conversation WHERE deleted_ms IS NULL ORDER BY activity DESC, seq DESC",
            )?;
            let rows = statement.query_map([], read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One conversation.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is unknown or deleted; see [`Error`] for the rest.
    pub fn conversation(&self, id: ConversationId) -> Result<Conversation, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, title, title_is_custom, model, draft, created_ms, updated_ms
                 FROM conversation WHERE id = ?1 AND deleted_ms IS NULL",
            )?;
            Ok(statement.query_row([conversation_bytes(id)], read)?)
        })
    }

    /// Gives a conversation the title the person chose and moves it to the top of the list.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown id; see [`Error`] for the rest.
    pub fn rename_conversation(
        &self,
        id: ConversationId,
        title: &str,
        now_ms: i64,
    ) -> Result<(), Error> {
        self.update_conversation(
            "UPDATE conversation SET title = ?2, title_is_custom = 1, updated_ms = ?3,
                    activity = 1 + (SELECT max(activity) FROM conversation)
             WHERE id = ?1",
            params![conversation_bytes(id), title, now_ms],
        )
    }

    /// Remembers the model for the next reply.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown id; see [`Error`] for the rest.
    pub fn set_conversation_model(
        &self,
        id: ConversationId,
        model: Option<&str>,
    ) -> Result<(), Error> {
        self.update_conversation(
            "UPDATE conversation SET model = ?2 WHERE id = ?1",
            params![conversation_bytes(id), model],
        )
    }

    /// Keeps what is typed and not yet sent; the conversation keeps its place in the list.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown id; see [`Error`] for the rest.
    pub fn save_draft(&self, id: ConversationId, draft: &str) -> Result<(), Error> {
        self.update_conversation(
            "UPDATE conversation SET draft = ?2 WHERE id = ?1",
            params![conversation_bytes(id), draft],
        )
    }

    /// Hides a conversation until it is restored or purged.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is unknown or already deleted; see [`Error`] for the rest.
    pub fn delete_conversation(&self, id: ConversationId, now_ms: i64) -> Result<(), Error> {
        self.update_conversation(
            "UPDATE conversation SET deleted_ms = ?2 WHERE id = ?1 AND deleted_ms IS NULL",
            params![conversation_bytes(id), now_ms],
        )
    }

    /// Undoes [`delete_conversation`](Self::delete_conversation); the conversation returns to
    /// its old place in the list.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown or purged id; see [`Error`] for the rest.
    pub fn restore_conversation(&self, id: ConversationId) -> Result<(), Error> {
        self.update_conversation(
            "UPDATE conversation SET deleted_ms = NULL WHERE id = ?1",
            params![conversation_bytes(id)],
        )
    }

    /// Erases the conversations deleted before `before_ms` with their messages, so that their
    /// text is in no file of the folder afterwards. Returns how many there were.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn purge_deleted(&self, before_ms: i64) -> Result<usize, Error> {
        let purged = self.connections().write(|transaction| {
            Ok(transaction.execute(
                "DELETE FROM conversation WHERE deleted_ms < ?1",
                [before_ms],
            )?)
        })?;
        if purged > 0 {
            self.connections().shed_free_pages()?;
        }
        Ok(purged)
    }

    fn update_conversation(&self, sql: &str, parameters: impl Params) -> Result<(), Error> {
        self.connections().write(|transaction| {
            let updated = transaction.prepare_cached(sql)?.execute(parameters)?;
            if updated == 0 {
                Err(Error::NotFound)
            } else {
                Ok(())
            }
        })
    }
}

/// Adds a conversation at the top of the list.
pub(crate) fn insert(
    transaction: &Transaction<'_>,
    conversation: &Conversation,
) -> Result<(), Error> {
    transaction
        .prepare_cached(
            "INSERT INTO conversation
                 (id, title, title_is_custom, model, draft, created_ms, updated_ms, activity)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
                     1 + (SELECT coalesce(max(activity), 0) FROM conversation))",
        )?
        .execute(params![
            conversation_bytes(conversation.id),
            conversation.title,
            conversation.title_is_custom,
            conversation.model,
            conversation.draft,
            conversation.created_ms,
            conversation.updated_ms,
        ])?;
    Ok(())
}

/// Moves a conversation to the top of the list and undoes a deletion, so that what is written
/// into it is seen. Returns whether it exists.
pub(crate) fn touch(
    connection: &Connection,
    id: ConversationId,
    updated_ms: i64,
) -> Result<bool, Error> {
    let updated = connection
        .prepare_cached(
            "UPDATE conversation SET updated_ms = ?2, deleted_ms = NULL,
                    activity = 1 + (SELECT max(activity) FROM conversation)
             WHERE id = ?1",
        )?
        .execute(params![conversation_bytes(id), updated_ms])?;
    Ok(updated > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    Ok(Conversation {
        id: conversation_id(row, 0)?,
        title: row.get(1)?,
        title_is_custom: row.get(2)?,
        model: row.get(3)?,
        draft: row.get(4)?,
        created_ms: row.get(5)?,
        updated_ms: row.get(6)?,
    })
}
