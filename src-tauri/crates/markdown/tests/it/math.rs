//! Formulas: what is typeset, and what shows its source.

use super::found::elements;
use markdown::{Element, MathAttribute, Node, Tag};

/// The formulas a text holds, typeset ones only.
fn typeset(source: &str) -> Vec<Element> {
    let blocks = markdown::parse(source);
    let found = elements(&blocks, |element| element.tag == Tag::Math);
    found.into_iter().cloned().collect()
}

fn formula(source: &str) -> Option<Element> {
    typeset(&format!("$$\n{source}\n$$\n")).into_iter().next()
}

fn shown(element: &Element) -> String {
    markdown::plain_text(&element.children)
}

#[test]
fn a_formula_is_made_of_mathml_and_stands_where_it_is_written() {
    let inline = typeset("the mass $m$ and $E = mc^2$.");
    assert_eq!(inline.iter().map(shown).collect::<Vec<_>>(), ["m", "E=mc2"]);
    let own = formula("\\frac{1}{2}").expect("a formula");
    assert_eq!(
        own.attributes
            .math
            .get(&MathAttribute::Display)
            .map(String::as_str),
        Some("block")
    );
    let parts = [Node::Element(own)];
    assert_eq!(
        elements(&parts, |element| element.tag == Tag::Mfrac).len(),
        1
    );
    assert!(elements(&parts, |element| element.tag == Tag::Mtext).is_empty());
}

#[test]
fn letters_of_another_shape_are_characters_of_that_shape() {
    let cases = [
        ("\\mathbb{R}", "ℝ"),
        ("\\mathcal{L}", "ℒ"),
        ("\\mathfrak{g}", "𝔤"),
        ("\\mathbf{v}", "𝐯"),
        ("\\boldsymbol{\\theta}", "𝜽"),
        ("\\mathrm{d}x", "dx"),
    ];
    for (source, letters) in cases {
        assert_eq!(
            formula(source).as_ref().map(shown).as_deref(),
            Some(letters),
            "{source}"
        );
    }
}

#[test]
fn a_table_says_at_each_cell_how_it_is_aligned() {
    let aligned = formula("\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}").expect("a formula");
    let parts = [Node::Element(aligned)];
    let cells = elements(&parts, |element| element.tag == Tag::Mtd);
    let sides: Vec<Option<&str>> = cells
        .iter()
        .map(|cell| {
            cell.attributes
                .math
                .get(&MathAttribute::ColumnAlign)
                .map(String::as_str)
        })
        .collect();
    assert_eq!(
        sides,
        [Some("right"), Some("left"), Some("right"), Some("left")]
    );
}

/// What stands in a formula, with `_` for space.
fn spaced(source: &str) -> String {
    let whole = [Node::Element(formula(source).expect("a formula"))];
    let parts = elements(&whole, |element| {
        matches!(element.tag, Tag::Mi | Tag::Mn | Tag::Mo | Tag::Mspace)
    });
    let written = |part: &&Element| match part.tag {
        Tag::Mspace => "_".to_owned(),
        _ => shown(part),
    };
    parts
        .iter()
        .map(written)
        .collect::<String>()
        .replace('\u{2061}', "")
}

#[test]
fn functions_stand_apart_from_what_they_would_touch() {
    let cases = [
        ("O(n \\log n)", "O(n_log_n)"),
        ("\\sin x + \\cos^2 y", "sin_x+cos2_y"),
        ("\\sin(x)\\cos(y)", "sin(x)_cos(y)"),
        ("2\\lim_{x} f", "2_limx_f"),
        ("\\max\\min a", "max_min_a"),
        ("-\\log x", "−log_x"),
        ("\\log\\left(x\\right)", "log(x)"),
    ];
    for (source, written) in cases {
        assert_eq!(spaced(source), written, "{source}");
    }
}

#[test]
fn bars_that_enclose_are_signs_that_grow() {
    assert_eq!(spaced("\\left|x\\right|"), "|x|");
    assert_eq!(spaced("\\lVert x \\rVert"), "‖x‖");
    assert_eq!(spaced("a \\mid b"), "a∣b");
}

#[test]
fn letters_with_strokes_are_known_as_they_are_written() {
    assert_eq!(spaced("x ∈ ℝ"), "x∈ℝ");
}

/// What is over or under a sign is over or under it in the document too, not beside it.
#[test]
fn no_token_holds_an_element() {
    for source in [
        "\\overset{!}{=}",
        "\\underset{x}{\\lim}",
        "\\mathop{a}\\limits_b",
        "\\dddot{x}",
    ] {
        let whole = [Node::Element(formula(source).expect("a formula"))];
        let tokens = elements(&whole, |element| {
            matches!(element.tag, Tag::Mi | Tag::Mo | Tag::Mn)
        });
        let plain = |token: &&Element| {
            token
                .children
                .iter()
                .all(|child| matches!(child, Node::Text(_)))
        };
        assert!(tokens.iter().all(plain), "{source}");
    }
}

/// A size within a size would multiply; ten of them would fill any screen.
#[test]
fn sizes_do_not_multiply() {
    let nested = format!("{}x{}", "{\\Huge ".repeat(10), "}".repeat(10));
    let whole = [Node::Element(formula(&nested).expect("a formula"))];
    let sizes = elements(&whole, |element| {
        element
            .attributes
            .math
            .contains_key(&MathAttribute::MathSize)
    });
    let size = |element: &&Element| {
        let size = element.attributes.math.get(&MathAttribute::MathSize);
        size.and_then(|size| size.strip_suffix("em")?.parse::<f64>().ok())
    };
    let product: f64 = sizes.iter().filter_map(size).product();
    assert!((2.0..3.0).contains(&product), "{product}");
}

/// U-06: what would reach out, run, hang or blow up shows its source, as text.
#[test]
fn hostile_formulas_show_their_source() {
    let hostile = [
        "\\href{javascript:alert(1)}{x}".to_owned(),
        "\\url{https://evil.example}".to_owned(),
        "\\includegraphics[height=1em]{https://evil.example/a.png}".to_owned(),
        "\\htmlData{x=1}{y}".to_owned(),
        "\\htmlClass{c}{y}".to_owned(),
        "\\htmlId{i}{y}".to_owned(),
        "\\htmlStyle{color:red}{y}".to_owned(),
        "\\def\\a{\\a\\a}\\a".to_owned(),
        "\\def\\a#1{\\a{#1#1}}\\a{x}".to_owned(),
        "\\newcommand\\a[1]{#1#1#1#1}\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{\\a{x}}}}}}}}}".to_owned(),
        "\\edef\\a{xx}".to_owned() + &"\\edef\\a{\\a\\a}".repeat(40) + "\\a",
        "\\undefined{<img src=x onerror=alert(1)>}".to_owned(),
        "\\text{\u{202e}x}".to_owned(),
        "\\frac{1}{".to_owned(),
        "{".repeat(200) + "x" + &"}".repeat(200),
        "x".repeat(10_000),
    ];
    for source in &hostile {
        let start: String = source.chars().take(60).collect();
        assert_eq!(formula(source), None, "{start}");
        if source.len() < 4_000 && !source.contains('\u{202e}') {
            let blocks = markdown::parse(&format!("$$\n{source}\n$$\n"));
            let text = markdown::plain_text(&blocks);
            assert!(text.contains(source.as_str()), "{start}: {text}");
        }
    }
}

#[test]
fn macros_that_end_are_typeset() {
    let sources = [
        "\\def\\foo{x^2} \\foo + \\foo",
        "\\newcommand\\inner[2]{\\langle #1, #2 \\rangle} \\inner{a}{b}",
        "\\renewcommand\\phi{\\varphi} \\phi",
    ];
    for source in sources {
        assert!(formula(source).is_some(), "{source}");
    }
}

/// A typesetter that breaks takes no later formula with it.
#[test]
fn a_formula_that_breaks_the_typesetter_shows_its_source() {
    let breaking = "\\newcommand\\inner[1]{#1, #2} \\inner{a}{b}";
    assert_eq!(formula(breaking), None);
    assert!(formula("x^2").is_some());
}

/// Chains that make a typesetter go down with each command end in a formula or a source, never in
/// an overflow.
#[test]
fn deep_formulas_do_no_harm() {
    for command in [
        "\\rm",
        "\\Huge",
        "\\displaystyle",
        "\\color{red}",
        "\\left(",
        "x^",
        "\\text",
        "\\not",
        "\\sqrt",
    ] {
        let source = command.repeat(3_900 / command.len()) + " x";
        let blocks = markdown::parse(&format!("$$\n{source}\n$$\n"));
        assert!(!blocks.is_empty());
    }
}

#[test]
fn no_more_than_so_many_formulas_of_a_message_are_typeset() {
    let many = "$x$ is $y$.\n\n".repeat(150);
    assert_eq!(typeset(&many).len(), 200);
}
