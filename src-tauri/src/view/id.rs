//! Ids the page passes, checked before anything else sees them.

use crate::error::{CommandError, ErrorKind};
use conversation::ConversationId;

/// An id the page passed.
///
/// # Errors
/// [`ErrorKind::InvalidInput`] when it is none.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> Result<T, CommandError> {
    text.parse()
        .map_err(|_error| ErrorKind::InvalidInput.into())
}

/// An optional id the page passed.
///
/// # Errors
/// As [`id`].
pub(crate) fn optional_id<T: std::str::FromStr>(
    text: Option<&str>,
) -> Result<Option<T>, CommandError> {
    text.map(id).transpose()
}

/// A conversation id the page passed.
///
/// # Errors
/// As [`id`].
pub(crate) fn conversation_id(text: &str) -> Result<ConversationId, CommandError> {
    id(text)
}
