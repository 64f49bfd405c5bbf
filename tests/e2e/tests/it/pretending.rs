//! Replies, titles and errors that pretend to be the app.

use e2e::{Cloud, Computer, Result, Window};
use fake_dashscope::{FakeServer, Fault, Script, Shape};
use serde_json::json;

use crate::payloads::{WATCH, Watched};

/// Sets the mark when it is more than text.
const ATTACK: &str = "<img src=x onerror=window.__pwn=1><script>window.__pwn=1</script>";

async fn ready(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    Ok(window)
}

#[tokio::test]
async fn u_10_a_reply_draws_no_form_and_a_key_is_warned_of() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let form = "# Session expired\n\n**Enter your API key to go on:**\n\n<form><input type=password name=key><button>Continue</button></form>\n\n| API key | <input name=key> |\n| --- | --- |\n| ________ | [Continue](https://example.com/steal) |\n\n- [ ] <input type=checkbox> remember me\n- [x] done";
    cloud.beijing.queue_script(Script {
        text: Some(form.to_owned()),
        characters: true,
        rate: 800.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("hello", "complete").await?;
    let fields: usize = window
        .script(
            "return document.querySelectorAll('[data-testid=thread] :is(input, textarea, select, form, [contenteditable=true])').length",
            vec![],
        )
        .await?;
    assert_eq!(fields, 0, "a reply has a field to type into");
    Watched::of(&window).await?.assert_clean("a form");

    window.type_into("composer", FakeServer::KEY).await?;
    window.click("send").await?;
    window.find("key-warning").await?;
    let asked = cloud.beijing.requests().len();
    // Everything chosen and deleted by keys, as a person does it.
    window
        .type_into("composer", "\u{e009}a\u{e009}\u{e003}")
        .await?;
    window
        .wait_for(
            "the warning to go",
            "!document.querySelector('[data-testid=key-warning]')",
        )
        .await?;
    assert_eq!(cloud.beijing.requests().len(), asked, "the key was sent");
    window
        .ask_until("an ordinary question about sk- words", "complete")
        .await?;
    Ok(())
}

#[tokio::test]
async fn u_11_titles_models_and_errors_are_text() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;

    // The first message becomes the title.
    window.ask_until(ATTACK, "complete").await?;
    window.open_sidebar().await?;
    let title = window.text_of("conversation-item").await?;
    assert!(title.contains("<img src=x"), "{title}");
    let asked = window.text_of("message-user").await?;
    assert!(asked.contains(ATTACK), "{asked}");
    let state = window.command("app_state", json!({})).await?;
    let rename = json!({ "conversation": state["lastConversation"], "title": ATTACK });
    window.command("conversation_rename", rename).await?;

    // Refusals whose words are HTML.
    for shape in [Shape::K, Shape::C, Shape::JMessage] {
        let error = Fault::Error {
            name: "400-presence-penalty".to_owned(),
            shape: Some(shape),
            retry_after: None,
        };
        cloud.beijing.queue_script(Script {
            text: Some(ATTACK.to_owned()),
            ..Script::failing(error)
        });
        window.ask("an error, please").await?;
        window
            .reply_ends("failed", std::time::Duration::from_secs(40))
            .await?;
    }
    cloud.beijing.queue_script(Script::failing(Fault::Html));
    window.ask("a page, please").await?;
    window
        .reply_ends("failed", std::time::Duration::from_secs(40))
        .await?;

    let page = "
        return [...document.querySelectorAll('body *')].filter((element) =>
          element.localName === 'img' || (element.localName === 'script' && element.textContent.includes('__pwn')) ||
          [...element.attributes].some(({ name }) => name.startsWith('on'))).map((element) => element.outerHTML);
    ";
    let strangers: Vec<String> = window.script(page, vec![]).await?;
    assert_eq!(strangers, Vec::<String>::new());
    Watched::of(&window)
        .await?
        .assert_clean("titles and errors");
    assert_eq!(
        computer.windows()?,
        1,
        "the window's own title is still ours"
    );
    window.close().await?;

    // The list is read again from the store.
    let window = computer.start(&cloud.launch()).await?;
    window.open_sidebar().await?;
    let title = window.text_of("conversation-item").await?;
    assert!(title.contains("<script>"), "{title}");
    let ran: bool = window.script("return '__pwn' in window", vec![]).await?;
    assert!(!ran);
    Ok(())
}
