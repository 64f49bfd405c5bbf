//! Examples from specifications and from the parser's own tests.

use serde::Deserialize;

/// One example.
#[derive(Debug, Deserialize)]
pub(crate) struct Example {
    /// Its number in its section or file.
    pub(crate) number: u32,
    /// Where it stands.
    pub(crate) section: String,
    /// Its Markdown.
    pub(crate) markdown: String,
}

impl Example {
    /// Its name in a failure.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.section, self.number)
    }
}

/// The examples of the CommonMark specification.
pub(crate) fn commonmark() -> Vec<Example> {
    read(include_str!("../fixtures/commonmark.json"))
}

/// Examples of tables, strikethrough, task lists, footnotes, formulas and past mistakes.
pub(crate) fn extensions() -> Vec<Example> {
    read(include_str!("../fixtures/extensions.json"))
}

/// Addresses without marks, as GitHub Flavored Markdown reads them.
pub(crate) fn bare_links() -> Vec<Example> {
    read(include_str!("../fixtures/bare-links.json"))
}

fn read(json: &str) -> Vec<Example> {
    serde_json::from_str(json).expect("the examples are JSON")
}
