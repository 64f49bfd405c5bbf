//! A grammar's scopes as the few kinds of tokens a page tells apart.

use super::grammar;
use crate::document::{Attributes, Element, Node, Tag};
use crate::hidden::mark;
use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference};

/// Reads one block line by line.
pub(super) struct Lexer {
    state: ParseState,
    scopes: ScopeStack,
}

impl Lexer {
    pub(super) fn new(grammar: &SyntaxReference) -> Self {
        Self {
            state: ParseState::new(grammar),
            scopes: ScopeStack::new(),
        }
    }

    /// The nodes of a line that ends in its break; a line that the grammar cannot read is plain.
    pub(super) fn line(&mut self, line: &str) -> Vec<Node> {
        let mut runs = Runs::default();
        let mut begin = 0;
        for (end, change) in self
            .state
            .parse_line(line, grammar::all())
            .unwrap_or_default()
        {
            runs.add(kind(self.scopes.as_slice()), line.get(begin..end));
            begin = end.max(begin);
            if self.scopes.apply(&change).is_err() {
                self.scopes = ScopeStack::new();
            }
        }
        runs.add(kind(self.scopes.as_slice()), line.get(begin..));
        runs.into_nodes()
    }
}

/// Neighbouring text of one kind, put together.
#[derive(Default)]
struct Runs(Vec<(Option<Tag>, String)>);

impl Runs {
    fn add(&mut self, kind: Option<Tag>, text: Option<&str>) {
        let text = text.unwrap_or_default().trim_end_matches('\n');
        if text.is_empty() {
            return;
        }
        let kind = kind.filter(|_| !text.trim().is_empty());
        match self.0.last_mut() {
            Some((last, run)) if *last == kind => run.push_str(text),
            _ => self.0.push((kind, text.to_owned())),
        }
    }

    fn into_nodes(self) -> Vec<Node> {
        let nodes = self.0.into_iter().flat_map(|(kind, text)| {
            let shown = mark(&text);
            match kind {
                Some(tag) => vec![Node::Element(Element {
                    tag,
                    attributes: Attributes::default(),
                    children: shown,
                })],
                None => shown,
            }
        });
        nodes.collect()
    }
}

/// What a scope shows as. The first that is a prefix counts, so the narrow ones stand first.
const KINDS: [(&str, Option<Tag>); 48] = [
    ("comment", Some(Tag::Comment)),
    ("punctuation.definition.comment", Some(Tag::Comment)),
    ("punctuation.definition.string", Some(Tag::String)),
    ("punctuation.definition.annotation", Some(Tag::Function)),
    ("punctuation.definition.variable", Some(Tag::Variable)),
    ("constant.character", Some(Tag::String)),
    ("string", Some(Tag::String)),
    ("constant", Some(Tag::Number)),
    ("keyword.operator.logical.python", Some(Tag::Keyword)),
    ("keyword.operator.word", Some(Tag::Keyword)),
    ("keyword.operator.new", Some(Tag::Keyword)),
    ("keyword.operator", Some(Tag::Operator)),
    ("keyword", Some(Tag::Keyword)),
    ("storage.type.primitive", Some(Tag::Type)),
    ("storage.type.numeric", Some(Tag::Type)),
    ("storage", Some(Tag::Keyword)),
    ("variable.language", Some(Tag::Keyword)),
    ("variable.function", Some(Tag::Function)),
    ("variable.annotation", Some(Tag::Function)),
    ("variable.parameter", Some(Tag::Variable)),
    ("variable.other.member", Some(Tag::Variable)),
    ("variable.other.property", Some(Tag::Variable)),
    ("variable.other.readwrite.shell", Some(Tag::Variable)),
    ("entity.name.function", Some(Tag::Function)),
    ("entity.name.macro", Some(Tag::Function)),
    ("entity.name.tag.yaml", Some(Tag::Variable)),
    ("entity.name.tag.toml", Some(Tag::Variable)),
    ("entity.name.tag", Some(Tag::Keyword)),
    ("entity.name.constant", Some(Tag::Number)),
    ("entity.name", Some(Tag::Type)),
    ("entity.other.attribute-name", Some(Tag::Variable)),
    ("entity.other.inherited-class", Some(Tag::Type)),
    ("support.function", Some(Tag::Function)),
    ("support.macro", Some(Tag::Function)),
    ("support.type.property-name", Some(Tag::Variable)),
    ("support.type", Some(Tag::Type)),
    ("support.class", Some(Tag::Type)),
    ("support.constant", Some(Tag::Number)),
    ("markup.inserted", Some(Tag::String)),
    ("markup.deleted", Some(Tag::Keyword)),
    ("markup.heading", Some(Tag::Keyword)),
    ("markup.raw", Some(Tag::String)),
    ("meta.diff.header", Some(Tag::Comment)),
    ("meta.diff.range", Some(Tag::Type)),
    // What is spliced into a string is code again.
    ("meta.interpolation", None),
    ("meta.embedded", None),
    ("meta.template.expression", None),
    ("source", None),
];

/// Strings under one of these are names.
const KEYS: [&str; 2] = ["meta.mapping.key", "meta.structure.dictionary.key"];

struct Table {
    kinds: Vec<(Scope, Option<Tag>)>,
    keys: Vec<Scope>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table {
    kinds: KINDS
        .iter()
        .filter_map(|(scope, tag)| Some((Scope::new(scope).ok()?, *tag)))
        .collect(),
    keys: KEYS.iter().filter_map(|key| Scope::new(key).ok()).collect(),
});

fn kind(scopes: &[Scope]) -> Option<Tag> {
    let known = |scope: &Scope| {
        let kinds = TABLE.kinds.iter();
        kinds
            .clone()
            .find(|(prefix, _)| prefix.is_prefix_of(*scope))
    };
    let (_, tag) = scopes.iter().rev().find_map(known)?;
    let is_key = |scope: &Scope| TABLE.keys.iter().any(|key| key.is_prefix_of(*scope));
    if *tag == Some(Tag::String) && scopes.iter().any(is_key) {
        return Some(Tag::Variable);
    }
    *tag
}
