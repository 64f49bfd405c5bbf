//! W-22: a reply that comes faster than anybody reads, for a whole minute.

use std::time::Duration;

use e2e::{Cloud, Computer, Result, Window};
use fake_dashscope::FakeServer;

const RATE: u64 = 1_000;
const SECONDS: u64 = 60;

/// Counts the frames of each second until the reply has ended.
const COUNT_FRAMES: &str = "
    window.__frames = [];
    let second = performance.now(), count = 0;
    const frame = (now) => {
      count += 1;
      if (now - second >= 1000) {
        window.__frames.push(count * 1000 / (now - second));
        second = now;
        count = 0;
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
";

/// Words of the reply in the window.
async fn shown(window: &Window) -> Result<u64> {
    let reply = window.last_reply().await?;
    let words = reply.text.split_whitespace().count();
    Ok(u64::try_from(words).unwrap_or(u64::MAX))
}

/// What the server has sent of the last question.
fn sent(cloud: &Cloud) -> u64 {
    let asked = cloud.beijing.requests();
    let chat = asked.iter().rev().find(|request| request.method == "POST");
    chat.map_or(0, |request| request.events_sent)
}

#[tokio::test]
async fn w_22_a_thousand_tokens_a_second_for_a_minute_are_all_shown_and_nothing_piles_up()
-> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("hello", "complete").await?;
    window.script::<()>(COUNT_FRAMES, vec![]).await?;
    let tokens = RATE * SECONDS;
    window
        .ask(&format!("/fake thinking=0 tokens={tokens} rate={RATE}"))
        .await?;
    let mut behind = Vec::new();
    while sent(&cloud) < tokens {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let sent = sent(&cloud);
        behind.push(sent.saturating_sub(shown(&window).await?));
    }
    window
        .reply_ends("complete", Duration::from_mins(1))
        .await?;
    let mut frames: Vec<f64> = window.script("return window.__frames", vec![]).await?;
    frames.sort_by(f64::total_cmp);
    println!("words behind every 5 s: {behind:?}");
    println!("frames a second: median {:?}", frames.get(frames.len() / 2));
    assert_eq!(shown(&window).await?, tokens, "no word is lost");
    let most = behind.iter().max().copied().unwrap_or_default();
    assert!(
        most < 5 * RATE,
        "what is not shown yet stays bounded: {behind:?}"
    );
    Ok(())
}
