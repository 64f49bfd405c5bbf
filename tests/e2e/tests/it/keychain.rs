//! The keychain of a real desktop: there, not there, coming later, emptied.

use std::fs;
use std::time::Duration;

use e2e::{Bus, Cloud, Computer, Door, Result, Traces};
use fake_dashscope::FakeServer;
use serde_json::json;

#[tokio::test]
async fn k_01_without_a_bus_the_window_offers_a_way_on() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.hand_over(FakeServer::KEY).await?;
    let offers = window.text_of("vault-unavailable").await?;
    for offer in [
        "Cannot reach the system keyring",
        "Try again",
        "Use it this time only",
    ] {
        assert!(offers.contains(offer), "{offer:?} is missing in {offers:?}");
    }
    window.click("vault-again").await?;
    window.find("vault-unavailable").await?;

    window.click("vault-session").await?;
    window.find("start-chat").await?;
    assert!(
        window
            .text_of("key-status")
            .await?
            .contains("kept until you quit")
    );
    window.click("start-chat").await?;
    window.ask_until("for this time", "complete").await?;
    let traces = Traces::of(FakeServer::KEY);
    assert_eq!(
        traces.in_files(computer.folder()),
        Vec::<String>::new(),
        "the key is on the disk"
    );
    window.close().await?;

    // The key is gone with the process, the history is not.
    let window = computer.start(&cloud.launch()).await?;
    window
        .wait_for(
            "the history",
            "document.body.innerText.includes('“for this time”')",
        )
        .await?;
    let state = window.command("app_state", json!({})).await?;
    let sent = json!({
        "message": { "conversation": null, "after": null, "text": "x", "model": "qwen-plus", "thinking": null },
        "onEvent": { "$channel": "reply" },
    });
    let before = cloud.beijing.requests().len();
    let sent = window.invoke("message_send", sent).await?;
    assert!(
        sent.kind().is_some() || state["accounts"][0]["needsKey"] == json!(true),
        "{sent:?} {state}"
    );
    assert_eq!(
        cloud.beijing.requests().len(),
        before,
        "a request left without a key"
    );
    Ok(())
}

#[tokio::test]
async fn k_01_without_a_bus_the_demo_works() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.click("try-demo").await?;
    window.ask_until("hello", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn k_02_a_keyring_that_starts_later_is_found_without_a_restart() -> Result<()> {
    let cloud = Cloud::new();
    let mut computer = Computer::with_bus(Bus::WithoutKeyring).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.hand_over(FakeServer::KEY).await?;
    window.find("vault-unavailable").await?;
    computer.start_keyring(Door::Unlocked)?;
    window.click("vault-again").await?;
    window.find("start-chat").await?;
    assert!(
        window
            .text_of("key-status")
            .await?
            .contains("stored in the system keyring")
    );
    window.click("start-chat").await?;
    window.ask_until("hello", "complete").await?;
    window.close().await?;

    let window = computer.start(&cloud.launch()).await?;
    window.new_chat().await?;
    window.ask_until("it was kept", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn k_03_a_locked_keyring_is_said_and_can_be_tried_again() -> Result<()> {
    let cloud = Cloud::new();
    let mut computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("remember this", "complete").await?;
    window.close().await?;
    computer.stop_keyring();
    computer.start_keyring(Door::Locked)?;

    let window = computer.start(&cloud.launch()).await?;
    window
        .wait_for(
            "the history",
            "document.body.innerText.includes('“remember this”')",
        )
        .await?;
    let before = cloud.beijing.requests().len();
    window.type_into("composer", "do you?").await?;
    window.click("send").await?;
    window.find("error-title").await?;
    let shown: (String, String) = window
        .script(
            "return [document.querySelector('[data-kind]').dataset.kind, document.querySelector('[data-testid=error-action]').dataset.action]",
            vec![],
        )
        .await?;
    assert!(
        ["keychainLocked", "keychainDenied"].contains(&shown.0.as_str()),
        "{shown:?}"
    );
    assert_eq!(shown.1, "retryKeychain");
    assert_eq!(
        cloud.beijing.requests().len(),
        before,
        "a request left without a key"
    );

    // Unlocked, "try again" goes on where it stopped.
    computer.stop_keyring();
    computer.start_keyring(Door::Unlocked)?;
    window.click("error-action").await?;
    window
        .wait_for(
            "the answer",
            "document.body.innerText.includes('“do you?”')",
        )
        .await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    Ok(())
}

#[tokio::test]
async fn k_05_a_key_that_vanished_is_asked_for_again_and_the_history_stays() -> Result<()> {
    let cloud = Cloud::new();
    let mut computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("remember this", "complete").await?;
    window.close().await?;
    // Another keyring, as after a change of desktop: the row says there is a key, there is none.
    computer.stop_keyring();
    fs::remove_dir_all(computer.folder().join("share/keyrings")).expect("the keyring has a file");
    computer.start_keyring(Door::Unlocked)?;

    let window = computer.start(&cloud.launch()).await?;
    window
        .wait_for(
            "the history",
            "document.body.innerText.includes('“remember this”')",
        )
        .await?;
    window.type_into("composer", "do you?").await?;
    window.click("send").await?;
    assert_eq!(window.text_of("error-title").await?, "No key yet");
    window.click("error-action").await?;
    window.hand_over(FakeServer::KEY).await?;
    window
        .wait_for(
            "the key to be taken",
            "!document.querySelector('[data-testid=key-input]')",
        )
        .await?;
    window.click("settings-back").await?;
    // What was typed is still there, and goes now.
    window.click("send").await?;
    window
        .wait_for(
            "the answer",
            "document.body.innerText.includes('“do you?”')",
        )
        .await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_deleted_account_takes_its_key_out_of_the_keyring() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.click_in_sidebar("settings").await?;
    let id: String = window
        .script(
            "return document.querySelector('[data-testid=account]').dataset.id",
            vec![],
        )
        .await?;
    window.click("account-delete").await?;
    window.click("account-delete-confirm").await?;
    window
        .wait_for(
            "the account to go",
            "!document.querySelector('[data-testid=account]')",
        )
        .await?;
    let gone = window
        .invoke("account_key_state", json!({ "account": id }))
        .await?;
    assert_eq!(gone.kind(), Some("noAccount"), "{gone:?}");
    window.close().await?;

    // The same row by hand: without the item in the keyring it opens nothing.
    let row = format!(
        "INSERT INTO account (id, name, address, protocol, region, origin, key_hint, key_place, model_count, created_ms) \
         VALUES ('{id}', '', '{}', 'compatible', 'cn-beijing', '{}', NULL, 'keychain', NULL, 0)",
        cloud.beijing.compatible_base(),
        cloud.beijing.base_url()
    );
    crate::files::change(&computer, &row)?;
    let window = computer.start(&cloud.launch()).await?;
    let missing = window
        .invoke("account_key_state", json!({ "account": id }))
        .await?;
    assert_eq!(missing.kind(), Some("keyMissing"), "{missing:?}");
    Ok(())
}
