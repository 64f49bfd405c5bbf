//! Images of a reply: cards that name a host, and nothing asked until a person says so; even then
//! nothing on this computer or its network.

use std::time::Duration;

use e2e::{Cloud, Computer, Listener, Press, Result, shown};
use fake_dashscope::{FakeServer, Script};
use serde_json::json;

use crate::payloads::{WATCH, Watched, family};

#[tokio::test]
async fn u_02_no_image_is_ever_asked_for_by_itself() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.script::<()>(WATCH, vec![]).await?;
    let leak = listener.address();
    let images = family("images", &leak)?;
    assert!(images.len() >= 30, "{} syntaxes", images.len());
    cloud.beijing.queue_script(Script {
        text: Some(images.join("\n\n")),
        characters: true,
        rate: 2_000.0,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("pictures, please", "complete").await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        listener.heard(),
        Vec::<String>::new(),
        "something was asked"
    );
    Watched::of(&window).await?.assert_clean("many images");

    // Each card names the host, and none of them shows a picture.
    let cards = window.texts(shown::IMAGE_CARD).await?;
    assert!(cards.len() >= 10, "{cards:?}");
    let named = cards.iter().filter(|card| card.contains("127.0.0.1"));
    assert!(named.count() >= 10, "few cards name the host: {cards:?}");
    let pictures: usize = window
        .script(
            "return document.querySelectorAll('[data-testid=answer] img').length",
            vec![],
        )
        .await?;
    assert_eq!(pictures, 0);

    // Loading one that stands on this computer is refused in words, before anything is asked.
    window.press(shown::IMAGE_LOAD, Press::Click).await?;
    let said = format!(
        "document.querySelector({})?.textContent.length > 0 && !document.querySelector({}).disabled",
        json!(shown::IMAGE_ERROR),
        json!(shown::IMAGE_LOAD)
    );
    window.wait_for("the refusal in words", &said).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(
        listener.heard(),
        Vec::<String>::new(),
        "a private address was asked"
    );
    Ok(())
}

/// Addresses on this computer and its networks.
fn private(port: &str) -> Vec<String> {
    vec![
        format!("http://127.0.0.1:{port}/x.png"),
        format!("http://localhost:{port}/x.png"),
        format!("http://[::1]:{port}/x.png"),
        format!("http://[::ffff:127.0.0.1]:{port}/x.png"),
        format!("http://0.0.0.0:{port}/x.png"),
        format!("http://0x7f.1:{port}/x.png"),
        format!("http://2130706433:{port}/x.png"),
        format!("http://127.1:{port}/x.png"),
        "http://10.0.0.1/x.png".to_owned(),
        "http://192.168.1.1/x.png".to_owned(),
        "http://172.16.0.1/x.png".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://100.64.0.1/x.png".to_owned(),
        "http://[fd00::1]/x.png".to_owned(),
        "http://[fe80::1]/x.png".to_owned(),
        "http://224.0.0.1/x.png".to_owned(),
    ]
}

#[tokio::test]
async fn u_02_only_what_a_reply_names_can_be_loaded_and_nothing_private() -> Result<()> {
    let cloud = Cloud::new();
    let listener = Listener::start()?;
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let port = listener
        .authority()
        .split(':')
        .next_back()
        .unwrap_or_default()
        .to_owned();
    let private = private(&port);
    let cards: Vec<String> = private
        .iter()
        .map(|address| format!("![x]({address})\n\n"))
        .collect();
    cloud.beijing.queue_script(Script {
        text: Some(cards.concat()),
        rate: f64::INFINITY,
        thinking: Some(0),
        ..Script::default()
    });
    window.ask_until("pictures, please", "complete").await?;
    let message: String = window
        .script(
            "return document.querySelector('[data-testid=message-assistant]').dataset.id",
            vec![],
        )
        .await?;
    for address in private {
        let load = json!({ "message": message, "address": address });
        let answer = window.invoke("image_load", load).await?;
        assert_eq!(
            answer.kind(),
            Some("imageRefused"),
            "{address}: {}",
            answer.text()
        );
    }
    for address in [
        // It stands in no reply.
        "https://example.com/other.png",
        "file:///etc/passwd",
        "data:image/png;base64,eA==",
        "",
    ] {
        let load = json!({ "message": message, "address": address });
        let answer = window.invoke("image_load", load).await?;
        assert_eq!(
            answer.kind(),
            Some("imageRefused"),
            "{address}: {}",
            answer.text()
        );
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(listener.heard(), Vec::<String>::new());
    Ok(())
}
