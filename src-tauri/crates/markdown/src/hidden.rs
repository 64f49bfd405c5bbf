//! Characters that cannot be seen and yet change what is read, run or sent.

use crate::document::{Attributes, Element, Node, Tag};

/// The flags that are written with tag characters: England, Scotland, Wales.
const FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];
const FLAG: char = '\u{1F3F4}';
const CANCEL: char = '\u{E007F}';
const JOINER: char = '\u{200D}';
const NON_JOINER: char = '\u{200C}';

/// How many characters of a text cannot be seen. Control characters do not count: nobody sends
/// them in hiding, and no copy has them.
pub fn hidden_count(text: &str) -> usize {
    Reading::of(text).filter(|(_, hidden)| *hidden).count()
}

/// A text without the characters that cannot be seen.
pub fn without_hidden(text: &str) -> String {
    let shown = Reading::of(text).filter(|(_, hidden)| !hidden);
    shown.map(|(character, _)| character).collect()
}

/// A text without control characters; line breaks and tabs stay.
pub(crate) fn without_controls(text: &str) -> String {
    text.chars()
        .filter(|character| !is_control(*character))
        .collect()
}

/// A text with a marker in the place of each character that cannot be seen or controls something.
pub(crate) fn mark(text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut shown = String::new();
    for (character, hidden) in Reading::of(text) {
        if hidden || is_control(character) {
            if !shown.is_empty() {
                nodes.push(Node::Text(std::mem::take(&mut shown)));
            }
            nodes.push(marker(character));
        } else {
            shown.push(character);
        }
    }
    if !shown.is_empty() {
        nodes.push(Node::Text(shown));
    }
    nodes
}

fn marker(character: char) -> Node {
    Node::Element(Element {
        tag: Tag::HiddenCharacter,
        attributes: Attributes::default(),
        children: vec![Node::Text(format!("U+{:04X}", u32::from(character)))],
    })
}

fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t')
}

/// The characters of a text, each with whether it is hidden.
struct Reading<'text> {
    rest: std::str::Chars<'text>,
    /// The last character that is not hidden.
    before: Option<char>,
    /// So many tag characters belong to the flag just read.
    of_flag: usize,
}

impl<'text> Reading<'text> {
    fn of(text: &'text str) -> Self {
        Self {
            rest: text.chars(),
            before: None,
            of_flag: 0,
        }
    }

    fn is_hidden(&self, character: char) -> bool {
        let after = self.rest.clone().next();
        match character {
            JOINER => !self.joins_emoji(after) && !self.is_among_joined_letters(),
            NON_JOINER => !self.is_among_joined_letters(),
            _ if is_unseen(character) => true,
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => !self.can_vary(),
            _ => false,
        }
    }

    /// Whether what was just read can have a variation selector: one letter of another would hide
    /// a message in a row of them.
    fn can_vary(&self) -> bool {
        self.before.is_some_and(|before| {
            matches!(before, '0'..='9' | '#' | '*')
                || !before.is_ascii() && !is_selector(before) && !before.is_whitespace()
        })
    }

    fn joins_emoji(&self, after: Option<char>) -> bool {
        let is_joined = |character| is_pictograph(character) || is_selector(character);
        self.before.is_some_and(is_joined) && after.is_some_and(is_pictograph)
    }

    /// Scripts that join their letters, from Arabic to Myanmar, and Mongolian.
    fn is_among_joined_letters(&self) -> bool {
        let joins = |before| matches!(before, '\u{0600}'..='\u{109F}' | '\u{1800}'..='\u{18AF}');
        self.before.is_some_and(joins)
    }
}

impl Iterator for Reading<'_> {
    type Item = (char, bool);

    fn next(&mut self) -> Option<Self::Item> {
        let character = self.rest.next()?;
        let hidden = if self.of_flag > 0 {
            self.of_flag -= 1;
            false
        } else {
            self.is_hidden(character)
        };
        if character == FLAG {
            self.of_flag = tags_of_flag(self.rest.as_str());
        }
        if !hidden {
            self.before = Some(character);
        }
        Some((character, hidden))
    }
}

/// How many tag characters at the start of a text make one of the known flags.
fn tags_of_flag(text: &str) -> usize {
    let is_next = |flag: &&str| {
        let tags = flag
            .chars()
            .filter_map(|letter| char::from_u32(0xE_0000 + u32::from(letter)));
        let wanted = tags.chain([CANCEL]);
        wanted.clone().eq(text.chars().take(wanted.count()))
    };
    let flag = FLAGS.iter().find(|flag| is_next(flag));
    flag.map_or(0, |flag| flag.len() + 1)
}

/// What has neither shape nor width, whatever stands beside it, or turns the reading direction.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{200B}'
            | '\u{200E}'
            | '\u{200F}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{00AD}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206A}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{3164}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

fn is_pictograph(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}
