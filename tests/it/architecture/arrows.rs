//! Which crate may depend on which, ours and others'.

use std::process::Command;

use serde_json::Value;

use super::assert_obeyed;

/// Our crates and those of ours each may use in what ships. `ui` uses the root package over IPC.
const ARROWS: [(&str, &[&str]); 10] = [
    ("conversation", &[]),
    ("network", &[]),
    ("credentials", &[]),
    ("markdown", &[]),
    ("store", &["conversation"]),
    ("dashscope", &["network"]),
    (
        "engine",
        &[
            "conversation",
            "credentials",
            "dashscope",
            "markdown",
            "network",
            "store",
        ],
    ),
    (
        "dashdesk",
        &[
            "conversation",
            "credentials",
            "dashscope",
            "engine",
            "markdown",
            "network",
            "store",
        ],
    ),
    ("fake-dashscope", &[]),
    // The end-to-end tests see the app only from outside, with histories they write themselves; the
    // bench also runs the engine and the parser bare.
    (
        "e2e",
        &[
            "conversation",
            "credentials",
            "dashscope",
            "engine",
            "fake-dashscope",
            "markdown",
            "network",
            "store",
        ],
    ),
];

/// Crates whose name begins so belong to these of ours alone.
const OWNERS: [(&str, &[&str]); 17] = [
    ("reqwest", &["network"]),
    ("h2", &["network"]),
    ("tokio-rustls", &["network", "e2e"]),
    ("rustls", &["network", "e2e"]),
    ("hyper", &["network", "fake-dashscope", "e2e"]),
    ("rusqlite", &["store"]),
    ("libsqlite3-sys", &["store"]),
    ("keyring", &["credentials"]),
    ("zbus", &["credentials"]),
    ("eventsource-stream", &["dashscope"]),
    ("tauri", &["dashdesk"]),
    ("wry", &["dashdesk"]),
    ("gtk", &["dashdesk"]),
    ("webkit2gtk", &["dashdesk"]),
    ("arboard", &["dashdesk"]),
    ("axum", &["fake-dashscope"]),
    ("fantoccini", &["e2e"]),
];

/// The pure crate: what would bring in a clock, a file, a socket or a task.
const IMPURE: [&str; 6] = ["tokio", "futures", "async", "tracing", "chrono", "jiff"];

struct Dependency {
    from: String,
    to: String,
    ours: bool,
    ships: bool,
}

fn workspace() -> Vec<Dependency> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().expect("a list of packages") {
        let from = package["name"].as_str().expect("a name");
        assert!(
            ARROWS.iter().any(|(name, _)| *name == from),
            "{from} is new: say in ARROWS what it may depend on, and in ARCHITECTURE.md why"
        );
        for dependency in package["dependencies"].as_array().expect("a list") {
            found.push(Dependency {
                from: from.to_owned(),
                to: dependency["name"].as_str().expect("a name").to_owned(),
                ours: !dependency["path"].is_null(),
                ships: dependency["kind"].as_str() != Some("dev"),
            });
        }
    }
    found
}

fn wrong_arrows(dependencies: &[Dependency]) -> Vec<String> {
    let wrong = dependencies.iter().filter(|dependency| {
        let may = ARROWS.iter().find(|(name, _)| *name == dependency.from);
        let may = may.map_or(&[][..], |(_, may)| *may);
        // A test may also use the loopback server.
        let tested = !dependency.ships && dependency.to == "fake-dashscope";
        dependency.ours && !tested && !may.contains(&dependency.to.as_str())
    });
    wrong.map(describe).collect()
}

fn wrong_owners(dependencies: &[Dependency]) -> Vec<String> {
    let wrong = dependencies.iter().filter(|dependency| {
        let owners = OWNERS.iter().find(|(name, _)| begins(&dependency.to, name));
        owners.is_some_and(|(_, owners)| {
            dependency.ships && !owners.contains(&dependency.from.as_str())
        })
    });
    wrong.map(describe).collect()
}

fn impurities(dependencies: &[Dependency]) -> Vec<String> {
    let wrong = dependencies.iter().filter(|dependency| {
        dependency.from == "conversation"
            && dependency.ships
            && IMPURE.iter().any(|name| begins(&dependency.to, name))
    });
    wrong.map(describe).collect()
}

/// Whether a crate is `name` or one of its family, as `tauri-plugin-opener` is of `tauri`.
fn begins(crate_name: &str, name: &str) -> bool {
    let rest = crate_name.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
}

fn describe(dependency: &Dependency) -> String {
    format!("{} -> {}", dependency.from, dependency.to)
}

fn arrow(from: &str, to: &str, ours: bool, ships: bool) -> Vec<Dependency> {
    vec![Dependency {
        from: from.to_owned(),
        to: to.to_owned(),
        ours,
        ships,
    }]
}

#[test]
fn our_crates_depend_on_each_other_along_the_arrows_only() {
    let found = workspace();
    assert!(
        found.iter().any(|dependency| dependency.ours),
        "cargo metadata must show our own arrows, or this test sees nothing"
    );
    assert_obeyed(
        "an arrow that ARCHITECTURE.md does not have",
        &wrong_arrows(&found),
    );

    assert_eq!(
        wrong_arrows(&arrow("dashscope", "store", true, true)).len(),
        1
    );
    assert_eq!(
        wrong_arrows(&arrow("conversation", "fake-dashscope", true, true)).len(),
        1
    );
    assert_eq!(
        wrong_arrows(&arrow("engine", "fake-dashscope", true, false)).len(),
        0
    );
}

#[test]
fn each_foreign_crate_that_matters_has_one_owner() {
    assert_obeyed(
        "only the owner may see this crate",
        &wrong_owners(&workspace()),
    );

    assert_eq!(
        wrong_owners(&arrow("dashscope", "reqwest", false, true)).len(),
        1
    );
    assert_eq!(
        wrong_owners(&arrow("engine", "tauri-plugin-opener", false, true)).len(),
        1
    );
    assert_eq!(
        wrong_owners(&arrow("engine", "keyring-core", false, true)).len(),
        1
    );
    assert_eq!(
        wrong_owners(&arrow("engine", "rusqlite_migration", false, true)).len(),
        1
    );
    assert_eq!(
        wrong_owners(&arrow("store", "rusqlite", false, true)).len(),
        0
    );
}

#[test]
fn conversation_has_no_runtime_clock_or_log() {
    assert_obeyed("conversation is pure", &impurities(&workspace()));
    assert_eq!(
        impurities(&arrow("conversation", "tokio-util", false, true)).len(),
        1
    );
}
