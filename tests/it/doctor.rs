//! The doctor without a window, as a shell script would run it, and over IPC.
#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects and stops there"
)]

use crate::page::{CHANNEL, Page};
use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use store::{Account, Store};

/// What a terminal over SSH or a service has not.
const DESKTOP: [&str; 4] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR",
];

fn dashdesk(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dashdesk"));
    for name in DESKTOP {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .env("DASHDESK_DATA_DIR", folder)
        .env("LANG", "en_US.UTF-8")
        .env("LC_ALL", "en_US.UTF-8")
        .output()
        .unwrap()
}

/// A keyless account at this address.
fn account(folder: &Path, name: &str, address: &str) -> Store {
    let store = Store::open(folder).unwrap();
    store
        .save_account(&Account {
            id: format!("id-of-{name}"),
            name: name.to_owned(),
            address: address.to_owned(),
            protocol: "compatible".to_owned(),
            region: None,
            origin: "http://127.0.0.1".to_owned(),
            key_hint: None,
            key_place: "none".to_owned(),
            model_count: None,
            created_ms: 0,
        })
        .unwrap();
    store
}

fn keyless() -> FakeServer {
    FakeServer::start(Options {
        keyless: true,
        ..Options::default()
    })
}

fn state_of<'a>(report: &'a Value, step: &str) -> &'a Value {
    let steps = report["steps"].as_array().unwrap();
    let step = steps.iter().find(|found| found["id"] == step).unwrap();
    &step["state"]
}

#[test]
fn a_healthy_endpoint_is_reported_as_json_and_ends_with_zero() {
    let (server, folder) = (keyless(), tempfile::tempdir().unwrap());
    drop(account(folder.path(), "local", &server.local_base()));
    let output = dashdesk(folder.path(), &["doctor", "--json", "--ask"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert_eq!(report["passed"], true);
    assert_eq!(report["host"], "127.0.0.1");
    assert_eq!(report["browser"]["wouldFail"], true);
    for step in ["http", "keyRegion", "model", "stream", "database"] {
        assert_eq!(state_of(&report, step), "passed", "{step}");
    }
}

#[test]
fn a_broken_hop_is_named_in_words_and_ends_with_one() {
    let folder = tempfile::tempdir().unwrap();
    drop(account(folder.path(), "local", "http://127.0.0.1:9/v1"));
    let output = dashdesk(folder.path(), &["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("[FAILED] TCP: 127.0.0.1 refused the connection"),
        "{text}"
    );
    assert!(text.contains("-> Change the account's address."), "{text}");
    assert!(text.contains("[ok] Database"), "{text}");
}

#[test]
fn it_works_beside_an_open_app_and_leaves_no_trace() {
    let (server, folder) = (keyless(), tempfile::tempdir().unwrap());
    let open = account(folder.path(), "local", &server.local_base());
    drop(account_beside(&open));
    let before = names_in(folder.path());
    let output = dashdesk(folder.path(), &["doctor", "--json", "--account", "second"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    assert_eq!(state_of(&report, "connection"), "failed", "{report:#}");
    assert_eq!(names_in(folder.path()), before);
    assert_eq!(open.setting("last_checkup_ms").unwrap(), None);
}

/// A second account, written while the folder is held.
fn account_beside(open: &Store) -> Account {
    let mut second = open.accounts().unwrap().remove(0);
    "id-of-second".clone_into(&mut second.id);
    "second".clone_into(&mut second.name);
    "http://127.0.0.1:9/v1".clone_into(&mut second.address);
    open.save_account(&second).unwrap();
    second
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn wrong_options_end_with_two_and_help_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [
        &["doctor", "--jsn"][..],
        &["doctor", "--account"],
        &["doctor", "--account", "nobody"],
    ] {
        let output = dashdesk(folder.path(), wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty());
    }
    let output = dashdesk(folder.path(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("dashdesk doctor")
    );
    assert!(names_in(folder.path()).is_empty(), "nothing was written");
}

#[test]
fn the_page_is_told_each_step_and_gets_the_report_it_copies() {
    let server = FakeServer::start(Options::default());
    let page = Page::open("main");
    let refused = json!({ "form": "text", "language": "en" });
    assert_eq!(
        page.call("doctor_report", refused.clone()).unwrap_err()["kind"],
        "notFound"
    );
    page.sign_in(&server.compatible_base(), FakeServer::KEY);
    page.hear_until("models");
    let request = json!({
        "account": null, "model": "qwen-plus", "thinking": null, "otherRegions": false, "ask": true,
    });
    page.call(
        "doctor_run",
        json!({ "request": request, "onEvent": CHANNEL }),
    )
    .unwrap();
    let told = page.hear_until("finished");
    assert_eq!(told[0]["event"], "started");
    assert_eq!(told[0]["steps"].as_array().unwrap().len(), 14);
    assert_eq!(told.last().unwrap()["passed"], true, "{told:#?}");
    assert!(told.iter().any(|event| event["event"] == "browser"));

    let text = page.call("doctor_report", refused).unwrap();
    let text = text.as_str().unwrap();
    assert!(text.contains("[ok] Streaming: first word after"), "{text}");
    assert!(!text.contains("0123456789abcdef"), "{text}");
    let zh = json!({ "form": "text", "language": "zhCn" });
    let zh = page.call("doctor_report", zh).unwrap();
    assert!(zh.as_str().unwrap().contains("一切正常"), "{zh}");
    page.call("doctor_stop", json!({})).unwrap();
}
