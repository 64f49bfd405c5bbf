//! Heals the text of an open paragraph or heading.

use super::Healed;
use super::bracket::{Bracket, LONGEST_ADDRESS};
use super::delimiters::{Openers, Run};
use super::formula::{formula_end, may_be_formula};
use crate::build::{ends_address, is_east_asian_letter};
use crate::limits::{LONGEST_FORMULA, LONGEST_HELD};

/// Heals `text`, which starts where its block's text starts; `partial` if its last line is.
pub(super) fn heal(text: &str, heading: bool, partial: bool) -> Healed {
    let mut scan = Scan::new(text, partial);
    while scan.place < scan.cut {
        scan.step();
    }
    scan.hold_bracket();
    if heading {
        scan.hold_closing_marks();
    }
    scan.finish()
}

/// The last place before `end` where nothing is open and nothing may ever be, in the midst of words.
pub(crate) fn calm_place(text: &str, end: usize) -> Option<usize> {
    let mut scan = Scan::new(text, true);
    let mut found = None;
    while scan.place < scan.cut.min(end) && scan.calm {
        if scan.openers.last().is_none()
            && scan.brackets.is_empty()
            && is_amid_words(text, scan.place)
        {
            found = Some(scan.place);
        }
        scan.step();
    }
    found
}

/// What has more letters without a space is no word.
const LONGEST_WORD: usize = 64;

/// Whether a place is between letters that belong to no address.
fn is_amid_words(text: &str, place: usize) -> bool {
    let near = text.floor_char_boundary(place.saturating_sub(LONGEST_WORD))
        ..text.ceil_char_boundary(place.saturating_add(LONGEST_WORD));
    let (Some(before), Some(after)) = (text.get(near.start..place), text.get(place..near.end))
    else {
        return false;
    };
    let (Some(last), Some(next)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    if is_east_asian_letter(last) && is_east_asian_letter(next) {
        return true;
    }
    let start = before.rfind(char::is_whitespace).map(|space| space + 1);
    let start = start.or((near.start == 0).then_some(0));
    let (Some(start), Some(rest)) = (start, after.find(char::is_whitespace)) else {
        return false;
    };
    let mut word = before.get(start..).into_iter().chain(after.get(..rest));
    word.all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic()))
}

/// A text on the way through it.
pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) place: usize,
    pub(super) cut: usize,
    pub(super) openers: Openers,
    pub(super) brackets: Vec<Bracket>,
    /// What closes the innermost thing that is not emphasis.
    pub(super) closing: String,
    /// The closing parenthesis that was looked for last, or the text's end.
    pub(super) next_closing: usize,
    pub(super) partial: bool,
    /// Whether no mark was passed over that a later one may still turn into something.
    pub(super) calm: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, partial: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            place: 0,
            cut: text.len(),
            openers: Openers::default(),
            brackets: Vec::new(),
            closing: String::new(),
            next_closing: 0,
            partial,
            calm: true,
        }
    }

    pub(super) fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..).unwrap_or_default()
    }

    fn run_length(&self, place: usize) -> usize {
        let mark = self.bytes.get(place);
        let rest = self.bytes.get(place..).unwrap_or_default();
        rest.iter().take_while(|byte| Some(*byte) == mark).count()
    }

    /// Holds back everything from a place on.
    pub(super) fn hold(&mut self, place: usize) {
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
                None => {
                    self.calm = false;
                    self.place += 2;
                }
            };
        }
        let rest = self.rest(start + 1);
        if rest.is_empty() {
            return self.hold(start);
        }
        self.place += 1;
        self.calm = false;
        if rest.starts_with(char::is_whitespace) {
            return;
        }
        if let Some(end) = formula_end(rest) {
            self.calm = true;
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
        self.calm &= self.openers.take(Run {
            mark,
            start,
            count,
            before,
            after,
        });
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
            Some(end) => {
                self.calm &= end == 0;
                self.place += 1;
            }
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
            let near = rest.get(..rest.floor_char_boundary(LONGEST_ADDRESS + 1));
            match near.unwrap_or_default().find(ends_address) {
                Some(end) => self.place = start + end,
                None if rest.len() <= LONGEST_ADDRESS => self.hold(start),
                None => {}
            }
        } else if heads.iter().any(|head| head.starts_with(&near)) {
            self.hold(start);
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
