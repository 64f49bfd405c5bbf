//! Replies of hostile size or depth: the window answers, and a reply can be stopped.

use std::time::{Duration, Instant};

use e2e::{Cloud, Computer, Error, Result, Window, shown};
use fake_dashscope::{FakeServer, Fault, Point, Script};
use serde_json::json;

use crate::payloads::{WATCH, Watched, family, parts};

/// A window that has not answered after this long hangs; a busy machine takes a part of it.
const HANGS: Duration = Duration::from_secs(30);

/// What a reply may be made of, and how many pieces of it.
fn hostile() -> Vec<(&'static str, String)> {
    let row = "| a ".repeat(10_000) + "|\n";
    let table = format!("{row}{}|\n{row}{row}", "| - ".repeat(10_000));
    let definitions = parts(5_000, |number| {
        format!("[{number}]: https://example.com/{number}\n")
    });
    vec![
        ("5 MB in one line", "word ".repeat(1_000_000)),
        ("5 MB without a space", "x".repeat(5_000_000)),
        ("50 000 list items", "- an item\n".repeat(50_000)),
        (
            "quotes 1 000 deep",
            format!("{} deep\n", "> ".repeat(1_000)),
        ),
        (
            "lists 1 000 deep",
            parts(1_000, |depth| format!("{}- x\n", "  ".repeat(depth))),
        ),
        ("a table of 10 000 columns", table),
        (
            "200 code blocks",
            parts(200, |number| {
                format!("```rust\nfn f{number}() -> u32 {{ {number} }}\n```\n\n")
            }),
        ),
        ("open brackets", "[".repeat(50_000)),
        ("open emphasis", "*a _b ".repeat(20_000)),
        (
            "open backquotes",
            parts(600, |count| "`".repeat(count + 1) + " "),
        ),
        ("open links", "[a](<b".repeat(20_000)),
        ("entities", "&amp;".repeat(50_000)),
        ("definitions", definitions + &"[1]".repeat(5_000)),
        (
            "footnotes",
            parts(2_000, |number| {
                format!("[^{number}]\n\n[^{number}]: note\n\n")
            }),
        ),
        ("formulas", "$x^{2^{2^{2}}}$ ".repeat(2_000)),
        (
            "a deep formula",
            format!("${}x{}$", "\\sqrt{".repeat(1_500), "}".repeat(1_500)),
        ),
        (
            "one long code line",
            format!("```js\n{}\n```\n", "a=b+c;".repeat(100_000)),
        ),
        ("combining marks", format!("a{}", "\u{301}".repeat(100_000))),
    ]
}

/// The text in chunks that fit into events.
fn script(text: String) -> Script {
    // A token without an end would be larger than any event may be.
    let text = if text.contains("xxxx") {
        text.as_bytes()
            .chunks(1_000)
            .map(|chunk| String::from_utf8_lossy(chunk).into_owned())
            .collect::<Vec<_>>()
            .join("\u{200b}")
    } else {
        text
    };
    Script {
        text: Some(text),
        rate: f64::INFINITY,
        tokens_per_event: 200,
        thinking: Some(0),
        ..Script::default()
    }
}

/// Types a letter and waits until it stands in the field; returns how long that took.
async fn answers(window: &Window, what: &str) -> Result<Duration> {
    let started = Instant::now();
    window.empty("composer").await?;
    window.type_into("composer", "a").await?;
    let there = "document.querySelector('[data-testid=composer]').value === 'a'";
    window
        .wait_up_to(HANGS, &format!("a letter beside {what}"), there)
        .await?;
    window.empty("composer").await?;
    Ok(started.elapsed())
}

#[tokio::test]
async fn u_08_a_hostile_reply_leaves_the_window_usable() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    for (what, text) in hostile() {
        window.new_chat().await?;
        let mut running = script(text.clone());
        let events = u32::try_from(text.len() / 2_000).unwrap_or(u32::MAX).max(1);
        running.fault = Some(Fault::Stall(Point::After(events)));
        cloud.beijing.queue_script(running);
        window.ask("something hostile").await?;
        let while_running = answers(&window, what).await?;
        // It may have ended by itself, where it was shorter than the place of the stall.
        if window.has("stop").await? {
            let clicked = Instant::now();
            window.click("stop").await?;
            window.reply_ends("stopped", HANGS).await?;
            println!(
                "{what}: answered in {while_running:?}, stopped in {:?}",
                clicked.elapsed()
            );
        }
        let after = answers(&window, what).await?;
        println!("{what}: answered in {after:?} after the stop");
    }
    Ok(())
}

#[tokio::test]
async fn u_08_a_hostile_reply_that_ends_can_be_read_and_left() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    for (what, text) in hostile() {
        window.new_chat().await?;
        cloud.beijing.queue_script(script(text));
        window.ask("something hostile").await?;
        let ended = "['complete', 'failed', 'stopped'].includes([...document.querySelectorAll('[data-testid=message-assistant]')].at(-1)?.dataset.status)";
        window
            .wait_up_to(Duration::from_mins(2), &format!("the end of {what}"), ended)
            .await?;
        let took = answers(&window, what).await?;
        println!("{what}: answered in {took:?} after its end");
    }
    Ok(())
}

#[tokio::test]
async fn u_06_formulas_are_typeset_or_shown_as_written() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    let formulas = family("formulas", "http://127.0.0.1:9")?;
    let long = format!("${}$", "x+".repeat(5_000));
    let bomb = format!(
        "${}\\z$",
        "\\def\\z{\\y\\y}\\def\\y{\\x\\x}".replace("\\x\\x", &"\\w".repeat(40))
    );
    let many = "$x$ ".repeat(400);
    let all = [formulas.as_slice(), &[long, bomb, many]].concat();
    for formula in all {
        cloud.beijing.queue_script(Script {
            text: Some(format!("Before.\n\n{formula}\n\nAfter.")),
            rate: f64::INFINITY,
            thinking: Some(0),
            ..Script::default()
        });
        let started = Instant::now();
        let reply = window.ask_until("a formula", "complete").await?;
        assert!(
            started.elapsed() < HANGS,
            "{formula:.80} took {:?}",
            started.elapsed()
        );
        assert!(
            reply.text.contains("After."),
            "{formula:.80} swallowed the rest: {}",
            reply.text
        );
        Watched::of(&window).await?.assert_clean(&formula);
        let outside = "
            const answer = [...document.querySelectorAll('[data-testid=answer]')].at(-1);
            const reply = answer.querySelector('.reply');
            return [...answer.querySelectorAll('math, math *')].filter((part) => {
              const box = part.getBoundingClientRect();
              return box.height > 20000;
            }).length + (reply.scrollWidth > reply.clientWidth + 1 ? 1 : 0);
        ";
        let outside: usize = window.script(outside, vec![]).await?;
        assert_eq!(outside, 0, "{formula:.80} grows out of its place");
    }
    Ok(())
}

#[tokio::test]
async fn u_07_diagrams_pages_and_drawings_are_code() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    let sources = [
        (
            "mermaid",
            "graph TD\n  A[\"<img src=x onerror=window.__pwn=1>\"] --> B",
        ),
        (
            "html",
            "<form><input name=key><script>window.__pwn=1</script></form>",
        ),
        ("svg", "<svg onload=window.__pwn=1><circle r=\"9\"/></svg>"),
        (
            "xml",
            "<?xml version=\"1.0\"?><a xlink:href=\"javascript:window.__pwn=1\"/>",
        ),
        (
            "jsx",
            "<button onClick={() => window.__pwn = 1}>press</button>",
        ),
    ];
    let blocks: Vec<String> = sources
        .iter()
        .map(|(language, source)| format!("```{language}\n{source}\n```\n\n"))
        .collect();
    cloud.beijing.queue_script(Script {
        text: Some(blocks.concat()),
        characters: true,
        rate: 1_000.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("drawings, please", "complete").await?;
    let shown_code: Vec<String> = window
        .script(
            "return [...document.querySelectorAll(arguments[0])].map((code) => [...code.children].map((line) => line.textContent).join('\\n').trimEnd())",
            vec![json!(shown::CODE)],
        )
        .await?;
    let sources: Vec<&str> = sources.iter().map(|(_, source)| *source).collect();
    assert_eq!(shown_code, sources);
    Watched::of(&window).await?.assert_clean("drawings");
    Ok(())
}

/// A reply beyond all limits says that it was cut, and what there is stays readable.
#[tokio::test]
async fn u_08_a_reply_beyond_all_limits_is_cut_and_says_so() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud
        .beijing
        .queue_script(script("words of it ".repeat(800_000)));
    window.ask("too much").await?;
    let ended = "!['streaming', 'queued'].includes([...document.querySelectorAll('[data-testid=message-assistant]')].at(-1)?.dataset.status)";
    window
        .wait_up_to(Duration::from_mins(3), "an end", ended)
        .await?;
    answers(&window, "a cut reply").await?;
    let text: String = window
        .script(
            "return [...document.querySelectorAll('[data-testid=message-assistant]')].at(-1).innerText.slice(-2000)",
            vec![],
        )
        .await?;
    if text.trim_end().ends_with("words of it") {
        return Err(Error::Unexpected(format!(
            "nothing says that it was cut: {text}"
        )));
    }
    Ok(())
}
