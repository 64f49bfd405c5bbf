//! Definitions that arrive after what they define was shown.

use super::Stream;
use crate::diff::{fits, number};
use crate::operation::Operation;
use crate::references::{Definition, Naming, folded, labels};
use crate::stable::Inside;
use std::ops::Range;

impl Stream {
    /// Notes which labels a block that is final names.
    pub(super) fn want(&mut self, block: Range<usize>) {
        let number = self.settled.len();
        let source = self.source.get(block).unwrap_or_default();
        for (label, naming) in labels(source) {
            if naming == Naming::Footnote {
                continue;
            }
            let wanting = self.wanted.entry(folded(label)).or_default();
            if wanting.last() != Some(&number) {
                wanting.push(number);
            }
        }
    }

    /// Takes a definition, and shows anew the blocks that waited for it.
    pub(super) fn take_definition(
        &mut self,
        definition: &Definition,
        operations: &mut Vec<Operation>,
    ) {
        let Some(label) = self.definitions.add(definition) else {
            return;
        };
        for block in self.wanted.remove(&label).unwrap_or_default() {
            self.repair(block, operations);
        }
        let from = self.tail.from();
        let kept = self.source.get(self.tail.block..from).unwrap_or_default();
        if labels(kept).iter().any(|(named, _)| folded(named) == label) {
            self.tail.inside = Inside::Nothing;
            self.changed = true;
        }
    }

    fn repair(&mut self, block: usize, operations: &mut Vec<Operation>) {
        let Some(settled) = self.settled.get(block).copied() else {
            return;
        };
        let next = self.settled.get(block + 1);
        let end = next.map_or(self.tail.block, |next| next.start);
        let shown = self.shown.get(block..=block).unwrap_or_default();
        self.memory.codes.remember(shown);
        let notes = self.memory.notes.clone();
        let built = self.build_part(settled.start..end, settled.counts);
        self.memory.notes = notes;
        self.memory.codes.forget_before(self.tail.counts.codes);
        let Some(node) = built.blocks.into_iter().next() else {
            return;
        };
        // What is too large for one message is mended at the end.
        match self.shown.get_mut(block) {
            Some(shown) if *shown != node && fits(&node) => {
                *shown = node.clone();
                operations.push(Operation::Repair {
                    block: number(block),
                    node,
                });
            }
            Some(_) | None => {}
        }
    }
}
