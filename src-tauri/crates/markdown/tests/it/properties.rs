//! What holds for any text and any split.

use crate::heal::watch;
use crate::replay::{stream_at, stream_by_character};
use crate::sample::sample;
use markdown::{TableFormat, code_source, gate, hidden_count, parse, plain_text, table_source};
use proptest::collection::vec;
use proptest::prelude::*;

/// Pieces of syntax, and of what looks like it.
const PIECES: [&str; 96] = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "~",
    "`",
    "``",
    "```",
    "```\n",
    "```rust\n",
    "~~~\n",
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\",
    "[",
    "]",
    "](",
    ")",
    "![",
    "[^1]",
    "[^1]: ",
    "[a]",
    "[a]: ",
    "[a]: https://a.example\n",
    "[b][a]",
    "<",
    ">",
    "</",
    "<div>",
    "<!--",
    "-->",
    "&",
    "&amp;",
    "&#35;",
    "#",
    "# ",
    "###### ",
    "> ",
    ">",
    "- ",
    "-",
    "* ",
    "+ ",
    "1. ",
    "1) ",
    "10. ",
    "- [ ] ",
    "- [x] ",
    "|",
    "| a | b |\n",
    "|---|:-:|\n",
    "| c | d |\n",
    "---\n",
    "===\n",
    "***\n",
    "\n",
    "\n\n",
    "\n\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "  \n",
    "\\\n",
    "\r\n",
    "\r",
    "\0",
    "a",
    "word",
    " text ",
    "中文",
    "，",
    "。",
    "：",
    "“",
    "”",
    "(",
    "{",
    "}",
    "^",
    "_1",
    "5",
    "12.5",
    "=",
    "!",
    "https://a.example/b",
    "www.a.example",
    "c@a.example",
    "javascript:",
    "\u{202e}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => (0..PIECES.len()).prop_map(|place| PIECES[place].to_owned()),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{0,6}",
    ];
    vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_text_in_any_pieces_ends_in_the_one_shot_document(
        text in text(),
        ends in vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let mut ends: Vec<usize> = ends.iter().map(|end| end.index(text.len() + 1)).collect();
        ends.sort_unstable();
        stream_at(&text, &ends);
    }

    #[test]
    fn any_text_by_character_ends_in_the_one_shot_document(text in text()) {
        stream_by_character(&text);
    }

    #[test]
    fn any_text_can_be_read_searched_and_copied(text in text(), ordinal in 0_u32..4) {
        let blocks = parse(&text);
        let shown = plain_text(&blocks);
        prop_assert!(hidden_count(&shown) <= shown.chars().count());
        let _code: Option<String> = code_source(&text, ordinal);
        let _table: Option<String> = table_source(&text, ordinal, TableFormat::Markdown);
        if let Some(link) = gate(&text) {
            prop_assert!(["https://", "http://", "mailto:"].iter().any(|scheme| link.address.starts_with(scheme)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_sample_shows_marks_or_retracts_text(seed in 100_u64..100_000, longest in 1_usize..20) {
        watch(&sample(seed, 1_500), seed, longest).expect_calm();
    }
}
