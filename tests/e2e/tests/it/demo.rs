//! The demo: answers without a key, a keychain or a network.

use std::time::Duration;

use e2e::{Bus, Cloud, Computer, Result};
use serde_json::json;

#[tokio::test]
async fn the_demo_answers_and_nothing_leaves_the_computer() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.click("try-demo").await?;
    window.find("composer").await?;
    assert!(
        window
            .text_of("demo-badge")
            .await?
            .contains("nothing leaves this computer")
    );
    let reply = window.ask_until("hello", "complete").await?;
    assert!(reply.text.contains("DashDesk"), "{}", reply.text);

    window.ask("tell me a long story").await?;
    window.reply_grows_to(200).await?;
    window.click("stop").await?;
    window.reply_ends("stopped", Duration::from_secs(5)).await?;

    window.ask("let me see you think").await?;
    window.find("thinking").await?;
    window
        .reply_ends("complete", Duration::from_mins(1))
        .await?;
    assert!(cloud.beijing.requests().is_empty() && cloud.singapore.requests().is_empty());
    let state = window.command("app_state", json!({})).await?;
    assert_eq!(state["demo"], json!(true));
    Ok(())
}

#[tokio::test]
async fn the_demo_speaks_chinese_on_a_chinese_computer_and_leads_to_the_key() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch().in_chinese()).await?;
    window.click("try-demo").await?;
    let reply = window.ask_until("你好", "complete").await?;
    let chinese = |character: &char| ('\u{4e00}'..='\u{9fff}').contains(character);
    assert!(
        reply.text.chars().filter(chinese).count() > 50,
        "{}",
        reply.text
    );

    window.click("demo-leave").await?;
    window.first_run(fake_dashscope::FakeServer::KEY).await?;
    assert!(!window.has("demo-badge").await?);
    window.new_chat().await?;
    let reply = window.ask_until("你好", "complete").await?;
    assert!(reply.text.contains("测试服务器"), "{}", reply.text);
    Ok(())
}
