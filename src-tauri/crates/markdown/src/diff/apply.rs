//! Applies operations to a model document, as the page applies them to its own.

use crate::document::{Element, Node};
use crate::operation::Operation;

/// Applies `operations` to `blocks`. One that names a place that is not there does nothing.
pub fn apply(blocks: &mut Vec<Node>, operations: &[Operation]) {
    for operation in operations {
        match operation {
            Operation::Text { depth, text } => {
                let last = children_at(blocks, *depth).and_then(|children| children.last_mut());
                if let Some(Node::Text(shown)) = last {
                    shown.push_str(text);
                }
            }
            Operation::Children { depth, keep, nodes } => {
                if let Some(children) = children_at(blocks, *depth) {
                    children.truncate(usize::try_from(*keep).unwrap_or(usize::MAX));
                    children.extend_from_slice(nodes);
                }
            }
            Operation::Attributes { depth, attributes } => {
                if let Some(element) = element_at(blocks, *depth) {
                    element.attributes = attributes.clone();
                }
            }
            Operation::Commit { .. } => {}
            Operation::Repair { block, node } => {
                let place = usize::try_from(*block).ok();
                if let Some(shown) = place.and_then(|place| blocks.get_mut(place)) {
                    *shown = node.clone();
                }
            }
        }
    }
}

fn children_at(blocks: &mut Vec<Node>, depth: u32) -> Option<&mut Vec<Node>> {
    if depth == 0 {
        return Some(blocks);
    }
    element_at(blocks, depth).map(|element| &mut element.children)
}

fn element_at(blocks: &mut Vec<Node>, depth: u32) -> Option<&mut Element> {
    let mut children = blocks;
    for _ in 1..depth {
        match children.last_mut() {
            Some(Node::Element(element)) => children = &mut element.children,
            Some(Node::Text(_)) | None => return None,
        }
    }
    match children.last_mut() {
        Some(Node::Element(element)) if depth > 0 => Some(element),
        Some(_) | None => None,
    }
}
