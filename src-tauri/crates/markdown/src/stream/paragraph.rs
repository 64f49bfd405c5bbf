//! A long paragraph is read on from the midst of it.

use super::Stream;
use super::tail::Read;
use crate::document::{Node, Tag};
use crate::heal::calm_place;
use crate::limits::LONGEST_PARAGRAPH;
use crate::operation::Operation;
use crate::prepare::prepared;
use crate::stable::{Inside, Words, line_start};

/// How much of a paragraph is read again before some of it is taken as final, in bytes.
const LONG: usize = 3_000;

/// How much at its end is always read again.
const LAST: usize = 600;

impl Stream {
    /// Takes the words of a long paragraph as final that nothing can change any more.
    pub(super) fn settle_words(&mut self, read: &Read) {
        let begins = read
            .built
            .starts
            .first()
            .map(|start| read.place(start.place));
        let known = matches!(self.tail.inside, Inside::Words(_));
        let from = if known { read.from } else { self.tail.block };
        let rest = self.source.get(from..).unwrap_or_default();
        if self.source.len() - self.tail.block > LONGEST_PARAGRAPH {
            return self.settle_plain();
        }
        // What comes before a paragraph is a definition, which has to be read with it.
        let alone = known || begins.is_some_and(|begins| line_start(&self.source, begins) == from);
        if rest.len() < LONG || !alone {
            return;
        }
        let text = prepared(rest);
        let Some(calm) = calm_place(&text, rest.len() - LAST) else {
            return;
        };
        if let Some(words) = self.words(from, from + calm) {
            self.tail.inside = Inside::Words(words);
        }
    }

    /// The words up to `end`, if they are what is shown when read alone.
    fn words(&mut self, from: usize, end: usize) -> Option<Words> {
        let (counts, before) = match std::mem::take(&mut self.tail.inside) {
            Inside::Words(words) => (words.counts, Some(words)),
            Inside::Nothing
            | Inside::Items(_)
            | Inside::Rows(_)
            | Inside::Lines(_)
            | Inside::Plain(_) => (self.tail.counts, None),
        };
        let kept = before.as_ref().map_or(0, |words| words.kept);
        let mut built = self.build_part(from..end, counts);
        let found = match (built.blocks.as_mut_slice(), self.shown.last()) {
            ([Node::Element(part)], Some(Node::Element(shown))) if part.tag == Tag::Paragraph => {
                if let Some(words) = &before {
                    words.led(&mut part.children);
                }
                last_text(&part.children, shown.children.get(kept..)?)
            }
            (_, _) => None,
        };
        let Some(lead) = found else {
            self.tail.inside = before.map_or(Inside::Nothing, Inside::Words);
            return None;
        };
        let children = match built.blocks.as_slice() {
            [Node::Element(part)] => part.children.len(),
            _ => 1,
        };
        built.counts.blocks = counts.blocks;
        Some(Words {
            from: end,
            kept: kept + children - 1,
            lead,
            counts: built.counts,
        })
    }

    fn settle_plain(&mut self) {
        let Some(Node::Element(shown)) = self.shown.last() else {
            return;
        };
        let source = self.source.trim_end();
        let start = self.source.get(self.tail.block..).unwrap_or_default();
        let start = start.len() - start.trim_start().len() + self.tail.block;
        match shown.children.as_slice() {
            [Node::Text(text)] if start + text.len() == source.len() => {
                self.tail.inside = Inside::Plain(source.len());
            }
            _ => self.tail.inside = Inside::Nothing,
        }
    }

    /// Shows what was added to a paragraph that is not read for marks.
    pub(super) fn read_plain(&mut self, from: usize, operations: &mut Vec<Operation>) -> bool {
        let rest = self.source.get(from..).unwrap_or_default().trim_end();
        let mut lines = rest.split('\n').skip(1);
        // Only a letter at the start of a line cannot begin another block.
        if lines.any(|line| !line.starts_with(char::is_alphabetic)) {
            return true;
        }
        self.tail.inside = Inside::Plain(from + rest.len());
        if !rest.is_empty() {
            let grown = vec![Operation::Text {
                depth: 1,
                text: rest.to_owned(),
            }];
            crate::diff::apply(&mut self.shown, &grown);
            operations.extend(grown);
        }
        false
    }
}

/// The text that a part of a paragraph ends in, if the shown children are the same up to it.
fn last_text(part: &[Node], shown: &[Node]) -> Option<String> {
    let (last, rest) = part.split_last()?;
    match (last, shown.get(rest.len())?) {
        (Node::Text(last), Node::Text(text)) if text.starts_with(last.as_str()) => {
            (shown.get(..rest.len()) == Some(rest)).then(|| last.clone())
        }
        (_, _) => None,
    }
}
