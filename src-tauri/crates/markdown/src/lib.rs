//! Streaming Markdown: deltas in, operations on a document of closed node kinds out.

mod budget;
mod build;
mod copy;
mod diff;
mod document;
mod gate;
mod heal;
mod hidden;
mod highlight;
mod limits;
mod math;
mod operation;
mod outline;
mod prepare;
mod references;
mod stable;
mod stream;
mod text;

pub use copy::{TableFormat, code_source, table_source};
pub use diff::apply;
pub use document::{Alignment, Attributes, Element, MathAttribute, Node, Tag};
pub use gate::{Link, gate};
pub use hidden::{hidden_count, without_hidden};
pub use highlight::warm;
pub use limits::{DEEPEST, LARGEST_BATCH, LONGEST_SOURCE, MOST_BLOCKS};
pub use operation::Operation;
pub use stream::{Stream, parse};
pub use text::plain_text;

/// Which documents this crate makes. It changes whenever the same source would make another one, so
/// that documents which were kept are made anew.
pub const VERSION: u32 = 1;
