//! What a document holds, found wherever it stands.

use markdown::{Element, Node, Tag};

/// The elements that are wanted, in the order of the document.
pub(crate) fn elements(
    nodes: &[Node],
    is_wanted: impl Fn(&Element) -> bool + Copy,
) -> Vec<&Element> {
    let mut found = Vec::new();
    for node in nodes {
        if let Node::Element(element) = node {
            if is_wanted(element) {
                found.push(element);
            }
            found.extend(elements(&element.children, is_wanted));
        }
    }
    found
}

/// The lines of code blocks.
pub(crate) fn code_lines(nodes: &[Node]) -> Vec<&Element> {
    elements(nodes, |element| element.tag == Tag::CodeLine)
}

/// The text of one element.
pub(crate) fn text(element: &Element) -> String {
    markdown::plain_text(&[Node::Element(element.clone())])
}
