//! What the page may hold: no network, no HTML from strings, no storage, one door to Rust.

use std::collections::{BTreeMap, BTreeSet};

use super::sources::Sources;
use super::{assert_obeyed, assert_seen};

/// Everything that is shipped as part of the page.
const PAGE: [&str; 3] = ["ui/src/", "ui/public/", "ui/index.html"];
const KINDS: [&str; 5] = [".ts", ".js", ".svelte", ".html", ".css"];

/// Lines of a component; we aim at 200.
const LONGEST_COMPONENT: usize = 250;

/// Ways to the network, to HTML made of strings, and to code made of strings.
const FORBIDDEN: [&str; 18] = [
    "fetch(",
    "XMLHttpRequest",
    "WebSocket",
    "EventSource",
    "sendBeacon",
    "RTCPeerConnection",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "setHTMLUnsafe",
    "document.write",
    "{@html",
    "eval(",
    "new Function",
    "sessionStorage",
    "indexedDB",
    "document.cookie",
    "<iframe",
];

/// The hint that prevents a flash of the wrong theme is all the page remembers by itself.
const THEME_HINT: &str = "theme";

/// The two languages, as maps from key to text.
const LANGUAGES: [&str; 2] = ["ui/src/i18n/zh-CN.ts", "ui/src/i18n/en.ts"];

fn page(sources: &Sources) -> impl Iterator<Item = (&str, &str)> {
    let files = PAGE.iter().flat_map(|folder| sources.below(folder, &KINDS));
    // Tests are not shipped, and read the page's HTML to judge it.
    files.filter(|(path, _)| !path.contains(".test."))
}

fn forbidden_words(sources: &Sources) -> Vec<String> {
    page(sources)
        .flat_map(|(path, text)| {
            let code = without_comments(text);
            let words = FORBIDDEN.iter().filter(|word| has_word(&code, word));
            words
                .map(|word| format!("{path}: {word}"))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn doors_to_rust(sources: &Sources) -> Vec<String> {
    let outside = page(sources).filter(|(path, text)| {
        !path.starts_with("ui/src/ipc/")
            && (text.contains("@tauri-apps/") || text.contains("__TAURI"))
    });
    outside.map(|(path, _)| path.to_owned()).collect()
}

fn storage(sources: &Sources) -> Vec<String> {
    let users = page(sources).filter(|(_, text)| without_comments(text).contains("localStorage"));
    users
        .map(|(path, _)| path)
        .filter(|path| !names_theme(path))
        .map(str::to_owned)
        .collect()
}

/// Addresses a page could load something from; `<a href>` leaves through Rust and is no such place.
fn remote_sources(sources: &Sources) -> Vec<String> {
    let loads = [
        "src=\"http",
        "src=\"//",
        "url(http",
        "url(\"http",
        "@import \"http",
        "from \"http",
    ];
    page(sources)
        .filter(|(_, text)| loads.iter().any(|load| text.contains(load)))
        .map(|(path, _)| path.to_owned())
        .collect()
}

fn long_components(sources: &Sources) -> Vec<String> {
    let components = sources.below("ui/src/", &[".svelte"]);
    components
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_COMPONENT)
        .map(|(path, lines)| format!("{path}: {lines} lines, {LONGEST_COMPONENT} at most"))
        .collect()
}

/// Keys that one language lacks, and texts whose `{placeholders}` differ.
fn language_differences(first: &str, second: &str) -> Vec<String> {
    let (first, second) = (messages(first), messages(second));
    let keys: BTreeSet<_> = first.keys().chain(second.keys()).collect();
    let mut different = Vec::new();
    for key in keys {
        match (first.get(key), second.get(key)) {
            (Some(one), Some(other)) if one != other => {
                different.push(format!("{key}: {one:?} and {other:?}"));
            }
            (Some(_), Some(_)) => {}
            _ => different.push(format!("{key}: in one language only")),
        }
    }
    different
}

/// Each key of a `"key": "text",` file with the placeholders of its text.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut current = None;
    for line in text.lines().map(str::trim) {
        let entry = line
            .strip_prefix('"')
            .and_then(|rest| rest.split_once("\":"));
        let value = if let Some((key, value)) = entry {
            current = Some(key.to_owned());
            value
        } else {
            // A long text stands on the line below its key.
            line
        };
        if let Some(key) = &current {
            let names = value
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'));
            let names = names.map(|(name, _)| name.to_owned());
            found
                .entry(key.clone())
                .or_insert_with(BTreeSet::new)
                .extend(names);
        }
        if line.ends_with(',') {
            current = None;
        }
    }
    found
}

fn names_theme(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.starts_with(THEME_HINT))
}

/// Whether `word` occurs, and not as the end of a longer one as in `prefetch(`.
fn has_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    })
}

/// Drops `//`, `/* */` and `<!-- -->` comments; a `//` inside an address is none.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let starts_line = code.chars().next_back().is_none_or(char::is_whitespace);
        let end = if rest.starts_with("/*") {
            Some("*/")
        } else if rest.starts_with("<!--") {
            Some("-->")
        } else if rest.starts_with("//") && starts_line {
            Some("\n")
        } else {
            None
        };
        if let Some(end) = end {
            rest = rest.split_once(end).map_or("", |(_, after)| after);
            code.push('\n');
        } else {
            code.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    code
}

#[test]
fn the_page_reaches_no_network_and_builds_no_html() {
    let sources = Sources::of_repository();
    assert!(page(&sources).count() > 3, "the walk must find the page");
    assert_obeyed("the page has none of these", &forbidden_words(&sources));
    let files = [
        (
            "ui/src/a.ts",
            "await fetch(\"/x\"); // fetch( in a comment is no call",
        ),
        (
            "ui/src/b.svelte",
            "<p>{@html reply}</p>\n<!-- innerHTML -->",
        ),
        (
            "ui/src/c.ts",
            "prefetch(\"/x\"); /* WebSocket */ const a = \"https://b\";",
        ),
        ("ui/src/d.test.ts", "expect(node.innerHTML).toBe(\"\");"),
        ("ui/public/e.js", "new WebSocket(\"ws://127.0.0.1\")"),
        (
            "ui/src/f.ts",
            "const u = \"https://a\"; node.innerHTML = u;",
        ),
    ];
    assert_seen(forbidden_words, &files, 4);
}

#[test]
fn only_the_ipc_folder_speaks_to_tauri() {
    assert_obeyed("use src/ipc", &doors_to_rust(&Sources::of_repository()));
    let import = "import { invoke } from \"@tauri-apps/api/core\";";
    let files = [
        ("ui/src/ipc/index.ts", import),
        ("ui/src/features/chat/a.ts", import),
    ];
    assert_seen(doors_to_rust, &files, 1);
}

#[test]
fn the_page_remembers_the_theme_and_nothing_else() {
    assert_obeyed("the store is in Rust", &storage(&Sources::of_repository()));
    let writes = "localStorage.setItem(\"a\", \"b\");";
    let files = [("ui/public/theme.js", writes), ("ui/src/draft.ts", writes)];
    assert_seen(storage, &files, 1);
}

#[test]
fn the_page_loads_everything_from_itself() {
    assert_obeyed("bundle it", &remote_sources(&Sources::of_repository()));
    let files = [
        (
            "ui/index.html",
            "<script src=\"https://cdn.example/a.js\"></script>",
        ),
        (
            "ui/src/a.css",
            "@font-face { src: url(https://cdn.example/a.woff2) }",
        ),
        (
            "ui/src/b.ts",
            "const console = \"https://console.example\";",
        ),
    ];
    assert_seen(remote_sources, &files, 2);
}

#[test]
fn components_stay_short() {
    assert_obeyed("split it", &long_components(&Sources::of_repository()));
    let long = "\n".repeat(LONGEST_COMPONENT + 1);
    assert_seen(
        long_components,
        &[("ui/src/features/chat/Chat.svelte", &long)],
        1,
    );
}

#[test]
fn both_languages_say_everything() {
    let sources = Sources::of_repository();
    let [first, second] = LANGUAGES.map(|path| sources.file(path));
    assert!(messages(first).len() > 50, "the reader must find the keys");
    assert_obeyed("the languages differ", &language_differences(first, second));

    let english = "  \"a\": \"One {n}\",\n  \"b\":\n    \"Two {x}\",\n  \"c\": \"Three\",\n";
    let chinese = "  \"a\": \"一 {n}\",\n  \"b\": \"二 {y}\",\n  \"d\": \"四\",\n";
    assert_eq!(language_differences(english, english), Vec::<String>::new());
    assert_eq!(
        language_differences(english, chinese).len(),
        3,
        "b, c and d"
    );
}
