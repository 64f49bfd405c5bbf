//! Other addresses: local models, gateways, and the rule that a key goes nowhere else.

use e2e::{Cloud, Computer, Listener, Result, Window};
use fake_dashscope::{FakeServer, Options, RecordedRequest};
use serde_json::{Value, json};

const SECOND_KEY: &str = "sk-second0123456789abcdef012345678";

/// A server that asks for no key, as a local model server.
fn keyless() -> FakeServer {
    FakeServer::start(Options {
        keyless: true,
        ..Options::default()
    })
}

/// Requests that carried any key.
fn with_key(server: &FakeServer) -> Vec<RecordedRequest> {
    let requests = server.requests().into_iter();
    requests
        .filter(|request| request.headers.contains_key("authorization"))
        .collect()
}

/// The account in use.
async fn account(window: &Window) -> Result<Value> {
    let state = window.command("app_state", json!({})).await?;
    let accounts = state["accounts"].as_array().cloned().unwrap_or_default();
    Ok(accounts
        .into_iter()
        .find(|account| account["id"] == state["active"])
        .unwrap_or_default())
}

/// Replaces the address in the settings and waits for what would change.
async fn type_address(window: &Window, address: &str) -> Result<()> {
    window.click_in_sidebar("settings").await?;
    window.empty("settings-endpoint").await?;
    window.type_into("settings-endpoint", address).await?;
    window.find("address-preview").await?;
    Ok(())
}

/// Sends over IPC, as a script in the page could.
async fn send(window: &Window, text: &str) -> Result<Value> {
    let message = json!({ "conversation": null, "after": null, "text": text, "model": "qwen-plus", "thinking": null });
    let sent = window
        .invoke(
            "message_send",
            json!({ "message": message, "onEvent": { "$channel": text } }),
        )
        .await?;
    if let Some(kind) = sent.kind() {
        return Ok(json!(kind));
    }
    let done = format!(
        "window.heard[{}].some((message) => JSON.stringify(message).includes('\"finished\"'))",
        json!(text)
    );
    window.wait_for("the end of the reply", &done).await?;
    let heard = window.heard(text).await?;
    Ok(heard.last().cloned().unwrap_or_default())
}

#[tokio::test]
async fn a_local_model_needs_no_key() -> Result<()> {
    let cloud = Cloud::taking(&[], &[]);
    let local = keyless();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.click("address-toggle").await?;
    window
        .type_into("address-input", &local.local_base())
        .await?;
    let preview = window.text_of("address-preview").await?;
    assert!(
        preview.contains("This computer; nothing leaves it"),
        "{preview}"
    );
    assert!(preview.contains("Not needed"), "{preview}");
    window.click("address-connect").await?;
    window.click("start-chat").await?;
    let reply = window.ask_until("hello", "complete").await?;
    assert!(reply.text.contains("“hello”"), "{}", reply.text);
    assert!(with_key(&local).is_empty(), "no key was sent");
    assert!(
        local
            .requests()
            .iter()
            .any(|request| request.path == "/v1/chat/completions")
    );
    assert_eq!(account(&window).await?["keyPlace"], "none");
    Ok(())
}

#[tokio::test]
async fn a_gateway_shows_what_will_change_and_wants_a_key_of_its_own() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    type_address(&window, "https://gateway.example.com/v1").await?;
    let preview = window.text_of("address-preview").await?;
    for part in [
        "https://gateway.example.com/v1",
        "Custom address",
        "Must be entered again",
        "gateway.example.com",
    ] {
        assert!(preview.contains(part), "{part:?} is missing in {preview:?}");
    }
    let needs: bool = window
        .script("return document.querySelector('[data-testid=address-preview]').dataset.needsKey === 'true'", vec![])
        .await?;
    assert!(needs);
    // Plain http leaves the computer unprotected.
    window.empty("settings-endpoint").await?;
    window
        .type_into("settings-endpoint", "http://gateway.example.com/v1")
        .await?;
    window
        .wait_for(
            "the refusal",
            "document.body.innerText.includes('This address is not encrypted')",
        )
        .await?;
    Ok(())
}

#[tokio::test]
async fn another_server_gets_its_own_key_and_never_the_first_one() -> Result<()> {
    let cloud = Cloud::new();
    let other = FakeServer::start(Options {
        accepted_keys: vec![SECOND_KEY.to_owned()],
        ..Options::default()
    });
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    type_address(&window, &other.compatible_base()).await?;
    window.click("settings-endpoint-save").await?;
    // The stored key stays where it belongs: the account waits for another.
    window.find("key-input").await?;
    assert_eq!(account(&window).await?["needsKey"], json!(true));
    assert!(
        other.requests().is_empty(),
        "nothing was sent before a key was entered"
    );

    window.hand_over(SECOND_KEY).await?;
    window
        .wait_for("the key to be taken", "document.querySelector('[data-testid=account]') && !document.querySelector('[data-testid=key-input]')")
        .await?;
    window.click("settings-back").await?;
    window.ask_until("hello over there", "complete").await?;
    let keys: Vec<String> = with_key(&other)
        .iter()
        .filter_map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert!(!keys.is_empty());
    assert!(
        keys.iter()
            .all(|key| key == &format!("Bearer {SECOND_KEY}")),
        "{keys:?}"
    );
    Ok(())
}

#[tokio::test]
async fn i_05_an_address_set_by_a_script_never_gets_the_key() -> Result<()> {
    let cloud = Cloud::new();
    let evil = keyless();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let id = account(&window).await?["id"].clone();
    let changed = json!({ "account": id, "address": evil.compatible_base() });
    let changed = window.command("endpoint_set", changed).await?;
    assert_eq!(changed["needsKey"], json!(true));
    assert_eq!(
        send(&window, "first").await?["outcome"]["error"]["kind"],
        "keyNotForEndpoint"
    );
    assert_eq!(
        window
            .invoke("account_test", json!({ "account": id }))
            .await?
            .kind(),
        Some("keyNotForEndpoint")
    );
    let retry = window.invoke("models_refresh", json!({})).await?;
    assert!(retry.kind().is_some(), "{retry:?}");
    assert!(with_key(&evil).is_empty(), "the key went to another server");

    // A person sees the change.
    window.new_chat().await?;
    let shown = window.command("app_state", json!({})).await?;
    assert_eq!(
        shown["accounts"][0]["address"],
        json!(evil.compatible_base())
    );

    // Back at the old address the key works again: nothing was lost.
    let back = json!({ "account": id, "address": cloud.beijing.compatible_base() });
    assert_eq!(
        window.command("endpoint_set", back).await?["needsKey"],
        json!(false)
    );
    assert_eq!(
        send(&window, "second").await?["outcome"]["status"],
        "complete"
    );
    Ok(())
}

#[tokio::test]
async fn k_14_an_address_changed_in_the_database_by_hand_never_gets_the_key() -> Result<()> {
    let cloud = Cloud::new();
    let evil = keyless();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("hello", "complete").await?;
    window.close().await?;
    // The row is all an attacker with the file has; the keychain says where the key belongs.
    let rows = format!(
        "UPDATE account SET address = '{}', origin = '{}'",
        evil.compatible_base(),
        evil.base_url()
    );
    crate::files::change(&computer, &rows)?;

    let window = computer.start(&cloud.launch()).await?;
    assert_eq!(
        account(&window).await?["address"],
        json!(evil.compatible_base())
    );
    window.ask("hello again").await?;
    window
        .reply_ends("failed", std::time::Duration::from_secs(20))
        .await?;
    assert_eq!(
        window.text_of("error-title").await?,
        "The key is not for this address"
    );
    assert!(
        with_key(&evil).is_empty(),
        "the key went to the address in the row"
    );
    Ok(())
}

#[tokio::test]
async fn h_11_a_redirect_is_not_followed() -> Result<()> {
    let cloud = Cloud::new();
    let elsewhere = Listener::start()?;
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    for status in [301, 302, 307, 308] {
        let question = format!("/fake redirect={status}:{}/v1", elsewhere.address());
        window.ask_until(&question, "failed").await?;
    }
    let titles: Vec<String> = window
        .script("return [...document.querySelectorAll('[data-testid=error-title]')].map((title) => title.innerText)", vec![])
        .await?;
    // An official host sends nobody elsewhere: a network that wants a sign-in does.
    assert_eq!(titles, vec!["This network wants a sign-in"; 4]);
    let cause = "return document.querySelector('[data-kind=portal] p').innerText";
    let cause: String = window.script(cause, vec![]).await?;
    assert!(cause.contains("came from 127.0.0.1"), "{cause}");
    assert_eq!(elsewhere.heard(), Vec::<String>::new());
    Ok(())
}
