//! The part of a link in parentheses.

/// How far the parentheses behind a link's text have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// They end there, counted from the opening one.
    Closed(usize),
    /// The text ends within them.
    Open,
    /// They are no link's.
    None,
}

/// Reads from behind the opening parenthesis.
pub(super) fn target(text: &str) -> Target {
    let start = text.len() - text.trim_start().len();
    let rest = text.get(start..).unwrap_or_default();
    let address = if rest.starts_with('<') {
        bracketed(rest)
    } else {
        plain(rest)
    };
    let address = match address {
        Target::Closed(length) => length,
        other @ (Target::Open | Target::None) => return other,
    };
    let mut place = start + address;
    let after = text.get(place..).unwrap_or_default();
    let blank = after.len() - after.trim_start().len();
    place += blank;
    let after = text.get(place..).unwrap_or_default();
    match after.chars().next() {
        None => Target::Open,
        Some(')') => Target::Closed(place + 1),
        Some(quote @ ('"' | '\'')) if blank > 0 => title(text, place + 1, quote),
        Some('(') if blank > 0 => title(text, place + 1, ')'),
        Some(_) => Target::None,
    }
}

fn bracketed(text: &str) -> Target {
    match text.find(['>', '\n']) {
        None => Target::Open,
        Some(end) if text.get(end..).is_some_and(|rest| rest.starts_with('>')) => {
            Target::Closed(end + 1)
        }
        Some(_) => Target::None,
    }
}

fn plain(text: &str) -> Target {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Target::Closed(place),
            ')' => depth -= 1,
            ' ' | '\t' | '\n' if depth > 0 => return Target::None,
            ' ' | '\t' | '\n' => return Target::Closed(place),
            _ => {}
        }
    }
    Target::Open
}

fn title(text: &str, from: usize, quote: char) -> Target {
    let rest = text.get(from..).unwrap_or_default();
    let Some(end) = rest.find(quote) else {
        return Target::Open;
    };
    let after = rest.get(end + 1..).unwrap_or_default();
    let trimmed = after.trim_start();
    let blank = after.len() - trimmed.len();
    match trimmed.chars().next() {
        None => Target::Open,
        Some(')') => Target::Closed(from + end + 1 + blank + 1),
        Some(_) => Target::None,
    }
}
