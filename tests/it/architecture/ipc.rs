//! Every command the page may call is in one list, in one permission, and that one is granted.

use std::collections::BTreeMap;

use serde_json::Value;

use super::assert_obeyed;
use super::sources::Sources;

/// The commands of `collect_commands!`, without their modules and type arguments.
fn registered(ipc: &str) -> Vec<&str> {
    let list = ipc
        .split_once("collect_commands![")
        .map_or("", |(_, after)| after);
    let list = list.split_once(']').map_or("", |(list, _)| list);
    let paths = list
        .lines()
        .map(|line| line.split("//").next().unwrap_or(line));
    let paths = paths
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|path| !path.is_empty());
    paths
        .map(|path| path.split("::<").next().unwrap_or(path))
        .map(|path| path.rsplit("::").next().unwrap_or(path))
        .collect()
}

/// The permissions of our files: identifier and the commands it allows.
fn permissions(sources: &Sources) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (_, text) in sources.below("src-tauri/permissions/", &[".toml"]) {
        for block in text.split("[[permission]]").skip(1) {
            let lines: Vec<&str> = block.lines().map(before_comment).collect();
            let block = lines.join("\n");
            let identifier = quoted(
                block
                    .split_once("identifier")
                    .map_or("", |(_, after)| after),
            );
            let allowed = block
                .split_once("commands.allow")
                .map_or("", |(_, after)| after);
            let allowed = allowed.split_once(']').map_or("", |(list, _)| list);
            let name = identifier.into_iter().next().unwrap_or_default();
            found.insert(name, quoted(allowed));
        }
    }
    found
}

/// What the capabilities grant, our own permissions and Tauri's.
fn granted(sources: &Sources) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources.below("src-tauri/capabilities/", &[".json"]) {
        let capability: Value =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        for permission in capability["permissions"].as_array().into_iter().flatten() {
            let name = permission
                .as_str()
                .or_else(|| permission["identifier"].as_str());
            found.push(
                name.unwrap_or_else(|| panic!("{path}: {permission}"))
                    .to_owned(),
            );
        }
    }
    found
}

fn differences(
    commands: &[&str],
    permissions: &BTreeMap<String, Vec<String>>,
    granted: &[String],
) -> Vec<String> {
    let mut found = Vec::new();
    for command in commands {
        let times = permissions
            .values()
            .flatten()
            .filter(|allowed| allowed == command)
            .count();
        if times != 1 {
            found.push(format!("{command} is in {times} permissions, not in one"));
        }
    }
    for (name, allowed) in permissions {
        let unknown = allowed
            .iter()
            .filter(|command| !commands.contains(&command.as_str()));
        found.extend(
            unknown.map(|command| format!("{name} allows {command}, which does not exist")),
        );
        if !granted.contains(name) {
            found.push(format!("no capability grants {name}"));
        }
    }
    for name in granted {
        if name.contains(':')
            && !name.starts_with("core:event:allow-")
            && !name.starts_with("core:window:allow-")
        {
            found.push(format!(
                "{name} opens more to the page than its own commands"
            ));
        }
    }
    found
}

fn before_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or(line)
}

fn quoted(text: &str) -> Vec<String> {
    text.split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_command_is_in_exactly_one_granted_permission() {
    let sources = Sources::of_repository();
    let commands = registered(sources.file("src-tauri/src/ipc.rs"));
    assert!(
        commands.len() > 10,
        "the reader must find the list of commands"
    );
    let broken = differences(&commands, &permissions(&sources), &granted(&sources));
    assert_obeyed("commands and permissions differ", &broken);
}

#[test]
fn no_command_gives_the_key_away() {
    let sources = Sources::of_repository();
    let commands = registered(sources.file("src-tauri/src/ipc.rs"));
    let getters = commands
        .iter()
        .filter(|name| name.contains("key") && name.contains("get"));
    assert_eq!(getters.count(), 0, "the key goes in and never comes out");
}

#[test]
fn a_forgotten_permission_is_seen() {
    let commands = registered(
        "x![a]\ncollect_commands![\n  chat::send, // one\n  app::ready::<R>,\n  keys::paste]",
    );
    assert_eq!(commands, ["send", "ready", "paste"]);
    let sources = Sources::of(&[
        (
            "src-tauri/permissions/chat.toml",
            "[[permission]]\nidentifier = \"chat\" # \"why\"\ncommands.allow = [\n  \"send\",\n  \"gone\",\n]\n",
        ),
        (
            "src-tauri/permissions/app.toml",
            "[[permission]]\nidentifier = \"app\"\ncommands.allow = [\"ready\", \"send\"]\n",
        ),
        (
            "src-tauri/capabilities/main.json",
            r#"{ "permissions": ["chat", "core:default"] }"#,
        ),
    ]);
    let broken = differences(&commands, &permissions(&sources), &granted(&sources));
    assert_eq!(
        broken,
        [
            "send is in 2 permissions, not in one",
            "paste is in 0 permissions, not in one",
            "no capability grants app",
            "chat allows gone, which does not exist",
            "core:default opens more to the page than its own commands",
        ]
    );
}
