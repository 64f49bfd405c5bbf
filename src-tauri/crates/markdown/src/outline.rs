//! What kind of block a text ends in, line by line and without the parser.

mod stripped;

use std::ops::Range;
use stripped::{Stripped, columns, is_rule, strip};

/// Names of elements that begin a block of HTML.
const HTML_BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "header",
    "hr",
    "html",
    "iframe",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "table",
    "textarea",
    "tr",
    "ul",
];

/// A line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its characters, without the line break.
    pub(crate) text: &'a str,
    /// Where they stand.
    pub(crate) place: Range<usize>,
    /// Where the next line starts.
    pub(crate) next: usize,
    /// Whether it ends in a line break.
    pub(crate) complete: bool,
}

/// The lines of a text; what follows the last line break is one only if it holds something.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |whole| {
        let complete = whole.ends_with('\n');
        let length = whole.len() - usize::from(complete);
        let line = Line {
            text: whole.get(..length).unwrap_or_default(),
            place: start..start + length,
            next: start + whole.len(),
            complete,
        };
        start = line.next;
        line
    })
}

/// The kind of the last block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Leaf {
    /// None: the last line is blank or was a block of its own.
    #[default]
    Nothing,
    /// A paragraph.
    Paragraph,
    /// A heading that its line's end finishes.
    Heading,
    /// A table below its delimiter row.
    Table,
    /// Fenced code.
    Fence,
    /// Code by indentation, or HTML: nothing in it is marked.
    Verbatim,
}

/// What is known after the lines so far.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    /// The last block.
    pub(crate) leaf: Leaf,
    /// Where its text starts.
    pub(crate) start: usize,
    /// Where the last line starts.
    pub(crate) line: usize,
    /// Where the last line's text starts, behind the marks of quotes and items.
    pub(crate) content: usize,
    /// Whether the last line has such marks.
    pub(crate) marked: bool,
    /// Where the last complete line starts if it may head a table.
    pub(crate) header: Option<usize>,
    fence: Fence,
    quotes: usize,
    item: usize,
}

#[derive(Debug, Default)]
struct Fence {
    mark: char,
    length: usize,
    quotes: usize,
    item: usize,
}

impl Outline {
    /// Takes the next line. Returns whether it belongs to fenced code, its fences included.
    pub(crate) fn feed(&mut self, line: &Line<'_>) -> bool {
        if self.leaf == Leaf::Fence && self.in_fence(line) {
            return true;
        }
        let open = matches!(self.leaf, Leaf::Paragraph | Leaf::Table);
        let stripped = strip(line.text, open);
        self.line = line.place.start;
        self.content = line.place.end - stripped.content.len();
        self.marked = stripped.item.is_some() || stripped.quotes > 0;
        if stripped.content.trim().is_empty() {
            if stripped.item.is_some() || line.complete {
                self.leaf = Leaf::Nothing;
            }
            self.item = stripped.item.unwrap_or(self.item);
            self.header = None;
            return false;
        }
        let header = self.header.take();
        self.enter(&stripped);
        self.read(line, &stripped, header);
        self.leaf == Leaf::Fence
    }

    fn in_fence(&mut self, line: &Line<'_>) -> bool {
        let mut rest = line.text;
        let mut quotes = 0;
        while quotes < self.fence.quotes {
            match rest.trim_start_matches(' ').strip_prefix('>') {
                Some(inner) => rest = inner,
                None => break,
            }
            quotes += 1;
        }
        let content = rest.trim_start_matches([' ', '\t']);
        let indent = columns(rest, content);
        let outside = quotes < self.fence.quotes
            || (indent < self.fence.item && !content.is_empty() && quotes == 0);
        if outside {
            self.leaf = Leaf::Nothing;
            return false;
        }
        self.line = line.place.start;
        self.content = line.place.end - content.len();
        let run = content.len() - content.trim_start_matches(self.fence.mark).len();
        let closes = run >= self.fence.length && content.trim_end().len() == run;
        if closes && line.complete && indent < self.fence.item + 4 {
            self.leaf = Leaf::Nothing;
        }
        true
    }

    /// Follows the marks of quotes and items.
    fn enter(&mut self, stripped: &Stripped<'_>) {
        let blank = matches!(self.leaf, Leaf::Nothing | Leaf::Heading);
        if let Some(column) = stripped.item {
            self.item = column;
            self.leaf = Leaf::Nothing;
        } else if blank && stripped.column < self.item {
            self.item = if stripped.indent < 2 {
                0
            } else {
                self.item.min(stripped.column)
            };
        }
        if stripped.quotes > self.quotes || (blank && stripped.quotes < self.quotes) {
            self.leaf = Leaf::Nothing;
        }
        self.quotes = stripped.quotes;
    }

    fn read(&mut self, line: &Line<'_>, stripped: &Stripped<'_>, header: Option<usize>) {
        let content = stripped.content;
        let continues = self.leaf == Leaf::Paragraph;
        if self.leaf == Leaf::Heading {
            self.leaf = Leaf::Nothing;
        }
        let indented = stripped.column >= self.item + 4 && stripped.item.is_none();
        if self.leaf == Leaf::Verbatim || (indented && self.leaf == Leaf::Nothing) {
            self.begin(Leaf::Verbatim);
        } else if let Some((mark, length)) = fence_start(content).filter(|_| line.complete) {
            self.begin(Leaf::Fence);
            self.fence = Fence {
                mark,
                length,
                quotes: stripped.quotes,
                item: if stripped.quotes > 0 { 0 } else { self.item },
            };
        } else if let Some(marks) = heading_marks(content) {
            self.begin(Leaf::Heading);
            self.start += marks;
            if line.complete {
                self.leaf = Leaf::Nothing;
            }
        } else if line.complete && is_rule(content, continues) {
            self.leaf = Leaf::Nothing;
        } else if self.leaf == Leaf::Nothing && is_html(content) {
            self.begin(Leaf::Verbatim);
        } else if self.leaf == Leaf::Table || (self.leaf == Leaf::Nothing && defines(line, content))
        {
        } else if line.complete && header.is_some() && is_delimiter_row(content) {
            self.begin(Leaf::Table);
        } else {
            if !continues {
                self.begin(Leaf::Paragraph);
            }
            let heads = content.starts_with('|') && line.complete;
            self.header = heads.then_some(self.line);
        }
        if !line.complete {
            self.header = header;
        }
    }

    fn begin(&mut self, leaf: Leaf) {
        if self.leaf != leaf {
            self.start = self.content;
        }
        self.leaf = leaf;
    }
}

/// The mark and the length of the fence that a line starts with.
pub(crate) fn fence_start(content: &str) -> Option<(char, usize)> {
    let mark = content
        .chars()
        .next()
        .filter(|mark| ['`', '~'].contains(mark))?;
    let info = content.trim_start_matches(mark);
    let length = content.len() - info.len();
    (length >= 3 && !(mark == '`' && info.contains('`'))).then_some((mark, length))
}

/// How long the marks of a heading are, with the space behind them.
fn heading_marks(content: &str) -> Option<usize> {
    let text = content.trim_start_matches('#');
    let marks = content.len() - text.len();
    if !(1..=6).contains(&marks) || !(text.is_empty() || text.starts_with([' ', '\t'])) {
        return None;
    }
    Some(content.len() - text.trim_start_matches([' ', '\t']).len())
}

/// Whether a line is the definition of an address, which shows nothing.
fn defines(line: &Line<'_>, content: &str) -> bool {
    let named = content
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"));
    named.is_some_and(|(label, address)| {
        let plain = !label.is_empty() && !label.contains(['[', ']']);
        line.complete && plain && !address.trim().is_empty()
    })
}

fn is_delimiter_row(content: &str) -> bool {
    content.contains('-')
        && content
            .chars()
            .all(|character| "|-: \t".contains(character))
}

fn is_html(content: &str) -> bool {
    let Some(rest) = content.strip_prefix('<') else {
        return false;
    };
    if rest.starts_with(['!', '?']) {
        return true;
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let end = name.find(|character: char| !character.is_ascii_alphanumeric());
    let name = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
    let name = name.to_ascii_lowercase();
    HTML_BLOCKS.contains(&name.as_str()) || (!name.is_empty() && is_tag_alone(content))
}

fn is_tag_alone(content: &str) -> bool {
    let content = content.trim_end();
    content.ends_with('>') && content.matches('>').count() == 1
}
