//! Ten thousand messages: opened, read from end to end, searched.

use e2e::{Cloud, Computer, NEEDLE, Result, Window, seed_conversation, shown};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};

/// Messages of the long conversation.
const MESSAGES: usize = 10_000;

/// The most articles that a window keeps in the page.
const MOUNTED: usize = 200;

const TITLE: &str = "Ten thousand messages";

/// A window with the long conversation open.
async fn opened(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.close().await?;
    seed_conversation(&computer.data(), TITLE, MESSAGES).await?;
    let window = computer.start(&cloud.launch()).await?;
    window.open_sidebar().await?;
    let row = format!(
        "[...document.querySelectorAll('[data-testid=conversation-item]')].find((row) => row.innerText.includes({}))",
        json!(TITLE)
    );
    window.wait_for("the row", &row).await?;
    window
        .script::<()>(&format!("{row}.querySelector('button').click()"), vec![])
        .await?;
    window
        .wait_for("the last message", &showing("Answer 9999:"))
        .await?;
    Ok(window)
}

/// An expression that holds while a message with these words is in sight.
fn showing(words: &str) -> String {
    format!(
        "[...document.querySelectorAll('article')].some((article) => {{
          if (!article.innerText.includes({})) return false;
          const box = article.getBoundingClientRect();
          const view = document.querySelector('[data-testid=thread]').getBoundingClientRect();
          return box.bottom > view.top && box.top < view.bottom;
        }})",
        json!(words)
    )
}

async fn articles(window: &Window) -> Result<usize> {
    window
        .script("return document.querySelectorAll('article').length", vec![])
        .await
}

#[tokio::test]
async fn a_conversation_of_ten_thousand_messages_opens_at_its_end() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = opened(&cloud, &computer).await?;
    let mounted = articles(&window).await?;
    assert!((10..=MOUNTED).contains(&mounted), "{mounted} articles");

    // Home and End go to the first and the last message, and nothing piles up on the way.
    window
        .script::<()>(
            "document.querySelector('[data-testid=thread]').focus()",
            vec![],
        )
        .await?;
    window.keys("\u{e011}").await?;
    window
        .wait_for("the first message", &showing("Question 0:"))
        .await?;
    assert!(articles(&window).await? <= MOUNTED);
    window.keys("\u{e010}").await?;
    window
        .wait_for("the last message", &showing("Answer 9999:"))
        .await?;

    // Dragging the scroll bar into the middle shows what is there.
    let middle = "
        const thread = document.querySelector('[data-testid=thread]');
        thread.scrollTop = thread.scrollHeight / 2;
    ";
    window.script::<()>(middle, vec![]).await?;
    let place = "(/(?:Question|Answer) ([2-7]\\d{3})/.exec(document.querySelector('[data-testid=thread]').innerText) !== null)";
    window.wait_for("messages of the middle", place).await?;
    assert!(articles(&window).await? <= MOUNTED);

    // Reading upwards a screen at a time loads what comes next without a jump.
    let read = r"
        const [done] = arguments;
        const thread = document.querySelector('[data-testid=thread]');
        const number = () => {
          const view = thread.getBoundingClientRect();
          const seen = [...document.querySelectorAll('article')].find((article) => article.getBoundingClientRect().bottom > view.top + 1);
          return Number(/(?:Question|Answer) (\d+)/.exec(seen?.innerText ?? '')?.[1] ?? NaN);
        };
        const numbers = [];
        const step = (left) => {
          numbers.push(number());
          if (left === 0) return done(numbers);
          thread.scrollTop -= thread.clientHeight * 0.8;
          setTimeout(() => step(left - 1), 120);
        };
        step(40);
    ";
    let numbers: Vec<Option<f64>> = window.script_later(read, vec![]).await?;
    let numbers: Vec<f64> = numbers.into_iter().flatten().collect();
    assert!(numbers.len() > 35, "a blank place was shown: {numbers:?}");
    for pair in numbers.windows(2) {
        let [before, after] = pair else { continue };
        assert!(
            after <= before && before - after <= 30.0,
            "the place jumped from {before} to {after}: {numbers:?}"
        );
    }
    assert!(articles(&window).await? <= MOUNTED);
    Ok(())
}

#[tokio::test]
async fn find_counts_all_messages_and_goes_to_each() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = opened(&cloud, &computer).await?;
    window
        .script::<()>(
            "document.querySelector('[data-testid=thread]').focus()",
            vec![],
        )
        .await?;
    window.keys("\u{e009}f\u{e009}").await?;
    window
        .type_into(shown::FIND_FIELD, &NEEDLE.to_uppercase())
        .await?;
    let counted = format!(
        "document.querySelector('[data-testid={}]')?.innerText.includes('/100')",
        shown::FIND_COUNT
    );
    window.wait_for("a hundred hits", &counted).await?;
    window.wait_for("a hit in sight", &showing(NEEDLE)).await?;
    let first = window.text_of(shown::FIND_COUNT).await?;

    // Enter goes on, shift and Enter goes back, and both go round at the ends.
    window.keys("\u{e007}").await?;
    let moved = format!(
        "document.querySelector('[data-testid={}]').innerText !== {}",
        shown::FIND_COUNT,
        json!(first)
    );
    window.wait_for("the next hit", &moved).await?;
    window.wait_for("it in sight", &showing(NEEDLE)).await?;
    window.keys("\u{e008}\u{e007}\u{e008}").await?;
    let back = format!(
        "document.querySelector('[data-testid={}]').innerText === {}",
        shown::FIND_COUNT,
        json!(first)
    );
    window.wait_for("the hit before", &back).await?;
    let marked: Value = window
        .script(
            "return [...(CSS.highlights ?? new Map()).entries()].map(([name, ranges]) => [name, ranges.size])",
            vec![],
        )
        .await?;
    println!("highlights: {marked}");
    assert!(articles(&window).await? <= MOUNTED);

    // Everything chosen and typed over, as a person does it.
    window
        .type_into(shown::FIND_FIELD, "\u{e009}a\u{e009}nothing says this")
        .await?;
    let none = format!(
        "!/[1-9]/.test(document.querySelector('[data-testid={}]')?.innerText ?? '')",
        shown::FIND_COUNT
    );
    window.wait_for("no hit", &none).await?;
    window.keys("\u{e00c}").await?;
    window
        .wait_for("the bar to close", &shown::gone(shown::FIND_FIELD))
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_reply_streams_at_the_end_of_ten_thousand_messages() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = opened(&cloud, &computer).await?;
    window
        .type_into("composer", "/fake thinking=0 tokens=300 rate=100")
        .await?;
    window.click("send").await?;
    let last = "[...document.querySelectorAll('[data-testid=message-assistant]')].at(-1)";
    window
        .wait_for(
            "words",
            &format!("{last}.dataset.status === 'streaming' && {last}.innerText.length > 200"),
        )
        .await?;
    let id: String = window
        .script(&format!("return {last}.dataset.id"), vec![])
        .await?;
    // The reader goes elsewhere and comes back.
    window
        .script::<()>(
            "document.querySelector('[data-testid=thread]').focus()",
            vec![],
        )
        .await?;
    window.keys("\u{e011}").await?;
    window
        .wait_for("the first message", &showing("Question 0:"))
        .await?;
    window.keys("\u{e010}").await?;
    window
        .wait_for(
            "the end of the reply",
            &format!("{last}.dataset.id === '{id}' && {last}.dataset.status === 'complete'"),
        )
        .await?;
    let words = window.last_reply().await?.text.split_whitespace().count();
    assert_eq!(words, 300);
    assert!(articles(&window).await? <= MOUNTED + 2);
    Ok(())
}
