//! The commands as an attacker in the page would call them: only ours, and none of them breaks.

use e2e::{Answer, Cloud, Computer, Result, Window};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};

/// Every command the page may call.
pub(crate) const COMMANDS: [&str; 50] = [
    "account_use",
    "account_test",
    "account_key_state",
    "account_delete",
    "address_preview",
    "endpoint_set",
    "account_switch_region",
    "doctor_run",
    "doctor_stop",
    "doctor_report",
    "requests_recent",
    "requests_keep_bodies",
    "app_state",
    "app_ready",
    "storage_retry",
    "storage_start_fresh",
    "demo_start",
    "demo_leave",
    "message_send",
    "reply_retry",
    "reply_attach",
    "reply_stop",
    "reply_try_now",
    "message_copy",
    "code_copy",
    "table_copy",
    "text_copy",
    "link_inspect",
    "link_open",
    "image_load",
    "key_paste",
    "key_type",
    "key_verify",
    "keychain_retry",
    "passphrase_enter",
    "conversations",
    "conversation_open",
    "conversation_window",
    "conversation_find",
    "conversation_rename",
    "conversation_delete",
    "conversation_restore",
    "conversation_set_model",
    "draft_save",
    "models",
    "models_refresh",
    "route_settings",
    "route_set",
    "extra_certificates_set",
    "settings_save",
];

/// Commands of Tauri and its plugins that a page could hope for.
const OTHERS: [&str; 40] = [
    "plugin:app|version",
    "plugin:app|app_hide",
    "plugin:app|set_app_theme",
    "plugin:event|listen",
    "plugin:event|emit",
    "plugin:event|emit_to",
    "plugin:fs|read_file",
    "plugin:fs|read_text_file",
    "plugin:fs|write_file",
    "plugin:fs|read_dir",
    "plugin:shell|open",
    "plugin:shell|execute",
    "plugin:shell|spawn",
    "plugin:http|fetch",
    "plugin:opener|open_url",
    "plugin:opener|open_path",
    "plugin:opener|reveal_item_in_dir",
    "plugin:updater|check",
    "plugin:updater|download_and_install",
    "plugin:process|exit",
    "plugin:process|restart",
    "plugin:path|resolve_directory",
    "plugin:path|join",
    "plugin:image|from_path",
    "plugin:menu|new",
    "plugin:menu|popup",
    "plugin:tray|new",
    "plugin:resources|close",
    "plugin:webview|create_webview_window",
    "plugin:webview|internal_toggle_devtools",
    "plugin:webview|print",
    "plugin:window|create",
    "plugin:window|close",
    "plugin:window|set_title",
    "plugin:window|get_all_windows",
    "plugin:window|hide",
    "plugin:clipboard-manager|read_text",
    "plugin:dialog|open",
    "plugin:store|load",
    "plugin:sql|execute",
];

async fn ready(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("hello", "complete").await?;
    Ok(window)
}

#[tokio::test]
async fn i_02_only_our_own_commands_can_be_called() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    for command in OTHERS {
        for arguments in [
            json!({}),
            json!({ "path": "/etc/passwd", "url": "http://127.0.0.1:1", "event": "x", "label": "y" }),
        ] {
            let answer = window.invoke(command, arguments).await?;
            let Answer::Refused(reason) = &answer else {
                panic!("{command} answered {answer:?}")
            };
            let reason = reason.as_str().unwrap_or_default();
            assert!(
                reason.contains("not allowed") || reason.contains("not found"),
                "{command}: {reason}"
            );
        }
    }
    for command in [
        "unknown",
        "",
        "plugin:",
        "plugin:|",
        "app_state|app_state",
        "../app_state",
    ] {
        let answer = window.invoke(command, json!({})).await?;
        assert!(
            matches!(answer, Answer::Refused(_)),
            "{command} answered {answer:?}"
        );
    }
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn i_06_wrong_arguments_are_refused_and_nothing_breaks() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let id = "00000000-0000-7000-8000-000000000000";
    let wrong = [
        json!({}),
        json!(null),
        json!({ "account": 1, "address": [], "conversation": {}, "message": null, "retry": 1, "reply": true, "key": 5, "request": "x", "onEvent": null, "title": {}, "model": 1, "text": [], "settings": 3, "leaf": 9 }),
        json!({ "account": "", "address": "", "conversation": "", "message": {}, "retry": {}, "reply": "", "key": "", "request": {}, "onEvent": "__CHANNEL__:1", "title": "", "model": "", "text": "", "settings": {}, "leaf": "" }),
        json!({ "account": id, "address": "javascript:alert(1)", "conversation": id, "message": { "conversation": id, "after": id, "text": "x", "model": "m", "thinking": null, "unknown": 1 }, "retry": { "reply": id, "model": null }, "reply": id, "key": "\u{0}", "request": { "candidate": id, "scope": { "scope": "address", "address": "file:///etc/passwd" }, "account": null, "keep": { "place": "nowhere" } }, "onEvent": "__CHANNEL__:999999", "title": "\u{202e}x", "model": "../../x", "settings": { "language": "xx" }, "leaf": id }),
        json!({ "account": "../../../etc/passwd", "address": "http://evil.example", "conversation": "' OR 1=1 --", "reply": "%00", "title": "a", "model": "b", "leaf": null }),
    ];
    // These change or show nothing worth protecting, and need no arguments.
    let harmless = [
        "app_state",
        "app_ready",
        "storage_retry",
        "storage_start_fresh",
        "demo_start",
        "demo_leave",
        "key_paste",
        "keychain_retry",
        "conversations",
        "models",
        "models_refresh",
        "doctor_stop",
        // They show what has no secret in it, or go back to what the system says.
        "route_settings",
        "requests_recent",
        "extra_certificates_set",
        // Taking a text is their whole work.
        "draft_save",
        "text_copy",
        // Saying where an address leads, and opening it, too: links.rs shows which they refuse.
        "link_inspect",
        "link_open",
    ];
    for command in COMMANDS
        .iter()
        .filter(|command| !harmless.contains(command))
    {
        for arguments in &wrong {
            let answer = window.invoke(command, arguments.clone()).await?;
            if *command == "reply_stop"
                || *command == "reply_try_now"
                || *command == "conversation_restore"
                || *command == "conversation_delete"
                || *command == "reply_attach"
            {
                // Stopping, restoring or hearing what is not there is no fault of the caller.
                continue;
            }
            assert!(
                matches!(answer, Answer::Refused(_)),
                "{command} {arguments}: {answer:?}"
            );
        }
    }
    assert!(window.app().is_alive());
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn i_06_fifty_megabytes_are_refused_and_nothing_breaks() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let conversation = window.command("app_state", json!({})).await?["lastConversation"].clone();
    let heavy = "
        const [command, template, size, done] = arguments;
        const large = 'x'.repeat(size);
        const fill = (value) => value === '$large' ? large
          : value === '$channel' ? '__CHANNEL__:' + window.__TAURI_INTERNALS__.transformCallback(() => {})
          : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v)])) : value;
        window.__TAURI_INTERNALS__.invoke(command, fill(template)).then(() => done('done'), (error) => done(error?.kind ?? String(error).slice(0, 200)));
    ";
    let size = 50 * 1024 * 1024;
    for (command, template) in [
        (
            "message_send",
            json!({ "message": { "conversation": null, "after": null, "text": "$large", "model": "qwen-plus", "thinking": null }, "onEvent": "$channel" }),
        ),
        (
            "message_send",
            json!({ "message": { "conversation": null, "after": null, "text": "x", "model": "$large", "thinking": null }, "onEvent": "$channel" }),
        ),
        ("key_type", json!({ "key": "$large" })),
        (
            "address_preview",
            json!({ "address": "$large", "account": null }),
        ),
        (
            "conversation_rename",
            json!({ "conversation": conversation, "title": "$large" }),
        ),
        (
            "draft_save",
            json!({ "conversation": null, "text": "$large" }),
        ),
        ("link_open", json!({ "address": "$large" })),
        ("reply_stop", json!({ "reply": "$large" })),
    ] {
        let answer: Value = window
            .script_later(heavy, vec![json!(command), template, json!(size)])
            .await?;
        assert_ne!(answer, json!("done"), "{command} took 50 MB");
        assert!(window.app().is_alive(), "{command} ended the app");
    }
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn i_06_raw_messages_to_the_bridge_do_no_harm() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let raw = "
        const [done] = arguments;
        const post = window.webkit?.messageHandlers?.ipc?.postMessage.bind(window.webkit.messageHandlers.ipc) ?? window.ipc?.postMessage.bind(window.ipc);
        const sent = [];
        const parts = ['', 'x', '{}', 'null', '[]', '{\"cmd\":1}', '{\"cmd\":\"app_state\"}',
          JSON.stringify({ cmd: 'app_state', callback: 1, error: 2, payload: {}, options: {} }),
          JSON.stringify({ cmd: 'app_state', callback: -1, error: 1e300, payload: null, options: null, __TAURI_INVOKE_KEY__: 'wrong' }),
          '\\u0000'.repeat(1000), '['.repeat(100000)];
        for (const part of parts) { try { post(part); sent.push(true); } catch { sent.push(false); } }
        const requests = ['ipc://localhost/app_state', 'ipc://localhost/', 'ipc://localhost/plugin%3Afs%7Cread_file', 'http://ipc.localhost/app_state']
          .flatMap((address) => [fetch(address), fetch(address, { method: 'POST', body: 'x' }), fetch(address, { method: 'POST', headers: { 'Tauri-Invoke-Key': 'wrong', 'Tauri-Callback': '1', 'Tauri-Error': '2' }, body: '{}' })]);
        Promise.allSettled(requests).then(async (all) => {
          const bodies = await Promise.all(all.map((one) => one.status === 'fulfilled' ? one.value.text().then((text) => [one.value.status, text.slice(0, 300)]) : ['rejected', '']));
          done({ sent: sent.length, bodies });
        });
    ";
    let answered: Value = window.script_later(raw, vec![]).await?;
    for body in answered["bodies"].as_array().into_iter().flatten() {
        let text = body[1].as_str().unwrap_or_default();
        assert_ne!(
            body[0],
            json!(200),
            "a request without the right to ask was answered: {body}"
        );
        assert!(!text.contains("dataFolder"), "{body}");
    }
    assert!(answered["sent"].as_u64() >= Some(11), "{answered}");
    assert!(window.app().is_alive());
    window.ask_until("still here?", "complete").await?;
    Ok(())
}
