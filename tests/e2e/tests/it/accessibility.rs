//! A long reply as axe sees it, in the real window, in both themes and languages.

use std::fs;
use std::path::PathBuf;

use e2e::{Cloud, Computer, Error, Result, Window};
use fake_dashscope::{FakeServer, Kind, Script};
use serde_json::Value;

/// What axe finds serious or critical, shortened to what helps.
const RUN: &str = r"
const [done] = arguments;
axe.run(document, { resultTypes: ['violations'] }).then(
  ({ violations }) => done(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, impact, nodes }) => ({
    id, impact, count: nodes.length, first: nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 200), failureSummary]),
  }))),
  (error) => done([{ id: 'axe did not run', first: String(error) }]),
);
";

async fn violations(window: &Window) -> Result<Vec<Value>> {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js");
    let axe = fs::read_to_string(file).map_err(|source| Error::Io {
        doing: "reading axe from the page's packages",
        source,
    })?;
    window
        .script::<()>(&format!("{axe}\nreturn null"), vec![])
        .await?;
    window.script_later(RUN, vec![]).await
}

async fn settings(window: &Window, choices: &[(&str, &str)]) -> Result<()> {
    window.click_in_sidebar("settings").await?;
    for (id, option) in choices {
        window.click_option(id, option).await?;
    }
    window.click("settings-back").await
}

#[tokio::test]
async fn axe_finds_nothing_serious_in_a_long_reply() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(Script {
        markdown: Some((Kind::Mixed, 2_000)),
        seed: Some(7),
        rate: f64::INFINITY,
        thinking: Some(60),
        ..Script::default()
    });
    window.ask_until("a long document", "complete").await?;
    // Hidden characters, footnotes, images, a long code block, an open link sheet come with these.
    cloud.beijing.queue_script(Script {
        text: Some(format!(
            "Note.[^a] ![a picture](https://example.com/x.png) `in\u{202e}line`\n\n```js\n{}```\n\n[^a]: The note, with [a link](https://example.com/).\n",
            "let a = 'x\u{202e}y';\n".repeat(60)
        )),
        rate: f64::INFINITY,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("more, please", "complete").await?;
    for (theme, language) in [
        ("light", "en"),
        ("dark", "en"),
        ("dark", "zhCn"),
        ("light", "zhCn"),
    ] {
        settings(
            &window,
            &[("settings-theme", theme), ("settings-language", language)],
        )
        .await?;
        // The list and the settings fade in, and half-faded text has no contrast.
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        let found = violations(&window).await?;
        assert!(found.is_empty(), "{theme}, {language}: {found:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn axe_finds_nothing_serious_while_a_reply_streams() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(Script {
        markdown: Some((Kind::Mixed, 4_000)),
        seed: Some(7),
        rate: 60.0,
        thinking: Some(20),
        ..Script::default()
    });
    window.ask("a long document").await?;
    window.reply_grows_to(1_500).await?;
    let found = violations(&window).await?;
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(window.last_reply().await?.status, "streaming");
    window.click("stop").await
}
