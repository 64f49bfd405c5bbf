//! Streaming Markdown: deltas in, operations on a document of closed node kinds out.

mod document;
mod operation;

pub use document::{Alignment, Attributes, Element, MathAttribute, Node, Tag};
pub use operation::Operation;
