//! Reads the part of a reply that may still change.

use super::{Settled, Stream};
use crate::build::{Built, Counts, Reading, build, code_line, element};
use crate::diff::{Kept, apply, diff};
use crate::document::{Attributes, Element, Node, Tag};
use crate::heal::heal;
use crate::hidden;
use crate::operation::Operation;
use crate::prepare::prepared;
use crate::stable::{Inside, Items, Lines, Rows, line_is_complete, line_start, source_place};
use std::borrow::Cow;
use std::ops::Range;

/// What was read, and where its text stands in the source.
pub(super) struct Read {
    pub(super) built: Built,
    /// What was put before it: definitions.
    skip: usize,
    /// What was put before it from the source: the head of a table.
    head: Range<usize>,
    /// Where it starts behind that.
    pub(super) from: usize,
}

impl Read {
    pub(super) fn place(&self, place: usize) -> usize {
        source_place(place.saturating_sub(self.skip), &self.head, self.from)
    }
}

impl Stream {
    /// Reads on. Returns whether there is more to read at once.
    pub(super) fn read(&mut self, operations: &mut Vec<Operation>) -> bool {
        match std::mem::take(&mut self.tail.inside) {
            Inside::Lines(lines) => self.read_lines(lines, operations),
            Inside::Plain(from) => self.read_plain(from, operations),
            inside @ (Inside::Nothing | Inside::Items(_) | Inside::Rows(_) | Inside::Words(_)) => {
                self.tail.inside = inside;
                self.read_tail(operations)
            }
        }
    }

    fn read_tail(&mut self, operations: &mut Vec<Operation>) -> bool {
        let block = self.tail.block;
        let (head, from, counts) = match &self.tail.inside {
            Inside::Items(items) => (block..block, items.from, items.counts),
            Inside::Rows(rows) => (block..rows.head, rows.from, rows.counts),
            Inside::Words(words) => (block..block, words.from, words.counts),
            Inside::Nothing | Inside::Lines(_) | Inside::Plain(_) => {
                (block..block, block, self.tail.counts)
            }
        };
        let mut read = self.build(head, from, counts);
        let kept = self.kept(&mut read.built);
        if kept.is_none() && !matches!(self.tail.inside, Inside::Nothing) {
            self.tail.inside = Inside::Nothing;
            return true;
        }
        self.cut |= read.built.cut;
        self.show(&read.built.blocks, kept, operations);
        self.settle(&read, operations);
        false
    }

    pub(super) fn show(
        &mut self,
        blocks: &[Node],
        kept: Option<Kept>,
        operations: &mut Vec<Operation>,
    ) {
        let new = diff(&self.shown, self.settled.len(), blocks, kept);
        apply(&mut self.shown, &new);
        operations.extend(new);
    }

    pub(super) fn build(&mut self, head: Range<usize>, from: usize, counts: Counts) -> Read {
        let rest = self.source.get(from..).unwrap_or_default();
        let body = if head.is_empty() {
            Cow::Borrowed(rest)
        } else {
            Cow::Owned(self.source.get(head.clone()).unwrap_or_default().to_owned() + rest)
        };
        let prepared = prepared(&body);
        let healed = heal(&prepared);
        let shown = body.get(..healed.cut).unwrap_or_default();
        let before = self.definitions.before(shown);
        let as_read = |text: &str| {
            let shown = text.get(..healed.cut).unwrap_or_default();
            [&before, shown, &healed.closing].concat()
        };
        let written = matches!(prepared, Cow::Owned(_)).then(|| as_read(&body));
        let reading = Reading::open(as_read(&prepared), written, before.len());
        Read {
            built: build(&reading, counts, &mut self.memory),
            skip: before.len(),
            head,
            from,
        }
    }

    /// Builds a part of the source alone, as it is in the midst of the reply.
    pub(super) fn build_part(&mut self, part: Range<usize>, counts: Counts) -> Built {
        let source = self.source.get(part).unwrap_or_default();
        let before = self.definitions.before(source);
        let prepared = prepared(source);
        let written = matches!(prepared, Cow::Owned(_)).then(|| [&before, source].concat());
        let text = [before.as_str(), &prepared].concat();
        let reading = Reading::open(text, written, before.len());
        build(&reading, counts, &mut self.memory)
    }

    /// How much of the first block was not read again; none where it turns out to be another one.
    fn kept(&self, built: &mut Built) -> Option<Kept> {
        let Some(Node::Element(shown)) = self.shown.get(self.settled.len()) else {
            return None;
        };
        let only = built.blocks.len() == 1;
        let Some(Node::Element(first)) = built.blocks.first_mut() else {
            return None;
        };
        if first.tag != shown.tag {
            return None;
        }
        match &self.tail.inside {
            Inside::Items(items) => {
                // What was read tells how far apart items stand only of the last block.
                let loose = items.loose
                    || if only {
                        built.list.1
                    } else {
                        !first.attributes.tight
                    };
                first.attributes.start = shown.attributes.start;
                first.attributes.tight = !loose;
                Some(Kept {
                    depth: 1,
                    count: items.kept,
                })
            }
            Inside::Rows(rows) => Some(Kept {
                depth: 2,
                count: rows.kept,
            }),
            Inside::Words(words) => {
                words.led(&mut first.children);
                Some(Kept {
                    depth: 1,
                    count: words.kept,
                })
            }
            Inside::Nothing | Inside::Lines(_) | Inside::Plain(_) => None,
        }
    }

    /// Marks as final what cannot change any more.
    fn settle(&mut self, read: &Read, operations: &mut Vec<Operation>) {
        let places = read.built.starts.iter().skip(1).map(|start| {
            let place = line_start(&self.source, read.place(start.place));
            (place, start.counts)
        });
        let complete = places.take_while(|(place, _)| line_is_complete(&self.source, *place));
        let complete: Vec<(usize, Counts)> = complete.collect();
        if let Some((last, counts)) = complete.last().copied() {
            let mut start = (self.tail.block, self.tail.counts);
            for next in complete.iter().copied() {
                self.settle_block(start, next.0);
                start = next;
            }
            self.tail.block = last;
            self.tail.counts = counts;
            self.tail.inside = Inside::Nothing;
            self.memory.codes.forget_before(counts.codes);
            self.define(read, last, operations);
        }
        if read.built.blocks.len() == complete.len() + 1 {
            self.settle_inside(read, operations);
        }
    }

    fn settle_block(&mut self, (start, counts): (usize, Counts), end: usize) {
        self.want(start..end);
        self.settled.push(Settled { start, counts });
    }

    fn define(&mut self, read: &Read, end: usize, operations: &mut Vec<Operation>) {
        for definition in &read.built.definitions {
            if read.place(definition.place) < end {
                self.take_definition(definition, operations);
            }
        }
    }

    /// Marks as final what cannot change any more of the one block that still can.
    fn settle_inside(&mut self, read: &Read, operations: &mut Vec<Operation>) {
        let block = self.tail.block;
        let source = self.source.get(block..).unwrap_or_default();
        let Some(Node::Element(last)) = self.shown.last() else {
            return;
        };
        if matches!(last.tag, Tag::BulletList | Tag::OrderedList) {
            self.settle_items(read, operations);
        } else if last.tag == Tag::Table {
            if let Some(rows) = Rows::of(source, block, last, read.built.counts) {
                self.tail.inside = Inside::Rows(rows);
                self.define(read, rows.from, operations);
            }
        } else if last.tag == Tag::Paragraph {
            self.settle_words(read);
        } else if last.tag == Tag::CodeBlock && last.attributes.open {
            let lines = Lines::of(source, block, last);
            self.tail.inside = lines.map_or(Inside::Nothing, Inside::Lines);
        }
    }

    fn settle_items(&mut self, read: &Read, operations: &mut Vec<Operation>) {
        let (text, loose) = read.built.list;
        let later = read.built.items.iter().enumerate().skip(1).rev();
        let mut later = later.map(|(number, item)| {
            let place = line_start(&self.source, read.place(item.place));
            (number, place, item.counts)
        });
        let found = later.find(|(_, place, _)| line_is_complete(&self.source, *place));
        // Without text in any item it is not known how far apart they stand.
        let Some((number, from, counts)) = found.filter(|_| text) else {
            return;
        };
        let before = match &self.tail.inside {
            Inside::Items(items) => (items.kept, items.loose),
            Inside::Nothing
            | Inside::Rows(_)
            | Inside::Lines(_)
            | Inside::Words(_)
            | Inside::Plain(_) => (0, false),
        };
        self.tail.inside = Inside::Items(Items {
            from,
            kept: before.0 + number,
            counts,
            loose: before.1 || loose,
        });
        self.define(read, from, operations);
    }

    /// Reads on in fenced code: its lines are only ever added to.
    fn read_lines(&mut self, mut lines: Lines, operations: &mut Vec<Operation>) -> bool {
        let Some(Node::Element(shown)) = self.shown.last() else {
            return true;
        };
        let language = shown.attributes.language.clone();
        let ordinal = shown.attributes.ordinal.unwrap_or_default();
        let rest = self.source.get(lines.from..).unwrap_or_default();
        let mut complete = Vec::new();
        let mut closed = false;
        let mut read = 0;
        for line in rest.split_inclusive('\n') {
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            read += line.len() + 1;
            closed = lines.closes(line);
            if closed {
                break;
            }
            complete.push(lines.inner(line));
        }
        let mut children = self
            .memory
            .codes
            .more(ordinal, language.as_deref(), &complete);
        let last = rest.get(read..).unwrap_or_default();
        if !closed && !last.is_empty() && !lines.may_close(last) {
            children.push(code_line(hidden::mark(lines.inner(last))));
        }
        let block = Node::Element(Element {
            attributes: Attributes {
                language,
                ordinal: Some(ordinal),
                open: !closed,
                ..Attributes::default()
            },
            children,
            ..element(Tag::CodeBlock)
        });
        let kept = Kept {
            depth: 1,
            count: lines.kept,
        };
        lines.kept += complete.len();
        lines.from += read;
        self.show(&[block], Some(kept), operations);
        if closed {
            self.close_lines(lines.from);
        } else {
            self.tail.inside = Inside::Lines(lines);
        }
        closed
    }

    fn close_lines(&mut self, end: usize) {
        let start = (self.tail.block, self.tail.counts);
        self.settle_block(start, end);
        self.tail.block = end;
        self.tail.counts.codes += 1;
        self.tail.counts.blocks += 1;
        self.memory.codes.forget_before(self.tail.counts.codes);
    }
}
