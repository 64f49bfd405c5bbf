//! The document says what the parser's own HTML says.

mod expected;
mod written;

use crate::examples::{Example, commonmark, extensions};
use markdown::{gate, parse};

/// Examples that differ, each with its reason.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Whether a link shows its own address, so that it could as well stand without marks.
fn is_bare(shown: &str, address: &str) -> bool {
    ["", "http://", "mailto:"]
        .iter()
        .any(|scheme| gate(&format!("{scheme}{shown}")).is_some_and(|link| link.address == address))
}

fn escaped(text: &str) -> String {
    escaped_text(text).replace('"', "&quot;")
}

fn escaped_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// HTML without the line breaks beside its tags, which show nothing, and in one spelling.
fn normalised(html: &str) -> String {
    let html = html
        .replace(
            "</tr></thead><tbody>\n</tbody>",
            "</tr></thead><tbody></tbody>",
        )
        .replace("<sup class=\"footnote-definition-label\">", "<sup>");
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some(start) = rest.find("<pre>") {
        let end = start + rest[start..].find("</pre>").expect("it ends");
        out += without_breaks(&rest[..start]).trim_end_matches('\n');
        out += &rest[start..end];
        rest = &rest[end..];
    }
    plain_footnotes(&(out + &without_breaks(rest)))
}

fn without_breaks(html: &str) -> String {
    let mut html = html.to_owned();
    for _ in 0..3 {
        html = html.replace(">\n", ">").replace("\n<", "<");
    }
    html
}

/// Footnotes without their labels, which only link within a page.
fn plain_footnotes(html: &str) -> String {
    let mut out = String::new();
    let mut parts = html.split("<sup class=\"footnote-reference\"><a href=\"#");
    out += parts.next().unwrap_or_default();
    for part in parts {
        let (_, rest) = part.split_once("\">").expect("it has a target");
        let (number, rest) = rest.split_once("</a></sup>").expect("it ends");
        out += &format!("<sup class=\"footnote-reference\">{number}</sup>{rest}");
    }
    let mut text = String::new();
    let mut parts = out.split("<div class=\"footnote-definition\" id=\"");
    text += parts.next().unwrap_or_default();
    for part in parts {
        let (_, rest) = part.split_once('>').expect("it is a tag");
        text += &format!("<div class=\"footnote-definition\">{rest}");
    }
    text
}

/// The examples that say something else, and what; an exception that does not is named too.
fn differing(examples: &[Example]) -> Vec<String> {
    // Formulas of several lines are read otherwise on purpose: none of them begins a list.
    let compared =
        |example: &&Example| !(example.section == "math" && example.markdown.contains("$$"));
    let differs = |example: &Example| {
        let expected = normalised(&expected::html(&example.markdown));
        let written = normalised(&written::html(&parse(&example.markdown)));
        let named = EXCEPTIONS.iter().any(|(name, _)| *name == example.name());
        let text = &example.markdown;
        ((expected == written) == named)
            .then(|| format!("{}: {text:?}\n  {expected}\n  {written}", example.name()))
    };
    examples
        .iter()
        .filter(compared)
        .filter_map(differs)
        .collect()
}

#[test]
fn commonmark_examples_say_what_the_parsers_html_says() {
    assert_eq!(differing(&commonmark()), Vec::<String>::new());
}

#[test]
fn extension_examples_say_what_the_parsers_html_says() {
    assert_eq!(differing(&extensions()), Vec::<String>::new());
}
