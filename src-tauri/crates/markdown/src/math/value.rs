//! Which attributes a formula's parts may have, and which values.

use crate::document::{MathAttribute, Tag};

/// No length is beyond so many of its units; what a formula asks for is bounded before.
const LARGEST_LENGTH: f64 = 1_000.0;

/// The attribute of a name and value, or nothing where either is not known.
pub(super) fn checked(tag: Tag, name: &str, value: &str) -> Option<(MathAttribute, String)> {
    use MathAttribute as A;
    let value = value.trim();
    let attribute = match name {
        "display" => one_of(A::Display, value, &["block", "inline"]),
        "displaystyle" => one_of(A::DisplayStyle, value, &BOOLEANS),
        "scriptlevel" => one_of(A::ScriptLevel, value, &["0", "1", "2", "3"]),
        "mathvariant" => one_of(A::MathVariant, value, &VARIANTS),
        "mathcolor" => is_colour(value).then_some(A::MathColor),
        "mathbackground" => is_colour(value).then_some(A::MathBackground),
        "mathsize" => is_length(value).then_some(A::MathSize),
        "stretchy" => one_of(A::Stretchy, value, &BOOLEANS),
        "symmetric" => one_of(A::Symmetric, value, &BOOLEANS),
        "fence" => one_of(A::Fence, value, &BOOLEANS),
        "separator" => one_of(A::Separator, value, &BOOLEANS),
        "largeop" => one_of(A::LargeOp, value, &BOOLEANS),
        "movablelimits" => one_of(A::MovableLimits, value, &BOOLEANS),
        "lspace" => is_length(value).then_some(A::LSpace),
        "rspace" => is_length(value).then_some(A::RSpace),
        "minsize" => is_length(value).then_some(A::MinSize),
        "maxsize" => is_length(value).then_some(A::MaxSize),
        "accent" => one_of(A::Accent, value, &BOOLEANS),
        "accentunder" => one_of(A::AccentUnder, value, &BOOLEANS),
        "linethickness" => is_length(value).then_some(A::LineThickness),
        "width" => is_length(value).then_some(A::Width),
        "height" => is_length(value).then_some(A::Height),
        "depth" => is_length(value).then_some(A::Depth),
        "voffset" => is_length(value).then_some(A::VOffset),
        "columnalign" => all_of(A::ColumnAlign, value, &["left", "center", "right"]),
        "columnlines" => all_of(A::ColumnLines, value, &LINES),
        "rowlines" => all_of(A::RowLines, value, &LINES),
        "columnspacing" => value.split(' ').all(is_length).then_some(A::ColumnSpacing),
        "rowspacing" => value.split(' ').all(is_length).then_some(A::RowSpacing),
        "columnspan" => is_count(value).then_some(A::ColumnSpan),
        "notation" => all_of(A::Notation, value, &NOTATIONS),
        _ => None,
    }?;
    Some((attribute, fitting(tag, attribute, value)))
}

const BOOLEANS: [&str; 2] = ["true", "false"];
const LINES: [&str; 3] = ["none", "solid", "dashed"];
const VARIANTS: [&str; 5] = ["normal", "bold", "italic", "monospace", "sans-serif"];
const NOTATIONS: [&str; 12] = [
    "actuarial",
    "phasorangle",
    "box",
    "top",
    "bottom",
    "left",
    "right",
    "updiagonalstrike",
    "downdiagonalstrike",
    "horizontalstrike",
    "verticalstrike",
    "roundedbox",
];

fn one_of(attribute: MathAttribute, value: &str, known: &[&str]) -> Option<MathAttribute> {
    known.contains(&value).then_some(attribute)
}

fn all_of(attribute: MathAttribute, value: &str, known: &[&str]) -> Option<MathAttribute> {
    let mut words = value.split(' ');
    words.all(|word| known.contains(&word)).then_some(attribute)
}

/// A number with a unit, or none: `-0.1667em`, `3pt`, `0`, `50%`.
fn is_length(value: &str) -> bool {
    let digits = value.trim_end_matches(|sign: char| sign.is_ascii_lowercase() || sign == '%');
    let unit = value.get(digits.len()..).unwrap_or_default();
    let plain = digits
        .chars()
        .all(|sign| matches!(sign, '0'..='9' | '.' | '-'));
    let number = digits.parse::<f64>().ok().filter(|_| plain);
    number.is_some_and(|number| number.abs() <= LARGEST_LENGTH)
        && matches!(
            unit,
            "" | "em" | "ex" | "mu" | "px" | "pt" | "cm" | "mm" | "in" | "pc" | "%"
        )
}

/// `#rgb`, `#rrggbb` or a name: what a colour in a style sheet may be, without functions.
fn is_colour(value: &str) -> bool {
    match value.strip_prefix('#') {
        Some(digits) => {
            matches!(digits.len(), 3 | 6) && digits.chars().all(|sign| sign.is_ascii_hexdigit())
        }
        None => {
            (3..=20).contains(&value.len()) && value.chars().all(|sign| sign.is_ascii_alphabetic())
        }
    }
}

fn is_count(value: &str) -> bool {
    value
        .parse::<u16>()
        .is_ok_and(|count| (1..=100).contains(&count))
}

/// A rule is drawn by a background, which is black wherever nobody chose a colour: it is to be the
/// colour of the text instead.
fn fitting(tag: Tag, attribute: MathAttribute, value: &str) -> String {
    let rule = tag == Tag::Mspace && attribute == MathAttribute::MathBackground;
    if rule && value == "black" {
        return "currentcolor".to_owned();
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_formula_needs_gets_through() {
        let kept = [
            ("width", "-0.1667em"),
            ("mathcolor", "#228B22"),
            ("mathcolor", "blue"),
            ("columnalign", "right left"),
            ("columnspacing", "0em 1em"),
            ("notation", "updiagonalstrike downdiagonalstrike"),
        ];
        for (name, value) in kept {
            assert!(
                checked(Tag::Mtable, name, value).is_some(),
                "{name}={value}"
            );
        }
        let dropped = [
            ("style", "position:fixed"),
            ("class", "x"),
            ("id", "x"),
            ("href", "https://example.com"),
            ("onclick", "x()"),
            ("width", "9999em"),
            ("width", "calc(1em)"),
            ("width", "1e3em"),
            ("width", "NaNem"),
            ("width", "infinity"),
            ("mathcolor", "url(https://example.com)"),
            ("mathcolor", "#12345"),
            ("mathbackground", "red;x"),
            ("columnalign", "left url"),
            ("columnspan", "0"),
        ];
        for (name, value) in dropped {
            assert_eq!(checked(Tag::Mtable, name, value), None, "{name}={value}");
        }
    }
}
