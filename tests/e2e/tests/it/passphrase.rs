//! A key in a file under a passphrase, on a computer without a keychain.

use std::fs;
use std::time::Duration;

use e2e::{Bus, Cloud, Computer, Result, Traces};
use fake_dashscope::FakeServer;

const PASSPHRASE: &str = "four words of nonsense";

/// The first run of an app that finds no keychain, up to an answer; the app is closed then.
async fn keep_under_passphrase(computer: &Computer, cloud: &Cloud) -> Result<()> {
    let window = computer.start(&cloud.launch()).await?;
    window.hand_over(FakeServer::KEY).await?;
    window.click("vault-passphrase").await?;
    window.type_into("passphrase", PASSPHRASE).await?;
    window.type_into("passphrase-again", PASSPHRASE).await?;
    window.click("passphrase-submit").await?;
    window.find("start-chat").await?;
    let status = window.text_of("key-status").await?;
    assert!(
        status.contains("encrypted under your passphrase"),
        "{status}"
    );
    window.click("start-chat").await?;
    window.ask_until("remember this", "complete").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test]
async fn k_13_a_key_under_a_passphrase_is_asked_for_once_per_start() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    keep_under_passphrase(&computer, &cloud).await?;
    for secret in [FakeServer::KEY, PASSPHRASE] {
        let found = Traces::of(secret).in_files(computer.folder());
        assert_eq!(found, Vec::<String>::new());
    }

    // The history is there at once; the key is asked for when it is wanted.
    let window = computer.start(&cloud.launch()).await?;
    cloud.beijing.forget_requests();
    window.type_into("composer", "do you?").await?;
    window.click("send").await?;
    assert_eq!(window.text_of("error-title").await?, "Your key is locked");
    assert_eq!(chats(&cloud), 0, "a question left without a key");
    window.click("error-action").await?;
    window
        .type_into("passphrase", "four words of sense")
        .await?;
    window.click("passphrase-submit").await?;
    let said = window.text_of("passphrase-error").await?;
    assert!(said.contains("That is not the passphrase"), "{said}");
    window.keys("\u{e00c}").await?;

    // The doctor names it too, and offers the same way on.
    window.click("status-light").await?;
    let named = |state: &str, finding: &str| {
        format!(
            "document.querySelector('[data-step=keychain][data-state={state}][data-finding={finding}]') && document.querySelector('[data-testid=doctor-page][data-running=false]')"
        )
    };
    let locked = named("failed", "passphraseNeeded");
    window.wait_for("the locked file", &locked).await?;
    window.click("doctor-fix").await?;
    window.type_into("passphrase", PASSPHRASE).await?;
    window.click("passphrase-submit").await?;
    let open = named("passed", "passphraseFileOpen");
    window.wait_for("the open file", &open).await?;
    window.click("doctor-back").await?;
    window.click("send").await?;
    let answered = "document.body.innerText.includes('“do you?”')";
    window.wait_for("the answer", answered).await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    assert_eq!(chats(&cloud), 1);
    window.ask_until("and once more", "complete").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test]
async fn k_13_a_damaged_file_is_said_and_the_key_can_be_entered_again() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    keep_under_passphrase(&computer, &cloud).await?;
    let file = computer.data().join("keys.sealed");
    let whole = fs::read(&file).expect("the file");
    fs::write(&file, &whole[..whole.len() / 2]).expect("it can be cut");
    let window = computer.start(&cloud.launch()).await?;
    window.type_into("composer", "and now?").await?;
    window.click("send").await?;
    let title = window.text_of("error-title").await?;
    assert_eq!(title, "The file with your key is damaged");
    window.click("error-action").await?;
    window.hand_over(FakeServer::KEY).await?;
    window.click("vault-passphrase").await?;
    window.type_into("passphrase", "another passphrase").await?;
    window
        .type_into("passphrase-again", "another passphrase")
        .await?;
    window.click("passphrase-submit").await?;
    let taken = "!document.querySelector('[data-testid=key-input], [data-testid=passphrase]')";
    window.wait_for("the key to be taken", taken).await?;
    window.click("settings-back").await?;
    window.click("send").await?;
    window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    Ok(())
}

fn chats(cloud: &Cloud) -> usize {
    let requests = cloud.beijing.requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    posts.count()
}
