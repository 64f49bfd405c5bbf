//! Messages: a tree per conversation, and how a reply begins and ends.
//!
//! The order of messages is the order of insertion (`seq`), never a time.

use ::conversation::{ConversationId, MessageId, Node, Role, Status};
use rusqlite::{Connection, Row, Transaction, params};

use crate::column::{
    conversation_bytes, conversation_id, message_bytes, message_id, name, optional_message_id,
};
use crate::conversation::{self, Conversation};
use crate::document::{self, Document};
use crate::{Access, Error, Store};

/// The parent rule is checked together with the conversation, so a branch never crosses into
/// another one. It does not cascade: SQLite would recurse once per turn and stop at 1000.
pub(crate) const CREATE: &str = "
CREATE TABLE message (
    seq            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    conversation   BLOB    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent         BLOB,
    role           TEXT    NOT NULL CHECK (role IN ('system', 'user', 'assistant')),
    status         TEXT    NOT NULL CHECK (status IN
        ('queued', 'streaming', 'complete', 'stopped', 'interrupted', 'failed')),
    text           TEXT    NOT NULL,
    thinking       TEXT    NOT NULL,
    model          TEXT,
    created_ms     INTEGER NOT NULL,
    finished_ms    INTEGER,
    first_token_ms INTEGER,
    thinking_ms    INTEGER,
    finish_reason  TEXT,
    usage          TEXT,
    request_id     TEXT,
    error          TEXT,
    UNIQUE (conversation, id),
    FOREIGN KEY (conversation, parent) REFERENCES message (conversation, id)
) STRICT;
CREATE INDEX message_by_parent ON message (conversation, parent);
CREATE INDEX message_unfinished ON message (status) WHERE status IN ('queued', 'streaming');
";

/// Holds all that the shape of a conversation needs, so that reading it touches no text.
pub(crate) const COVER_SHAPE: &str = "
DROP INDEX message_by_parent;
CREATE INDEX message_shape ON message (conversation, parent, id, role, status);
";

/// The way of a reply's last request.
pub(crate) const NOTE_CONNECTION: &str = "ALTER TABLE message ADD COLUMN connection TEXT;";

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique among all messages.
    pub id: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The message of the same conversation that it follows; `None` for a first turn.
    pub parent: Option<MessageId>,
    /// Who said it.
    pub role: Role,
    /// How far it has come.
    pub status: Status,
    /// The visible text; for a reply still streaming, what has been written so far.
    pub text: String,
    /// The model's thinking, likewise.
    pub thinking: String,
    /// The model that was asked.
    pub model: Option<String>,
    /// Milliseconds since 1970 (UTC).
    pub created_ms: i64,
    /// Milliseconds since 1970 (UTC); `None` while streaming and after a crash.
    pub finished_ms: Option<i64>,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: Option<i64>,
    /// Milliseconds spent thinking.
    pub thinking_ms: Option<i64>,
    /// The vendor's reason for the end.
    pub finish_reason: Option<String>,
    /// Token counts as JSON.
    pub usage: Option<String>,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// The way of its last request, as JSON.
    pub connection: Option<String>,
    /// What went wrong, as JSON.
    pub error: Option<String>,
}

/// How a reply ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedReply {
    /// The reply.
    pub id: MessageId,
    /// A final status.
    pub status: Status,
    /// Milliseconds since 1970 (UTC).
    pub finished_ms: i64,
    /// Milliseconds from the request to the first token.
    pub first_token_ms: Option<i64>,
    /// Milliseconds spent thinking.
    pub thinking_ms: Option<i64>,
    /// The vendor's reason for the end.
    pub finish_reason: Option<String>,
    /// Token counts as JSON.
    pub usage: Option<String>,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// The way of its last request, as JSON.
    pub connection: Option<String>,
    /// What went wrong, as JSON.
    pub error: Option<String>,
    /// The reply as it is shown; `None` when there is nothing to show.
    pub document: Option<Document>,
}

/// The columns in the order of [`read`]; a reply still open also gets the text of its deltas.
const SELECT: &str = "
SELECT id, conversation, parent, role, status,
       CASE WHEN status IN ('queued', 'streaming') THEN text || coalesce(
           (SELECT group_concat(delta.text, '' ORDER BY delta.seq) FROM delta
            WHERE delta.message = message.seq AND kind = 'text'), '') ELSE text END,
       CASE WHEN status IN ('queued', 'streaming') THEN thinking || coalesce(
           (SELECT group_concat(delta.text, '' ORDER BY delta.seq) FROM delta
            WHERE delta.message = message.seq AND kind = 'thinking'), '') ELSE thinking END,
       model, created_ms, finished_ms, first_token_ms, thinking_ms, finish_reason, usage,
       request_id, error, connection
FROM message ";

impl Store {
    /// Writes the start of a turn in one transaction: the conversation if it is missing, what
    /// the person said, and the reply to come. A deleted conversation is restored.
    ///
    /// # Errors
    /// [`Error::NotFound`] if a parent is not in this conversation, [`Error::Other`] if an id is
    /// taken or a message belongs to another conversation; see [`Error`] for the rest.
    pub fn begin_turn(
        &self,
        conversation: &Conversation,
        user: Option<&Message>,
        reply: &Message,
    ) -> Result<(), Error> {
        let mut messages = user.into_iter().chain([reply]);
        if messages.any(|message| message.conversation != conversation.id) {
            return Err(Error::Other);
        }
        self.connections().write(|transaction| {
            if !conversation::touch(transaction, conversation.id, conversation.updated_ms)? {
                conversation::insert(transaction, conversation)?;
            }
            for message in user.into_iter().chain([reply]) {
                insert(transaction, message)?;
            }
            Ok(())
        })
    }

    /// Ends a reply in one transaction: its deltas become its text and thinking, and its
    /// document is kept beside them.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the reply is unknown or has ended already, [`Error::Other`] if the
    /// status is not a final one; see [`Error`] for the rest.
    pub fn finish_reply(&self, reply: &FinishedReply) -> Result<(), Error> {
        if !reply.status.is_final() {
            return Err(Error::Other);
        }
        self.connections().write(|transaction| {
            let seq = unfinished_seq(transaction, reply.id)?;
            coalesce(transaction, seq, reply.status)?;
            if let Some(document) = &reply.document {
                document::save(transaction, seq, document)?;
            }
            transaction
                .prepare_cached(
                    "UPDATE message SET finished_ms = ?2, first_token_ms = ?3, thinking_ms = ?4,
                            finish_reason = ?5, usage = ?6, request_id = ?7, error = ?8, connection = ?9
                     WHERE seq = ?1",
                )?
                .execute(params![
                    seq,
                    reply.finished_ms,
                    reply.first_token_ms,
                    reply.thinking_ms,
                    reply.finish_reason,
                    reply.usage,
                    reply.request_id,
                    reply.error,
                    reply.connection,
                ])?;
            Ok(())
        })
    }

    /// The messages of a conversation in the order in which they were added; parents stand
    /// before their children. Empty for an unknown conversation.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn messages(&self, conversation: ConversationId) -> Result<Vec<Message>, Error> {
        self.connections().read(|connection| {
            let sql = format!("{SELECT} WHERE conversation = ?1 ORDER BY seq");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([conversation_bytes(conversation)], |row| {
                self.read_message(row)
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The shape of a conversation: every message in the order in which it was added, without
    /// its text. Cheap however long the texts are.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn shape(&self, conversation: ConversationId) -> Result<Vec<Node>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT seq, id, parent, role, status FROM message INDEXED BY message_shape
                 WHERE conversation = ?1",
            )?;
            let rows = statement.query_map([conversation_bytes(conversation)], |row| {
                let node = Node {
                    id: message_id(row, 1)?,
                    parent: optional_message_id(row, 2)?,
                    role: name(row, 3)?,
                    status: name(row, 4)?,
                    text: String::new(),
                };
                Ok((row.get(0)?, node))
            })?;
            let mut nodes: Vec<(i64, Node)> = rows.collect::<rusqlite::Result<_>>()?;
            nodes.sort_unstable_by_key(|(seq, _)| *seq);
            Ok(nodes.into_iter().map(|(_, node)| node).collect())
        })
    }

    /// These messages, in the order in which they are named.
    ///
    /// # Errors
    /// [`Error::NotFound`] if one is unknown; see [`Error`] for the rest.
    pub fn messages_named(&self, ids: &[MessageId]) -> Result<Vec<Message>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
            let read = |id: &MessageId| {
                statement.query_row([message_bytes(*id)], |row| self.read_message(row))
            };
            Ok(ids.iter().map(read).collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown id; see [`Error`] for the rest.
    pub fn message(&self, id: MessageId) -> Result<Message, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
            Ok(statement.query_row([message_bytes(id)], |row| self.read_message(row))?)
        })
    }

    /// The versions of one turn: every message that follows `parent`, oldest first; with `None`
    /// every first message of the conversation.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn children(
        &self,
        conversation: ConversationId,
        parent: Option<MessageId>,
    ) -> Result<Vec<MessageId>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id FROM message WHERE conversation = ?1 AND parent IS ?2 ORDER BY seq",
            )?;
            let parent = parent.map(message_bytes);
            let rows = statement
                .query_map(params![conversation_bytes(conversation), parent], |row| {
                    message_id(row, 0)
                })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// With nothing able to write, no reply can still be streaming: a crash left it so.
    fn read_message(&self, row: &Row<'_>) -> rusqlite::Result<Message> {
        let mut message = read(row)?;
        if self.access() != Access::ReadWrite && !message.status.is_final() {
            message.status = Status::Interrupted;
        }
        Ok(message)
    }
}

/// Ends every reply that a dead process left open; returns their ids, oldest first.
pub(crate) fn interrupt_unfinished(transaction: &Transaction<'_>) -> Result<Vec<MessageId>, Error> {
    let mut statement = transaction.prepare(
        "SELECT seq, id FROM message WHERE status IN ('queued', 'streaming') ORDER BY seq",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, message_id(row, 1)?)))?;
    let unfinished: Vec<(i64, MessageId)> = rows.collect::<rusqlite::Result<_>>()?;
    for (seq, _) in &unfinished {
        coalesce(transaction, *seq, Status::Interrupted)?;
    }
    Ok(unfinished.into_iter().map(|(_, id)| id).collect())
}

/// The row number of a reply that may still grow.
pub(crate) fn unfinished_seq(connection: &Connection, id: MessageId) -> Result<i64, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT seq FROM message WHERE id = ?1 AND status IN ('queued', 'streaming')",
    )?;
    Ok(statement.query_row([message_bytes(id)], |row| row.get(0))?)
}

fn coalesce(transaction: &Transaction<'_>, seq: i64, status: Status) -> Result<(), Error> {
    transaction
        .prepare_cached(
            "UPDATE message SET status = ?2,
                    text = text || coalesce(
                        (SELECT group_concat(delta.text, '' ORDER BY delta.seq) FROM delta
                         WHERE delta.message = ?1 AND kind = 'text'), ''),
                    thinking = thinking || coalesce(
                        (SELECT group_concat(delta.text, '' ORDER BY delta.seq) FROM delta
                         WHERE delta.message = ?1 AND kind = 'thinking'), '')
             WHERE seq = ?1",
        )?
        .execute(params![seq, status.as_str()])?;
    transaction
        .prepare_cached("DELETE FROM delta WHERE message = ?1")?
        .execute([seq])?;
    Ok(())
}

fn insert(transaction: &Transaction<'_>, message: &Message) -> Result<(), Error> {
    transaction
        .prepare_cached(
            "INSERT INTO message (id, conversation, parent, role, status, text, thinking, model,
                                  created_ms, finished_ms, first_token_ms, thinking_ms,
                                  finish_reason, usage, request_id, error, connection)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            message_bytes(message.id),
            conversation_bytes(message.conversation),
            message.parent.map(message_bytes),
            message.role.as_str(),
            message.status.as_str(),
            message.text,
            message.thinking,
            message.model,
            message.created_ms,
            message.finished_ms,
            message.first_token_ms,
            message.thinking_ms,
            message.finish_reason,
            message.usage,
            message.request_id,
            message.error,
            message.connection,
        ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Message> {
    Ok(Message {
        id: message_id(row, 0)?,
        conversation: conversation_id(row, 1)?,
        parent: optional_message_id(row, 2)?,
        role: name(row, 3)?,
        status: name(row, 4)?,
        text: row.get(5)?,
        thinking: row.get(6)?,
        model: row.get(7)?,
        created_ms: row.get(8)?,
        finished_ms: row.get(9)?,
        first_token_ms: row.get(10)?,
        thinking_ms: row.get(11)?,
        finish_reason: row.get(12)?,
        usage: row.get(13)?,
        request_id: row.get(14)?,
        connection: row.get(16)?,
        error: row.get(15)?,
    })
}
