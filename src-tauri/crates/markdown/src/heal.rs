//! The display form of an unfinished text: what is open is closed, what may turn out to be syntax is
//! held back. It is never used for the final document.

mod delimiters;
mod inline;
mod target;

use crate::limits::LONGEST_PARAGRAPH;
use crate::outline::{Leaf, Outline, lines};

/// How an unfinished text is shown: its first `cut` bytes followed by `closing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Healed {
    /// Where what is held back starts.
    pub(crate) cut: usize,
    /// The marks that close what is open.
    pub(crate) closing: String,
}

/// Heals a prepared text whose end is not the reply's.
pub(crate) fn heal(text: &str) -> Healed {
    let mut outline = Outline::default();
    let mut last = None;
    for line in lines(text) {
        outline.feed(&line);
        last = Some(line);
    }
    let Some(line) = last else {
        return whole(text);
    };
    let partial = !line.complete;
    let content = text
        .get(outline.content..line.place.end)
        .unwrap_or_default();
    match outline.leaf {
        Leaf::Fence if partial && is_fence_only(content) => held(outline.line),
        Leaf::Table if partial => held(outline.line),
        Leaf::Fence | Leaf::Table | Leaf::Verbatim => whole(text),
        Leaf::Nothing if partial && outline.marked && content.trim().is_empty() => {
            held(outline.line)
        }
        _ if partial && is_marks_only(content) => held(outline.line),
        _ if partial && may_be_block(content) => held(outline.line),
        Leaf::Nothing => whole(text),
        Leaf::Paragraph | Leaf::Heading => in_line(text, &outline, partial, content),
    }
}

fn in_line(text: &str, outline: &Outline, partial: bool, content: &str) -> Healed {
    if let Some(header) = outline.header.filter(|_| !partial || may_delimit(content)) {
        return held(header);
    }
    let region = text.get(outline.start..).unwrap_or_default();
    if region.len() > LONGEST_PARAGRAPH {
        return whole(text);
    }
    let found = inline::heal(region, outline.leaf == Leaf::Heading, partial);
    let cut = outline.start + found.cut;
    let nothing =
        cut <= outline.content && partial && (outline.marked || outline.start == outline.content);
    let empty_heading = outline.leaf == Leaf::Heading && cut <= outline.start;
    if nothing || empty_heading {
        let cut = if cut < outline.line {
            cut
        } else {
            outline.line
        };
        return Healed {
            cut,
            closing: found.closing,
        };
    }
    Healed {
        cut,
        closing: found.closing,
    }
}

fn whole(text: &str) -> Healed {
    held(text.len())
}

fn held(cut: usize) -> Healed {
    Healed {
        cut,
        closing: String::new(),
    }
}

fn is_fence_only(content: &str) -> bool {
    let content = content.trim_end();
    let mark = content.chars().next();
    mark.is_some_and(|mark| {
        ['`', '~'].contains(&mark) && content.chars().all(|other| other == mark)
    })
}

/// Whether a line holds only what may become marks: of a heading, an item, a fence, a break.
fn is_marks_only(content: &str) -> bool {
    let content = content.trim_end();
    let digits = content.trim_start_matches(|character: char| character.is_ascii_digit());
    let number = content.len() - digits.len() <= 9 && ["", ".", ")"].contains(&digits);
    let marks = content
        .chars()
        .all(|character| "-=*_+#`~|:> \t".contains(character));
    !content.is_empty() && (number || marks || content == "\\")
}

/// Whether the start of a line is the start of a fence, a table, a quote's name or a definition.
fn may_be_block(content: &str) -> bool {
    let fence = crate::outline::fence_start(content).is_some();
    let name = content.starts_with("[!") && !content.contains(']');
    let note = content.starts_with("[^") && !content.contains([']', ' ']);
    fence || name || note || content.starts_with('|')
}

/// Whether the start of a line is the start of a table's delimiter row.
fn may_delimit(content: &str) -> bool {
    content
        .chars()
        .all(|character| "|-: \t".contains(character))
}
