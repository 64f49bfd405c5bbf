//! Replies of a size or a depth that no person writes.

use crate::replay::{Replay, stream_at};
use markdown::{LONGEST_SOURCE, MOST_BLOCKS, Node, Stream, parse, plain_text};

fn stream_in(source: &str, length: usize) {
    let ends: Vec<usize> = (0..source.len()).step_by(length).collect();
    stream_at(source, &ends);
}

fn deepest(nodes: &[Node]) -> usize {
    let depths = nodes.iter().map(|node| match node {
        Node::Text(_) => 0,
        Node::Element(element) => 1 + deepest(&element.children),
    });
    depths.max().unwrap_or_default()
}

#[test]
fn what_is_nested_deeply_stays_shallow() {
    let sources = [
        "> ".repeat(1_000) + "text **strong** `code`\n",
        "- ".repeat(1_000) + "text\n",
        "*a **b ".repeat(200) + "text",
        "*a ".repeat(3_000) + "text" + &" b*".repeat(3_000),
        "[".repeat(200) + "text" + &"](https://example.org)".repeat(200),
        "> ".repeat(200) + "| a | **b** |\n" + &"> ".repeat(200) + "|---|---|\n",
    ];
    for source in sources {
        stream_in(&source, 40);
        let blocks = parse(&source);
        assert!(deepest(&blocks) <= 64, "{} levels", deepest(&blocks));
        assert!(plain_text(&blocks).contains("text") || source.contains("|---"));
    }
}

#[test]
fn each_kind_of_block_may_be_large() {
    let code = "```\n".to_owned() + &"a line of code\n".repeat(3_000) + "```\nend\n";
    let wide = format!(
        "|{}\n|{}\n|{}\n",
        "a|".repeat(2_000),
        "-|".repeat(2_000),
        "b|".repeat(2_000)
    );
    let sources = [
        "- an item of a list\n".repeat(2_000),
        "1. one\n\n".repeat(1_500),
        "| a | b |\n|---|---|\n".to_owned() + &"| one | two |\n".repeat(2_000),
        "A sentence with **strong** words and `code`. ".repeat(1_500),
        "一句中文，没有空格。".repeat(3_000),
        "> a quote that goes on\n".repeat(2_000),
        "> - in a quote\n".repeat(2_000),
        "- outer\n".to_owned() + &"  - inner\n".repeat(2_000),
        "```rust\nlet a = 1;\n```\n\n".repeat(100),
        code,
        wide,
    ];
    for source in sources {
        stream_in(&source, 700);
    }
}

#[test]
fn a_paragraph_too_long_to_be_read_is_plain_and_goes_on() {
    let source =
        "Some *words* and more.\nAnother line of it. ".repeat(6_000) + "\n\nThe **end**.\n";
    let mut replay = Replay::new();
    let mut start = 0;
    while start < source.len() {
        let end = source.len().min(start + 2_000);
        replay.push(&source[start..end]);
        start = end;
    }
    replay.finish(&source);
    assert!(plain_text(&replay.model).contains("*words*"));
    assert!(plain_text(&replay.model).ends_with("The end."));
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    let mut stream = Stream::new();
    stream.push(&"- item\n".repeat(MOST_BLOCKS));
    assert!(!stream.flush().is_empty());
    assert!(stream.is_cut());
    stream.push("more\n");
    assert!(stream.finish().len() < 3, "nothing was added");

    let mut stream = Stream::new();
    let source = "字".repeat(LONGEST_SOURCE / 3 + 10);
    stream.push(&source);
    assert!(stream.is_cut());
    stream.flush();
    stream.finish();
    assert_eq!(stream.blocks(), parse(&source));
}

#[test]
fn text_that_waits_is_shown_when_nothing_else_comes() {
    let mut stream = Stream::new();
    stream.push(&"> a quote that goes on\n".repeat(4_000));
    stream.flush();
    stream.push("> the last words\n");
    let first = stream.flush();
    let second = stream.flush();
    assert!(first.is_empty() && !second.is_empty());
    assert!(plain_text(stream.blocks()).ends_with("the last words"));
}
