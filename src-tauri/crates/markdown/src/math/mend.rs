//! Mends what engines draw otherwise than the formula means.

use crate::document::{Attributes, Element, MathAttribute, Node, Tag};

/// The sign after the name of a function, which nobody sees.
const APPLIED: &str = "\u{2061}";

/// The space between the name of a function and its argument.
const THIN: f64 = 0.1667;

/// Mends an element whose children are mended.
pub(super) fn mend(element: &mut Element) {
    if is_token(element.tag)
        && element
            .children
            .iter()
            .any(|child| matches!(child, Node::Element(_)))
    {
        // A token holds characters only; engines draw nothing else in it as it should be.
        element.tag = Tag::Mrow;
        element.attributes = Attributes::default();
    }
    if element.tag == Tag::Mo {
        mend_fence(element);
    }
    if is_row(element.tag) {
        space_functions(&mut element.children);
    }
}

/// Space of a width in `em`.
pub(super) fn space(width: f64) -> Node {
    let mut attributes = Attributes::default();
    attributes
        .math
        .insert(MathAttribute::Width, format!("{width:.3}em"));
    Node::Element(Element {
        tag: Tag::Mspace,
        attributes,
        children: Vec::new(),
    })
}

/// Bars that enclose are written as those that say `divides` and `parallel`, which do not grow.
fn mend_fence(element: &mut Element) {
    let math = &element.attributes.math;
    let encloses =
        math.contains_key(&MathAttribute::Fence) || math.contains_key(&MathAttribute::Stretchy);
    if let ([Node::Text(text)], true) = (element.children.as_mut_slice(), encloses) {
        match text.as_str() {
            "∣" => "|".clone_into(text),
            "∥" => "‖".clone_into(text),
            _ => {}
        }
    }
}

/// Sets functions apart from what stands beside them, as `log` from `n`.
fn space_functions(row: &mut Vec<Node>) {
    let mut spaced: Vec<Node> = Vec::with_capacity(row.len());
    let mut after_function = false;
    let old = std::mem::take(row);
    let mut rest = old.into_iter().peekable();
    while let Some(node) = rest.next() {
        let next = rest.peek();
        let begins = is_function(&node) || next.is_some_and(is_applied);
        let touches = spaced
            .last()
            .is_some_and(|before| ends_operand(before) || after_function);
        if touches && (begins && !is_applied(&node) || after_function && begins_operand(&node)) {
            spaced.push(space(THIN));
        }
        after_function = is_function(&node) || is_applied(&node);
        spaced.push(node);
    }
    *row = spaced;
}

/// Whether a node is a function's name with the sign after it, perhaps with limits or a power.
fn is_function(node: &Node) -> bool {
    let Node::Element(element) = node else {
        return false;
    };
    if element.tag == Tag::Mrow {
        let last = element.children.last();
        return last.is_some_and(|last| is_applied(last) || is_function(last));
    }
    let holds_limits = matches!(
        element.tag,
        Tag::Msub | Tag::Msup | Tag::Msubsup | Tag::Munder | Tag::Mover | Tag::Munderover
    );
    holds_limits && element.children.first().is_some_and(is_function)
}

fn is_applied(node: &Node) -> bool {
    sign(node) == Some(APPLIED)
}

/// Whether what stands before a function ends in something it must not touch.
fn ends_operand(node: &Node) -> bool {
    match sign(node) {
        Some(sign) => matches!(sign, ")" | "]" | "}" | "⟩" | "⌋" | "⌉"),
        None => is_element(node) && !is_space(node),
    }
}

fn begins_operand(node: &Node) -> bool {
    sign(node).is_none() && is_element(node) && !is_space(node) && !begins_with_sign(node)
}

/// Whether a row begins with an operator, such as an opening parenthesis that grows.
fn begins_with_sign(node: &Node) -> bool {
    match node {
        Node::Element(Element {
            tag: Tag::Mrow,
            children,
            ..
        }) => children
            .first()
            .is_some_and(|first| sign(first).is_some() || begins_with_sign(first)),
        Node::Element(_) | Node::Text(_) => false,
    }
}

/// The text of an operator.
fn sign(node: &Node) -> Option<&str> {
    match node {
        Node::Element(Element {
            tag: Tag::Mo,
            children,
            ..
        }) => match children.as_slice() {
            [Node::Text(text)] => Some(text),
            _ => Some(""),
        },
        Node::Element(_) | Node::Text(_) => None,
    }
}

fn is_element(node: &Node) -> bool {
    matches!(node, Node::Element(_))
}

fn is_space(node: &Node) -> bool {
    matches!(
        node,
        Node::Element(Element {
            tag: Tag::Mspace,
            ..
        })
    )
}

fn is_token(tag: Tag) -> bool {
    matches!(tag, Tag::Mi | Tag::Mn | Tag::Mo | Tag::Mtext | Tag::Ms)
}

fn is_row(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Math
            | Tag::Mrow
            | Tag::Mstyle
            | Tag::Mtd
            | Tag::Msqrt
            | Tag::Mphantom
            | Tag::Mpadded
            | Tag::Menclose
    )
}
