//! Replies that go on while the person is elsewhere, and pages that come back to them.

use std::time::Duration;

use e2e::{Cloud, Computer, Result, Window, shown};
use fake_dashscope::{FakeServer, Kind, Script};
use serde_json::{Value, json};

fn document(tokens: u32, rate: f64) -> Script {
    Script {
        markdown: Some((Kind::Mixed, tokens)),
        seed: Some(7),
        rate,
        thinking: Some(0),
        ..Script::default()
    }
}

/// What the last reply shows, as nodes without what the page adds.
async fn skeleton(window: &Window) -> Result<Value> {
    let read = "
        const read = (node) => {
          if (node.nodeType === Node.TEXT_NODE) return node.data;
          if (node.nodeType !== Node.ELEMENT_NODE || node.matches('button, header, [role=toolbar], [data-chrome]')) return null;
          const children = [...node.childNodes].map(read).filter((child) => child !== null);
          const joined = children.reduce((all, child) => {
            if (typeof child === 'string' && typeof all.at(-1) === 'string') all[all.length - 1] += child;
            else all.push(child);
            return all;
          }, []);
          return [node.localName, joined];
        };
        return [...document.querySelectorAll(arguments[0])].at(-1) ? [...[...document.querySelectorAll(arguments[0])].at(-1).querySelectorAll('p, h1, h2, h3, li, td, th, blockquote, pre')].map(read) : [];
    ";
    window.script(read, vec![json!(shown::ANSWER)]).await
}

#[tokio::test]
async fn a_reply_goes_on_in_the_background_and_its_row_says_so() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(document(600, 120.0));
    window.ask("a long document").await?;
    window.reply_grows_to(100).await?;
    window.new_chat().await?;
    let running = format!(
        "document.querySelector('[data-testid=conversation-item] {}')",
        e2e::by_test_id(shown::ROW_RUNNING)
    );
    window
        .wait_for("a dot beside the running conversation", &running)
        .await?;
    let unread = format!(
        "document.querySelector('[data-testid=conversation-item] {}') && !({running})",
        e2e::by_test_id(shown::ROW_UNREAD)
    );
    window
        .wait_for("another dot once it has ended", &unread)
        .await?;
    window
        .script::<()>(
            "document.querySelector('[data-testid=conversation-item] button').click()",
            vec![],
        )
        .await?;
    let reply = window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    assert!(reply.text.len() > 1_000, "{}", reply.text.len());
    window
        .wait_for("the dot to go", &format!("!({unread})"))
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_loaded_again_goes_on_with_its_reply() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(document(900, 100.0));
    window.ask("a long document").await?;
    window.reply_grows_to(600).await?;
    window.script::<()>("location.reload()", vec![]).await?;
    window
        .wait_for("the page again", "document.querySelector('[data-ready]')")
        .await?;
    window.reply_grows_to(600).await?;
    assert_eq!(window.last_reply().await?.status, "streaming");
    let before = window.last_reply().await?.text.len();
    window.reply_grows_to(before + 300).await?;
    window
        .reply_ends("complete", Duration::from_secs(40))
        .await?;
    let streamed = skeleton(&window).await?;

    // What was streamed, attached to and stored are one document.
    window.close().await?;
    let window = computer.start(&cloud.launch()).await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    let stored = skeleton(&window).await?;
    assert_eq!(streamed, stored);
    assert!(streamed.as_array().is_some_and(|blocks| blocks.len() > 40));
    Ok(())
}

#[tokio::test]
async fn a_lost_message_is_made_up_for() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.queue_script(document(900, 100.0));
    window.ask("a long document").await?;
    window.reply_grows_to(300).await?;
    // An operation of the next message never arrives: the page sees a gap in the sequence.
    let tampering = "
        const bridge = window.__TAURI_INTERNALS__;
        const deliver = bridge.runCallback;
        let lost = 0;
        try {
          bridge.runCallback = (id, data) => {
            const event = data?.message;
            if (lost < 3 && event?.event === 'delta') { lost += 1; window.lost = lost; data = { ...data, message: { ...event, operations: [], thinking: '', sequence: event.sequence + 1 } }; }
            return deliver.call(bridge, id, data);
          };
          return bridge.runCallback !== deliver;
        } catch { return false; }
    ";
    let tampered: bool = window.script(tampering, vec![]).await?;
    println!("messages could be lost on purpose: {tampered}");
    let whole = window
        .reply_ends("complete", Duration::from_secs(40))
        .await?;
    let lost: Option<u32> = window.script("return window.lost ?? null", vec![]).await?;
    println!("lost: {lost:?}");
    let streamed = skeleton(&window).await?;
    window.close().await?;
    let window = computer.start(&cloud.launch()).await?;
    let stored = window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    assert_eq!(whole, stored);
    assert_eq!(streamed, skeleton(&window).await?);
    Ok(())
}
