//! The operations that turn what is shown into what is to be shown.
//!
//! They address the right spine: depth 0 is the document, depth n+1 the last child of the element
//! at depth n. What stands left of the spine is never named, so it is never touched; only a repair
//! reaches back.

use crate::document::{Attributes, Node};
use serde::{Deserialize, Serialize};
use specta::Type;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "operation")]
pub enum Operation {
    /// Appends to the text that is the last child of the element at `depth`.
    Text {
        /// Steps down the right spine.
        depth: u32,
        /// What to append.
        text: String,
    },
    /// Keeps the first `keep` children of the element at `depth` and appends nodes.
    Children {
        /// Steps down the right spine.
        depth: u32,
        /// How many children stay.
        keep: u32,
        /// What follows them.
        nodes: Vec<Node>,
    },
    /// Sets all attributes of the element at `depth`.
    Attributes {
        /// Steps down the right spine.
        depth: u32,
        /// What holds from now on.
        attributes: Attributes,
    },
    /// Says that the first `blocks` children of the document are final, but for repairs.
    Commit {
        /// How many.
        blocks: u32,
    },
    /// Puts another node in the place of the document's child `block`.
    Repair {
        /// Its place, from zero.
        block: u32,
        /// What stands there from now on.
        node: Node,
    },
}
