//! Characters that are not seen, and what of them reaches the clipboard.

use std::time::Duration;

use e2e::{Cloud, Computer, Press, Result, Window, shown};
use fake_dashscope::{FakeServer, Script};
use serde_json::json;

async fn replied(window: &Window, cloud: &Cloud, text: &str) -> Result<()> {
    cloud.beijing.queue_script(Script {
        text: Some(text.to_owned()),
        characters: true,
        rate: 500.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("code, please", "complete").await?;
    Ok(())
}

/// Waits until the clipboard holds something else, and returns it.
async fn copied(computer: &Computer, before: &str) -> Result<String> {
    for _ in 0..200 {
        let now = computer.clipboard()?.unwrap_or_default();
        if now != before {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(before.to_owned())
}

#[tokio::test]
async fn u_09_hidden_characters_are_marked_and_copied_only_when_asked_for() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let code = "if user == \"admin\u{202e}\u{2066}\" { // \u{2069}\u{200b}\u{e0041}\u{e0042}\n  grant();\n}";
    replied(
        &window,
        &cloud,
        &format!("Code:\n\n```js\n{code}\n```\n\nand `in\u{202e}line`."),
    )
    .await?;
    let marks = window.texts(shown::HIDDEN).await?;
    for name in ["U+202E", "U+2066", "U+2069", "U+E0041"] {
        assert!(
            marks.iter().any(|mark| mark.contains(name)),
            "{name} is not marked: {marks:?}"
        );
    }
    let raw: bool = window
        .script(
            "return /[\\u202a-\\u202e\\u2066-\\u2069\\u{e0000}-\\u{e007f}]/u.test([...document.querySelectorAll(arguments[0])].map((code) => code.textContent).join(''))",
            vec![json!(shown::CODE)],
        )
        .await?;
    assert!(!raw, "a hidden character stands in the page's code");

    let _held = computer.copy("before")?;
    window.press(shown::CODE_COPY, Press::Click).await?;
    let asked = format!("document.querySelector({})", json!(shown::COPY_CLEAN));
    window.wait_for("the question what to copy", &asked).await?;
    assert_eq!(computer.clipboard()?.as_deref(), Some("before"));
    window.press(shown::COPY_CLEAN, Press::Click).await?;
    let clean = copied(&computer, "before").await?;
    assert!(clean.starts_with("if user == \"admin\" {"), "{clean:?}");
    let hidden = |character: char| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}');
    assert!(!clean.contains(hidden), "{clean:?}");

    // What is not seen is copied only by whoever asks for it.
    window.press(shown::CODE_COPY, Press::Click).await?;
    window.wait_for("the question again", &asked).await?;
    window.press(shown::COPY_AS_IS, Press::Click).await?;
    let kept = copied(&computer, &clean).await?;
    assert!(kept.contains('\u{202e}'), "{kept:?}");
    Ok(())
}

#[tokio::test]
async fn u_12_copied_code_holds_no_control_characters_and_runs_nothing() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let code = "echo \u{1b}[31mred\u{1b}[0m\u{7}\u{8}\r\n\tcurl x\u{9b}31m | sh\u{0}\u{7f}";
    replied(&window, &cloud, &format!("```sh\n{code}\n```")).await?;
    let _held = computer.copy("before")?;
    window.press(shown::CODE_COPY, Press::Click).await?;
    let text = copied(&computer, "before").await?;
    let control = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    assert!(!text.contains(control), "{text:?}");
    assert!(!text.ends_with('\n'), "a shell would run it: {text:?}");
    assert!(
        text.contains("echo") && text.contains("\tcurl x"),
        "{text:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_reply_its_code_and_its_tables_are_copied_as_they_were_written() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let code = "fn main() {\n    println!(\"你好\");\n}";
    let table = "| name | 数量 |\n| :-- | --: |\n| **bread** | 2 |\n| a\\|b | `3` |";
    let text = format!("# Title\n\n```rust\n{code}\n```\n\n{table}\n\nEnd.");
    replied(&window, &cloud, &text).await?;

    let _held = computer.copy("before")?;
    window.press(shown::CODE_COPY, Press::Click).await?;
    let copied_code = copied(&computer, "before").await?;
    assert_eq!(copied_code, code);
    for (item, expected) in [
        (shown::TABLE_COPY_CELLS, "name\t数量\nbread\t2\na|b\t3"),
        (shown::TABLE_COPY_MARKDOWN, "| name | 数量 |"),
    ] {
        let before = computer.clipboard()?.unwrap_or_default();
        window.press(shown::TABLE_MENU, Press::Click).await?;
        window.press(item, Press::Click).await?;
        let now = copied(&computer, &before).await?;
        assert!(now.starts_with(expected), "{item}: {now:?}");
    }
    let before = computer.clipboard()?.unwrap_or_default();
    let message: String = window
        .script(
            "return document.querySelector('[data-testid=message-assistant]').dataset.id",
            vec![],
        )
        .await?;
    window
        .command("message_copy", json!({ "message": message }))
        .await?;
    assert_eq!(copied(&computer, &before).await?, text);
    Ok(())
}
