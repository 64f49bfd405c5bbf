//! The things around a conversation: its list, its model, its draft, the settings, a small window.

use std::time::Duration;

use e2e::{Cloud, Computer, Result, Window};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};

async fn ready(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    Ok(window)
}

/// Opens the menu of the first conversation and chooses from it.
async fn from_menu(window: &Window, item: &str) -> Result<()> {
    window.click_in_sidebar("conversation-menu").await?;
    window.click(item).await
}

#[tokio::test]
async fn a_conversation_is_renamed_deleted_and_brought_back() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    window.ask_until("the first title", "complete").await?;
    assert!(
        window
            .text_of("conversation-item")
            .await?
            .contains("the first title")
    );
    from_menu(&window, "menu-rename").await?;
    // Control and A choose the old title; emptying the field by script would end the renaming.
    window
        .type_into("rename-input", "\u{e009}a\u{e009}河流与古桥\u{e007}")
        .await?;
    let renamed = "document.querySelector('[data-testid=conversation-item]')?.innerText.includes('河流与古桥')";
    window.wait_for("the new title", renamed).await?;

    from_menu(&window, "menu-delete").await?;
    window
        .wait_for(
            "an empty list",
            "!document.querySelector('[data-testid=conversation-item]')",
        )
        .await?;
    window.click("undo").await?;
    window.wait_for("the conversation again", renamed).await?;
    from_menu(&window, "menu-delete").await?;
    window
        .wait_for(
            "an empty list",
            "!document.querySelector('[data-testid=conversation-item]')",
        )
        .await?;
    window.close().await?;

    let window = computer.start(&cloud.launch()).await?;
    assert_eq!(
        window.command("conversations", json!({})).await?,
        json!([]),
        "deleted stays deleted"
    );
    Ok(())
}

#[tokio::test]
async fn the_chosen_model_is_asked() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    window.click("model-picker").await?;
    window.type_into("model-search", "qwen-plus").await?;
    let option = "document.querySelector('[data-testid=model-option][data-model=qwen-plus]')";
    window.wait_for("qwen-plus", option).await?;
    window
        .script::<()>(&format!("{option}.click()"), vec![])
        .await?;
    let chosen =
        "document.querySelector('[data-testid=model-picker]').dataset.model === 'qwen-plus'";
    window.wait_for("the model to be chosen", chosen).await?;
    let reply = window.ask_until("who are you?", "complete").await?;
    assert!(
        reply.text.contains("playing the model qwen-plus"),
        "{}",
        reply.text
    );
    let asked = cloud
        .beijing
        .requests()
        .pop()
        .map(|request| request.body["model"].clone());
    assert_eq!(asked, Some(json!("qwen-plus")));
    Ok(())
}

#[tokio::test]
async fn a_draft_and_the_settings_survive_a_restart() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    window.ask_until("hello", "complete").await?;
    window.type_into("composer", "half a").await?;
    window.click_in_sidebar("settings").await?;
    window.click_option("settings-theme", "dark").await?;
    window.click_option("settings-language", "zhCn").await?;
    // Both follow at once.
    window
        .wait_for("Chinese", "document.body.innerText.includes('外观与语言')")
        .await?;
    let colours = "return getComputedStyle(document.body).backgroundColor";
    let dark: String = window.script(colours, vec![]).await?;
    window.click("settings-back").await?;
    window.type_into("composer", " thou").await?;
    // At once: the last words were typed less than the delay of saving ago.
    window.close().await?;

    let window = computer.start(&cloud.launch()).await?;
    window.find("composer").await?;
    let draft = "document.querySelector('[data-testid=composer]').value === 'half a thou'";
    window.wait_for("the draft", draft).await?;
    assert_eq!(window.script::<String>(colours, vec![]).await?, dark);
    assert!(window.text().await?.contains("新会话"));
    let channels = dark
        .split(['(', ')', ','])
        .filter_map(|part| part.trim().parse::<u32>().ok());
    assert!(
        channels.take(3).all(|channel| channel < 90),
        "{dark} is not dark"
    );
    Ok(())
}

#[tokio::test]
async fn a_small_window_shows_everything() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.resize(400, 700).await?;
    fits(&window, "the first run").await?;
    window.first_run(FakeServer::KEY).await?;
    window
        .ask_until("/fake thinking=10 tokens=200 rate=500", "complete")
        .await?;
    fits(&window, "a chat").await?;
    window.ask_until("/fake error=401", "failed").await?;
    fits(&window, "an error").await?;
    window.click_in_sidebar("settings").await?;
    window.find("account").await?;
    fits(&window, "the settings").await?;
    Ok(())
}

/// Nothing is wider than the window, and no button lies outside it.
async fn fits(window: &Window, what: &str) -> Result<()> {
    let look = "
        const outside = [...document.querySelectorAll('button, input, textarea')]
          .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden') && !element.classList.contains('visually-hidden'))
          .filter((element) => { const box = element.getBoundingClientRect(); return box.width > 0 && (box.left < -1 || box.right > innerWidth + 1); })
          .map((element) => element.dataset.testid ?? element.outerHTML.slice(0, 80));
        const page = document.documentElement;
        return { wide: page.scrollWidth - page.clientWidth, outside };
    ";
    let found: Value = window.script(look, vec![]).await?;
    assert_eq!(found, json!({ "wide": 0, "outside": [] }), "{what}");
    Ok(())
}

#[tokio::test]
async fn w_05_a_silent_server_is_waited_for_in_words_and_can_be_stopped() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    // Comments keep the connection alive; the model says nothing.
    window.ask("/fake stall=after:0 keepalive=2").await?;
    let waiting = "document.querySelector('[data-testid=waiting]')?.innerText.includes('Waiting for the model')";
    window.wait_for("words", waiting).await?;
    let patient =
        "document.querySelector('[data-testid=waiting]')?.innerText.includes('Still waiting')";
    window
        .wait_up_to(Duration::from_secs(40), "more words", patient)
        .await?;
    window.click("stop").await?;
    window.reply_ends("stopped", Duration::from_secs(5)).await?;
    Ok(())
}
