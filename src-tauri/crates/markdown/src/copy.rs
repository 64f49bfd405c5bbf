//! What goes to the clipboard: code and tables as they were written, without control characters.

use crate::build::{Reading, options};
use crate::hidden::without_controls;
use pulldown_cmark::{Alignment, Event, OffsetIter, Parser, Tag, TagEnd};
use std::fmt::Write as _;

/// How a table is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Cells between tabs, for a spreadsheet.
    TabSeparated,
    /// Markdown again.
    Markdown,
}

/// The text of a code block for the clipboard: without control characters, which a terminal would
/// obey, and without a line break at its end, which would run what was pasted.
pub fn code_source(source: &str, ordinal: u32) -> Option<String> {
    let reading = Reading::whole(source);
    let mut events = after_start(&reading, ordinal, |tag| matches!(tag, Tag::CodeBlock(_)))?;
    let mut code = String::new();
    for (event, place) in &mut events.inner {
        if let Event::Text(text) = event {
            code.push_str(reading.restored(&text, place));
        } else if event == Event::End(TagEnd::CodeBlock) {
            break;
        }
    }
    let code = without_controls(&code);
    Some(code.trim_end_matches('\n').to_owned())
}

/// A table for the clipboard.
pub fn table_source(source: &str, ordinal: u32, format: TableFormat) -> Option<String> {
    let reading = Reading::whole(source);
    let found = after_start(&reading, ordinal, |tag| matches!(tag, Tag::Table(_)))?;
    let Tag::Table(alignments) = found.tag else {
        return None;
    };
    let rows = rows(found.inner, &reading, format);
    Some(match format {
        TableFormat::TabSeparated => tab_separated(&rows),
        TableFormat::Markdown => markdown(&rows, &alignments),
    })
}

/// The events after the beginning of something, and how it began.
struct Found<'read> {
    tag: Tag<'read>,
    inner: OffsetIter<'read>,
}

fn after_start<'read>(
    reading: &'read Reading<'_>,
    ordinal: u32,
    is_wanted: impl Fn(&Tag<'_>) -> bool,
) -> Option<Found<'read>> {
    let mut inner = Parser::new_ext(reading.text(), options()).into_offset_iter();
    let mut before = 0;
    loop {
        let (event, _) = inner.next()?;
        let Event::Start(tag) = event else {
            continue;
        };
        if !is_wanted(&tag) {
            continue;
        }
        if before == ordinal {
            return Some(Found { tag, inner });
        }
        before += 1;
    }
}

/// The cells of a table, row by row.
fn rows(events: OffsetIter<'_>, reading: &Reading<'_>, format: TableFormat) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut cell = String::new();
    for (event, place) in events {
        match event {
            Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => cell.clear(),
            Event::End(TagEnd::TableCell) => {
                let written = match format {
                    TableFormat::TabSeparated => std::mem::take(&mut cell),
                    TableFormat::Markdown => reading.written(place).to_owned(),
                };
                if let Some(row) = rows.last_mut() {
                    row.push(in_one_cell(&written));
                }
            }
            Event::End(TagEnd::Table) => break,
            Event::Text(text) => cell.push_str(reading.restored(&text, place)),
            Event::Code(text) | Event::InlineHtml(text) | Event::Html(text) => cell.push_str(&text),
            Event::InlineMath(_) | Event::DisplayMath(_) => cell.push_str(reading.written(place)),
            Event::SoftBreak | Event::HardBreak => cell.push(' '),
            Event::Start(_)
            | Event::End(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
    rows
}

/// A cell holds no break and no tab, or it would be two.
fn in_one_cell(text: &str) -> String {
    let text = without_controls(text).replace(['\n', '\t'], " ");
    text.trim().to_owned()
}

fn tab_separated(rows: &[Vec<String>]) -> String {
    let lines: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
    lines.join("\n")
}

fn markdown(rows: &[Vec<String>], alignments: &[Alignment]) -> String {
    let mut written = String::new();
    for (index, row) in rows.iter().enumerate() {
        // Writing into a string does not fail.
        let _ = writeln!(written, "| {} |", row.join(" | "));
        if index == 0 {
            let rules: Vec<&str> = alignments.iter().copied().map(rule).collect();
            let _ = writeln!(written, "| {} |", rules.join(" | "));
        }
    }
    written.truncate(written.trim_end().len());
    written
}

fn rule(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::None => "---",
        Alignment::Left => ":---",
        Alignment::Center => ":---:",
        Alignment::Right => "---:",
    }
}
