//! What is open while a document is built: one frame for each element, or for what shows none.

use crate::build::bare_link;
use crate::document::{Alignment, Element, Node, Tag};
use std::ops::Range;

/// What a frame is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The document itself.
    Document,
    /// Something of blocks that needs nothing special.
    Blocks,
    /// A list; whether its items stand apart, and whether any holds text of its own.
    List { loose: bool, text: bool },
    /// An item of a list.
    Item,
    /// A paragraph; one without marks of its own in a tight item is `implied`.
    Paragraph { implied: bool, end: usize },
    /// A heading or a cell: text, links and the like.
    Line,
    /// A table, with how its columns are aligned.
    Table { alignments: Vec<Option<Alignment>> },
    /// A row; how many cells it has so far.
    Row { cells: usize },
    /// A code block.
    Code {
        fenced: bool,
        language: Option<String>,
        text: String,
    },
    /// A block of HTML, shown as text.
    Html,
    /// Emphasis and the like.
    Inline,
    /// A link that passed the gate.
    Link,
    /// A link that did not; where its text starts and ends.
    Refused { inner: Option<Range<usize>> },
    /// An image; nothing of it is shown if it did not pass the gate.
    Image { passed: bool },
    /// What was put before the text to be read, and is not part of it.
    Skipped,
}

/// One open element.
#[derive(Debug)]
pub(crate) struct Frame {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Where it starts in the text read.
    pub(crate) start: usize,
    /// The element to be; none where its children go to what is around it.
    pub(crate) element: Option<Element>,
    /// What is in it so far.
    pub(crate) children: Vec<Node>,
    /// How many elements are open with it.
    pub(crate) depth: usize,
    /// How many marks are open in it that are too deep to show.
    pub(crate) deeper: usize,
    /// Places among the children whose text is source shown as it is.
    raw: Vec<usize>,
}

impl Frame {
    /// A frame without children.
    pub(crate) fn new(kind: Kind, start: usize, tag: Option<Tag>) -> Self {
        Self {
            kind,
            start,
            element: tag.map(element),
            children: Vec::new(),
            depth: 0,
            deeper: 0,
            raw: Vec::new(),
        }
    }

    /// Adds text, to the text before it where there is some.
    pub(crate) fn push_text(&mut self, text: &str) {
        let last = self.children.len().wrapping_sub(1);
        match self.children.last_mut() {
            Some(Node::Text(shown)) if !self.raw.contains(&last) => shown.push_str(text),
            Some(_) | None if text.is_empty() => {}
            Some(_) | None => self.children.push(Node::Text(text.to_owned())),
        }
    }

    /// Adds source that is shown as it is.
    pub(crate) fn push_raw(&mut self, text: &str) {
        if !text.is_empty() {
            self.raw.push(self.children.len());
            self.children.push(Node::Text(text.to_owned()));
        }
    }

    /// Adds what another frame held.
    pub(crate) fn take_over(&mut self, nodes: Vec<Node>, raw: &[usize]) {
        let before = self.children.len();
        self.raw.extend(raw.iter().map(|place| before + place));
        self.children.extend(nodes);
    }

    /// Its children, with bare addresses turned into links.
    pub(crate) fn into_linked(self) -> Vec<Node> {
        let raw = self.raw;
        let linked = self
            .children
            .into_iter()
            .enumerate()
            .flat_map(|(place, node)| match node {
                Node::Text(text) if !raw.contains(&place) => bare_link::linked(text),
                Node::Text(_) | Node::Element(_) => vec![node],
            });
        merged(linked)
    }

    /// Its children as they are, and which of them are source.
    pub(crate) fn into_parts(self) -> (Option<Element>, Vec<Node>, Vec<usize>) {
        (self.element, self.children, self.raw)
    }
}

/// An element of a kind, without anything set.
pub(crate) fn element(tag: Tag) -> Element {
    Element {
        tag,
        attributes: crate::document::Attributes::default(),
        children: Vec::new(),
    }
}

/// The nodes with neighbouring texts made one.
pub(crate) fn merged(nodes: impl Iterator<Item = Node>) -> Vec<Node> {
    let mut out: Vec<Node> = Vec::new();
    for node in nodes {
        match (out.last_mut(), node) {
            (_, Node::Text(text)) if text.is_empty() => {}
            (Some(Node::Text(shown)), Node::Text(text)) => shown.push_str(&text),
            (_, node) => out.push(node),
        }
    }
    out
}
