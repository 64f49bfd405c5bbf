//! How much of an answer is read, and how long it is waited for.
//!
//! Connection limits are in [`network::limits`].

use std::time::Duration;

/// Longest line of an event stream, in bytes.
pub const LINE_BYTES: usize = 1024 * 1024;

/// Most data in one event, in bytes.
pub const EVENT_BYTES: usize = 4 * 1024 * 1024;

/// Longest reply text, in bytes of UTF-8.
pub const TEXT_BYTES: usize = 8 * 1024 * 1024;

/// Longest thinking text, in bytes of UTF-8.
pub const THINKING_BYTES: usize = 16 * 1024 * 1024;

/// Longest body that is not a stream, in bytes.
pub const BODY_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of an error body that are read. More than is kept, so that a long JSON error still parses.
pub const ERROR_BODY_BYTES: usize = 64 * 1024;

/// Bytes of the vendor's error message that are kept.
pub const ERROR_MESSAGE_BYTES: usize = 8 * 1024;

/// Bytes of a code or a request id that are kept.
pub const IDENTIFIER_BYTES: usize = 128;

/// Most tool calls in one reply.
pub const TOOL_CALLS: usize = 128;

/// Time to the head of a chat answer.
pub const FIRST_BYTE: Duration = Duration::from_mins(2);

/// Time to the head of the model list.
pub const MODELS_FIRST_BYTE: Duration = Duration::from_secs(30);

/// Longest silence between model events. Comments do not count: they keep a dead stream open.
pub const MODEL_SILENCE: Duration = Duration::from_mins(3);

/// How long an end of stream is waited for once the finish reason is there: the usage comes last.
pub const TAIL_SILENCE: Duration = Duration::from_secs(5);

/// Longest `Retry-After` that is believed.
pub const RETRY_AFTER: Duration = Duration::from_hours(24);

/// How long the body of an error answer is waited for; its status alone says enough.
pub const ERROR_BODY_SILENCE: Duration = Duration::from_secs(10);

/// Longest stream.
pub const WHOLE_STREAM: Duration = Duration::from_hours(1);
