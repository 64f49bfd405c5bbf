//! Lines without the marks of the quotes, items and footnotes that they stand in.

/// A line without the marks of what it stands in.
pub(super) struct Stripped<'a> {
    pub(super) content: &'a str,
    pub(super) quotes: usize,
    pub(super) indent: usize,
    pub(super) column: usize,
    pub(super) item: Option<usize>,
}

/// Takes away the marks of quotes, items and footnotes at the start of a line.
pub(super) fn strip(line: &str, in_paragraph: bool) -> Stripped<'_> {
    let mut stripped = Stripped {
        content: line,
        quotes: 0,
        indent: 0,
        column: 0,
        item: None,
    };
    loop {
        let content = stripped.content.trim_start_matches([' ', '\t']);
        let indent = columns(stripped.content, content);
        stripped.column += indent;
        stripped.indent = indent;
        stripped.content = content;
        if let Some(inner) = content.strip_prefix('>') {
            stripped.quotes += 1;
            stripped.column += 1;
            stripped.content = inner.strip_prefix(' ').unwrap_or(inner);
            stripped.column += inner.len() - stripped.content.len();
            continue;
        }
        let Some(length) = marker_length(content, in_paragraph && stripped.item.is_none()) else {
            return stripped;
        };
        stripped.column += length;
        stripped.content = content.get(length..).unwrap_or_default();
        let padding = stripped.content.len() - stripped.content.trim_start_matches(' ').len();
        let padding = if padding > 4 || padding == 0 {
            1
        } else {
            padding
        };
        stripped.item = Some(stripped.column + padding);
    }
}

/// How long the mark of an item or a footnote is that a line starts with.
fn marker_length(content: &str, in_paragraph: bool) -> Option<usize> {
    if let Some(note) = content.strip_prefix("[^") {
        let label = note.find("]:")?;
        let plain = note
            .get(..label)
            .is_some_and(|label| !label.is_empty() && !label.contains(['[', ']', ' ']));
        return plain.then_some(label + 4);
    }
    let digits = content.len()
        - content
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let length = match digits {
        0 => usize::from(content.starts_with(['-', '*', '+'])),
        1..=9 => {
            let one = content.get(..digits) == Some("1");
            let closed = content
                .get(digits..)
                .is_some_and(|rest| rest.starts_with(['.', ')']));
            if closed && (one || !in_paragraph) {
                digits + 1
            } else {
                0
            }
        }
        _ => 0,
    };
    let rest = content.get(length..)?;
    let spaced = rest.starts_with([' ', '\t']) || rest.is_empty();
    (length > 0 && spaced && !is_rule(content, false)).then_some(length)
}

/// How wide the white space is that `content` has before it in `line`.
pub(super) fn columns(line: &str, content: &str) -> usize {
    let space = line.get(..line.len() - content.len()).unwrap_or_default();
    space.chars().fold(0, |column, character| {
        if character == '\t' {
            (column / 4 + 1) * 4
        } else {
            column + 1
        }
    })
}

/// Whether a line is a thematic break, or below a paragraph the line that makes it a heading.
pub(super) fn is_rule(content: &str, below_paragraph: bool) -> bool {
    let marks: String = content
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let Some(mark) = marks.chars().next() else {
        return false;
    };
    let alike = marks.chars().all(|character| character == mark);
    let underline = below_paragraph && ['=', '-'].contains(&mark) && content.trim_end() == marks;
    alike && (underline || (['-', '*', '_'].contains(&mark) && marks.len() >= 3))
}
