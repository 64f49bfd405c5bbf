//! What a reply may try: every collected attack, streamed character by character and whole, in the
//! real window under the rules it ships with.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use e2e::{Cloud, Computer, Error, Listener, Result, Window};
use fake_dashscope::{FakeServer, Script};
use serde::Deserialize;

/// Watches what replies put into the page; `watched()` tells.
pub(crate) const WATCH: &str = include_str!("../page/watch.js");

/// Closes what a payload may have left open, so that the next one is Markdown again.
const CLOSE: &str = "--> ]]> ?> </script> </style> </pre> </textarea>";

/// Characters a second: enough to see a payload half, few enough to end.
const CHARACTERS: f64 = 2_000.0;

/// What the watch has seen.
#[derive(Debug, Deserialize)]
pub(crate) struct Watched {
    pub(crate) offences: Vec<String>,
    pub(crate) dialogs: Vec<Vec<String>>,
    pub(crate) broken: Vec<String>,
    pub(crate) ran: bool,
    pub(crate) elements: usize,
}

impl Watched {
    pub(crate) async fn of(window: &Window) -> Result<Self> {
        window.script("return window.watched()", vec![]).await
    }

    /// Fails where anything got through.
    pub(crate) fn assert_clean(&self, after: &str) {
        assert_eq!(self.offences, Vec::<String>::new(), "after {after}");
        assert_eq!(self.dialogs, Vec::<Vec<String>>::new(), "after {after}");
        assert_eq!(self.broken, Vec::<String>::new(), "after {after}");
        assert!(!self.ran, "a script ran: {after}");
    }
}

/// The payloads of each family, with the address that nothing may ask.
pub(crate) fn payloads(leak: &str) -> Result<Vec<(String, Vec<String>)>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/payloads");
    let unread = |source| Error::Io {
        doing: "reading the payloads",
        source,
    };
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unread)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let families = files.iter().map(|file| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(file).map_err(unread)?;
        let filled = text.trim_end().split("\n%%\n").map(|payload| {
            let payload = payload.replace("PWN", "window.__pwn=1");
            unescaped(&payload.replace("LEAK", leak))
        });
        Ok((name.into_owned(), filled.collect()))
    });
    families.collect()
}

/// The payloads of one family.
pub(crate) fn family(name: &str, leak: &str) -> Result<Vec<String>> {
    let mut families = payloads(leak)?.into_iter();
    let found = families.find(|(family, _)| family == name);
    Ok(found.map(|(_, payloads)| payloads).unwrap_or_default())
}

/// A text of so many parts.
pub(crate) fn parts(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().concat()
}

/// Puts the character in the place of each `\u{XXXX}`.
fn unescaped(text: &str) -> String {
    let mut parts = text.split("\\u{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let escape = part.split_once('}');
        let character = escape.and_then(|(number, rest)| {
            let number = u32::from_str_radix(number, 16).ok()?;
            Some((char::from_u32(number)?, rest))
        });
        if let Some((character, rest)) = character {
            whole.push(character);
            whole.push_str(rest);
        } else {
            whole.push_str("\\u{");
            whole.push_str(part);
        }
    }
    whole
}

/// A reply that holds every payload of a family, each behind its number.
fn reply(payloads: &[String]) -> String {
    let numbered = payloads
        .iter()
        .enumerate()
        .map(|(number, payload)| format!("Payload {number} of them.\n\n{payload}\n\n{CLOSE}\n\n"));
    numbered.collect::<Vec<_>>().concat() + "The end of them."
}

/// Has every family answered in this way, and looks at what came of it.
async fn try_all(window: &Window, cloud: &Cloud, leak: &str, way: &Script) -> Result<usize> {
    let mut count = 0;
    for (family, payloads) in payloads(leak)? {
        cloud.beijing.queue_script(Script {
            text: Some(reply(&payloads)),
            thinking: Some(0),
            ..way.clone()
        });
        window.ask(&family).await?;
        window
            .reply_ends("complete", Duration::from_mins(2))
            .await?;
        // A payload that swallowed the next ones would hide them from the test.
        let standing: Vec<String> = window
            .script(
                "return [...[...document.querySelectorAll('[data-testid=message-assistant]')].at(-1).querySelectorAll('p')].map((p) => p.textContent.trim())",
                vec![],
            )
            .await?;
        for number in 0..payloads.len() {
            let mark = format!("Payload {number} of them.");
            assert!(
                standing.contains(&mark),
                "{family}: payload {number} is not Markdown of its own, after {:?}",
                payloads.get(number.saturating_sub(1))
            );
        }
        assert!(
            standing.iter().any(|text| text == "The end of them."),
            "{family}"
        );
        Watched::of(window).await?.assert_clean(&family);
        count += payloads.len();
    }
    Ok(count)
}

#[tokio::test]
async fn u_01_no_payload_runs_loads_or_adds_an_element() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let leak = listener.address();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;

    let by_character = Script {
        characters: true,
        rate: CHARACTERS,
        ..Script::default()
    };
    let whole = Script {
        rate: f64::INFINITY,
        tokens_per_event: u32::MAX,
        ..Script::default()
    };
    let count = try_all(&window, &cloud, &leak, &by_character).await?;
    assert!(count >= 300, "{count} payloads");
    window.new_chat().await?;
    try_all(&window, &cloud, &leak, &whole).await?;

    // The same replies as history, in a page that has just been loaded.
    window.close().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.script::<()>(WATCH, vec![]).await?;
    let row = "[...document.querySelectorAll('[data-testid=conversation-item]')].at(-1).querySelector('button')";
    window.new_chat().await?;
    window
        .script::<()>(&format!("{row}.click()"), vec![])
        .await?;
    window
        .wait_for(
            "the history",
            "document.querySelectorAll('[data-testid=message-assistant]').length > 3",
        )
        .await?;
    let seen = Watched::of(&window).await?;
    assert!(seen.elements > 1_000, "{} elements", seen.elements);
    seen.assert_clean("reading the history");

    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(listener.heard(), Vec::<String>::new());
    assert!(window.address().await?.starts_with("tauri://localhost"));
    assert_eq!(computer.windows()?, 1);
    println!("{count} payloads, by character and whole");
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn u_01_a_payload_on_its_own_is_as_harmless_as_in_company() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    // The first of each family, which nothing stands before and nothing closes.
    for (family, payloads) in payloads(&listener.address())? {
        for payload in payloads.iter().take(3) {
            cloud.beijing.queue_script(Script {
                text: Some(payload.clone()),
                characters: true,
                rate: CHARACTERS,
                thinking: Some(0),
                ..Script::default()
            });
            window.ask_until(&family, "complete").await?;
            Watched::of(&window).await?.assert_clean(payload);
        }
    }
    assert_eq!(listener.heard(), Vec::<String>::new());
    Ok(())
}
