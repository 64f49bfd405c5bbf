//! The lines of code blocks, highlighted once and kept while their block is open.

use crate::build::frame::element;
use crate::document::{Element, Node, Tag};
use crate::hidden;
use crate::highlight::Highlighter;
use crate::text::inner_text;
use std::collections::HashMap;

/// Code that is set already.
#[derive(Default)]
pub(crate) struct Codes {
    blocks: HashMap<u32, Block>,
}

/// A code block as far as it was set.
struct Block {
    language: Option<String>,
    lines: Vec<String>,
    nodes: Vec<Node>,
    highlighter: Option<Highlighter>,
    /// Taken from a shown document: no line can follow, because where the highlighter stood is lost.
    ended: bool,
}

impl Block {
    fn new(language: Option<&str>) -> Self {
        Self {
            language: language.map(str::to_owned),
            lines: Vec::new(),
            nodes: Vec::new(),
            highlighter: language.and_then(Highlighter::new),
            ended: false,
        }
    }

    fn starts(&self, language: Option<&str>, lines: &[&str]) -> bool {
        let same = self.lines.iter().zip(lines).all(|(old, new)| old == new);
        let fits = if self.ended {
            self.lines.len() == lines.len()
        } else {
            self.lines.len() <= lines.len()
        };
        self.language.as_deref() == language && fits && same
    }

    fn push(&mut self, line: &str) -> Node {
        let children = match &mut self.highlighter {
            Some(highlighter) => highlighter.line(line),
            None => hidden::mark(line),
        };
        self.lines.push(line.to_owned());
        code_line(children)
    }
}

impl Codes {
    /// All lines of a block; only those not seen before are highlighted.
    pub(crate) fn lines(
        &mut self,
        ordinal: u32,
        language: Option<&str>,
        lines: &[&str],
    ) -> Vec<Node> {
        let block = self.block(ordinal, language, lines);
        for line in lines.get(block.lines.len()..).unwrap_or_default() {
            let node = block.push(line);
            block.nodes.push(node);
        }
        block.nodes.clone()
    }

    /// The lines after the first `known`, which were given before.
    pub(crate) fn more(
        &mut self,
        ordinal: u32,
        language: Option<&str>,
        lines: &[&str],
    ) -> Vec<Node> {
        let block = self
            .blocks
            .entry(ordinal)
            .or_insert_with(|| Block::new(language));
        let nodes: Vec<Node> = lines.iter().map(|line| block.push(line)).collect();
        block.nodes.extend_from_slice(&nodes);
        nodes
    }

    fn block(&mut self, ordinal: u32, language: Option<&str>, lines: &[&str]) -> &mut Block {
        let block = self
            .blocks
            .entry(ordinal)
            .or_insert_with(|| Block::new(language));
        if !block.starts(language, lines) {
            *block = Block::new(language);
        }
        block
    }

    /// Forgets the blocks before an ordinal: they are final.
    pub(crate) fn forget_before(&mut self, ordinal: u32) {
        self.blocks.retain(|known, _| *known >= ordinal);
    }

    /// Takes what a shown document has set, so that it is not set again.
    pub(crate) fn remember(&mut self, shown: &[Node]) {
        for node in shown {
            let Node::Element(element) = node else {
                continue;
            };
            if element.tag != Tag::CodeBlock {
                self.remember(&element.children);
                continue;
            }
            let Some(ordinal) = element.attributes.ordinal else {
                continue;
            };
            if !element.attributes.open {
                self.blocks
                    .entry(ordinal)
                    .or_insert_with(|| of_shown(element));
            }
        }
    }
}

fn of_shown(element: &Element) -> Block {
    let text = |node: &Node| {
        let mut text = String::new();
        inner_text(std::slice::from_ref(node), &mut text);
        text
    };
    Block {
        language: element.attributes.language.clone(),
        lines: element.children.iter().map(text).collect(),
        nodes: element.children.clone(),
        highlighter: None,
        ended: true,
    }
}

/// A line of code.
pub(crate) fn code_line(children: Vec<Node>) -> Node {
    Node::Element(Element {
        children,
        ..element(Tag::CodeLine)
    })
}
