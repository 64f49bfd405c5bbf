//! Builds the document from the events of the Markdown parser.

mod bare_link;
mod block;
mod code;
mod formula;
mod frame;
mod inline;
mod reading;
mod table;
mod verbatim;

pub(crate) use bare_link::{ends as ends_address, is_east_asian_letter};
pub(crate) use code::{Codes, code_line};
pub(crate) use formula::Formulas;
pub(crate) use frame::element;
pub(crate) use reading::Reading;

use crate::document::{Node, Tag};
use crate::limits::{DEEPEST, MOST_BLOCKS};
use crate::references::Definition;
use frame::{Frame, Kind};
use pulldown_cmark::{Event, Options, Parser};
use std::ops::Range;

/// The address of a link that has not arrived yet; it never passes the gate.
pub(crate) const PENDING: &str = "x-pending:";

/// How much of everything that is counted came before a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Code blocks.
    pub(crate) codes: u32,
    /// Tables.
    pub(crate) tables: u32,
    /// Formulas.
    pub(crate) formulas: usize,
    /// Blocks of all kinds.
    pub(crate) blocks: usize,
    /// Footnotes that have a number.
    pub(crate) notes: usize,
}

/// Where a block or an item starts in the text read, and what was counted before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// The place.
    pub(crate) place: usize,
    /// The counts.
    pub(crate) counts: Counts,
}

/// What a text was built into.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The blocks.
    pub(crate) blocks: Vec<Node>,
    /// Where each starts.
    pub(crate) starts: Vec<Start>,
    /// Where the items start, if the last block is a list.
    pub(crate) items: Vec<Start>,
    /// Whether the last block is a list that holds text of its own, and whether it stands apart.
    pub(crate) list: (bool, bool),
    /// The definitions of addresses in it.
    pub(crate) definitions: Vec<Definition>,
    /// What was counted at its end.
    pub(crate) counts: Counts,
    /// Whether it has too many blocks; the rest is missing.
    pub(crate) cut: bool,
}

/// What building keeps from one time to the next.
#[derive(Default)]
pub(crate) struct Memory {
    /// Highlighted code.
    pub(crate) codes: Codes,
    /// Typeset formulas.
    pub(crate) formulas: Formulas,
    /// The labels of footnotes, in the order of their numbers.
    pub(crate) notes: Vec<String>,
}

/// The parts of Markdown that are read.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
}

/// Builds a text into blocks, counting on from `counts`.
pub(crate) fn build(reading: &Reading<'_>, counts: Counts, memory: &mut Memory) -> Built {
    let events = Parser::new_ext(reading.text(), options()).into_offset_iter();
    let definitions = events.reference_definitions().iter();
    let definitions = definitions.filter(|(_, definition)| definition.span.start >= reading.skip);
    let definitions = definitions
        .map(|(label, definition)| Definition::new(label, &definition.dest, definition.span.start))
        .collect();
    memory.notes.truncate(counts.notes);
    let mut builder = Builder {
        reading,
        memory,
        document: Frame::new(Kind::Document, 0, None),
        frames: Vec::new(),
        built: Built {
            definitions,
            counts,
            ..Built::default()
        },
    };
    for (event, place) in events {
        if builder.built.counts.blocks > MOST_BLOCKS {
            builder.built.cut = true;
            break;
        }
        builder.event(event, place);
    }
    builder.finish()
}

pub(crate) struct Builder<'a> {
    reading: &'a Reading<'a>,
    memory: &'a mut Memory,
    document: Frame,
    /// What is open, outermost first.
    frames: Vec<Frame>,
    built: Built,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, place: Range<usize>) {
        if self.top().kind == Kind::Skipped {
            if place.start < self.reading.skip {
                return;
            }
            self.frames.pop();
        }
        match event {
            Event::Start(tag) => self.start(tag, place),
            Event::End(end) => self.end(end, place),
            Event::Rule => self.rule(place),
            Event::TaskListMarker(checked) => self.check(checked),
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak => self.inline(event, place),
        }
    }

    /// The innermost open frame, or the document's.
    fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.document)
    }

    /// Opens a frame.
    fn push(&mut self, mut frame: Frame) {
        frame.depth = self.top().depth + usize::from(frame.element.is_some());
        self.frames.push(frame);
    }

    /// Closes what is still open where building stops early.
    fn finish(mut self) -> Built {
        while !self.frames.is_empty() {
            self.close();
        }
        self.built.blocks = self.document.children;
        self.built.counts.notes = self.memory.notes.len();
        self.built
    }

    /// The number of a footnote: they are numbered in the order in which they are first named.
    fn note(&mut self, label: &str) -> u32 {
        let label = crate::references::folded(label);
        let known = self.memory.notes.iter().position(|note| *note == label);
        let place = known.unwrap_or_else(|| {
            self.memory.notes.push(label);
            self.memory.notes.len() - 1
        });
        crate::diff::number(place + 1)
    }

    fn counts(&self) -> Counts {
        Counts {
            notes: self.memory.notes.len(),
            ..self.built.counts
        }
    }

    /// Adds a node to what is open.
    fn add(&mut self, node: Node) {
        self.top().children.push(node);
    }

    fn is_at_top(&self) -> bool {
        self.frames.is_empty()
    }

    /// Opens an element; where too many are open, its children go to what is around it.
    fn open(&mut self, kind: Kind, start: usize, tag: Tag, deepest: usize) {
        let tag = (self.top().depth < deepest).then_some(tag);
        self.push(Frame::new(kind, start, tag));
    }

    /// Opens marks of emphasis; those too deep to show leave no frame.
    fn open_marks(&mut self, start: usize, tag: Tag) {
        if self.top().depth < DEEPEST {
            self.push(Frame::new(Kind::Inline, start, Some(tag)));
        } else {
            self.top().deeper += 1;
        }
    }

    fn close_marks(&mut self) {
        match self.top().deeper {
            0 => self.close(),
            _ => self.top().deeper -= 1,
        }
    }
}
