//! Which addresses pass, and how their hosts are shown.

use markdown::{Node, Tag, gate, parse};

#[test]
fn only_three_schemes_pass_and_nothing_hides_in_an_address() {
    let refused = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "smb://host/x",
        "vbscript:x",
        "ms-msdt:/id",
        "qwenchat:open",
        "\\\\host\\x",
        "//host/x",
        "/path",
        "#part",
        "https://aliyun.com@evil.test",
        "https://a:b@evil.test",
        "https://",
        "https://a.example/\u{0}",
        "java\nscript:x",
        "https://a.exa\tmple",
        "http://[::1",
    ];
    for address in refused {
        assert_eq!(gate(address), None, "{address:?}");
    }
    assert_eq!(
        gate(&format!("https://a.example/{}", "x".repeat(2_048))),
        None
    );
    let passed = [
        (
            "https://a.example/b?c#d",
            "https://a.example/b?c#d",
            "a.example",
        ),
        ("HTTP://A.Example", "http://a.example/", "a.example"),
        (
            "mailto:someone@a.example",
            "mailto:someone@a.example",
            "a.example",
        ),
        (
            "https://例子.example/路",
            "https://xn--fsqu00a.example/%E8%B7%AF",
            "xn--fsqu00a.example",
        ),
        ("http:\\\\a.example\\b", "http://a.example/b", "a.example"),
    ];
    for (address, written, host) in passed {
        let link = gate(address).unwrap_or_else(|| panic!("{address:?} passes"));
        assert_eq!((link.address.as_str(), link.host.as_str()), (written, host));
    }
}

#[test]
fn a_host_is_shown_as_people_read_it_unless_its_letters_deceive() {
    let shown = |address: &str| {
        let link = gate(address).expect("it passes");
        (link.host_shown, link.mixed_script)
    };
    assert_eq!(shown("https://例子.com"), ("例子.com".to_owned(), false));
    assert_eq!(
        shown("https://münchen.de"),
        ("münchen.de".to_owned(), false)
    );
    assert_eq!(shown("https://пример.рф"), ("пример.рф".to_owned(), false));
    // The first letter is Cyrillic.
    assert_eq!(
        shown("https://аliyun.com"),
        ("xn--liyun-3ve.com".to_owned(), true)
    );
    assert!(gate("https://a.example").expect("it passes").secure);
    assert!(!gate("http://a.example").expect("it passes").secure);
}

fn links(nodes: &[Node], found: &mut Vec<(Tag, Option<String>, Option<String>)>) {
    for node in nodes {
        if let Node::Element(element) = node {
            if matches!(element.tag, Tag::Link | Tag::Image) {
                let attributes = element.attributes.clone();
                found.push((element.tag, attributes.address, attributes.host));
            }
            links(&element.children, found);
        }
    }
}

#[test]
fn a_refused_link_shows_its_source() {
    let blocks = parse("[**a**](javascript:x) ![b](file:///c) <vbscript:d> [e]\n\n[e]: data:f\n");
    let mut found = Vec::new();
    links(&blocks, &mut found);
    assert_eq!(found, []);
    assert_eq!(
        markdown::plain_text(&blocks),
        "[a](javascript:x) ![b](file:///c) <vbscript:d> [e]"
    );
}

#[test]
fn an_image_names_its_host_and_describes_itself() {
    let mut found = Vec::new();
    links(
        &parse("![a *b*](https://c.example/d.png) ![e](mailto:f@g.example)"),
        &mut found,
    );
    let image = (
        Tag::Image,
        Some("https://c.example/d.png".to_owned()),
        Some("c.example".to_owned()),
    );
    assert_eq!(found, [image]);
}
