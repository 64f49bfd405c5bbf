//! What Rust sources and manifests may hold.

use super::sources::Sources;
use super::{assert_obeyed, assert_seen};

/// Lines of a Rust file; we aim at 400.
const LONGEST_FILE: usize = 500;

/// Lines of a file of tests, which is a list of cases more than a text to be read.
const LONGEST_TESTS: usize = 700;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] = [
    "utils", "util", "helpers", "helper", "common", "manager", "misc", "core", "types",
];

/// Where a key's text is read: for the header, on its way into the keychain, and to see whether the
/// clipboard still holds it.
const KEY_READERS: [&str; 4] = [
    "src-tauri/crates/dashscope/src/authorization.rs",
    "src-tauri/crates/credentials/src/",
    "src-tauri/src/key_candidates.rs",
    "src-tauri/crates/network/src/route.rs",
];

/// What a module without I/O, clock and tasks cannot contain.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::time",
    "std::thread",
    "SystemTime",
    "async fn",
    "now_v7",
];

/// What a file of the shell cannot contain: it has no HTTP, no SQL and no prompt.
const NOT_IN_THE_SHELL: [&str; 5] = ["reqwest::", "rusqlite::", "SELECT ", "http::", "\"role\""];

fn too_long(sources: &Sources) -> Vec<String> {
    let files = sources.below("", &[".rs"]).map(|(path, text)| {
        let limit = if is_test(path) {
            LONGEST_TESTS
        } else {
            LONGEST_FILE
        };
        (path, text.lines().count(), limit)
    });
    files
        .filter(|(_, lines, limit)| lines > limit)
        .map(|(path, lines, limit)| format!("{path}: {lines} lines, {limit} at most"))
        .collect()
}

fn empty_names(sources: &Sources) -> Vec<String> {
    let named = sources.paths().filter(|path| {
        path.split('/').any(|part| {
            let stem = part.split('.').next().unwrap_or(part);
            EMPTY_NAMES.contains(&stem)
        })
    });
    named.map(str::to_owned).collect()
}

fn skipped_tests(sources: &Sources) -> Vec<String> {
    // Spelled in two halves, or this file would break its own rule.
    let rust = [concat!("#[", "ignore"), concat!("cfg(", "any())")];
    let page = [".skip", ".only", ".todo", ".skipIf", ".runIf"]
        .iter()
        .flat_map(|how| ["it", "test", "describe"].map(|what| format!("{what}{how}(")))
        .collect::<Vec<_>>();
    let in_rust = sources
        .below("", &[".rs"])
        .flat_map(|(path, text)| places(path, text, &rust));
    let in_page = sources
        .below("ui/", &[".ts", ".js"])
        .flat_map(|(path, text)| {
            let words: Vec<&str> = page.iter().map(String::as_str).collect();
            places(path, text, &words)
        });
    in_rust.chain(in_page).collect()
}

fn key_readers(sources: &Sources) -> Vec<String> {
    let files = sources.below("src-tauri/", &[".rs"]);
    let files = files.filter(|(path, _)| {
        !is_test(path) && !KEY_READERS.iter().any(|reader| path.starts_with(reader))
    });
    files
        .flat_map(|(path, text)| places(path, shipped(text), &["expose_secret(", "ExposeSecret"]))
        .collect()
}

fn impure_domain(sources: &Sources) -> Vec<String> {
    let files = sources.below("src-tauri/crates/conversation/src/", &[".rs"]);
    files
        .flat_map(|(path, text)| places(path, shipped(text), &IMPURE))
        .collect()
}

fn engine_in_the_shell(sources: &Sources) -> Vec<String> {
    let files = sources.below("src-tauri/src/", &[".rs"]);
    files
        .flat_map(|(path, text)| places(path, shipped(text), &NOT_IN_THE_SHELL))
        .collect()
}

/// Dependencies of others' making that no comment on their line or the line above explains.
fn unexplained_dependencies(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources.below("", &["Cargo.toml"]) {
        let mut inside = false;
        let mut explained = Vec::new();
        let mut above = "";
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line.trim_end().ends_with("dependencies]");
            } else if inside && let Some((name, rest)) = line.split_once(['=', '.']) {
                let name = name.trim();
                let ours = rest.contains("workspace = true") || rest.contains("path =");
                if rest.contains(" # ") || above.starts_with('#') {
                    explained.push(name);
                } else if !ours && !line.starts_with([' ', '#', ']']) && !explained.contains(&name)
                {
                    found.push(format!("{path}: {name}"));
                }
            }
            above = line;
        }
    }
    found
}

/// Debian packages that the end-to-end tests name and `cargo xtask test` does not install.
fn packages_not_installed(sources: &Sources) -> Vec<String> {
    let installed: Vec<&str> = sources
        .file("xtask/src/system.rs")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("apt: \"")?.strip_suffix("\","))
        .flat_map(str::split_whitespace)
        .collect();
    let needed = sources
        .below("tests/e2e/src/", &[".rs"])
        .flat_map(|(_, text)| {
            text.lines()
                .filter_map(|line| line.trim().strip_prefix("package: \""))
        });
    let names = needed.filter_map(|rest| rest.strip_suffix("\","));
    names
        .filter(|name| !installed.contains(name))
        .map(str::to_owned)
        .collect()
}

fn places(path: &str, text: &str, words: &[&str]) -> Vec<String> {
    let numbered = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    numbered
        .flat_map(|(index, line)| {
            let hits = words.iter().filter(move |word| line.contains(**word));
            hits.map(move |word| format!("{path}:{}: {word}", index + 1))
        })
        .collect()
}

/// A file's text without the tests at its end.
fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.contains("/benches/")
}

#[test]
fn rust_files_stay_short() {
    assert_obeyed(
        "too long to be read at once",
        &too_long(&Sources::of_repository()),
    );
    let long = "\n".repeat(LONGEST_FILE + 1);
    assert_seen(
        too_long,
        &[
            ("src-tauri/src/long.rs", &long),
            ("src-tauri/crates/store/tests/it/rows.rs", &long),
            ("ui/src/long.css", &long),
        ],
        1,
    );
}

#[test]
fn names_say_what_is_inside() {
    assert_obeyed(
        "this name says nothing",
        &empty_names(&Sources::of_repository()),
    );
    let files = [
        ("src-tauri/crates/core/src/lib.rs", ""),
        ("ui/src/utils/date.ts", ""),
        ("src-tauri/src/helpers.rs", ""),
        ("ui/src/score.ts", ""),
    ];
    assert_seen(empty_names, &files, 3);
}

#[test]
fn no_test_is_skipped() {
    assert_obeyed(
        "a test that does not run",
        &skipped_tests(&Sources::of_repository()),
    );
    let files = [
        (
            "a.rs",
            concat!("#[test]\n#[", "ignore = \"slow\"]\nfn a() {}"),
        ),
        (
            "ui/src/a.test.ts",
            "it.only(\"a\", () => {});\ndescribe.skip(\"b\", () => {});",
        ),
        ("b.rs", "let rest = words.skip(1);"),
    ];
    assert_seen(skipped_tests, &files, 3);
}

#[test]
fn a_key_is_read_in_three_places_only() {
    assert_obeyed(
        "only these read a key's text",
        &key_readers(&Sources::of_repository()),
    );
    let reads = "fn leak(key: &SecretString) -> String { key.expose_secret().to_owned() }";
    let tested = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { key.expose_secret(); } }";
    let files = [
        ("src-tauri/src/leak.rs", reads),
        ("src-tauri/crates/engine/src/leak.rs", reads),
        ("src-tauri/crates/engine/src/tested.rs", tested),
        ("src-tauri/crates/engine/tests/it.rs", reads),
        ("src-tauri/crates/dashscope/src/authorization.rs", reads),
        ("src-tauri/crates/credentials/src/vault.rs", reads),
    ];
    assert_seen(key_readers, &files, 2);
}

#[test]
fn the_domain_has_no_clock_and_no_files() {
    assert_obeyed(
        "conversation is pure",
        &impure_domain(&Sources::of_repository()),
    );
    let files = [(
        "src-tauri/crates/conversation/src/a.rs",
        "use std::time::SystemTime;",
    )];
    assert_seen(impure_domain, &files, 2);
}

#[test]
fn the_shell_has_no_http_and_no_sql() {
    assert_obeyed(
        "this belongs to a crate",
        &engine_in_the_shell(&Sources::of_repository()),
    );
    let files = [
        (
            "src-tauri/src/a.rs",
            "let rows = \"SELECT * FROM message\";\n// no reqwest::get here",
        ),
        ("src-tauri/crates/store/src/a.rs", "\"SELECT 1\""),
    ];
    assert_seen(engine_in_the_shell, &files, 1);
}

#[test]
fn every_dependency_has_its_reason_beside_it() {
    let sources = Sources::of_repository();
    assert_obeyed("say why in a comment", &unexplained_dependencies(&sources));
    let manifest = "[dependencies]\nserde.workspace = true\nregex = \"1\"\nurl = \"2\" # parses\n\
        [dev-dependencies]\nurl = { version = \"2\", features = [\"serde\"] }\n\
        [target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n[lints]\nworkspace = true\n";
    assert_seen(unexplained_dependencies, &[("Cargo.toml", manifest)], 2);
}

#[test]
fn what_the_window_tests_start_is_installed_before_them() {
    let sources = Sources::of_repository();
    assert_obeyed(
        "add it to xtask/src/system.rs",
        &packages_not_installed(&sources),
    );
    let files = [
        ("xtask/src/system.rs", "apt: \"xvfb\","),
        (
            "tests/e2e/src/program.rs",
            "    package: \"xvfb\",\n    package: \"xclip\",\n",
        ),
    ];
    assert_seen(packages_not_installed, &files, 1);
}
