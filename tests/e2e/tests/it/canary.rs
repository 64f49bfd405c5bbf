//! A key that is easy to recognise goes through everything, and is then found nowhere but in the
//! keyring and in the header it is for.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use e2e::{Cloud, Computer, Launch, Process, Result, Traces, Window};
use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};

use crate::commands::COMMANDS;

/// Looks like a key, and like nothing else.
const CANARY: &str = "sk-CANARY7f3e9b51d2a84c06be17CANARY42";

/// What must not be found: the part that no hint shows.
const SECRET: &str = "CANARY7f3e9b51d2a84c06be17";

/// All the page holds: markup, fields, storage.
const PAGE: &str = "
    return [
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input, textarea, select')].map((field) => field.value),
      JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie, location.href, document.title,
    ].join(' ');
";

/// Whether the last reply has ended badly.
const FAILED: &str = "['failed', 'interrupted'].includes([...document.querySelectorAll('[data-testid=message-assistant]')].at(-1).dataset.status)";

async fn page_holds(window: &Window) -> Result<bool> {
    Ok(window
        .script::<String>(PAGE, vec![])
        .await?
        .contains(SECRET))
}

/// Every command with arguments that make it work, so that it says as much as it can.
async fn everything_said(window: &Window) -> Result<Vec<(String, String)>> {
    let state = window.command("app_state", json!({})).await?;
    let account = state["active"].clone();
    let conversation = state["lastConversation"].clone();
    let opened = window
        .command(
            "conversation_open",
            json!({ "conversation": conversation, "leaf": null }),
        )
        .await?;
    let reply = opened["messages"]
        .as_array()
        .and_then(|all| all.last())
        .map(|last| last["id"].clone());
    let message = json!({ "conversation": conversation, "after": reply, "text": "print your key", "model": "qwen-plus", "thinking": null });
    let mut said = Vec::new();
    for command in COMMANDS {
        let arguments = json!({
            "account": account, "address": "https://gateway.example.com/v1", "conversation": conversation, "leaf": null,
            "reply": reply, "title": "renamed", "model": "qwen-plus", "text": "a text",
            "message": message, "retry": { "reply": reply, "model": null }, "onEvent": { "$channel": command },
            "key": CANARY, "settings": state["settings"],
            "from": 0, "count": 9, "query": "key", "ordinal": 0, "keepHidden": true, "format": "markdown",
            "request": { "candidate": null, "scope": { "scope": "allRegions" }, "account": account, "keep": { "place": "keychain" } },
        });
        // These would take away what the rest of the test needs.
        if [
            "account_delete",
            "endpoint_set",
            "conversation_delete",
            "link_open",
        ]
        .contains(&command)
        {
            continue;
        }
        said.push((
            command.to_owned(),
            window.invoke(command, arguments).await?.text(),
        ));
        let channel = window.heard(command).await?;
        said.push((
            format!("{command} (channel)"),
            Value::from(channel).to_string(),
        ));
    }
    Ok(said)
}

/// What a person does, and what can go wrong meanwhile; the page is searched on the way.
async fn a_day_at_the_desk(window: &Window) -> Result<()> {
    window.first_run(CANARY).await?;
    assert!(!page_holds(window).await?, "after the first run");
    window.ask_until("hello", "complete").await?;
    for fault in [
        "/fake error=401",
        "/fake tokens=20 reset=after:5",
        "/fake error=500",
    ] {
        window.ask(fault).await?;
        window.wait_for("the failure", FAILED).await?;
    }
    window.click_in_sidebar("settings").await?;
    window.click("account-test").await?;
    window.find("account-test-result").await?;
    assert!(!page_holds(window).await?, "in the settings");
    Ok(())
}

#[tokio::test]
async fn s_01_the_key_is_in_no_page_file_log_argument_or_answer() -> Result<()> {
    let cloud = Cloud::taking(&[CANARY], &[]);
    let computer = Computer::new().await?;
    let launch = Launch {
        log: Some("trace"),
        ..cloud.launch()
    };
    let window = computer.start(&launch).await?;
    a_day_at_the_desk(&window).await?;
    // Nothing that is said over the bridge holds it, whatever is asked.
    for (command, text) in everything_said(&window).await? {
        assert!(!text.contains(SECRET), "{command} says the key");
    }
    assert!(!page_holds(&window).await?, "after all commands");

    let traces = Traces::of(SECRET);
    let names: BTreeSet<String> = computer
        .processes()
        .into_iter()
        .map(Process::name)
        .collect();
    let all_there = ["dashdesk", "WebKitWebProc", "WebKitNetwork"]
        .iter()
        .all(|one| names.iter().any(|name| name.starts_with(one)));
    assert!(all_there, "{names:?}");
    assert_eq!(traces.in_processes(&computer), Vec::<String>::new());
    assert_eq!(
        traces.in_files(computer.folder()),
        Vec::<String>::new(),
        "while it runs"
    );
    // The log is there and was written at the level that says most.
    let log = fs::read_to_string(computer.data().join("logs/dashdesk.log")).unwrap_or_default();
    assert!(
        log.len() > 2_000 && log.contains("TRACE"),
        "{} bytes of log",
        log.len()
    );
    window.close().await?;
    assert_eq!(
        traces.in_files(computer.folder()),
        Vec::<String>::new(),
        "after it has ended"
    );

    // The search would have found it: the server was given the key, and a file with it is seen.
    let bearer = format!("Bearer {CANARY}");
    let requests = cloud.beijing.requests();
    let given = requests
        .iter()
        .filter(|one| one.header("authorization") == Some(&bearer))
        .count();
    assert!(given >= 5, "{given}");
    fs::write(computer.folder().join("planted"), CANARY).expect("a file can be planted");
    assert_eq!(traces.in_files(computer.folder()).len(), 1);
    Ok(())
}

/// Points an account at another server in every spelling, and asks there in every way.
async fn lure(
    window: &Window,
    account: &Value,
    evil: &FakeServer,
    home: &str,
) -> Result<Vec<String>> {
    let mut said = vec![
        window
            .invoke("account_use", json!({ "account": account }))
            .await?
            .text(),
    ];
    let evil_base = evil.compatible_base();
    for address in [
        evil_base.clone(),
        format!("{evil_base}#{home}"),
        evil.native_base(),
    ] {
        let set = json!({ "account": account, "address": address });
        said.push(window.invoke("endpoint_set", set).await?.text());
        said.push(
            window
                .invoke("account_test", json!({ "account": account }))
                .await?
                .text(),
        );
        said.push(window.invoke("models_refresh", json!({})).await?.text());
        let message = json!({ "conversation": null, "after": null, "text": "hello", "model": "qwen-plus", "thinking": null });
        let question = json!({ "message": message, "onEvent": { "$channel": "sent" } });
        said.push(window.invoke("message_send", question).await?.text());
        tokio::time::sleep(Duration::from_millis(300)).await;
        said.push(Value::from(window.heard("sent").await?).to_string());
    }
    Ok(said)
}

#[tokio::test]
async fn i_04_no_sequence_of_commands_gives_the_key_or_sends_it_elsewhere() -> Result<()> {
    let cloud = Cloud::taking(&[CANARY], &[]);
    let evil = FakeServer::start(Options {
        keyless: true,
        ..Options::default()
    });
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(CANARY).await?;
    window.ask_until("hello", "complete").await?;
    let account = window.command("app_state", json!({})).await?["active"].clone();
    let mut said = Vec::new();
    // The key of the account, verified at another address.
    for candidate in [Value::Null, json!("1"), account.clone()] {
        for known in [Value::Null, account.clone()] {
            let scope = json!({ "scope": "address", "address": evil.compatible_base() });
            let request = json!({ "candidate": candidate, "scope": scope, "account": known, "keep": { "place": "session" } });
            let verify = json!({ "request": request, "onEvent": { "$channel": "verify" } });
            said.push(window.invoke("key_verify", verify).await?.text());
        }
    }
    // Whatever accounts are there now: pointed at the other server, asked, tested, listed.
    let state = window.command("app_state", json!({})).await?;
    for row in state["accounts"].as_array().into_iter().flatten() {
        said.extend(lure(&window, &row["id"], &evil, &cloud.beijing.base_url()).await?);
    }
    // The clipboard does not get it either.
    said.push(window.invoke("key_paste", json!({})).await?.text());
    said.push(computer.clipboard()?.unwrap_or_default());
    for text in &said {
        assert!(!text.contains(SECRET), "{text}");
    }
    for request in evil.requests() {
        let held = format!("{} {:?} {}", request.query, request.headers, request.body);
        assert!(
            !held.contains(SECRET) && request.header("authorization").is_none(),
            "{held}"
        );
    }
    assert!(!page_holds(&window).await?);
    Ok(())
}
