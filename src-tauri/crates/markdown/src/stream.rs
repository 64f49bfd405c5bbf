//! One growing reply.

mod late;
mod paragraph;
mod tail;

use crate::build::{Counts, Memory, Reading, build};
use crate::diff::{batches, diff, number};
use crate::document::Node;
use crate::limits::LONGEST_SOURCE;
use crate::operation::Operation;
use crate::references::Definitions;
use crate::stable::{Inside, Tail};
use std::borrow::Cow;
use std::collections::HashMap;

/// How much is read again at every flush, in bytes.
const HUGE: usize = 32 * 1024;

/// Beyond that so large a part of it has to be new.
const PART: usize = 256;

/// One reply: text goes in as it arrives, the operations that show it come out.
#[derive(Default)]
pub struct Stream {
    source: String,
    /// A carriage return came last; what it means shows with the next character.
    returned: bool,
    shown: Vec<Node>,
    tail: Tail,
    /// The blocks that are final.
    settled: Vec<Settled>,
    /// Which of them name a label that nothing defined so far.
    wanted: HashMap<String, Vec<usize>>,
    definitions: Definitions,
    memory: Memory,
    changed: bool,
    /// How much of the source was there at the last reading, and when it was last asked for.
    read_to: usize,
    asked_at: usize,
    cut: bool,
    finished: bool,
}

/// A final block: where it starts and what was counted before it.
#[derive(Debug, Clone, Copy)]
struct Settled {
    start: usize,
    counts: Counts,
}

impl Stream {
    /// A reply of which nothing has arrived.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece of the reply's text.
    pub fn push(&mut self, delta: &str) {
        if self.cut || self.finished || delta.is_empty() {
            return;
        }
        for character in delta.chars() {
            let after_return = std::mem::take(&mut self.returned);
            match character {
                '\n' if after_return => continue,
                '\r' => {
                    self.returned = true;
                    self.source.push('\n');
                }
                '\0' => self.source.push('\u{fffd}'),
                _ => self.source.push(character),
            }
            if self.source.len() > LONGEST_SOURCE {
                self.source.pop();
                self.cut = true;
                break;
            }
        }
        self.changed = true;
    }

    /// The operations that show what arrived since the last time, in lists short enough to send.
    pub fn flush(&mut self) -> Vec<Vec<Operation>> {
        if self.finished || !self.changed || self.waits() {
            return Vec::new();
        }
        self.changed = false;
        self.read_to = self.source.len();
        let before = self.settled.len();
        let mut operations = Vec::new();
        while self.read(&mut operations) {}
        if self.settled.len() != before {
            operations.push(Operation::Commit {
                blocks: number(self.settled.len()),
            });
        }
        batches(operations)
    }

    /// Whether to wait for more text: what is huge and must be read whole is read less often, but at
    /// once when nothing came since it was last asked for.
    fn waits(&mut self) -> bool {
        let arrived = std::mem::replace(&mut self.asked_at, self.source.len()) < self.source.len();
        let again = self.read_to.saturating_sub(self.tail.from());
        let new = self.source.len() - self.read_to;
        arrived && again > HUGE && new < again / PART
    }

    /// Ends the reply: what is shown becomes exactly what [`parse`] makes of the whole source.
    pub fn finish(&mut self) -> Vec<Vec<Operation>> {
        if self.finished {
            return Vec::new();
        }
        self.finished = true;
        self.memory.codes.remember(&self.shown);
        let reading = Reading::whole(&self.source);
        let built = build(&reading, Counts::default(), &mut self.memory);
        self.cut |= built.cut;
        let mut operations = diff(&self.shown, 0, &built.blocks, None);
        operations.push(Operation::Commit {
            blocks: number(built.blocks.len()),
        });
        self.shown = built.blocks;
        self.memory = Memory::default();
        self.tail.inside = Inside::Nothing;
        batches(operations)
    }

    /// What is shown now.
    pub fn blocks(&self) -> &[Node] {
        &self.shown
    }

    /// Whether the reply is longer than what is shown of a reply.
    pub fn is_cut(&self) -> bool {
        self.cut
    }
}

/// The document of a whole source: highlighted and typeset.
pub fn parse(source: &str) -> Vec<Node> {
    let source = normalised(source);
    let reading = Reading::whole(&source);
    build(&reading, Counts::default(), &mut Memory::default()).blocks
}

/// The source as a stream keeps it: line breaks are one character, and none is missing.
pub(crate) fn normalised(source: &str) -> Cow<'_, str> {
    let plain = !source.contains(['\r', '\0']);
    let mut source = if plain {
        Cow::Borrowed(source)
    } else {
        let source = source.replace("\r\n", "\n").replace('\r', "\n");
        Cow::Owned(source.replace('\0', "\u{fffd}"))
    };
    if source.len() > LONGEST_SOURCE {
        let end = source.floor_char_boundary(LONGEST_SOURCE);
        match &mut source {
            Cow::Borrowed(text) => *text = text.get(..end).unwrap_or_default(),
            Cow::Owned(text) => text.truncate(end),
        }
    }
    source
}
