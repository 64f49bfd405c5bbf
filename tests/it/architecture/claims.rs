//! What the documents promise has a test of that name.

use std::collections::BTreeSet;

use super::sources::Sources;
use super::{assert_obeyed, assert_seen};

/// The page with the promises.
const PROMISES: &str = "SECURITY.md";

fn unkept(sources: &Sources) -> Vec<String> {
    let mut names = BTreeSet::new();
    for (_, text) in sources.below("", &[".rs"]) {
        let functions = text.split("fn ").skip(1);
        names.extend(functions.map(|rest| rest.split('(').next().unwrap_or(rest).trim()));
    }
    let ids = promised(sources.file(PROMISES));
    let has_test = |id: &String| names.iter().any(|name| name.starts_with(&format!("{id}_")));
    ids.into_iter().filter(|id| !has_test(id)).collect()
}

/// Ids like `K-08` as `k_08`; `K-01 to K-05` stands for five.
fn promised(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut ids = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some((letter, number)) = id(word) else {
            continue;
        };
        let first = match (
            index.checked_sub(1).map(|at| words[at]),
            index.checked_sub(2),
        ) {
            (Some("to"), Some(from)) => id(words[from]).map_or(number, |(_, first)| first + 1),
            _ => number,
        };
        ids.extend((first..=number).map(|number| format!("{letter}_{number:02}")));
    }
    ids
}

/// A letter and a two-digit number with a hyphen between them.
fn id(word: &str) -> Option<(char, u32)> {
    let (letter, number) = word.trim_matches([',', '.', ';', '|']).split_once('-')?;
    let number = (number.len() == 2).then(|| number.parse().ok())??;
    let mut letters = letter.chars();
    let letter = letters.next().filter(char::is_ascii_uppercase)?;
    letters
        .next()
        .is_none()
        .then(|| (letter.to_ascii_lowercase(), number))
}

#[test]
fn every_promise_has_its_test() {
    assert_obeyed(
        "no test begins with this id",
        &unkept(&Sources::of_repository()),
    );
    let files = [
        (
            PROMISES,
            "| the key stays | K-01 to K-03, S-01 and SHA-256 |",
        ),
        (
            "a.rs",
            "fn k_01_kept() {}\nasync fn s_01_kept() {}\nfn k_02() {}",
        ),
    ];
    assert_seen(unkept, &files, 2);
}

#[test]
fn ranges_of_ids_are_read_whole() {
    assert_eq!(
        promised("K-01 to K-03, K-08, X-1 AB-01 I-2x"),
        ["k_01", "k_02", "k_03", "k_08"]
    );
}
