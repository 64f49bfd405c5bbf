//! How much of a reply is set. What lies beyond a limit is shown plainer or not at all, never slowly.

/// The longest source, in bytes; the rest is cut.
pub const LONGEST_SOURCE: usize = 8 * 1024 * 1024;

/// The most blocks, with items and rows counted among them; the rest is cut.
pub const MOST_BLOCKS: usize = 20_000;

/// The deepest nesting; what is nested deeper stands at this depth.
pub const DEEPEST: usize = 64;

/// The longest paragraph, in bytes, whose text is read for emphasis, links and the like.
pub(crate) const LONGEST_PARAGRAPH: usize = 200_000;

/// The longest formula's source, in bytes, that is waited for or typeset.
pub(crate) const LONGEST_FORMULA: usize = 4_000;

/// The longest stretch of text, in bytes, that is held back because it may turn out to be syntax.
pub(crate) const LONGEST_HELD: usize = 300;

/// The most characters of a code block's language.
pub(crate) const LONGEST_LANGUAGE: usize = 40;

/// The most bytes of a list of operations as JSON: one message to the page stays below 8 KiB.
pub const LARGEST_BATCH: usize = 7 * 1024;
