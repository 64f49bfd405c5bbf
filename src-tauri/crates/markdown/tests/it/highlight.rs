//! Code as tokens.

use super::found::{code_lines, elements, text};
use markdown::{Element, Node, Tag};

/// A token as `kind(text)`, other text as it is.
fn written(line: &Element) -> String {
    let node = |node: &Node| match node {
        Node::Text(plain) => plain.clone(),
        Node::Element(token) => {
            format!("{:?}({})", token.tag, text(token))
        }
    };
    line.children.iter().map(node).collect()
}

fn highlighted(language: &str, code: &str) -> Vec<String> {
    let blocks = markdown::parse(&format!("```{language}\n{}\n```\n", code.trim_end()));
    code_lines(&blocks)
        .iter()
        .map(|line| written(line))
        .collect()
}

/// Code, and tokens that are to be found in it.
const TOKENS: [(&str, &str, &[&str]); 10] = [
    (
        "python",
        "def f(x): return 'a' # b",
        &[
            "Keyword(def)",
            "Function(f)",
            "Keyword(return)",
            "String('a')",
            "Comment(# b)",
        ],
    ),
    (
        "rs",
        "let x: u32 = f(\"a\", 1); // b",
        &[
            "Keyword(let)",
            "Keyword(u32)",
            "Function(f)",
            "String(\"a\")",
            "Number(1)",
            "Comment(// b)",
        ],
    ),
    (
        "js",
        "const a = await f(`t ${x}`);",
        &[
            "Keyword(const)",
            "Keyword(await)",
            "Function(f)",
            "String(`t )",
        ],
    ),
    (
        "ts",
        "interface A { b: string }",
        &["Keyword(interface)", "Type(A)"],
    ),
    (
        "json",
        "{\"k\": [1, true, \"v\"]}",
        &[
            "Variable(\"k\")",
            "Number(1)",
            "Number(true)",
            "String(\"v\")",
        ],
    ),
    (
        "sh",
        "# a\nif [ -f x ]; then echo \"b\"; fi",
        &["Comment(# a)", "Keyword(if)", "String(\"b\")"],
    ),
    (
        "sql",
        "SELECT a FROM t WHERE b = 'c'",
        &["Keyword(SELECT)", "Keyword(FROM)", "String('c')"],
    ),
    (
        "html",
        "<a href=\"b\">c</a>",
        &["Keyword(a)", "Variable(href)", "String(\"b\")"],
    ),
    (
        "yaml",
        "a: 1 # b",
        &["Variable(a)", "Number(1)", "Comment(# b)"],
    ),
    (
        "go",
        "func f() int { return 1 }",
        &[
            "Keyword(func)",
            "Function(f)",
            "Keyword(return)",
            "Number(1)",
        ],
    ),
];

#[test]
fn tokens_have_the_kind_that_a_reader_sees_in_them() {
    for (language, code, tokens) in TOKENS {
        let lines = highlighted(language, code).join("\n");
        for token in tokens {
            assert!(
                lines.contains(token),
                "{language}: {token} is missing in {lines}"
            );
        }
    }
}

#[test]
fn languages_are_known_by_the_names_that_models_write() {
    let names = "js javascript mjs jsx ts typescript tsx py python python3 rs rust go golang java kotlin kt \
        c h c++ cpp cs c# csharp swift sh bash shell zsh console json jsonc yaml yml toml ini html xml svg \
        css scss less sql mysql postgresql vue svelte php rb ruby perl lua r scala dart elixir haskell \
        dockerfile docker makefile cmake nginx graphql protobuf terraform diff patch latex objective-c vim";
    for name in names.split_whitespace() {
        for spelled in [
            name.to_owned(),
            name.to_uppercase(),
            format!("{name},ignore"),
            format!("{name} {{1,2}}"),
        ] {
            let blocks =
                markdown::parse(&format!("```{spelled}\n\"1\" + 1 # a // b <b> -- c\n```\n"));
            let tokens = elements(&blocks, |element| element.tag == Tag::CodeLine);
            assert_eq!(tokens.len(), 1, "{spelled}");
        }
        let lines = highlighted(
            name,
            "\"a\"\n# 1\n// 2\n/* 3 */\n<!-- 4 -->\n-- 5\n% 6\n; 7\n+8\nkey = \"v\"\nif x then FROM node:1\nall: x\nlisten 80;\n",
        );
        assert!(
            lines.iter().any(|line| line.contains('(')),
            "{name} has no token: {lines:?}"
        );
    }
    for name in [
        "",
        "text",
        "plaintext",
        "txt",
        "mermaid",
        "nonsense",
        "fsharp",
    ] {
        assert_eq!(
            highlighted(name, "if 1 then \"a\""),
            ["if 1 then \"a\""],
            "{name}"
        );
    }
}

#[test]
fn the_state_holds_from_line_to_line() {
    let lines = highlighted("js", "/* a\nb */ let c = `d\ne`;\n");
    assert_eq!(lines.first().map(String::as_str), Some("Comment(/* a)"));
    let second = lines.get(1).expect("a second line");
    assert!(second.starts_with("Comment(b */)"), "{second}");
    let third = lines.get(2).expect("a third line");
    assert!(third.starts_with("String(e`)"), "{third}");
}

#[test]
fn all_text_stays_and_nothing_is_added() {
    let code = "fn a() {\n\tlet b = \"c\\n\"; // 速度 🏴\n\n}\n#![x] \u{7f}";
    for language in [
        "rust", "js", "html", "php", "markdown", "yaml", "css", "c", "",
    ] {
        let blocks = markdown::parse(&format!("```{language}\n{code}\n```"));
        let texts: Vec<String> = code_lines(&blocks).iter().copied().map(text).collect();
        assert_eq!(texts.len(), 5, "{language}");
        assert_eq!(
            texts.first().map(String::as_str),
            Some("fn a() {"),
            "{language}"
        );
        assert_eq!(
            texts.get(1).map(String::as_str),
            Some("\tlet b = \"c\\n\"; // 速度 🏴"),
            "{language}"
        );
    }
}

#[test]
fn what_is_too_long_is_plain() {
    let line = "let a = 1;";
    let long = format!("let b = \"{}\";", "x".repeat(1_100));
    let lines = highlighted("js", &format!("{line}\n{long}\n{line}"));
    assert!(
        lines
            .first()
            .is_some_and(|line| line.starts_with("Keyword(let)"))
    );
    assert_eq!(lines.get(1), Some(&long));
    assert!(
        lines
            .get(2)
            .is_some_and(|line| line.starts_with("Keyword(let)"))
    );

    let many = format!("{line}\n").repeat(12_000);
    let lines = highlighted("json", &many);
    let last = lines.last().expect("lines");
    assert_eq!(last, line, "beyond 100 kB code is plain");
    assert_eq!(lines.len(), 12_000);
}

#[test]
fn characters_that_cannot_be_seen_are_named_in_code() {
    let blocks = markdown::parse("```js\nlet a = \"x\u{202e}y\u{2066}\"; //\u{200b}\n```");
    let marks = elements(&blocks, |element| element.tag == Tag::HiddenCharacter);
    let names: Vec<String> = marks.iter().copied().map(text).collect();
    assert_eq!(names, ["U+202E", "U+2066", "U+200B"]);
}
