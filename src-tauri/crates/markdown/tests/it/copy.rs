//! What goes to the clipboard.

use markdown::{TableFormat, code_source, hidden_count, table_source, without_hidden};
use proptest::prelude::*;

#[test]
fn code_is_copied_as_it_was_written() {
    let source = "Text\n\n```js\nlet a = 1;\n\n\tb();\n```\n\n> quoted:\n> ~~~\n> c\n> d\n> ~~~\n\n1. item\n\n   ```sh\n   ls -l\n   ```\n\n    indented\n";
    assert_eq!(
        code_source(source, 0).as_deref(),
        Some("let a = 1;\n\n\tb();")
    );
    assert_eq!(code_source(source, 1).as_deref(), Some("c\nd"));
    assert_eq!(code_source(source, 2).as_deref(), Some("ls -l"));
    assert_eq!(
        code_source("```\nstill open", 0).as_deref(),
        Some("still open")
    );
    assert_eq!(code_source("no code", 0), None);
    assert_eq!(code_source(source, 9), None);
}

/// The block with an ordinal on the page is the block that is copied.
#[test]
fn the_ordinals_are_those_of_the_document() {
    let source = "```a\n1\n```\n- ```b\n  2\n  ```\n\n      3\n\n> ```c\n> 4\n> ```\n\n\\[x\n```\ny\\]\n\n```d\n5 \\(z\\)\n```\n";
    let blocks = markdown::parse(source);
    let codes = super::found::elements(&blocks, |element| element.tag == markdown::Tag::CodeBlock);
    assert!(codes.len() >= 4);
    for code in codes {
        let ordinal = code.attributes.ordinal.expect("an ordinal");
        let lines: Vec<String> = super::found::code_lines(&[markdown::Node::Element(code.clone())])
            .iter()
            .map(|line| super::found::text(line))
            .collect();
        assert_eq!(code_source(source, ordinal), Some(lines.join("\n")));
    }
}

/// M12: no escape reaches a terminal, and no line break at the end runs what was pasted.
#[test]
fn control_characters_are_not_copied() {
    let source = "```sh\necho \u{1b}[2Jhi\u{7}\u{9b}31m\u{8}\r\nrm -rf x\u{85}\n\n\n```";
    let code = code_source(source, 0).expect("code");
    assert_eq!(code, "echo [2Jhi31m\nrm -rf x");
    let hiding = code_source("```\na\n\u{8}\n```", 0);
    assert_eq!(hiding.as_deref(), Some("a"), "a control character hides no line break");
    let hiding = code_source("```\na\n\u{8}\n```", 0);
    assert_eq!(
        hiding.as_deref(),
        Some("a"),
        "a control character hides no line break"
    );
}

/// M11: what cannot be seen is counted, and taken away when the person wants it so.
#[test]
fn hidden_characters_are_counted_and_removed() {
    let cases = [
        ("plain 文字 é", 0),
        ("a\u{202e}b\u{2066}c\u{2069}", 3),
        ("zero\u{200b}width\u{feff}", 2),
        ("tags \u{e0041}\u{e0042}", 2),
        (
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} flag",
            0,
        ),
        ("🏴\u{e0068}\u{e0069}\u{e007f} no flag", 3),
        ("👩\u{200d}👩\u{200d}👧 family", 0),
        ("a\u{200d}b", 1),
        ("می\u{200c}خواهم", 0),
        ("❤\u{fe0f} 1\u{fe0f}\u{20e3} 葛\u{e0100}", 0),
        ("x\u{fe0f}\u{fe01}", 2),
    ];
    for (text, count) in cases {
        assert_eq!(hidden_count(text), count, "{text:?}");
        assert_eq!(hidden_count(&without_hidden(text)), 0, "{text:?}");
    }
    assert_eq!(without_hidden("a\u{202e}b"), "ab");
}

#[test]
fn a_table_is_copied_for_a_spreadsheet_and_as_markdown() {
    let source = "| a | **b** | c |\n|:--|:-:|--:|\n| 1\t| `x \\| y` | $z$ |\n| [l](https://a.example) |  |\n";
    let cells = table_source(source, 0, TableFormat::TabSeparated);
    assert_eq!(cells.as_deref(), Some("a\tb\tc\n1\tx | y\t$z$\nl\t\t"));
    let written = table_source(source, 0, TableFormat::Markdown);
    let expected = "| a | **b** | c |\n| :--- | :---: | ---: |\n| 1 | `x \\| y` | $z$ |\n| [l](https://a.example) |  |  |";
    assert_eq!(written.as_deref(), Some(expected));
    assert_eq!(table_source(source, 1, TableFormat::Markdown), None);
}

#[test]
fn a_copied_table_is_the_same_table() {
    let source = "text\n\n| x | y |\n| --- | ---: |\n| 1 \\| 2 | <b>*z* |\n\nafter";
    let written = table_source(source, 0, TableFormat::Markdown).expect("a table");
    assert_eq!(
        table_source(&written, 0, TableFormat::Markdown),
        Some(written.clone())
    );
}

proptest! {
    #[test]
    fn removing_what_is_hidden_once_is_enough(text in "[a🏴👩❤葛\u{200c}\u{200d}\u{202e}\u{fe0f}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e007f}م ]{0,24}") {
        let shown = without_hidden(&text);
        prop_assert_eq!(hidden_count(&shown), 0);
        prop_assert_eq!(&without_hidden(&shown), &shown);
        prop_assert_eq!(text.chars().count() - hidden_count(&text), shown.chars().count());
    }

    #[test]
    fn nothing_that_controls_is_copied(text in any::<String>()) {
        let source = format!("````\n{text}\n````");
        if let Some(code) = code_source(&source, 0) {
            prop_assert!(!code.chars().any(|sign| sign.is_control() && !matches!(sign, '\n' | '\t')));
            prop_assert!(!code.ends_with('\n'));
        }
    }
}
