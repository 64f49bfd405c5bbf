//! The display form of an unfinished text: what is open is closed, what may turn out to be syntax is
//! held back. It is never used for the final document.

mod bracket;
mod delimiters;
mod formula;
mod inline;
mod target;

pub(crate) use inline::calm_place;

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
        return held(text.len());
    };
    let partial = !line.complete;
    let content = text.get(outline.content..line.place.end);
    let hold = held_from(&outline, content.unwrap_or_default(), partial);
    match outline.leaf {
        Leaf::Paragraph | Leaf::Heading => {
            let end = hold.unwrap_or(text.len());
            if end <= outline.start {
                return held(end);
            }
            let known = text.get(..end).unwrap_or_default();
            in_line(known, &outline, partial && hold.is_none())
        }
        Leaf::Nothing | Leaf::Fence | Leaf::Table | Leaf::Verbatim => {
            held(hold.unwrap_or(text.len()))
        }
    }
}

/// Where what is held back starts for what its line may become, if it is.
fn held_from(outline: &Outline, content: &str, partial: bool) -> Option<usize> {
    let line = Some(outline.line);
    match outline.leaf {
        Leaf::Fence => line.filter(|_| partial && is_fence_only(content)),
        Leaf::Table => line.filter(|_| partial),
        Leaf::Verbatim => None,
        Leaf::Nothing => line.filter(|_| partial && outline.marked && content.trim().is_empty()),
        Leaf::Paragraph | Leaf::Heading => {
            let header = outline.header.filter(|_| !partial || may_delimit(content));
            let marks = partial && (is_marks_only(content) || may_be_block(content));
            header.or(line.filter(|_| marks))
        }
    }
}

fn in_line(text: &str, outline: &Outline, partial: bool) -> Healed {
    let region = text.get(outline.start..).unwrap_or_default();
    if region.len() > LONGEST_PARAGRAPH {
        return held(text.len());
    }
    let found = inline::heal(region, outline.leaf == Leaf::Heading, partial);
    let cut = outline.start + found.cut;
    let begins = outline.marked || outline.start == outline.content;
    let nothing = cut <= outline.content && partial && begins;
    let empty_heading = outline.leaf == Leaf::Heading && cut <= outline.start;
    let line = nothing || empty_heading;
    Healed {
        cut: if line { cut.min(outline.line) } else { cut },
        closing: found.closing,
    }
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
