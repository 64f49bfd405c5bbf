//! What of a growing text need not be read again.

use crate::build::Counts;
use crate::document::{Element, Node, Tag};
use std::ops::Range;

/// Where the part that may still change starts, and what came before it.
#[derive(Debug, Default)]
pub(crate) struct Tail {
    /// Where the first block that may still change starts.
    pub(crate) block: usize,
    /// What was counted before it.
    pub(crate) counts: Counts,
    /// What of that block is final.
    pub(crate) inside: Inside,
}

impl Tail {
    /// Where the text starts that is read again.
    pub(crate) fn from(&self) -> usize {
        match &self.inside {
            Inside::Nothing => self.block,
            Inside::Items(items) => items.from,
            Inside::Rows(rows) => rows.from,
            Inside::Lines(lines) => lines.from,
            Inside::Words(words) => words.from,
            Inside::Plain(from) => *from,
        }
    }
}

/// What is final of the first block that may still change.
#[derive(Debug, Default)]
pub(crate) enum Inside {
    /// Nothing.
    #[default]
    Nothing,
    /// The first items of a list.
    Items(Items),
    /// The first rows of a table.
    Rows(Rows),
    /// The first lines of fenced code.
    Lines(Lines),
    /// The first words of a paragraph.
    Words(Words),
    /// All of a paragraph that is too long to be read; the place is where what is not shown starts.
    Plain(usize),
}

/// The words of a paragraph that are final.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    /// Where the first word that may still change starts.
    pub(crate) from: usize,
    /// How many of the paragraph's children come before the text it stands in.
    pub(crate) kept: usize,
    /// What comes before it in that text.
    pub(crate) lead: String,
    /// What was counted before it.
    pub(crate) counts: Counts,
}

impl Words {
    /// Puts the text that comes before what was read in front of it.
    pub(crate) fn led(&self, children: &mut Vec<Node>) {
        match children.first_mut() {
            Some(Node::Text(text)) => text.insert_str(0, &self.lead),
            Some(Node::Element(_)) | None if self.lead.is_empty() => {}
            Some(Node::Element(_)) | None => children.insert(0, Node::Text(self.lead.clone())),
        }
    }
}

/// The items of a list that are final.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Items {
    /// Where the first item that may still change starts.
    pub(crate) from: usize,
    /// How many come before it.
    pub(crate) kept: usize,
    /// What was counted before it.
    pub(crate) counts: Counts,
    /// Whether those before it stand apart.
    pub(crate) loose: bool,
}

/// The rows of a table that are final.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    /// Where the head and the delimiter row end.
    pub(crate) head: usize,
    /// Where the first row that may still change starts.
    pub(crate) from: usize,
    /// How many rows come before it.
    pub(crate) kept: usize,
    /// What was counted before it, without the head.
    pub(crate) counts: Counts,
}

/// The lines of fenced code that are final.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    /// The mark of the fence.
    pub(crate) mark: char,
    /// How long the fence is.
    pub(crate) length: usize,
    /// How far the fence is indented, and so its lines.
    pub(crate) indent: usize,
    /// Where the first line that may still change starts.
    pub(crate) from: usize,
    /// How many lines come before it.
    pub(crate) kept: usize,
}

impl Lines {
    /// The fence that starts at the start of `source`, all of whose lines are shown in `block`.
    pub(crate) fn of(source: &str, start: usize, block: &Element) -> Option<Self> {
        let end = source.rfind('\n')?;
        let (first, _) = source.split_once('\n')?;
        let content = first.trim_start_matches(' ');
        let (mark, length) = crate::outline::fence_start(content)?;
        let kept = source.get(..end)?.matches('\n').count();
        let shown = block.children.len();
        let lines = Self {
            mark,
            length,
            indent: first.len() - content.len(),
            from: start + end + 1,
            kept,
        };
        (shown == kept || shown == kept + 1).then_some(lines)
    }

    /// Whether a line closes the fence.
    pub(crate) fn closes(&self, line: &str) -> bool {
        let content = line.trim_start_matches(' ');
        let rest = content.trim_start_matches(self.mark);
        line.len() - content.len() < 4
            && content.len() - rest.len() >= self.length
            && rest.trim_matches([' ', '\t']).is_empty()
    }

    /// Whether the start of a line may become one that closes the fence.
    pub(crate) fn may_close(&self, line: &str) -> bool {
        let content = line.trim_start_matches(' ');
        line.len() - content.len() < 4 && content.chars().all(|character| character == self.mark)
    }

    /// A line without the indentation of the fence.
    pub(crate) fn inner<'a>(&self, line: &'a str) -> &'a str {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        line.get(spaces.min(self.indent)..).unwrap_or(line)
    }
}

impl Rows {
    /// The rows of the table that starts at the start of `source`, all complete lines of which are rows.
    pub(crate) fn of(source: &str, start: usize, table: &Element, after: Counts) -> Option<Self> {
        let mut breaks = source.match_indices('\n');
        let (head, _) = breaks.nth(1)?;
        let mut end = source.rfind('\n')?;
        while let Some(before) = source
            .get(..end)?
            .rfind('\n')
            .filter(|before| *before >= head)
        {
            if !source.get(before..end)?.trim().is_empty() {
                break;
            }
            end = before;
        }
        let [Node::Element(head_row), Node::Element(body)] = table.children.as_slice() else {
            return None;
        };
        let rows = source.get(head + 1..=end).unwrap_or_default();
        let kept = rows.matches('\n').count();
        let formulas = formulas(&head_row.children);
        let counts = Counts {
            tables: after.tables.saturating_sub(1),
            formulas: after.formulas.saturating_sub(formulas),
            // The table, its head and the cells of that are counted again with each reading.
            blocks: after.blocks.saturating_sub(2 + cells(head_row)),
            ..after
        };
        let rows = Self {
            head: start + head + 1,
            from: start + end + 1,
            kept,
            counts,
        };
        (body.children.len() == kept).then_some(rows)
    }
}

/// How many cells a table's head has.
fn cells(head: &Element) -> usize {
    match head.children.first() {
        Some(Node::Element(row)) => row.children.len(),
        Some(Node::Text(_)) | None => 0,
    }
}

fn formulas(nodes: &[Node]) -> usize {
    let counts = nodes.iter().map(|node| match node {
        Node::Text(_) => 0,
        Node::Element(element) if is_formula(element) => 1,
        Node::Element(element) => formulas(&element.children),
    });
    counts.sum()
}

fn is_formula(element: &Element) -> bool {
    matches!(element.tag, Tag::InlineFormula | Tag::BlockFormula)
}

/// Where the line starts that holds a place.
pub(crate) fn line_start(source: &str, place: usize) -> usize {
    let before = source.get(..place).unwrap_or_default();
    before.rfind('\n').map_or(0, |end| end + 1)
}

/// Whether the line that starts at a place has ended.
pub(crate) fn line_is_complete(source: &str, start: usize) -> bool {
    source.get(start..).is_some_and(|rest| rest.contains('\n'))
}

/// The place in the source of a place behind `head`, which was put before the text from `from` on.
pub(crate) fn source_place(place: usize, head: &Range<usize>, from: usize) -> usize {
    if place < head.len() {
        head.start + place
    } else {
        from + place - head.len()
    }
}
