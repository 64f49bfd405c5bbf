//! Rewrites a text, byte for byte, into one that the parser reads as people mean it.
//!
//! Formulas in `\(…\)` and `\[…\]` get dollar signs and stand on one line, and a letter of Chinese,
//! Japanese or Korean beside emphasis that ends in punctuation becomes a space: by the letter of
//! CommonMark that emphasis would not end. Every place stays where it was, so what was written is
//! found again.

use crate::build::is_east_asian_letter;
use crate::limits::LONGEST_FORMULA;
use crate::outline::{Outline, lines};
use std::borrow::Cow;
use std::ops::Range;

/// How many runs of marks are kept in mind while they wait for their closing ones.
const MOST_OPEN: usize = 64;

/// A space as long as the letter whose place it takes.
const SPACE: [u8; 3] = [0xe3, 0x80, 0x80];

/// The text as the parser is to read it.
pub(crate) fn prepared(text: &str) -> Cow<'_, str> {
    let formulas = ["\\(", "\\[", "$$"].iter().any(|mark| text.contains(mark));
    let emphasis = ["*", "~~"].iter().any(|mark| text.contains(mark)) && !text.is_ascii();
    if !formulas && !emphasis {
        return Cow::Borrowed(text);
    }
    let mut edits = Vec::new();
    for prose in outside_fences(text) {
        Scan::new(text, prose).run(&mut edits);
    }
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for (place, new) in edits {
        if let Some(target) = bytes.get_mut(place..place + new.len()) {
            target.copy_from_slice(new);
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The stretches of a text that are not in fenced code.
fn outside_fences(text: &str) -> Vec<Range<usize>> {
    let mut outline = Outline::default();
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for line in lines(text) {
        if outline.feed(&line) {
            continue;
        }
        match stretches.last_mut() {
            Some(last) if last.end == line.place.start => last.end = line.next,
            Some(_) | None => stretches.push(line.place.start..line.next),
        }
    }
    stretches
}

struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    place: usize,
    end: usize,
    /// Runs of marks that wait for their closing ones in this paragraph.
    open: Vec<(u8, usize)>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, prose: Range<usize>) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            place: prose.start,
            end: prose.end,
            open: Vec::new(),
        }
    }

    fn run(mut self, edits: &mut Vec<(usize, &'static [u8])>) {
        while self.place < self.end {
            let start = self.place;
            match self.at(start) {
                b'\\' => self.escape(edits),
                b'`' => self.code(),
                b'$' if self.at(start + 1) == b'$' => self.dollars(edits),
                b'*' | b'~' => self.marks(edits),
                b'\n' if self.is_blank_after(start) => {
                    self.open.clear();
                    self.place += 1;
                }
                _ => self.place += 1,
            }
        }
    }

    fn at(&self, place: usize) -> u8 {
        self.bytes.get(place).copied().unwrap_or_default()
    }

    fn rest(&self, from: usize) -> &'a str {
        self.text.get(from..self.end).unwrap_or_default()
    }

    /// At most so many bytes before a place.
    fn before(&self, place: usize, most: usize) -> &'a str {
        let from = self.text.floor_char_boundary(place.saturating_sub(most));
        self.text.get(from..place).unwrap_or_default()
    }

    fn is_blank_after(&self, line_end: usize) -> bool {
        let line = self.rest(line_end + 1).split('\n').next();
        line.is_some_and(|line| line.trim_matches([' ', '\t', '>', '\r']).is_empty())
    }

    /// A backslash: it opens a formula or takes the meaning from the next character.
    fn escape(&mut self, edits: &mut Vec<(usize, &'static [u8])>) {
        let start = self.place;
        self.place += 2;
        let close = match self.at(start + 1) {
            b'(' => "\\)",
            b'[' => "\\]",
            _ => return,
        };
        if self.is_in_address(start) {
            return;
        }
        let alone = close == "\\]" && self.starts_line(start);
        if let Some(end) = self.formula_end(start + 2, close, alone) {
            edits.push((start, b"$$"));
            edits.push((end, b"$$"));
            self.join(start..end, edits);
            self.place = end + 2;
        }
    }

    fn dollars(&mut self, edits: &mut Vec<(usize, &'static [u8])>) {
        let start = self.place;
        self.place += 2;
        if let Some(end) = self.formula_end(start + 2, "$$", self.starts_line(start)) {
            self.join(start..end, edits);
            self.place = end + 2;
        }
    }

    /// Where a formula's closing mark is; one that stands alone may hold blank lines.
    fn formula_end(&self, from: usize, close: &str, alone: bool) -> Option<usize> {
        let rest = self.rest(from);
        let near = rest.get(..rest.floor_char_boundary(LONGEST_FORMULA + 2))?;
        let length = near.find(close)?;
        let inside = near.get(..length)?;
        if close != "$$" && inside.contains('$') || inside.trim().is_empty() {
            return None;
        }
        // Escaped brackets and parentheses that hold no letter or a link are what they are.
        let letters = inside.chars().any(char::is_alphanumeric);
        if close != "$$" && (!letters || inside.contains("](")) {
            return None;
        }
        let end = from + length;
        let blank = (from..end).any(|place| self.at(place) == b'\n' && self.is_blank_after(place));
        (alone || !blank).then_some(end)
    }

    /// Puts a formula on one line, or a line of it might begin a list or a heading.
    fn join(&self, formula: Range<usize>, edits: &mut Vec<(usize, &'static [u8])>) {
        let breaks = formula.filter(|place| self.at(*place) == b'\n');
        edits.extend(breaks.map(|place| (place, b" ".as_slice())));
    }

    fn starts_line(&self, place: usize) -> bool {
        let line = self
            .before(place, 64)
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        line.trim_matches([' ', '\t', '>']).is_empty()
            || line
                .trim()
                .trim_end_matches(['.', ')', '-', '*', '+'])
                .parse::<u32>()
                .is_ok()
            || ["-", "*", "+"].contains(&line.trim())
    }

    /// Whether a place is within the parentheses of a link's address.
    fn is_in_address(&self, place: usize) -> bool {
        let word = self.before(place, 2_048).rsplit(char::is_whitespace).next();
        word.is_some_and(|word| {
            word.rfind("](")
                .is_some_and(|open| !word.get(open + 2..).unwrap_or_default().contains(')'))
        })
    }

    fn code(&mut self) {
        let length = self.run_length(self.place);
        let mut place = self.place + length;
        self.place = place;
        while place < self.end {
            match self.at(place) {
                b'`' => {
                    let closing = self.run_length(place);
                    place += closing;
                    if closing == length {
                        self.place = place;
                        return;
                    }
                }
                b'\n' if self.is_blank_after(place) => return,
                _ => place += 1,
            }
        }
    }

    fn run_length(&self, place: usize) -> usize {
        let mark = self.at(place);
        let rest = self.bytes.get(place..self.end).unwrap_or_default();
        rest.iter().take_while(|byte| **byte == mark).count()
    }

    /// Marks of emphasis: which way they face is clear to people where it is not to the rules.
    fn marks(&mut self, edits: &mut Vec<(usize, &'static [u8])>) {
        let start = self.place;
        let mark = (self.at(start), self.run_length(start));
        self.place = start + mark.1;
        if mark == (b'~', 1) {
            return;
        }
        let before = self
            .text
            .get(..start)
            .and_then(|text| text.chars().next_back());
        let after = self.rest(self.place).chars().next();
        let (Some(before), Some(after)) = (before, after) else {
            return self.note(mark, before.is_none() && after.is_some(), before.is_some());
        };
        let waits = self.open.contains(&mark);
        if waits && is_punctuation(before) && is_east_asian_letter(after) {
            edits.push((self.place, &SPACE));
            return self.note(mark, false, true);
        }
        if !waits && is_east_asian_letter(before) && is_punctuation(after) {
            edits.push((start - SPACE.len(), &SPACE));
            return self.note(mark, true, false);
        }
        let blank = (before.is_whitespace(), after.is_whitespace());
        let opens = !blank.1 && (!is_punctuation(after) || blank.0 || is_punctuation(before));
        let closes = !blank.0 && (!is_punctuation(before) || blank.1 || is_punctuation(after));
        self.note(mark, opens, closes);
    }

    fn note(&mut self, mark: (u8, usize), opens: bool, closes: bool) {
        let waiting = self.open.iter().rposition(|open| *open == mark);
        match waiting {
            Some(place) if closes => self.open.truncate(place),
            Some(_) | None if opens && self.open.len() < MOST_OPEN => self.open.push(mark),
            Some(_) | None => {}
        }
    }
}

/// Whether a character is punctuation, Chinese and full-width punctuation included.
pub(crate) fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(
            character,
            '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}'
        )
        || matches!(character, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}')
        || matches!(character, '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}' | '\u{30fb}')
        || matches!(character, '\u{fe30}'..='\u{fe6b}' | '\u{ff01}'..='\u{ff0f}')
        || matches!(character, '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}')
        || matches!(character, '\u{ff5b}'..='\u{ff65}')
}
