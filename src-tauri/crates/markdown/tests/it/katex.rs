//! KaTeX's supported functions, one formula after the other.

use super::found::elements;
use markdown::{Node, Tag};

const FORMULAS: &str = include_str!("../fixtures/formulas.txt");

/// These need an extension that KaTeX itself keeps apart: they show their source.
const SOURCES: [&str; 3] = ["\\ce{H2O}", "\\ce{CO2 + C -> 2 CO}", "\\pu{123 kJ/mol}"];

fn formulas() -> Vec<&'static str> {
    FORMULAS
        .lines()
        .filter(|line| !line.starts_with("# "))
        .collect()
}

#[test]
fn each_supported_function_is_typeset_or_shows_its_source() {
    let formulas = formulas();
    assert!(formulas.len() >= 150, "{} formulas", formulas.len());
    for source in formulas {
        let blocks = markdown::parse(&format!("$$\n{source}\n$$\n"));
        let typeset = elements(&blocks, |element| element.tag == Tag::Math);
        let expected = usize::from(!SOURCES.contains(&source));
        assert_eq!(typeset.len(), expected, "{source}");
        if typeset.is_empty() {
            assert_eq!(markdown::plain_text(&blocks), source);
        }
    }
}

/// Nothing but MathML's own elements is in a formula, and no text is lost on the way into them.
#[test]
fn a_typeset_formula_holds_nothing_but_mathml() {
    for source in formulas() {
        let blocks = markdown::parse(&format!("$$\n{source}\n$$\n"));
        for math in elements(&blocks, |element| element.tag == Tag::Math) {
            let inside = elements(&math.children, |_| true);
            for element in inside {
                assert!(element.tag > Tag::Math, "{source}: {:?}", element.tag);
                let attributes = &element.attributes;
                assert!(
                    attributes.address.is_none() && attributes.host.is_none(),
                    "{source}"
                );
                let holds_text = element
                    .children
                    .iter()
                    .any(|child| matches!(child, Node::Text(_)));
                assert!(
                    !holds_text || is_token(element.tag),
                    "{source}: text in {:?}",
                    element.tag
                );
            }
        }
    }
}

fn is_token(tag: Tag) -> bool {
    matches!(tag, Tag::Mi | Tag::Mn | Tag::Mo | Tag::Mtext | Tag::Ms)
}
