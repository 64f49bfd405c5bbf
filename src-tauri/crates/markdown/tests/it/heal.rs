//! While a reply arrives no half syntax shows, and what was shown stays.

use crate::replay::Replay;
use crate::sample::{Numbers, sample};
use markdown::{Node, Tag, parse, plain_text};

/// Characters that the sample holds as syntax only, outside code and formulas.
const MARKS: &str = "*`~|[]#\\";

fn text_outside_code(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) => match element.tag {
                Tag::Code | Tag::CodeBlock | Tag::InlineFormula | Tag::BlockFormula => {}
                _ => text_outside_code(&element.children, text),
            },
        }
        text.push('\u{1}');
    }
}

/// What was seen while a text arrived.
pub(crate) struct Count {
    flushes: usize,
    raw: Vec<String>,
    retracted: Vec<String>,
}

/// Streams a text in pieces of at most `longest` characters and looks at each flush.
pub(crate) fn watch(source: &str, seed: u64, longest: usize) -> Count {
    parse(source);
    let mut numbers = Numbers::new(seed);
    let characters: Vec<char> = source.chars().collect();
    let mut replay = Replay::new();
    let mut count = Count {
        flushes: 0,
        raw: Vec::new(),
        retracted: Vec::new(),
    };
    let mut shown = String::new();
    let mut place = 0;
    while place < characters.len() {
        let end = (place + 1 + numbers.below(longest)).min(characters.len());
        let piece: String = characters[place..end].iter().collect();
        place = end;
        replay.push(&piece);
        count.flushes += 1;
        let before: String = characters[place.saturating_sub(60)..place].iter().collect();
        let mut text = String::new();
        text_outside_code(&replay.model, &mut text);
        if let Some(mark) = text.find(|character| MARKS.contains(character)) {
            let near = &text[text.floor_char_boundary(mark.saturating_sub(30))..];
            count.raw.push(format!("{before:?}: {near:?}"));
        }
        let now = plain_text(&replay.model);
        count.compare(&shown, &now, &before);
        shown = now;
    }
    replay.finish(source);
    count.compare(&shown, &plain_text(&replay.model), "the end");
    count
}

impl Count {
    fn compare(&mut self, shown: &str, now: &str, before: &str) {
        if now.starts_with(shown.trim_end()) {
            return;
        }
        let same = now
            .chars()
            .zip(shown.chars())
            .take_while(|(a, b)| a == b)
            .count();
        let was: String = shown
            .chars()
            .skip(same.saturating_sub(10))
            .take(60)
            .collect();
        let is: String = now.chars().skip(same.saturating_sub(10)).take(60).collect();
        self.retracted
            .push(format!("{before:?}: {was:?} became {is:?}"));
    }

    /// Neither marks nor retractions were seen.
    pub(crate) fn expect_calm(&self) {
        let all = [("show marks", &self.raw), ("retract", &self.retracted)];
        for (what, seen) in all {
            let first = &seen[..seen.len().min(12)];
            let flushes = self.flushes;
            assert!(
                seen.is_empty(),
                "{} of {flushes} flushes {what}: {first:#?}",
                seen.len()
            );
        }
    }
}

/// Texts of which something shown is taken back, and why that is right.
const RETRACTIONS: [(&str, &str); 9] = [
    (
        "An *opener without an end\n\nNext.\n\nEnd.\n",
        "emphasis that is never closed is none",
    ),
    (
        "Some `code without an end\n\nNext.\n\nEnd.\n",
        "code that is never closed is none",
    ),
    (
        "A [label] alone\n\nNext.\n\n[label]: https://example.org\n\nEnd.\n",
        "a late definition makes brackets a link",
    ),
    (
        "a | b\n--- | ---\nc | d\n",
        "a table's head without a mark in front is a paragraph at first",
    ),
    (
        "From $2, 3$ onwards\n",
        "what starts like a price may be a formula",
    ),
    (
        "A [link](https://example.org no more) here\n",
        "an address with a space in it is none",
    ),
    (
        "A [link][nowhere] here\n",
        "a label that nothing defines makes no link",
    ),
    (
        "A claim[^1] here\n\n[^other]: A note.\n",
        "a footnote that nothing defines is brackets",
    ),
    (
        "From $2, $3 to 4$ and more\n",
        "what starts like two prices may hold a formula",
    ),
];

#[test]
fn what_is_taken_back_is_listed() {
    for (text, why) in RETRACTIONS {
        let count = watch(text, 1, 1);
        assert!(
            !count.retracted.is_empty(),
            "{text:?} is calm, so {why:?} need not be listed"
        );
    }
}

#[test]
fn no_flush_of_the_sample_shows_marks_or_retracts_text() {
    watch(&sample(1, 12_000), 5, 5).expect_calm();
    watch(&sample(2, 6_000), 6, 12).expect_calm();
}

#[test]
fn no_character_of_the_sample_shows_marks_or_retracts_text() {
    watch(&sample(3, 6_000), 7, 1).expect_calm();
}
