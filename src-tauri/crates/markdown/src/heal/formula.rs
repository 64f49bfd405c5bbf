//! Dollar signs: formulas, prices and names.

use crate::limits::LONGEST_HELD;

/// Where a formula between single dollar signs ends.
pub(super) fn formula_end(text: &str) -> Option<usize> {
    let end = text.find('$')?;
    let tight = text
        .get(..end)
        .is_some_and(|inside| !inside.ends_with(char::is_whitespace));
    tight.then_some(end)
}

/// Whether what follows a dollar sign may still become a formula rather than a price or a name.
pub(super) fn may_be_formula(rest: &str) -> bool {
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
