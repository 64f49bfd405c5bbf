//! The shown text of a document, as find searches it.

use crate::document::{Node, Tag};

/// The text that is shown, with a line break between any two blocks, cells or lines of code.
pub fn plain_text(blocks: &[Node]) -> String {
    let mut text = String::new();
    for block in blocks {
        append(block, &mut text);
    }
    text
}

/// The text of nodes within one block, without anything between them.
pub(crate) fn inner_text(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if element.tag == Tag::LineBreak => text.push('\n'),
            Node::Element(element) => inner_text(&element.children, text),
        }
    }
}

fn append(node: &Node, text: &mut String) {
    match node {
        Node::Text(part) => text.push_str(part),
        Node::Element(element) if holds_blocks(element.tag) => {
            for child in &element.children {
                append(child, text);
            }
        }
        Node::Element(element) if element.tag == Tag::Rule => {}
        Node::Element(element) => {
            if !text.is_empty() {
                text.push('\n');
            }
            inner_text(&element.children, text);
        }
    }
}

fn holds_blocks(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Quote
            | Tag::BulletList
            | Tag::OrderedList
            | Tag::Item
            | Tag::CodeBlock
            | Tag::Table
            | Tag::TableHead
            | Tag::TableBody
            | Tag::Row
            | Tag::Footnote
    )
}
