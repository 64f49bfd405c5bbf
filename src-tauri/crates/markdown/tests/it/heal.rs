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

struct Count {
    flushes: usize,
    raw: Vec<String>,
    retracted: Vec<String>,
}

fn watch(source: &str, seed: u64, longest: usize) -> Count {
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
        if !now.starts_with(shown.trim_end()) {
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
            count
                .retracted
                .push(format!("{before:?}: {was:?} became {is:?}"));
        }
        shown = now;
    }
    replay.finish(source);
    count
}

fn expect_calm(count: &Count) {
    let raw = &count.raw[..count.raw.len().min(12)];
    assert!(
        raw.is_empty(),
        "{} of {} flushes show marks: {raw:#?}",
        count.raw.len(),
        count.flushes
    );
    let retracted = &count.retracted[..count.retracted.len().min(12)];
    assert!(
        retracted.is_empty(),
        "{} of {} flushes retract: {retracted:#?}",
        count.retracted.len(),
        count.flushes
    );
}

#[test]
fn no_flush_of_the_sample_shows_marks_or_retracts_text() {
    expect_calm(&watch(&sample(1, 12_000), 5, 5));
    expect_calm(&watch(&sample(2, 6_000), 6, 12));
}

#[test]
fn no_character_of_the_sample_shows_marks_or_retracts_text() {
    expect_calm(&watch(&sample(3, 6_000), 7, 1));
}
