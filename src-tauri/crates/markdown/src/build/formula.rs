//! Formulas, typeset once each.

use crate::build::frame::element;
use crate::document::{Element, Node, Tag};
use crate::limits::LONGEST_FORMULA;
use crate::math;
use std::collections::HashMap;

/// Formulas that are typeset already; none where only the source can be shown.
#[derive(Default)]
pub(crate) struct Formulas {
    typeset: HashMap<(String, bool), Option<Element>>,
}

impl Formulas {
    /// A formula on its own or in a line; beyond the `allowed` ones its source.
    pub(crate) fn set(&mut self, source: &str, display: bool, allowed: bool) -> Node {
        let source = source.trim();
        let typeset = if allowed && source.len() <= LONGEST_FORMULA {
            let key = (source.to_owned(), display);
            let known = self.typeset.entry(key);
            known
                .or_insert_with(|| math::typeset(source, display))
                .clone()
        } else {
            None
        };
        let shown = typeset.map_or_else(|| Node::Text(source.to_owned()), Node::Element);
        let tag = if display {
            Tag::BlockFormula
        } else {
            Tag::InlineFormula
        };
        Node::Element(Element {
            children: vec![shown],
            ..element(tag)
        })
    }
}
