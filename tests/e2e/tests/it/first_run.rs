//! From nothing to a chat that works: what a person does with a key.

use e2e::{Cloud, Computer, Result, Window, by_test_id};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};

/// What a person may see of [`FakeServer::KEY`].
const HINT: &str = "sk-••••cdef";

#[tokio::test]
async fn the_doctor_says_why_nobody_is_reached_before_there_is_an_account() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    drop(cloud);
    window.hand_over(FakeServer::KEY).await?;
    assert_eq!(window.text_of("error-title").await?, "Cannot connect");
    window.click("error-doctor").await?;
    let broken = "document.querySelector('[data-testid=doctor-step][data-state=failed]')";
    window.wait_for("the broken hop", broken).await?;
    let step = format!("return {broken}.dataset.step");
    let step: String = window.script(&step, vec![]).await?;
    assert_eq!(step, "connection");
    window.click("doctor-back").await?;
    window.find("key-input").await?;
    Ok(())
}

#[tokio::test]
async fn a_typed_key_is_verified_stored_and_used() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    assert!(window.has("first-run").await?);

    window.hand_over(FakeServer::KEY).await?;
    window.find("start-chat").await?;
    let status = window.text_of("key-status").await?;
    for part in [
        "Region: China (Beijing)",
        HINT,
        "stored in the system keyring",
        "models available",
    ] {
        assert!(status.contains(part), "{part:?} is missing in {status:?}");
    }
    assert_eq!(window.address().await?, "tauri://localhost");

    window.click("start-chat").await?;
    let reply = window
        .ask_until("hello from the first run", "complete")
        .await?;
    assert!(
        reply.text.contains("hello from the first run"),
        "{}",
        reply.text
    );
    let requests = cloud.beijing.requests();
    assert!(
        requests
            .iter()
            .any(|request| request.path.ends_with("/models"))
    );
    let chat = requests
        .iter()
        .find(|request| request.path.ends_with("/chat/completions"));
    let bearer = format!("Bearer {}", FakeServer::KEY);
    assert_eq!(
        chat.and_then(|request| request.header("authorization")),
        Some(bearer.as_str())
    );
    assert!(
        cloud.singapore.requests().is_empty(),
        "the first region had accepted"
    );
    Ok(())
}

#[tokio::test]
async fn a_pasted_key_never_enters_the_page_and_leaves_the_clipboard() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    let clipboard = computer.copy(&format!("  Bearer {}\n", FakeServer::KEY))?;
    watch_the_page(&window).await?;

    window.click("key-paste").await?;
    window.find("start-chat").await?;
    assert!(window.text_of("key-status").await?.contains(HINT));
    let left = computer.clipboard()?.unwrap_or_default();
    assert!(
        !left.contains(FakeServer::KEY),
        "the clipboard still holds the key"
    );
    drop(clipboard);

    window.click("start-chat").await?;
    window.ask_until("hello", "complete").await?;
    let shown: Vec<String> = window.script("return window.shown", vec![]).await?;
    let secret = FakeServer::KEY.trim_start_matches("sk-");
    assert!(shown.len() > 5, "the page was watched");
    assert!(
        shown.iter().all(|text| !text.contains(secret)),
        "the key was in the page"
    );
    Ok(())
}

#[tokio::test]
async fn a_key_that_no_region_takes_is_refused_in_words() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window
        .hand_over("sk-ffffffffffffffffffffffffffffffff")
        .await?;
    let title = window.text_of("error-title").await?;
    assert_eq!(title, "Alibaba Cloud did not accept this key");
    let status = window.text_of("key-status").await?;
    assert!(
        status.contains("China (Beijing): not a key of this region"),
        "{status}"
    );
    assert!(
        status.contains("Singapore: not a key of this region"),
        "{status}"
    );
    assert!(!window.has("start-chat").await?);

    let state = window.command("app_state", json!({})).await?;
    assert_eq!(state["accounts"], json!([]), "nothing was stored");
    assert_eq!(state["active"], Value::Null);

    // The way out works: the right key, in the same place.
    window.hand_over(FakeServer::KEY).await?;
    window.find("start-chat").await?;
    Ok(())
}

#[tokio::test]
async fn h_02_a_key_of_another_region_is_recognised_and_the_region_is_shown() -> Result<()> {
    let cloud = Cloud::taking(&[], &[FakeServer::KEY]);
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.hand_over(FakeServer::KEY).await?;
    window.find("start-chat").await?;
    let status = window.text_of("key-status").await?;
    assert!(
        status.contains("China (Beijing): not a key of this region"),
        "{status}"
    );
    assert!(status.contains("Region: Singapore"), "{status}");

    window.click("start-chat").await?;
    window.ask_until("hello", "complete").await?;
    let chats = |server: &FakeServer| {
        let requests = server.requests();
        requests
            .iter()
            .filter(|request| request.path.ends_with("/chat/completions"))
            .count()
    };
    assert_eq!((chats(&cloud.beijing), chats(&cloud.singapore)), (0, 1));
    window.click_in_sidebar("settings").await?;
    assert!(window.text_of("account").await?.contains("Singapore"));
    Ok(())
}

#[tokio::test]
async fn only_the_regions_a_person_agrees_to_are_asked() -> Result<()> {
    let cloud = Cloud::taking(&[], &[FakeServer::KEY]);
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.click_option("verify-scope", "beijingOnly").await?;
    window.hand_over(FakeServer::KEY).await?;
    window.find("error-title").await?;
    assert_eq!(cloud.beijing.requests().len(), 1);
    assert!(
        cloud.singapore.requests().is_empty(),
        "Singapore was asked without consent"
    );
    Ok(())
}

#[tokio::test]
async fn texts_that_are_no_key_are_explained_before_anything_is_asked() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    for (text, title) in [
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "That is a URL, not a key",
        ),
        ("this is not a key at all", "That does not look like a key"),
        ("sk-1", "Too short to be a key"),
    ] {
        window.hand_over(text).await?;
        window
            .wait_for(
                title,
                &format!("document.body.innerText.includes({})", json!(title)),
            )
            .await?;
        let left: String = window
            .script(
                "return document.querySelector(arguments[0]).value",
                vec![json!(by_test_id("key-input"))],
            )
            .await?;
        assert_eq!(left, "", "what was typed does not stay in the page");
    }
    let shown = window.has("coding-plan").await?;
    window
        .hand_over("sk-sp-0123456789abcdef0123456789abcdef")
        .await?;
    window.find("coding-plan").await?;
    assert!(!shown);
    assert!(cloud.beijing.requests().is_empty(), "nothing was asked");
    Ok(())
}

/// Keeps every state of the page that a script could have seen from now on, fields included.
async fn watch_the_page(window: &Window) -> Result<()> {
    let watch = r"
        window.shown = [];
        const look = () => window.shown.push(
          document.documentElement.outerHTML
            + [...document.querySelectorAll('input, textarea')].map((field) => field.value).join(' '),
        );
        new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
        look();
    ";
    window.script(watch, vec![]).await
}
