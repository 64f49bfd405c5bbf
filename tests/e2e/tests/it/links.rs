//! Links of a reply: which are links at all, and where each way of pressing one leads.

use std::time::Duration;

use e2e::{Cloud, Computer, Press, Result, Window, shown};
use fake_dashscope::{FakeServer, Script};
use serde_json::json;

use crate::payloads::{WATCH, Watched};

/// Addresses that are no link, whatever their text says.
const REFUSED: [&str; 42] = [
    "javascript:window.__pwn=1",
    "JaVaScRiPt:window.__pwn=1",
    "java&Tab;script:window.__pwn=1",
    "java&#10;script:window.__pwn=1",
    "&#106;avascript:window.__pwn=1",
    "javascript&colon;window.__pwn=1",
    "%6aavascript:window.__pwn=1",
    "\u{1}javascript:window.__pwn=1",
    "\u{a0}javascript:window.__pwn=1",
    "javascript://example.com/%0awindow.__pwn=1",
    "<java script:window.__pwn=1>",
    "<java\tscript:window.__pwn=1>",
    "vbscript:msgbox",
    "VBSCRIPT:msgbox",
    "data:text/html,x",
    "DaTa:text/html;base64,eA==",
    "blob:https://example.com/x",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "file://server/share",
    "smb://server/share",
    "SMB://server/share",
    "\\\\\\\\server\\\\share",
    "\\\\server\\share",
    "//example.com/",
    "ms-msdt:/id",
    "Ms-Msdt:/id",
    "search-ms:query=x",
    "qwenchat://open",
    "dashdesk://open",
    "tauri://localhost/",
    "ipc://localhost/app_state",
    "asset://localhost/x",
    "about:blank",
    "ftp://example.com/",
    "ssh://example.com/",
    "tel:+1000",
    "intent://x#Intent;end",
    "view-source:https://example.com/",
    "https://aliyun.com@evil.test/",
    "https://user:word@example.com/",
    "https://",
];

async fn ready(cloud: &Cloud, computer: &Computer) -> Result<Window> {
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    Ok(window)
}

/// Has a reply of exactly this text.
async fn replied(window: &Window, cloud: &Cloud, text: String) -> Result<()> {
    cloud.beijing.queue_script(Script {
        text: Some(text),
        rate: 500.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("links, please", "complete").await?;
    Ok(())
}

/// Two presses of a moment are one double click.
async fn apart() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

#[tokio::test]
async fn u_03_a_refused_address_is_text_that_opens_nothing() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let refused = REFUSED
        .iter()
        .enumerate()
        .map(|(number, address)| format!("{number} [press{number}]({address}) here\n\n"));
    let mut text = refused.collect::<Vec<_>>().concat();
    text.push_str("[one]: javascript:window.__pwn=1\n\n[press-reference][one]\n\n");
    text.push_str("<javascript:window.__pwn=1> <file:///etc/passwd> <data:text/html,x>\n\n");
    text.push_str("The [good one](https://example.com/) is one.");
    replied(&window, &cloud, text).await?;

    let links = window.texts(shown::LINK).await?;
    assert_eq!(links, ["good one"], "one link alone");
    let shown_text = window.last_reply().await?.text;
    for number in 0..REFUSED.len() {
        assert!(
            shown_text.contains(&format!("press{number}")),
            "{number} is hidden"
        );
    }
    // Every place where such a text stands is pressed.
    let press = "
        const texts = document.createTreeWalker(document.querySelector(arguments[0]), NodeFilter.SHOW_TEXT);
        let pressed = 0;
        while (texts.nextNode()) {
          if (!texts.currentNode.data.includes('press')) continue;
          texts.currentNode.parentElement.click();
          pressed += 1;
        }
        return pressed;
    ";
    let pressed: usize = window.script(press, vec![json!(shown::ANSWER)]).await?;
    assert!(pressed >= REFUSED.len(), "{pressed} pressed");
    assert!(!window.has(shown::LINK_HOST).await?, "a sheet opened");
    Watched::of(&window)
        .await?
        .assert_clean("pressing refused addresses");
    assert!(window.address().await?.starts_with("tauri://localhost"));
    for address in REFUSED {
        let answer = window
            .invoke("link_open", json!({ "address": address }))
            .await?;
        assert_eq!(answer.kind(), Some("linkRefused"), "{address}");
    }
    assert_eq!(computer.opened(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn u_04_the_sheet_names_the_host_that_is_really_asked() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    let long = format!("https://long.example.com/{}", "a".repeat(1_900));
    let cases = [
        ("https://example.com/path?query=1", "example.com"),
        // The first letter is Cyrillic.
        ("https://\u{430}liyun.com/", "xn--"),
        ("https://g\u{3bf}ogle.com/", "xn--"),
        ("https://aliyun.com.evil.test/login", "aliyun.com.evil.test"),
        ("http://aliyun.com%2eevil.test/", "evil.test"),
        ("https://example.com/\u{202e}gnp.exe", "example.com"),
        ("https://EXAMPLE.COM:8443/", "example.com"),
        ("http://0x7f000001/", "127.0.0.1"),
        (long.as_str(), "long.example.com"),
    ];
    for (address, host) in cases {
        replied(&window, &cloud, format!("[https://aliyun.com]({address})")).await?;
        let last = "
            document.querySelectorAll('[data-last]').forEach((link) => link.removeAttribute('data-last'));
            const reply = [...document.querySelectorAll('[data-testid=answer]')].at(-1);
            const link = reply.querySelector('[role=link]');
            link?.setAttribute('data-last', '');
            return link !== null;
        ";
        let linked: bool = window.script(last, vec![]).await?;
        assert!(linked, "{address} is no link");
        apart().await;
        window.press("[data-last]", Press::Click).await?;
        let named = window.text_of(shown::LINK_HOST).await?;
        assert!(named.contains(host), "{address}: {named}");
        let whole = window.text_of(shown::LINK_ADDRESS).await?;
        assert!(
            !(named + &whole).contains('\u{202e}'),
            "{address} turns the sheet around"
        );
        let fits = "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('dialog[open]'))";
        window
            .wait_for("a sheet no wider than its place", fits)
            .await?;
        window.keys("\u{e00c}").await?;
        window
            .wait_for("the sheet to close", &shown::gone(shown::LINK_HOST))
            .await?;
    }
    // Longer than any address a person follows.
    let endless = format!("[press](https://example.com/{})", "a".repeat(3_000));
    replied(&window, &cloud, endless).await?;
    let links: usize = window
        .script(
            "return [...document.querySelectorAll('[data-testid=message-assistant]')].at(-1).querySelectorAll(arguments[0]).length",
            vec![json!("[role=link]")],
        )
        .await?;
    assert_eq!(links, 0, "3 kB are no link");
    Ok(())
}

#[tokio::test]
async fn u_05_every_way_of_pressing_a_link_leads_to_the_sheet() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = ready(&cloud, &computer).await?;
    replied(
        &window,
        &cloud,
        "Words before [the link](https://example.com/there) and after.".to_owned(),
    )
    .await?;
    for way in Press::ALL {
        println!("{way:?}");
        apart().await;
        window.press(shown::LINK, way).await?;
        if way == Press::Drag {
            // A link that is dragged away leads nowhere, and a release elsewhere opens nothing.
            tokio::time::sleep(Duration::from_millis(300)).await;
        } else {
            let text = window.text_of(shown::LINK_HOST).await?;
            assert!(text.contains("example.com"), "{way:?}: {text}");
            window.keys("\u{e00c}").await?;
            window
                .wait_for("the sheet to close", &shown::gone(shown::LINK_HOST))
                .await?;
        }
        let address = window.address().await?;
        assert!(
            address.starts_with("tauri://localhost"),
            "{way:?} led to {address}"
        );
        assert_eq!(computer.windows()?, 1, "{way:?} opened a window");
        assert!(window.has("composer").await?, "{way:?} replaced the page");
    }
    Watched::of(&window).await?.assert_clean("pressing a link");
    assert_eq!(computer.opened(), [""; 0], "nothing opens by itself");

    apart().await;
    window.press(shown::LINK, Press::Click).await?;
    window.click("link-open").await?;
    window
        .wait_for("the sheet to close", &shown::gone(shown::LINK_HOST))
        .await?;
    computer.opens(0).await?;
    assert_eq!(computer.opened(), ["https://example.com/there"]);
    Ok(())
}
