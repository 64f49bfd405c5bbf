//! Which formulas are typeset at all, and how far their macros may grow.

use crate::hidden::{hidden_count, without_controls};
use crate::limits::LONGEST_FORMULA;

/// The deepest nesting of braces.
const DEEPEST: usize = 64;

/// The most macro expansions, as long as they cannot grow into more than this many tokens.
const MOST_EXPANSIONS: usize = 1_000;
const MOST_TOKENS: usize = 200_000;

/// A definition that nests makes a formula deep; a typesetter goes down with each opening.
const MOST_OPENINGS: usize = 4_000;

/// Commands that would point somewhere, load something or set what only a page may set.
const REFUSED: [&str; 9] = [
    "href",
    "url",
    "includegraphics",
    "htmlClass",
    "htmlData",
    "htmlId",
    "htmlStyle",
    "html@mathml",
    "futurelet",
];

/// Commands that define others.
const DEFINING: [&str; 10] = [
    "def",
    "edef",
    "gdef",
    "global",
    "let",
    "long",
    "newcommand",
    "providecommand",
    "renewcommand",
    "xdef",
];

/// How many expansions a formula may use, or nothing where it is not to be typeset.
pub(super) fn expansions(source: &str) -> Option<usize> {
    let odd = hidden_count(source) > 0 || without_controls(source).len() != source.len();
    if odd || source.trim().is_empty() || source.len() > LONGEST_FORMULA || depth(source) > DEEPEST
    {
        return None;
    }
    let commands = || commands(source);
    if commands().any(|command| REFUSED.contains(&command)) {
        return None;
    }
    if !commands().any(|command| DEFINING.contains(&command)) {
        return Some(MOST_EXPANSIONS);
    }
    let openings = source
        .chars()
        .filter(|sign| matches!(sign, '{' | '\\' | '^' | '_'));
    let deep = MOST_OPENINGS / openings.count().max(1);
    Some(MOST_EXPANSIONS.min(deep).min(growing(source)))
}

/// How many expansions stay below the most tokens: a parameter named more than once multiplies
/// what it is given each time.
fn growing(source: &str) -> usize {
    let times = |digit: char| {
        source
            .matches(['#', digit].iter().collect::<String>().as_str())
            .count()
    };
    let copies = ('1'..='9').map(times).max().unwrap_or_default();
    let room = MOST_TOKENS / source.len().max(1);
    if copies < 2 {
        return room;
    }
    (room.max(1).ilog(copies)).try_into().unwrap_or_default()
}

fn depth(source: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for sign in source.chars() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The names of the commands in a formula.
fn commands(source: &str) -> impl Iterator<Item = &str> {
    let after = source.split('\\').skip(1);
    after.map(|rest| {
        let end = rest.find(|sign: char| !sign.is_ascii_alphabetic() && sign != '@');
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}
