//! What a page may rely on, whatever it sends.
#![expect(
    clippy::unwrap_used,
    reason = "a test says what it expects and stops there"
)]

use crate::page::{CHANNEL, Page};
use fake_dashscope::{FakeServer, Options};
use serde_json::{Value, json};

fn send(text: &str) -> Value {
    let message = json!({
        "conversation": null, "after": null, "text": text, "model": "qwen-plus", "thinking": null,
    });
    json!({ "message": message, "onEvent": CHANNEL })
}

/// Every command, as the committed bindings name them.
fn commands() -> Vec<String> {
    let bindings = dashdesk::bindings().unwrap();
    let mut names: Vec<String> = bindings
        .match_indices("(\"")
        .filter_map(|(at, _)| bindings.get(at + 2..)?.split('"').next().map(str::to_owned))
        .filter(|name| name.contains('_') || matches!(name.as_str(), "models" | "conversations"))
        .collect();
    names.sort();
    names.dedup();
    assert!(
        names.len() > 25,
        "the list of commands was not found: {names:?}"
    );
    names
}

#[test]
fn a_sent_message_is_answered_in_order_with_one_terminal_event() {
    let server = FakeServer::start(Options::default());
    let page = Page::open("main");
    let account = page.sign_in(&server.compatible_base(), FakeServer::KEY);
    assert_eq!(account["keyHint"], "sk-••••cdef");
    page.hear_until("models");

    let turn = page
        .call(
            "message_send",
            send("/fake tokens=40 rate=1000 thinking=10"),
        )
        .unwrap();
    let messages = page.hear_until("finished");
    assert_eq!(messages[0], json!({ "event": "started", "sequence": 0 }));
    for (index, message) in messages.iter().enumerate() {
        assert_eq!(message["sequence"], index, "no gap in {message}");
        assert!(
            message.to_string().len() < 8192,
            "small enough to be pushed straight to the page"
        );
    }
    let outcome = &messages.last().unwrap()["outcome"];
    assert_eq!(
        (&outcome["status"], &outcome["error"]),
        (&json!("complete"), &Value::Null)
    );

    let thinking: String = messages
        .iter()
        .filter_map(|message| message["thinking"].as_str())
        .collect();
    let blocks = json!(shown(&messages));
    let id = &turn["conversation"]["id"];
    let opened = page
        .call(
            "conversation_open",
            json!({ "conversation": id, "leaf": null }),
        )
        .unwrap();
    assert_eq!(
        opened["messages"][0]["text"],
        "/fake tokens=40 rate=1000 thinking=10"
    );
    let reply = &opened["messages"][1];
    assert_eq!(reply["blocks"], blocks, "stored as it was shown");
    assert_eq!(
        (&reply["text"], &reply["status"]),
        (&json!(""), &json!("complete"))
    );
    assert_eq!(reply["thinking"], thinking);
    assert!(reply["characters"].as_u64().unwrap() > 40);
    assert_eq!((&opened["count"], &opened["from"]), (&json!(2), &json!(0)));
}

#[test]
fn a_page_that_comes_late_is_told_all_and_finds_it_stored_afterwards() {
    let server = FakeServer::start(Options::default());
    let page = Page::open("main");
    page.sign_in(&server.compatible_base(), FakeServer::KEY);
    page.hear_until("models");
    let text = "/fake rate=20 text=**one** two three four five six seven eight nine ten";
    let turn = page.call("message_send", send(text)).unwrap();
    let reply = &turn["reply"]["id"];
    page.hear_until("delta");
    let attach = json!({ "reply": reply, "onEvent": CHANNEL });
    assert_eq!(page.call("reply_attach", attach.clone()).unwrap(), true);
    page.hear_until("snapshot");
    page.hear_until("finished");
    assert_eq!(page.call("reply_attach", attach).unwrap(), false);

    let (id, leaf) = (&turn["conversation"]["id"], reply);
    let window = json!({ "conversation": id, "leaf": leaf, "from": 1, "count": 5 });
    let window = page.call("conversation_window", window).unwrap();
    assert_eq!((&window["count"], &window["from"]), (&json!(2), &json!(1)));
    assert_eq!(window["messages"][0]["id"], *reply);
    let find = json!({ "conversation": id, "leaf": leaf, "query": "ONE two" });
    let found = page.call("conversation_find", find).unwrap();
    assert_eq!(found["query"], "ONE two");
    let place = json!({ "position": 1, "message": reply, "index": 0 });
    assert_eq!(found["hits"], json!([place]), "{found}");
}

#[test]
fn u_04_the_host_of_a_link_is_told_before_it_is_opened() {
    let page = Page::open("main");
    let inspect = |address: &str| page.call("link_inspect", json!({ "address": address }));
    let honest = inspect("https://阿里云.cn/a").unwrap();
    assert_eq!(honest["hostShown"], "阿里云.cn");
    assert_eq!(
        (&honest["secure"], &honest["mixedScript"]),
        (&json!(true), &json!(false))
    );
    let imitated = inspect("http://аliyun.com").unwrap();
    assert_eq!(imitated["hostShown"], imitated["host"]);
    assert_eq!(
        (&imitated["secure"], &imitated["mixedScript"]),
        (&json!(false), &json!(true))
    );
    let refused = inspect("https://aliyun.com@evil.test").unwrap_err();
    assert_eq!(refused["kind"], "linkRefused");
}

/// What the operations of these messages make.
fn shown(messages: &[Value]) -> Vec<markdown::Node> {
    let mut blocks = Vec::new();
    for message in messages {
        if message["event"] == "delta" {
            let operations: Vec<markdown::Operation> =
                serde_json::from_value(message["operations"].clone()).unwrap();
            markdown::apply(&mut blocks, &operations);
        }
    }
    blocks
}

#[test]
fn a_vendor_error_arrives_as_a_kind_with_data() {
    let server = FakeServer::start(Options::default());
    let page = Page::open("main");
    page.sign_in(&server.compatible_base(), FakeServer::KEY);
    page.hear_until("models");
    page.call("message_send", send("/fake error=429-tpm retry-after=3600"))
        .unwrap();
    let finished = page.hear_until("finished").pop().unwrap();
    let error = &finished["outcome"]["error"];
    assert_eq!(finished["outcome"]["status"], "failed");
    assert_eq!(error["kind"], "tokensPerMinute");
    assert_eq!(error["code"], "insufficient_quota");
    assert_eq!(error["model"], "qwen-plus");
    assert!(error["requestId"].is_string() && error["retryAfterSeconds"].is_number());
}

#[test]
fn i_04_no_command_gives_the_key_back() {
    let server = FakeServer::start(Options::default());
    let page = Page::open("main");
    let account = page.sign_in(&server.compatible_base(), FakeServer::KEY);
    let progress = page.hear_until("models");
    let id = &account["id"];
    let mut said = format!("{account} {progress:?}");
    for (command, arguments) in [
        ("app_state", json!({})),
        ("account_key_state", json!({ "account": id })),
        ("account_test", json!({ "account": id })),
        ("models_refresh", json!({})),
        (
            "address_preview",
            json!({ "address": "https://evil.test/v1", "account": id }),
        ),
    ] {
        said.push_str(&page.call(command, arguments).unwrap().to_string());
    }
    let secret = FakeServer::KEY.trim_start_matches("sk-");
    assert!(!said.contains(secret), "an answer carries the key");
    assert!(
        said.contains("sk-••••"),
        "only its last characters are shown"
    );
}

#[test]
fn i_05_another_address_asks_for_the_key_again_and_gets_nothing() {
    let server = FakeServer::start(Options::default());
    let evil = FakeServer::start(Options::default());
    let page = Page::open("main");
    let account = page.sign_in(&server.compatible_base(), FakeServer::KEY);
    page.hear_until("models");
    let arguments = json!({ "account": account["id"], "address": evil.compatible_base() });
    let moved = page.call("endpoint_set", arguments).unwrap();
    assert_eq!(moved["needsKey"], true);
    page.call("message_send", send("hello")).unwrap();
    let finished = page.hear_until("finished").pop().unwrap();
    assert_eq!(finished["outcome"]["error"]["kind"], "keyNotForEndpoint");
    assert!(evil.requests().is_empty(), "nothing was sent there");
}

#[test]
fn i_06_wrong_arguments_are_errors_for_every_command_and_never_a_panic() {
    let page = Page::open("main");
    let long = "x".repeat(2 * 1024 * 1024);
    let wrong = [
        json!({}),
        json!(null),
        json!([1, 2, 3]),
        json!({ "conversation": 7, "account": [], "message": "x", "request": null, "reply": {} }),
        json!({ "conversation": long, "account": long, "text": 1, "title": long, "reply": long }),
        json!({ "conversation": "../../etc", "leaf": "x", "account": "x", "title": "t", "text": "t",
                "reply": "x", "model": "m", "address": "javascript:alert(1)", "key": "", "retry": {},
                "settings": { "language": "klingon" }, "unknown": true, "onEvent": "nonsense",
                "ordinal": -1, "keepHidden": "yes", "format": "html", "from": 1e30, "count": 0,
                "query": long }),
    ];
    for command in commands() {
        for arguments in &wrong {
            let answer = page.call(&command, arguments.clone());
            if let Err(error) = answer {
                assert!(
                    error.is_string() || error["kind"].is_string(),
                    "{command} rejects with {error}"
                );
            }
        }
    }
    assert!(
        page.call("app_state", json!({})).is_ok(),
        "the app is alive afterwards"
    );
}

#[test]
fn unknown_fields_and_ids_are_typed_errors() {
    let page = Page::open("main");
    let unknown = json!({ "conversation": "0192d3f4-0000-7000-8000-000000000000", "leaf": null });
    assert_eq!(
        page.call("conversation_open", unknown).unwrap_err()["kind"],
        "notFound"
    );
    let mut extra = send("hello");
    extra["message"]["endpoint"] = json!("https://evil.test");
    assert!(
        page.call("message_send", extra).unwrap_err().is_string(),
        "unknown field refused"
    );
    let mut long = send("hello");
    long["message"]["model"] = json!("m".repeat(1024 * 1024));
    assert_eq!(
        page.call("message_send", long).unwrap_err()["kind"],
        "inputTooLong"
    );
    let address = format!("https://example.com/{}", "a".repeat(1024 * 1024));
    let address = json!({ "address": address, "account": null });
    assert_eq!(
        page.call("address_preview", address).unwrap_err()["kind"],
        "endpointInvalid"
    );
    let title = json!({ "conversation": "x", "title": "t" });
    assert_eq!(
        page.call("conversation_rename", title).unwrap_err()["kind"],
        "invalidInput"
    );
    assert_eq!(
        page.call("message_send", send("hi")).unwrap_err()["kind"],
        "noAccount"
    );
    let key = page.call(
        "key_type",
        json!({ "key": "https://dashscope.aliyuncs.com" }),
    );
    assert_eq!(key.unwrap_err()["kind"], "keyLooksLikeUrl");
    let link = page.call("link_open", json!({ "address": "file:///etc/passwd" }));
    assert_eq!(link.unwrap_err()["kind"], "linkRefused");
}

#[test]
fn another_window_may_call_nothing() {
    let page = Page::open("preview");
    for command in commands() {
        let refused = page.call(&command, json!({})).unwrap_err().to_string();
        assert!(
            refused.contains("not allowed"),
            "{command} answered {refused}"
        );
    }
}

#[test]
fn i_02_plugins_and_core_commands_are_refused() {
    let page = Page::open("main");
    for command in [
        "plugin:fs|read_file",
        "plugin:shell|execute",
        "plugin:http|fetch",
        "plugin:opener|open_url",
        "plugin:updater|check",
        "plugin:path|resolve_directory",
        "plugin:process|exit",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        "plugin:app|version",
        "plugin:single-instance|x",
    ] {
        let refused = page.call(command, json!({})).unwrap_err().to_string();
        assert!(
            refused.contains("not allowed") || refused.contains("not found"),
            "{command} answered {refused}"
        );
    }
}

#[test]
fn the_demo_needs_no_account_and_drafts_are_kept() {
    let page = Page::open("main");
    let state = page.call("demo_start", json!({})).unwrap();
    assert_eq!(state["demo"], true);
    page.call(
        "draft_save",
        json!({ "conversation": null, "text": "half a thought" }),
    )
    .unwrap();
    let turn = page.call("message_send", send("hello")).unwrap();
    page.call("reply_stop", json!({ "reply": turn["reply"]["id"] }))
        .unwrap();
    let finished = page.hear_until("finished").pop().unwrap();
    assert_eq!(finished["outcome"]["status"], "stopped");
    let state = page.call("app_state", json!({})).unwrap();
    assert_eq!(state["newChatDraft"], "half a thought");
    assert_eq!(state["lastConversation"], turn["conversation"]["id"]);
}
