//! Any bytes, cut anywhere, become the document that one reading of them makes, and nothing panics.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none markdown -- -max_total_time=600`

#![no_main]

use libfuzzer_sys::fuzz_target;
use markdown::{
    Attributes, Element, LARGEST_BATCH, Node, Operation, Stream, TableFormat, Tag, apply,
    code_source, gate, hidden_count, parse, plain_text, table_source, without_hidden,
};

fuzz_target!(init: forgive_workers(), |bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let whole = bare(&parse(&text));
    if text.len() <= 400 {
        stream(&text, 1, &whole);
    }
    stream(&text, 24, &whole);
    copy(&text);
    follow(&text);
});

/// A formula or a grammar may break its own thread, and its source is shown then. Any other panic
/// ends the run.
fn forgive_workers() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |what| {
        let thread = std::thread::current();
        if !matches!(thread.name(), Some("typeset" | "highlight")) {
            end(what);
        }
    }));
}

/// Streams a text in pieces of at most so many characters.
fn stream(text: &str, longest: u64, whole: &[Node]) {
    let mut stream = Stream::new();
    let mut model = Vec::new();
    let mut random = Random::of(text);
    let mut rest = text;
    while !rest.is_empty() {
        let count = usize::try_from(1 + random.next() % longest).unwrap_or(1);
        let end = rest
            .char_indices()
            .nth(count)
            .map_or(rest.len(), |(end, _)| end);
        let (piece, after) = rest.split_at(end);
        rest = after;
        stream.push(piece);
        if longest == 1 || random.next() % 3 > 0 {
            follow_up(&mut model, &stream.flush());
            assert_eq!(model, stream.blocks(), "the page shows something else");
        }
    }
    follow_up(&mut model, &stream.finish());
    assert_eq!(
        model,
        stream.blocks(),
        "the page shows something else at the end"
    );
    assert_eq!(bare(&model), whole, "the end differs from one reading");
    plain_text(&model);
}

fn follow_up(model: &mut Vec<Node>, batches: &[Vec<Operation>]) {
    for batch in batches {
        let size = serde_json::to_string(batch)
            .expect("operations are JSON")
            .len();
        assert!(
            size <= LARGEST_BATCH,
            "{size} bytes do not go by the short way"
        );
        apply(model, batch);
    }
}

/// A document without tokens and formulas: they are left out where they take too long, and how long
/// they take differs from run to run.
fn bare(nodes: &[Node]) -> Vec<Node> {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => Node::Text(text.clone()),
            Node::Element(element) => Node::Element(Element {
                tag: element.tag,
                attributes: element.attributes.clone(),
                children: match element.tag {
                    Tag::CodeLine => vec![Node::Text(plain_text(&[node.clone()]))],
                    Tag::InlineFormula | Tag::BlockFormula => Vec::new(),
                    _ => bare(&element.children),
                },
            }),
        })
        .collect()
}

fn copy(text: &str) {
    for ordinal in 0..3 {
        if let Some(code) = code_source(text, ordinal) {
            assert!(
                !code
                    .chars()
                    .any(|sign| sign.is_control() && !matches!(sign, '\n' | '\t'))
            );
            assert!(!code.ends_with('\n'));
            assert_eq!(hidden_count(&without_hidden(&code)), 0);
        }
        for format in [TableFormat::TabSeparated, TableFormat::Markdown] {
            table_source(text, ordinal, format);
        }
    }
}

/// A link that passes the gate has a known scheme and passes unchanged again.
fn follow(text: &str) {
    let link = text.lines().next().and_then(gate);
    if let Some(link) = link {
        let known = ["https:", "http:", "mailto:"];
        assert!(known.iter().any(|scheme| link.address.starts_with(scheme)));
        let again = gate(&link.address).expect("what passed once passes again");
        assert_eq!(again.address, link.address);
    }
    assert!(
        addresses(&parse(text))
            .iter()
            .all(|address| gate(address).is_some())
    );
}

/// The addresses in a document.
fn addresses(nodes: &[Node]) -> Vec<String> {
    let mut found = Vec::new();
    for node in nodes {
        if let Node::Element(Element {
            attributes: Attributes { address, .. },
            children,
            ..
        }) = node
        {
            found.extend(address.clone());
            found.extend(addresses(children));
        }
    }
    found
}

/// Numbers that follow from a text, so that an input always does the same.
struct Random(u64);

impl Random {
    fn of(text: &str) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }
}
