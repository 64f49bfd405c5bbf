//! Heals the text of an open paragraph or heading.

use super::Healed;
use super::delimiters::{Openers, Run};
use super::target::{Target, target};
use crate::build::{PENDING, ends_address, is_east_asian_letter};
use crate::limits::{LONGEST_FORMULA, LONGEST_HELD};

/// The longest address that is waited for, in bytes.
const LONGEST_ADDRESS: usize = 2_048;

/// Heals `text`, which starts where its block's text starts; `partial` if its last line is.
pub(super) fn heal(text: &str, heading: bool, partial: bool) -> Healed {
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        place: 0,
        cut: text.len(),
        openers: Openers::default(),
        brackets: Vec::new(),
        closing: String::new(),
        partial,
    };
    while scan.place < scan.cut {
        scan.step();
    }
    scan.hold_bracket();
    if heading {
        scan.hold_closing_marks();
    }
    scan.finish()
}

struct Bracket {
    start: usize,
    inside: usize,
    image: bool,
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    place: usize,
    cut: usize,
    openers: Openers,
    brackets: Vec<Bracket>,
    /// What closes the innermost thing that is not emphasis.
    closing: String,
    partial: bool,
}

impl<'a> Scan<'a> {
    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }

    fn run_length(&self, place: usize) -> usize {
        let mark = self.bytes.get(place);
        let rest = self.bytes.get(place..).unwrap_or_default();
        rest.iter().take_while(|byte| Some(*byte) == mark).count()
    }

    /// Holds back everything from a place on.
    fn hold(&mut self, place: usize) {
        self.cut = place;
        self.place = place;
    }

    fn step(&mut self) {
        match self.bytes.get(self.place) {
            Some(b'\\') => self.escape(),
            Some(b'`') => self.code(),
            Some(b'$') => self.dollars(),
            Some(b'*' | b'_' | b'~') => self.marks(),
            Some(b'!') if self.rest(self.place + 1).starts_with('[') => self.bracket(true),
            Some(b'!') if self.place + 1 == self.text.len() => self.exclamation(),
            Some(b'[') => self.bracket(false),
            Some(b']') => self.close_bracket(),
            Some(b'<') => self.angle(),
            Some(b'&') => self.entity(),
            Some(b'h' | b'w' | b'H' | b'W') => self.address(),
            Some(_) | None => self.place += 1,
        }
    }

    /// At the end of the text an exclamation mark may be an image's.
    fn exclamation(&mut self) {
        if self.partial {
            self.hold(self.place);
        } else {
            self.place += 1;
        }
    }

    fn escape(&mut self) {
        let start = self.place;
        let rest = self.rest(start + 1);
        let close = match rest.chars().next() {
            _ if rest.trim().is_empty() => return self.hold(start),
            Some('(') => "\\)",
            Some('[') => "\\]",
            Some(other) => {
                self.place += 1 + other.len_utf8();
                return;
            }
            None => return,
        };
        // A complete formula has dollar signs by now, so what is here is open or no formula.
        if rest.len() <= LONGEST_FORMULA && !rest.contains(close) {
            self.hold(start);
        } else {
            self.place += 2;
        }
    }

    fn code(&mut self) {
        let start = self.place;
        let length = self.run_length(start);
        let inside = start + length;
        let mut place = inside;
        while let Some(next) = self.rest(place).find('`') {
            place += next;
            let run = self.run_length(place);
            if run == length && place + run < self.text.len() {
                self.place = place + run;
                return;
            }
            place += run;
        }
        let content = self.rest(inside).trim_end_matches('`');
        if content.trim().is_empty() {
            return self.hold(start);
        }
        // A space at both ends is no part of code, and a mark at its end would join the closing ones.
        let shown = content.get(..shown_length(content)).unwrap_or_default();
        let padded = content.starts_with([' ', '\n']) || shown.ends_with('`');
        let padding = if padded { " " } else { "" };
        self.hold(inside + shown_length(content));
        self.closing = format!("{padding}{}", "`".repeat(length));
    }

    fn dollars(&mut self) {
        let start = self.place;
        if self.run_length(start) >= 2 {
            return match self.rest(start + 2).find("$$") {
                Some(length) => self.place = start + 2 + length + 2,
                None if self.rest(start).len() <= LONGEST_FORMULA => self.hold(start),
                None => self.place += 2,
            };
        }
        let rest = self.rest(start + 1);
        if rest.is_empty() {
            return self.hold(start);
        }
        self.place += 1;
        if rest.starts_with(char::is_whitespace) {
            return;
        }
        if let Some(end) = formula_end(rest) {
            self.place = start + 1 + end + 1;
        } else if may_be_formula(rest) {
            self.hold(start);
        }
    }

    fn marks(&mut self) {
        let start = self.place;
        let count = self.run_length(start);
        self.place = start + count;
        let Some(mark) = self.rest(start).chars().next() else {
            return;
        };
        if self.place == self.text.len() {
            return self.hold(start);
        }
        let before = self
            .text
            .get(..start)
            .and_then(|before| before.chars().next_back());
        let after = self.rest(self.place).chars().next();
        self.openers.take(Run {
            mark,
            start,
            count,
            before,
            after,
        });
    }

    fn bracket(&mut self, image: bool) {
        let inside = self.place + if image { 2 } else { 1 };
        self.brackets.push(Bracket {
            start: self.place,
            inside,
            image,
        });
        self.place = inside;
    }

    fn close_bracket(&mut self) {
        let end = self.place;
        self.place += 1;
        let Some(bracket) = self.brackets.pop() else {
            return;
        };
        let rest = self.rest(end + 1);
        let found = match rest.chars().next() {
            None if self.partial && end - bracket.start <= LONGEST_HELD => {
                return self.hold(bracket.start);
            }
            Some('(') => target(self.rest(end + 2)),
            Some('[') => match rest.find(']') {
                Some(length) => Target::Closed(length + 1),
                None => Target::Open,
            },
            Some(':') if bracket.start == 0 && !rest.contains('\n') => {
                return self.hold(bracket.start);
            }
            None | Some(_) => return,
        };
        match found {
            Target::Closed(length) => {
                self.openers.forget_from(bracket.inside);
                self.brackets.retain(|outer| outer.image);
                self.place = end + 2 + length;
            }
            Target::Open if rest.len() > LONGEST_ADDRESS => {}
            Target::Open if bracket.image || end == bracket.inside => self.hold(bracket.start),
            Target::Open => {
                self.openers.forget_from(bracket.inside);
                self.brackets.clear();
                self.cut = end;
                self.closing = format!("]({PENDING})");
            }
            Target::None => {}
        }
    }

    /// An address in angle brackets, or HTML.
    fn angle(&mut self) {
        let start = self.place;
        let rest = self.rest(start + 1);
        let end =
            rest.find(|character: char| character.is_whitespace() || "<>".contains(character));
        match end {
            Some(end) if rest.get(end..).is_some_and(|after| after.starts_with('>')) => {
                self.place = start + 1 + end + 1;
            }
            Some(_) => self.place += 1,
            None if rest.len() > LONGEST_HELD => self.place += 1,
            None if rest.chars().any(is_east_asian_letter) => self.place += 1,
            None if rest.starts_with(|first: char| first.is_ascii_digit() || first == '=') => {
                self.place += 1;
            }
            None => self.hold(start),
        }
    }

    fn entity(&mut self) {
        let rest = self.rest(self.place + 1);
        let open = rest.len() <= 32
            && rest
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '#');
        if open {
            self.hold(self.place);
        } else {
            self.place += 1;
        }
    }

    /// A bare address, which is a link once it is complete.
    fn address(&mut self) {
        let start = self.place;
        self.place += 1;
        let before = self
            .text
            .get(..start)
            .and_then(|before| before.chars().next_back());
        if before.is_some_and(|before| before.is_ascii_alphanumeric()) {
            return;
        }
        let rest = self.rest(start);
        let near = rest
            .get(..rest.floor_char_boundary(8))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let heads = ["https://", "http://", "www."];
        if heads.iter().any(|head| near.starts_with(head)) {
            match rest.find(ends_address) {
                Some(end) => self.place = start + end,
                None if rest.len() <= LONGEST_ADDRESS => self.hold(start),
                None => {}
            }
        } else if heads.iter().any(|head| head.starts_with(&near)) {
            self.hold(start);
        }
    }

    /// A bracket that waits for its end is held back until it is known what it is.
    fn hold_bracket(&mut self) {
        let cut = self.cut;
        let waiting = self
            .brackets
            .iter()
            .find(|bracket| bracket.start < cut && self.text.len() - bracket.start <= LONGEST_HELD);
        if let Some(bracket) = waiting {
            self.cut = bracket.start;
            self.closing.clear();
        }
    }

    /// Marks at the end of a heading may close it.
    fn hold_closing_marks(&mut self) {
        let shown = self.text.get(..self.cut).unwrap_or_default();
        let trimmed = shown.trim_end().trim_end_matches('#');
        if trimmed.len() < shown.trim_end().len() && trimmed.ends_with(' ') {
            self.cut = trimmed.len();
            self.closing.clear();
        }
    }

    fn finish(mut self) -> Healed {
        self.openers.forget_from(self.cut);
        if !self.closing.is_empty() {
            let closing = self.closing.clone() + &self.openers.closing();
            return Healed {
                cut: self.cut,
                closing,
            };
        }
        // An opener with nothing behind it is held back too.
        while let Some(opener) = self.openers.last() {
            let shown = shown_length(self.text.get(..self.cut).unwrap_or_default());
            if opener.end < shown {
                self.cut = shown;
                break;
            }
            self.cut = opener.start;
            self.openers.forget_from(opener.start);
        }
        Healed {
            cut: self.cut,
            closing: self.openers.closing(),
        }
    }
}

/// How long a text is without white space and a quote's marks at its end.
fn shown_length(text: &str) -> usize {
    let mut shown = text.trim_end();
    while let Some((before, last)) = shown.rsplit_once('\n') {
        if !last.trim_matches([' ', '\t', '>']).is_empty() {
            break;
        }
        shown = before.trim_end();
    }
    shown.len()
}

/// Where a formula between single dollar signs ends.
fn formula_end(text: &str) -> Option<usize> {
    let end = text.find('$')?;
    let tight = text
        .get(..end)
        .is_some_and(|inside| !inside.ends_with(char::is_whitespace));
    tight.then_some(end)
}

/// Whether what follows a dollar sign may still become a formula rather than a price or a name.
fn may_be_formula(rest: &str) -> bool {
    if rest.len() > LONGEST_HELD || rest.contains('$') || rest.contains('\n') {
        return false;
    }
    let number = rest.trim_start_matches(|character: char| {
        character.is_ascii_digit() || character == ',' || character == '.'
    });
    if number.len() == rest.len() || number.is_empty() {
        return true;
    }
    let after = number.trim_start_matches(' ');
    let spaced = after.len() < number.len();
    let word = after
        .chars()
        .take(2)
        .filter(char::is_ascii_alphabetic)
        .count()
        == 2;
    let ended = rest
        .get(..rest.len() - number.len())
        .is_some_and(|price| price.ends_with([',', '.']));
    let foreign = after.chars().next().is_some_and(|next| !next.is_ascii());
    !((spaced && (word || ended)) || foreign)
}
