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

/// The longest model id that is taken, in bytes; the longest known one has 32.
const LONGEST_MODEL: usize = 200;

/// A model id the page passed.
///
/// # Errors
/// [`ErrorKind::InputTooLong`] or, for an empty one or one with control characters,
/// [`ErrorKind::InvalidInput`].
pub(crate) fn model_id(text: String) -> Result<String, CommandError> {
    if text.len() > LONGEST_MODEL {
        return Err(ErrorKind::InputTooLong.into());
    }
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(ErrorKind::InvalidInput.into());
    }
    Ok(text)
}
