//! Tables.

use super::Builder;
use super::frame::Kind;
use crate::document::{Alignment, Tag};
use crate::limits::DEEPEST;

impl Builder<'_> {
    pub(super) fn table(&mut self, alignments: Vec<pulldown_cmark::Alignment>, start: usize) {
        let ordinal = self.built.counts.tables;
        self.built.counts.tables += 1;
        let alignments = alignments.into_iter().map(alignment).collect();
        self.open(Kind::Table { alignments }, start, Tag::Table, DEEPEST);
        self.set(|attributes| attributes.ordinal = Some(ordinal));
    }

    pub(super) fn cell(&mut self, start: usize) {
        let mut column = 0;
        if let Kind::Row { cells } = &mut self.top().kind {
            column = *cells;
            *cells += 1;
        }
        let mut frames = self.frames.iter().rev();
        let table = frames.find(|frame| matches!(frame.kind, Kind::Table { .. }));
        let alignment = match table.map(|frame| &frame.kind) {
            Some(Kind::Table { alignments }) => alignments.get(column).copied().flatten(),
            Some(_) | None => None,
        };
        self.open(Kind::Line, start, Tag::Cell, DEEPEST);
        self.set(|attributes| attributes.alignment = alignment);
    }
}

fn alignment(alignment: pulldown_cmark::Alignment) -> Option<Alignment> {
    match alignment {
        pulldown_cmark::Alignment::None => None,
        pulldown_cmark::Alignment::Left => Some(Alignment::Left),
        pulldown_cmark::Alignment::Center => Some(Alignment::Center),
        pulldown_cmark::Alignment::Right => Some(Alignment::Right),
    }
}
