//! Conversions between columns and the domain's types.

use std::str::FromStr;

use ::conversation::{ConversationId, MessageId};
use rusqlite::Row;
use rusqlite::types::Type;
use uuid::Uuid;

/// An id as it is stored.
pub(crate) type IdBytes = [u8; 16];

/// The stored form of a conversation's id.
pub(crate) fn conversation_bytes(id: ConversationId) -> IdBytes {
    *id.as_uuid().as_bytes()
}

/// The stored form of a message's id.
pub(crate) fn message_bytes(id: MessageId) -> IdBytes {
    *id.as_uuid().as_bytes()
}

/// Reads a conversation's id.
pub(crate) fn conversation_id(row: &Row<'_>, column: usize) -> rusqlite::Result<ConversationId> {
    row.get::<_, IdBytes>(column)
        .map(|bytes| ConversationId::from_uuid(Uuid::from_bytes(bytes)))
}

/// Reads a message's id.
pub(crate) fn message_id(row: &Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    row.get::<_, IdBytes>(column)
        .map(|bytes| MessageId::from_uuid(Uuid::from_bytes(bytes)))
}

/// Reads a message's id that may be missing.
pub(crate) fn optional_message_id(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<Option<MessageId>> {
    let bytes: Option<IdBytes> = row.get(column)?;
    Ok(bytes.map(|bytes| MessageId::from_uuid(Uuid::from_bytes(bytes))))
}

/// Reads a name such as a role or a status.
pub(crate) fn name<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}
