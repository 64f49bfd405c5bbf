//! What is still there after a restart, a crash, a damaged or a newer database.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use e2e::{Cloud, Computer, Result};
use fake_dashscope::FakeServer;
use serde_json::json;

use crate::files::database;

#[tokio::test]
async fn a_restart_finds_the_history_and_the_key() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let before = window.ask_until("remember this", "complete").await?;
    window.close().await?;

    cloud.beijing.forget_requests();
    let window = computer.start(&cloud.launch()).await?;
    assert!(!window.has("first-run").await?);
    assert_eq!(
        window
            .reply_ends("complete", Duration::from_secs(10))
            .await?,
        before
    );
    window.new_chat().await?;
    window.ask_until("a new question", "complete").await?;
    let bearer = format!("Bearer {}", FakeServer::KEY);
    let requests = cloud.beijing.requests();
    let chat = requests
        .iter()
        .find(|request| request.path.ends_with("/chat/completions"));
    assert_eq!(
        chat.and_then(|request| request.header("authorization")),
        Some(bearer.as_str())
    );

    // The first conversation opens from the list.
    let open = "[...document.querySelectorAll('[data-testid=conversation-item]')]
        .find((row) => row.innerText.includes('remember this')).querySelector('button').click()";
    window.script::<()>(open, vec![]).await?;
    let shown = format!(
        "document.body.innerText.includes({})",
        json!("“remember this”")
    );
    window.wait_for("the first conversation", &shown).await?;
    assert_eq!(window.last_reply().await?, before);
    Ok(())
}

#[tokio::test]
async fn the_window_appears_with_everything_in_its_place() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.close().await?;

    // Its page is 0 pixels wide until it is shown, and looked narrow for its first frame.
    let window = computer.start_unready(&cloud.launch()).await?;
    let look = "return [document.documentElement.dataset.ready === 'true', document.visibilityState === 'visible',
        document.querySelector('[data-testid=sidebar]') !== null]";
    loop {
        let (ready, visible, sidebar): (bool, bool, bool) = window.script(look, vec![]).await?;
        assert_eq!(ready, sidebar, "the list comes with the rest of the page");
        if visible {
            return Ok(());
        }
    }
}

#[tokio::test]
async fn d_01_a_crash_in_mid_stream_loses_less_than_half_a_second() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let mut worst = Duration::ZERO;
    let mut window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    for round in 0..3 {
        // Each token is the server's clock when it left.
        window.ask("/fake tokens=4000 rate=100 stamps").await?;
        window.reply_grows_to(1_500 + 700 * round).await?;
        let shown = window.last_reply().await?;
        let killed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        window.crash().await?;

        window = computer.start(&cloud.launch()).await?;
        let found = window
            .reply_ends("interrupted", Duration::from_secs(10))
            .await?;
        assert!(!window.has("stop").await?, "nothing runs after a crash");
        let newest = found
            .text
            .split(['⟨', '⟩'])
            .filter_map(|part| part.parse::<u64>().ok())
            .next_back();
        let lost = killed.saturating_sub(Duration::from_micros(newest.unwrap_or(0)));
        assert!(
            lost <= Duration::from_millis(500),
            "{lost:?} lost in round {round}"
        );
        let start: String = shown.text.chars().take(500).collect();
        assert!(
            found.text.starts_with(&start),
            "what was shown is what is found"
        );
        worst = worst.max(lost);
    }
    println!("lost at most {worst:?}");
    let reply = window.ask_until("go on", "complete").await?;
    assert!(
        !reply.text.is_empty(),
        "the conversation goes on after a crash"
    );
    Ok(())
}

#[tokio::test]
async fn a_damaged_database_is_said_and_kept() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("remember this", "complete").await?;
    window.close().await?;
    let file = database(&computer);
    // The journal beside it would heal the damage.
    drop(fs::remove_file(file.with_extension("db-wal")));
    let mut bytes = fs::read(&file).expect("the database is there");
    bytes.splice(..100, [0x5a; 100]);
    fs::write(&file, &bytes).expect("the database can be damaged");

    let window = computer.start(&cloud.launch()).await?;
    window.find("storage-recovery").await?;
    let text = window.text().await?;
    assert!(text.contains("The data file is damaged"), "{text}");
    assert_eq!(
        fs::read(&file).ok().as_ref(),
        Some(&bytes),
        "nothing was touched"
    );
    window.click("storage-start-fresh").await?;
    window.find("first-run").await?;
    let kept = fs::read_dir(computer.data())
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.contains("damaged") && fs::read(entry.path()).ok().as_ref() == Some(&bytes)
        });
    assert!(kept, "the damaged file is kept");
    Ok(())
}

#[tokio::test]
async fn d_07_a_newer_database_can_be_read_and_is_not_written() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let before = window.ask_until("remember this", "complete").await?;
    window.close().await?;
    crate::files::change(&computer, "PRAGMA user_version = 999")?;
    let bytes = fs::read(database(&computer)).ok();

    let window = computer.start(&cloud.launch()).await?;
    window.find("read-only").await?;
    let text = window.text().await?;
    assert!(
        text.contains("This data comes from a newer DashDesk"),
        "{text}"
    );
    assert_eq!(
        window
            .reply_ends("complete", Duration::from_secs(10))
            .await?,
        before
    );
    let send = json!({
        "message": { "conversation": null, "text": "no", "model": "qwen-plus", "thinking": null, "after": null },
        "onEvent": { "$channel": "reply" },
    });
    let refused = window.invoke("message_send", send).await?;
    assert_eq!(refused.kind(), Some("storageReadOnly"), "{refused:?}");
    window.close().await?;
    assert_eq!(
        fs::read(database(&computer)).ok(),
        bytes,
        "the file is as it was"
    );
    Ok(())
}
