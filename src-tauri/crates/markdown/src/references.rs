//! Labels in brackets: which a text names, and what they stand for once that is known.

use crate::build::PENDING;
use std::collections::{HashMap, HashSet};

/// The longest label, in bytes.
const LONGEST_LABEL: usize = 999;

/// How many labels of a text are taken for defined.
const MOST_HOPES: usize = 200;

/// What separates definitions put before a text from the text: an indented line would belong to a footnote.
const BREAK: &str = "\n***\n\n";

/// The definition of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The label as written.
    pub(crate) label: String,
    /// The address, with nothing escaped.
    pub(crate) address: String,
    /// Where it stands in the text read.
    pub(crate) place: usize,
}

impl Definition {
    /// A definition that the parser found.
    pub(crate) fn new(label: &str, address: &str, place: usize) -> Self {
        Self {
            label: label.to_owned(),
            address: address.to_owned(),
            place,
        }
    }
}

/// How a text names a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// In brackets alone, which may be no more than brackets.
    Alone,
    /// As a footnote's.
    Footnote,
    /// After a text in brackets, which can only be meant as a link.
    Link,
}

/// The definitions of the blocks that are final.
#[derive(Debug, Default)]
pub(crate) struct Definitions {
    known: HashMap<String, Definition>,
}

impl Definitions {
    /// Takes a definition; the first of a label counts. Returns the label if it was new.
    pub(crate) fn add(&mut self, definition: &Definition) -> Option<String> {
        let label = folded(&definition.label);
        if self.known.contains_key(&label) {
            return None;
        }
        self.known.insert(label.clone(), definition.clone());
        Some(label)
    }

    /// What to put before a text so that its labels stand for what they do in the whole reply.
    ///
    /// Footnotes and links that nothing defines yet are taken for defined, as far as they are few.
    pub(crate) fn before(&self, text: &str) -> String {
        let mut lines = String::new();
        let mut notes = String::new();
        let mut seen = HashSet::new();
        let mut hopes = 0;
        for (label, naming) in labels(text) {
            let folded = folded(label);
            if seen.contains(&folded) {
                continue;
            }
            let hopeful = hopes < MOST_HOPES;
            let known = self
                .known
                .get(&folded)
                .filter(|_| naming != Naming::Footnote);
            if let Some(definition) = known {
                let label = definition.label.replace('\n', " ");
                lines.extend(["[", &label, "]: <", &escaped(&definition.address), ">\n"]);
            } else if naming == Naming::Footnote && hopeful {
                hopes += 1;
                if !text.contains(&format!("[{label}]:")) {
                    notes.extend(["[", label, "]: x\n"]);
                }
            } else if naming == Naming::Link && hopeful && is_word(label) {
                hopes += 1;
                let label = label.replace('\n', " ");
                lines.extend(["[", &label, "]: <", PENDING, ">\n"]);
            } else {
                continue;
            }
            seen.insert(folded);
        }
        match (lines.is_empty(), notes.is_empty()) {
            (true, true) => String::new(),
            (false, true) => lines + "\n",
            (_, false) => lines + "\n" + &notes + BREAK,
        }
    }
}

/// The labels that a text names or may name, in code too.
pub(crate) fn labels(text: &str) -> Vec<(&str, Naming)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut open = None;
    let mut closed_at = None;
    let mut escaped = false;
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => open = Some(place),
            b']' => {
                if let Some(start) = open.take() {
                    let label = text.get(start + 1..place).unwrap_or_default();
                    let adjacent = closed_at == Some(start);
                    let collapsed = text
                        .get(place + 1..)
                        .is_some_and(|rest| rest.starts_with("[]"));
                    if label.len() <= LONGEST_LABEL && !label.trim().is_empty() {
                        let naming = match (label.starts_with('^'), adjacent || collapsed) {
                            (true, _) => Naming::Footnote,
                            (false, true) => Naming::Link,
                            (false, false) => Naming::Alone,
                        };
                        found.push((label, naming));
                    }
                }
                closed_at = Some(place + 1);
            }
            _ => {}
        }
    }
    found
}

/// A label as it is compared: without regard to case and to how much white space is in it.
pub(crate) fn folded(label: &str) -> String {
    let words: Vec<&str> = label.split_whitespace().collect();
    words.join(" ").to_lowercase().to_uppercase()
}

/// Whether a label is more than a number: `[1][2]` cites, it does not link.
fn is_word(label: &str) -> bool {
    !label
        .chars()
        .all(|character| character.is_ascii_digit() || character.is_whitespace())
}

fn escaped(address: &str) -> String {
    let mut text = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            '<' | '>' | '\\' => {
                text.push('\\');
                text.push(character);
            }
            '&' => text.push_str("&amp;"),
            '\n' | '\r' => {}
            _ => text.push(character),
        }
    }
    text
}
