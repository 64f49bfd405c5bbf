//! Our document as HTML, in the form of the parser's own.

use markdown::{Alignment, Element, Node, Tag, plain_text};

/// The HTML of blocks.
pub(super) fn html(blocks: &[Node]) -> String {
    let mut out = String::new();
    for block in blocks {
        write_block(block, false, &mut out);
    }
    out
}

fn write(node: &Node, tight: bool, out: &mut String) {
    match node {
        Node::Text(text) => *out += &super::escaped_text(text),
        Node::Element(element) => write_element(element, tight, out),
    }
}

/// A block; a formula on its own stands in a paragraph there.
fn write_block(node: &Node, tight: bool, out: &mut String) {
    match node {
        Node::Element(element) if element.tag == Tag::BlockFormula && !tight => {
            *out += "<p><math></p>";
        }
        Node::Text(_) | Node::Element(_) => write(node, tight, out),
    }
}

fn inside(element: &Element, before: &str, after: &str, out: &mut String) {
    *out += before;
    let holder = matches!(element.tag, Tag::Quote | Tag::Footnote);
    for child in &element.children {
        if holder {
            write_block(child, false, out);
        } else {
            write(child, false, out);
        }
    }
    *out += after;
}

fn write_element(element: &Element, tight: bool, out: &mut String) {
    let simple = match element.tag {
        Tag::Heading1 => "h1",
        Tag::Heading2 => "h2",
        Tag::Heading3 => "h3",
        Tag::Heading4 => "h4",
        Tag::Heading5 => "h5",
        Tag::Heading6 => "h6",
        Tag::Quote => "blockquote",
        Tag::Emphasis => "em",
        Tag::Strong => "strong",
        Tag::Strikethrough => "del",
        Tag::Code => "code",
        _ => "",
    };
    if !simple.is_empty() {
        return inside(
            element,
            &format!("<{simple}>"),
            &format!("</{simple}>"),
            out,
        );
    }
    match element.tag {
        Tag::Paragraph if tight => inside(element, "", "", out),
        Tag::Paragraph => inside(element, "<p>", "</p>", out),
        Tag::BulletList | Tag::OrderedList => write_list(element, out),
        Tag::CodeBlock => write_code(element, out),
        Tag::Table => write_table(element, out),
        Tag::Rule => *out += "<hr />",
        Tag::LineBreak => *out += "<br />\n",
        Tag::Link => write_link(element, out),
        Tag::Image => {
            let address = element.attributes.address.as_deref().unwrap_or_default();
            let alt = plain_text(&element.children);
            *out += &format!(
                "<img src=\"{}\" alt=\"{}\">",
                super::escaped(address),
                super::escaped(&alt)
            );
        }
        Tag::InlineFormula | Tag::BlockFormula => *out += "<math>",
        Tag::FootnoteReference => {
            *out += &format!(
                "<sup class=\"footnote-reference\">{}</sup>",
                element.attributes.number.unwrap_or_default()
            );
        }
        Tag::Footnote => {
            let number = element.attributes.number.unwrap_or_default();
            inside(
                element,
                &format!("<div class=\"footnote-definition\"><sup>{number}</sup>"),
                "</div>",
                out,
            );
        }
        other => panic!("{other:?} is no kind of its own in HTML"),
    }
}

fn write_list(list: &Element, out: &mut String) {
    let ordered = list.tag == Tag::OrderedList;
    *out += &match (ordered, list.attributes.start) {
        (true, Some(start)) => format!("<ol start=\"{start}\">"),
        (true, None) => "<ol>".to_owned(),
        (false, _) => "<ul>".to_owned(),
    };
    for item in &list.children {
        let Node::Element(item) = item else {
            panic!("a list holds items");
        };
        let mut text = String::new();
        for child in &item.children {
            write_block(child, list.attributes.tight, &mut text);
        }
        let task = item.attributes.checked.map(|checked| {
            format!(
                "<input disabled=\"\" type=\"checkbox\"{}/>",
                if checked { " checked=\"\"" } else { "" }
            )
        });
        // The box stands where the first paragraph begins.
        let task = task.unwrap_or_default();
        *out += &match text.strip_prefix("<p>") {
            Some(rest) => format!("<li><p>{task}{rest}</li>"),
            None => format!("<li>{task}{text}</li>"),
        };
    }
    *out += if ordered { "</ol>" } else { "</ul>" };
}

fn write_code(block: &Element, out: &mut String) {
    *out += &match &block.attributes.language {
        Some(language) => format!(
            "<pre><code class=\"language-{}\">",
            super::escaped(language)
        ),
        None => "<pre><code>".to_owned(),
    };
    for line in &block.children {
        let text = plain_text(std::slice::from_ref(line));
        *out += &super::escaped_text(&text);
        out.push('\n');
    }
    *out += "</code></pre>";
}

fn write_table(table: &Element, out: &mut String) {
    *out += "<table>";
    for part in &table.children {
        let Node::Element(part) = part else {
            panic!("a table holds a head and a body");
        };
        let (name, cell) = if part.tag == Tag::TableHead {
            ("thead", "th")
        } else {
            ("tbody", "td")
        };
        *out += &format!("<{name}>");
        for row in &part.children {
            let Node::Element(row) = row else {
                panic!("there are rows in it");
            };
            *out += "<tr>";
            for node in &row.children {
                let Node::Element(node) = node else {
                    panic!("a row holds cells");
                };
                let style = match node.attributes.alignment {
                    None => "",
                    Some(Alignment::Left) => " style=\"text-align: left\"",
                    Some(Alignment::Center) => " style=\"text-align: center\"",
                    Some(Alignment::Right) => " style=\"text-align: right\"",
                };
                inside(
                    node,
                    &format!("<{cell}{style}>"),
                    &format!("</{cell}>"),
                    out,
                );
            }
            *out += "</tr>";
        }
        *out += &format!("</{name}>");
    }
    *out += "</table>";
}

fn write_link(link: &Element, out: &mut String) {
    let address = link
        .attributes
        .address
        .as_deref()
        .expect("a link points somewhere");
    if super::is_bare(&plain_text(&link.children), address) {
        return inside(link, "", "", out);
    }
    inside(
        link,
        &format!("<a href=\"{}\">", super::escaped(address)),
        "</a>",
        out,
    );
}
