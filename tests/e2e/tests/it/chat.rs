//! Asking and being answered: streaming, thinking, stopping, retrying, going on.

use std::time::{Duration, Instant};

use e2e::{Cloud, Computer, Result, Window};
use fake_dashscope::{FakeServer, RecordedRequest, Script};
use serde_json::{Value, json};

/// The last question for a reply that a server was asked.
fn last_chat(server: &FakeServer) -> Option<RecordedRequest> {
    let requests = server.requests();
    requests
        .into_iter()
        .rev()
        .find(|request| request.path.ends_with("/chat/completions"))
}

/// Waits until a server has seen its last client go, and returns when that was.
async fn client_gone(server: &FakeServer) -> Option<Instant> {
    for _ in 0..200 {
        if let Some(gone) = last_chat(server).and_then(|request| request.client_closed_at) {
            return Some(gone);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    None
}

/// The messages of the open conversation, as they are stored.
async fn stored(window: &Window) -> Result<Vec<Value>> {
    let state = window.command("app_state", json!({})).await?;
    let open = json!({ "conversation": state["lastConversation"], "leaf": null });
    let conversation = window.command("conversation_open", open).await?;
    Ok(conversation["messages"]
        .as_array()
        .cloned()
        .unwrap_or_default())
}

/// What the model wrote in the last reply, as a person who copies it gets it.
async fn source(computer: &Computer, window: &Window) -> Result<String> {
    let before = "nothing was copied";
    let held = computer.copy(before)?;
    let messages = stored(window).await?;
    let last = messages.last().map(|message| message["id"].clone());
    window
        .command("message_copy", json!({ "message": last }))
        .await?;
    for _ in 0..200 {
        if let Some(text) = computer.clipboard()?.filter(|text| text != before) {
            return Ok(text);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    drop(held);
    Ok(before.to_owned())
}

#[tokio::test]
async fn a_reply_streams_into_the_window_and_is_stored_whole() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;

    window.ask("/fake tokens=150 rate=50").await?;
    window.reply_grows_to(60).await?;
    let first = window.last_reply().await?;
    assert_eq!(first.status, "streaming");
    assert!(window.has("stop").await?, "a running reply can be stopped");
    window.reply_grows_to(first.text.len() + 60).await?;
    let second = window.last_reply().await?;
    assert!(
        second.text.starts_with(&first.text),
        "what was shown does not change"
    );

    let whole = window
        .reply_ends("complete", Duration::from_secs(30))
        .await?;
    assert!(whole.text.starts_with(&second.text));
    assert_eq!(whole.text.split_whitespace().count(), 150);
    let messages = stored(&window).await?;
    assert_eq!(messages.len(), 2);
    let kept = source(&computer, &window).await?;
    assert_eq!(
        kept.trim_end(),
        whole.text,
        "the window shows what is stored"
    );
    assert_eq!(messages[1]["status"], "complete");
    assert_eq!(messages[1]["finishReason"], "stop");
    assert!(messages[1]["usage"]["outputTokens"].as_u64() >= Some(150));
    assert_eq!(
        window.count("conversation-item").await?,
        window.count("sidebar").await?
    );
    Ok(())
}

#[tokio::test]
async fn thinking_is_shown_apart_from_the_answer() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask("/fake thinking=60 tokens=40 rate=40").await?;
    window.find("thinking").await?;
    window
        .wait_for(
            "a thought",
            "document.querySelector('[data-testid=thinking] .body')?.textContent.length > 20",
        )
        .await?;
    assert_eq!(
        window.last_reply().await?.text,
        "",
        "the answer has not begun"
    );
    let whole = window
        .reply_ends("complete", Duration::from_secs(30))
        .await?;
    assert_eq!(whole.text.split_whitespace().count(), 40);
    let messages = stored(&window).await?;
    let thought = messages[1]["thinking"].as_str().unwrap_or_default();
    assert_eq!(thought.split_whitespace().count(), 60);
    assert!(!whole.text.contains(thought));
    Ok(())
}

#[tokio::test]
async fn a_reply_of_ninety_seconds_arrives_whole() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let words: Vec<String> = (0..4500).map(|number| format!("w{number:04}")).collect();
    let text = words
        .chunks(75)
        .map(|line| line.join(" "))
        .collect::<Vec<_>>()
        .join("\n\n");
    cloud.beijing.queue_script(Script {
        text: Some(text.clone()),
        rate: 50.0,
        ..Script::default()
    });
    let asked = Instant::now();
    window.ask("a long story").await?;
    let reply = window
        .reply_ends("complete", Duration::from_secs(150))
        .await?;
    assert!(
        asked.elapsed() >= Duration::from_secs(89),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(reply.text, text);
    assert_eq!(source(&computer, &window).await?, text);
    Ok(())
}

#[tokio::test]
async fn stop_freezes_the_text_and_closes_the_connection() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask("/fake tokens=4000 rate=100").await?;
    window.reply_grows_to(400).await?;

    let clicked = Instant::now();
    window.click("stop").await?;
    let gone = client_gone(&cloud.beijing).await;
    let took = gone.map(|gone| gone.saturating_duration_since(clicked));
    println!("from the click to the server's end of the connection: {took:?}");
    assert!(
        took.is_some_and(|took| took <= Duration::from_secs(1)),
        "{took:?}"
    );

    let stopped = window.reply_ends("stopped", Duration::from_secs(5)).await?;
    assert!(stopped.text.len() >= 400);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(
        window.last_reply().await?,
        stopped,
        "nothing moves after a stop"
    );
    let kept = source(&computer, &window).await?;
    assert_eq!(kept.trim_end(), stopped.text, "what was shown is kept");
    assert!(!window.has("stop").await?);
    assert!(!window.has("error-title").await?, "a stop is no error");
    Ok(())
}

#[tokio::test]
async fn a_reply_without_a_word_yet_can_be_stopped_too() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask("/fake stall=headers").await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let clicked = Instant::now();
    window.click("stop").await?;
    window.reply_ends("stopped", Duration::from_secs(5)).await?;
    let gone = client_gone(&cloud.beijing).await;
    let took = gone.map(|gone| gone.saturating_duration_since(clicked));
    assert!(
        took.is_some_and(|took| took <= Duration::from_secs(1)),
        "{took:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_retry_asks_again_and_keeps_both_replies() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(Script {
        text: Some("the first answer".to_owned()),
        ..Script::default()
    });
    cloud.beijing.queue_script(Script {
        text: Some("the second answer".to_owned()),
        ..Script::default()
    });
    assert_eq!(
        window.ask_until("a question", "complete").await?.text,
        "the first answer"
    );
    window.click("retry").await?;
    window
        .wait_for(
            "the other branch",
            "document.querySelector('[data-testid=branches]')?.innerText.includes('2/2')",
        )
        .await?;
    let again = window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    assert_eq!(again.text, "the second answer");
    window
        .script::<()>(
            "document.querySelector('[data-testid=branches] button').click()",
            vec![],
        )
        .await?;
    window
        .wait_for(
            "the first branch",
            "document.querySelector('[data-testid=branches]')?.innerText.includes('1/2')",
        )
        .await?;
    assert_eq!(window.last_reply().await?.text, "the first answer");
    Ok(())
}

#[tokio::test]
async fn the_next_turn_carries_the_ones_before() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let first = window.ask_until("my name is Wei", "complete").await?;
    window.ask_until("what is my name?", "complete").await?;
    let request = last_chat(&cloud.beijing);
    let messages = request
        .map(|request| request.body["messages"].clone())
        .unwrap_or_default();
    let said: Vec<(&str, &str)> = messages
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|message| Some((message["role"].as_str()?, message["content"].as_str()?)))
        .collect();
    assert_eq!(
        said,
        [
            ("user", "my name is Wei"),
            ("assistant", first.text.as_str()),
            ("user", "what is my name?"),
        ]
    );

    window.new_chat().await?;
    assert_eq!(window.replies().await?.len(), 0);
    window.ask_until("another subject", "complete").await?;
    let request = last_chat(&cloud.beijing);
    let messages = request
        .map(|request| request.body["messages"].clone())
        .unwrap_or_default();
    assert_eq!(
        messages.as_array().map(Vec::len),
        Some(1),
        "a new chat starts empty"
    );
    assert_eq!(window.count("conversation-item").await?, 2);
    Ok(())
}
