//! Opening a conversation of ten thousand messages.

use e2e::{Cloud, Computer, Process, seed_conversation};
use serde::Serialize;
use serde_json::json;

use crate::Error;
use crate::figures::{Summary, milliseconds};

/// Messages of the conversation.
const MESSAGES: usize = 10_000;

/// Rounds after one that warms up.
const ROUNDS: usize = 5;

/// Its title.
const TITLE: &str = "Ten thousand messages";

/// Opens the conversation of this title and answers when its last message is shown and painted.
const OPEN: &str = r"
const [title, last, done] = arguments;
const started = performance.now();
const rows = [...document.querySelectorAll('[data-testid=conversation-item]')];
rows.find((row) => row.innerText.includes(title)).querySelector('button').click();
const shown = () => [...document.querySelectorAll('[data-testid=message-assistant]')].at(-1)?.innerText.includes(last) ?? false;
const paint = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - started)));
const wait = () => (shown() ? paint() : requestAnimationFrame(wait));
wait();
";

/// What opening costs.
#[derive(Debug, Serialize)]
pub(crate) struct Opening {
    messages: usize,
    /// Articles in the page once it is open.
    articles: usize,
    /// From the click to the last message, painted, in milliseconds.
    shown_ms: Summary,
    /// Of the page's process over that time, in milliseconds.
    pub(crate) main_thread_ms: Summary,
    /// Of the app itself, in milliseconds.
    app_ms: Summary,
}

/// Seeds the conversation and opens it several times.
pub(crate) async fn measure(computer: &Computer, cloud: &Cloud) -> Result<Opening, Error> {
    seed_conversation(&computer.data(), TITLE, MESSAGES).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.open_sidebar().await?;
    let (page, app) = (window.page()?, window.app());
    let last = format!("Answer {}:", MESSAGES - 1);
    let (mut shown, mut main, mut app_ms) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        window.new_chat().await?;
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        let before = page.main_thread().unwrap_or_default();
        let app_before = Process::usage(&[app]).cpu;
        let took: f64 = window
            .script_later(OPEN, vec![json!(TITLE), json!(last)])
            .await?;
        let cost = page
            .main_thread()
            .unwrap_or_default()
            .saturating_sub(before);
        let app_cost = Process::usage(&[app]).cpu.saturating_sub(app_before);
        if round > 0 {
            shown.push(took);
            main.push(milliseconds(cost));
            app_ms.push(milliseconds(app_cost));
        }
    }
    let articles: usize = window
        .script("return document.querySelectorAll('article').length", vec![])
        .await?;
    window.close().await?;
    Ok(Opening {
        messages: MESSAGES,
        articles,
        shown_ms: Summary::of(shown),
        main_thread_ms: Summary::of(main),
        app_ms: Summary::of(app_ms),
    })
}
