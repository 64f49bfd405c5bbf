//! Cuts operations so that no list of them is too long for one message.

use crate::document::{Attributes, Element, Node};
use crate::limits::LARGEST_BATCH;
use crate::operation::Operation;

/// The most bytes of one operation's nodes or text.
const LARGEST: usize = LARGEST_BATCH - 1_024;

/// The operations in order, in lists each of which is short enough as JSON.
pub(crate) fn batches(operations: Vec<Operation>) -> Vec<Vec<Operation>> {
    let mut pieces = Vec::new();
    for operation in operations {
        cut(operation, &mut pieces);
    }
    let mut batches = Vec::new();
    let mut batch = Vec::new();
    let mut filled = 0;
    for piece in pieces {
        let size = operation_size(&piece);
        if filled + size > LARGEST_BATCH - 64 && !batch.is_empty() {
            batches.push(std::mem::take(&mut batch));
            filled = 0;
        }
        filled += size;
        batch.push(piece);
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    batches
}

/// Whether a node fits into one message.
pub(crate) fn fits(node: &Node) -> bool {
    node_size(node) <= LARGEST_BATCH - 128
}

fn cut(operation: Operation, pieces: &mut Vec<Operation>) {
    match operation {
        Operation::Text { depth, text } => cut_text(depth, &text, pieces),
        Operation::Children { depth, keep, nodes } => cut_children(depth, keep, nodes, pieces),
        Operation::Attributes { .. } | Operation::Commit { .. } | Operation::Repair { .. } => {
            pieces.push(operation);
        }
    }
}

fn cut_text(depth: u32, text: &str, pieces: &mut Vec<Operation>) {
    for part in parts(text) {
        pieces.push(Operation::Text {
            depth,
            text: part.to_owned(),
        });
    }
}

/// Nodes that fit are sent together; one that does not is sent empty and filled afterwards.
fn cut_children(depth: u32, keep: u32, nodes: Vec<Node>, pieces: &mut Vec<Operation>) {
    let mut keep = keep;
    let mut group = Vec::new();
    let mut filled = 0;
    let mut sent = false;
    for node in nodes {
        let size = node_size(&node);
        if filled + size > LARGEST && !group.is_empty() {
            keep = push_group(depth, keep, &mut group, pieces);
            filled = 0;
            sent = true;
        }
        if size <= LARGEST {
            filled += size;
            group.push(node);
            continue;
        }
        sent = true;
        keep = cut_node(depth, keep, node, pieces);
    }
    if !group.is_empty() || !sent {
        push_group(depth, keep, &mut group, pieces);
    }
}

fn push_group(depth: u32, keep: u32, group: &mut Vec<Node>, pieces: &mut Vec<Operation>) -> u32 {
    let count = u32::try_from(group.len()).unwrap_or(u32::MAX);
    pieces.push(Operation::Children {
        depth,
        keep,
        nodes: std::mem::take(group),
    });
    keep.saturating_add(count)
}

fn cut_node(depth: u32, keep: u32, node: Node, pieces: &mut Vec<Operation>) -> u32 {
    match node {
        Node::Text(text) => {
            let mut parts = parts(&text);
            let first = parts.next().unwrap_or_default().to_owned();
            pieces.push(Operation::Children {
                depth,
                keep,
                nodes: vec![Node::Text(first)],
            });
            for part in parts {
                pieces.push(Operation::Text {
                    depth,
                    text: part.to_owned(),
                });
            }
        }
        Node::Element(element) => {
            let shell = Element {
                tag: element.tag,
                attributes: element.attributes,
                children: Vec::new(),
            };
            pieces.push(Operation::Children {
                depth,
                keep,
                nodes: vec![Node::Element(shell)],
            });
            cut_children(depth + 1, 0, element.children, pieces);
        }
    }
    keep.saturating_add(1)
}

/// The text in parts of which none is too long, cut between characters.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut size = 0;
        let end = rest.char_indices().find_map(|(place, character)| {
            size += character_size(character);
            (size > LARGEST).then_some(place)
        });
        let (part, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

fn operation_size(operation: &Operation) -> usize {
    64 + match operation {
        Operation::Text { text, .. } => text_size(text),
        Operation::Children { nodes, .. } => nodes.iter().map(node_size).sum(),
        Operation::Attributes { attributes, .. } => attributes_size(attributes),
        Operation::Commit { .. } => 0,
        Operation::Repair { node, .. } => node_size(node),
    }
}

/// At least the bytes of a node as JSON, with a comma after it.
fn node_size(node: &Node) -> usize {
    match node {
        Node::Text(text) => text_size(text) + 3,
        Node::Element(element) => {
            let children: usize = element.children.iter().map(node_size).sum();
            // The longest name of a kind, and all that stands around it and around the children.
            44 + attributes_size(&element.attributes) + children
        }
    }
}

fn attributes_size(attributes: &Attributes) -> usize {
    if attributes.is_empty() {
        return 0;
    }
    let texts = [&attributes.address, &attributes.host, &attributes.language];
    let texts = texts.into_iter().flatten().map(|text| 14 + text_size(text));
    let numbers = [attributes.ordinal, attributes.start, attributes.number];
    let words = [
        attributes.alignment.is_some(),
        attributes.checked.is_some(),
        attributes.tight,
        attributes.open,
    ];
    let words = words.into_iter().filter(|set| *set).count();
    let math = attributes.math.values().map(|value| 21 + text_size(value));
    let numbers = numbers.into_iter().flatten().count();
    28 + texts.sum::<usize>() + numbers * 21 + words * 22 + math.sum::<usize>()
}

fn text_size(text: &str) -> usize {
    text.chars().map(character_size).sum()
}

fn character_size(character: char) -> usize {
    match character {
        '\u{0}'..='\u{1f}' => 6,
        '"' | '\\' => 2,
        _ => character.len_utf8(),
    }
}
