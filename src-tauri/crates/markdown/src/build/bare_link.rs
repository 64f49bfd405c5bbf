//! Addresses that stand in a text without any marks become links.

use crate::build::frame::element;
use crate::document::{Attributes, Element, Node, Tag};
use crate::gate::gate;
use crate::hidden;
use std::ops::Range;

/// The longest address, in bytes; no longer one passes the gate.
const LONGEST: usize = 2_048;

/// Punctuation that ends a sentence rather than an address.
const TRAILING: [char; 12] = ['?', '!', '.', ',', ':', '*', '_', '~', '\'', '"', ';', ')'];

/// The text, or the nodes it falls into where it holds addresses.
pub(crate) fn linked(text: String) -> Vec<Node> {
    if !["://", "www.", "@"].iter().any(|mark| text.contains(mark)) {
        return vec![Node::Text(text)];
    }
    let mut nodes = Vec::new();
    let mut done = 0;
    let mut from = 0;
    while let Some((place, address)) = next(&text, from) {
        let shown = text.get(place.clone()).unwrap_or_default();
        let Some(link) = gate(&address) else {
            from = place.end.max(from + 1);
            continue;
        };
        nodes.push(Node::Text(
            text.get(done..place.start).unwrap_or_default().to_owned(),
        ));
        nodes.push(Node::Element(Element {
            attributes: Attributes {
                address: Some(link.address),
                ..Attributes::default()
            },
            children: hidden::mark(shown),
            ..element(Tag::Link)
        }));
        done = place.end;
        from = place.end;
    }
    if nodes.is_empty() {
        return vec![Node::Text(text)];
    }
    nodes.push(Node::Text(text.get(done..).unwrap_or_default().to_owned()));
    nodes
}

/// The next address at or after a place, and what it points at.
fn next(text: &str, from: usize) -> Option<(Range<usize>, String)> {
    let rest = text.get(from..)?;
    let candidates = rest.match_indices(['h', 'w', 'H', 'W', '@']);
    for (place, mark) in candidates {
        let place = from + place;
        let found = if mark == "@" {
            mail(text, place, from)
        } else {
            web(text, place)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

fn web(text: &str, start: usize) -> Option<(Range<usize>, String)> {
    let rest = text.get(start..)?;
    let before = text
        .get(..start)
        .and_then(|before| before.chars().next_back());
    let scheme = ["https://", "http://"].into_iter().find(|scheme| {
        rest.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    let plain = scheme.is_none();
    if plain
        && !rest
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case("www."))
    {
        return None;
    }
    let joined = |character: char| {
        if plain {
            character.is_ascii_alphanumeric()
        } else {
            character.is_ascii_alphabetic()
        }
    };
    if before.is_some_and(joined) {
        return None;
    }
    let end = start + length(rest)?;
    let shown = text.get(start..end)?;
    let host = shown.get(scheme.map_or(0, str::len)..)?;
    let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let mut labels = host.rsplit('.');
    let underscored = labels.by_ref().take(2).any(|label| label.contains('_'));
    let dotted = host.contains('.') || !plain;
    if host.is_empty() || underscored || !dotted {
        return None;
    }
    let address = if plain {
        format!("http://{shown}")
    } else {
        shown.to_owned()
    };
    Some((start..end, address))
}

/// How many bytes of a text that starts with an address belong to it.
fn length(text: &str) -> Option<usize> {
    let near = text.get(..text.floor_char_boundary(LONGEST + 1))?;
    let end = near
        .find(ends)
        .or((near.len() <= LONGEST).then_some(near.len()))?;
    let mut address = near.get(..end)?;
    loop {
        let last = address.chars().next_back()?;
        if !TRAILING.contains(&last) {
            return Some(address.len());
        }
        let shorter = match last {
            ')' if address.matches('(').count() >= address.matches(')').count() => {
                return Some(address.len());
            }
            ';' => entity_start(address).unwrap_or(address.len() - 1),
            _ => address.len() - 1,
        };
        address = address.get(..shorter)?;
    }
}

/// Where the entity that ends a text starts.
fn entity_start(address: &str) -> Option<usize> {
    let start = address.rfind('&')?;
    let name = address.get(start + 1..address.len() - 1)?;
    let entity = !name.is_empty()
        && name
            .chars()
            .all(|character| character.is_ascii_alphanumeric());
    entity.then_some(start)
}

/// Whether a character ends a bare address: white space, `<`, and what only East Asian text has.
pub(crate) fn ends(character: char) -> bool {
    character.is_whitespace()
        || character == '<'
        || matches!(character, '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{3000}'..='\u{303f}')
        || matches!(character, '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}')
        || is_east_asian_letter(character)
}

/// Whether a character is a letter of Chinese, Japanese or Korean.
pub(crate) fn is_east_asian_letter(character: char) -> bool {
    matches!(
        character,
        '\u{2e80}'..='\u{2fdf}'
            | '\u{3040}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}'
    )
}

fn mail(text: &str, at: usize, from: usize) -> Option<(Range<usize>, String)> {
    let before = text.get(from..at)?;
    let local = |character: char| character.is_ascii_alphanumeric() || ".-_+".contains(character);
    let start = before.rfind(|character| !local(character));
    let start = from
        + start.map_or(0, |place| {
            place + before.get(place..).map_or(0, first_length)
        });
    let after = text.get(at + 1..)?;
    let domain = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    let end = after
        .find(|character| !domain(character))
        .unwrap_or(after.len());
    let name = after.get(..end)?.trim_end_matches('.');
    let whole = start < at && name.contains('.') && !name.ends_with(['-', '_']);
    let end = at + 1 + name.len();
    let address = format!("mailto:{}", text.get(start..end)?);
    whole.then_some((start..end, address))
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}
