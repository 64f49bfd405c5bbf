//! The connection doctor in the real window: what it finds, what it offers, and what that does.

use std::time::Duration;

use e2e::{Cloud, Computer, Result, Window};
use fake_dashscope::FakeServer;
use serde_json::json;

/// Opens the doctor from the status light and waits until its run has ended.
async fn examined(window: &Window) -> Result<()> {
    window.click("status-light").await?;
    ended(window).await
}

async fn ended(window: &Window) -> Result<()> {
    let over = "document.querySelector('[data-testid=doctor-page]')?.dataset.running === 'false' && document.querySelector('[data-testid=doctor-run]')";
    window
        .wait_up_to(Duration::from_secs(30), "the end of the run", over)
        .await
}

/// The state of a step and what was found.
async fn step(window: &Window, id: &str) -> Result<(String, String)> {
    let read = "
        const row = document.querySelector(`[data-step=${arguments[0]}]`);
        return [row.dataset.state, row.dataset.finding ?? ''];
    ";
    window.script(read, vec![json!(id)]).await
}

fn found(state: &str, finding: &str) -> (String, String) {
    (state.to_owned(), finding.to_owned())
}

#[tokio::test]
async fn the_doctor_passes_and_says_why_a_web_page_would_fail() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.forget_requests();
    examined(&window).await?;
    assert_eq!(
        window.text_of("doctor-summary").await?,
        "Everything works",
        "{}",
        window.text().await?
    );
    for (id, finding) in [
        ("http", "answered"),
        ("keyRegion", "keyAccepted"),
        ("keychain", "keychainOpen"),
        ("database", "databaseSound"),
    ] {
        assert_eq!(step(&window, id).await?, found("passed", finding));
    }
    let why = window.text_of("doctor-browser").await?;
    assert!(why.contains("Failed to fetch"), "{why}");
    let preflight = cloud
        .beijing
        .requests()
        .into_iter()
        .find(|request| request.method == "OPTIONS");
    let preflight = preflight.expect("the question a browser would ask");
    assert_eq!(preflight.header("authorization"), None, "without the key");
    let asked = cloud.beijing.requests();
    assert!(
        asked.iter().all(|request| request.method != "POST"),
        "no tokens are spent without being asked"
    );

    // The report is shown whole before it is copied, and holds nothing private.
    window.click("doctor-report-open").await?;
    let report = window.text_of("doctor-report").await?;
    assert!(!report.contains(FakeServer::KEY), "{report}");
    let home = computer.folder().display().to_string();
    assert!(!report.contains(&home), "{report}");
    window.click("doctor-report-copy").await?;
    window.keys("\u{e00c}").await?;

    // The same endpoint, which no web page can call, answers here.
    window.click("doctor-back").await?;
    window.ask_until("hello", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn h_02_a_key_of_another_region_is_found_and_switched_with_one_press() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    cloud.beijing.set_accepted_keys(vec![]);
    cloud
        .singapore
        .set_accepted_keys(vec![FakeServer::KEY.to_owned()]);

    examined(&window).await?;
    assert_eq!(
        step(&window, "keyRegion").await?,
        found("failed", "keyRefused")
    );
    assert_eq!(
        step(&window, "model").await?,
        found("skipped", "afterBreak")
    );
    assert!(
        cloud.singapore.requests().is_empty(),
        "another region is asked only with consent"
    );
    window.click("doctor-fix").await?;
    ended(&window).await?;
    assert_eq!(
        step(&window, "keyRegion").await?,
        found("failed", "keyOfRegion")
    );
    let offer = window.text_of("doctor-fix").await?;
    assert!(offer.contains("Switch to Singapore"), "{offer}");
    window.click("doctor-fix").await?;
    let well = "document.querySelector('[data-testid=doctor-summary]')?.textContent === 'Everything works'";
    window
        .wait_up_to(Duration::from_secs(30), "the region to be switched", well)
        .await?;
    window.click("doctor-back").await?;
    window.ask_until("hello", "complete").await?;
    let chats = cloud.singapore.requests();
    assert!(chats.iter().any(|request| request.method == "POST"));
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_gone_is_named_in_chinese() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let launch = cloud.launch().in_chinese();
    let window = computer.start(&launch).await?;
    window.first_run(FakeServer::KEY).await?;
    let Cloud { beijing, singapore } = cloud;
    beijing.stop();
    examined(&window).await?;
    assert_eq!(
        step(&window, "connection").await?,
        found("failed", "connectionRefused")
    );
    assert_eq!(step(&window, "tls").await?, found("skipped", "afterBreak"));
    assert_eq!(step(&window, "keychain").await?.0, "passed");
    let summary = window.text_of("doctor-summary").await?;
    assert_eq!(summary, "断在：连接");
    drop(singapore);
    Ok(())
}

#[tokio::test]
async fn h_07_a_wait_is_counted_down_cut_short_and_called_off() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let chats = || {
        let requests = cloud.beijing.requests();
        let posts = requests.iter().filter(|request| request.method == "POST");
        posts.count()
    };
    window.ask("/fake error=429-rate retry-after=50").await?;
    let counted = "/Asking again in [345]\\d s/.test(document.querySelector('[data-testid=again]')?.textContent ?? '')";
    window.wait_for("the countdown", counted).await?;
    assert_eq!(chats(), 1);
    window.click("again-now").await?;
    let second = "document.querySelector('[data-testid=again]')?.textContent.includes('3 of 3')";
    window.wait_for("the wait before the third", second).await?;
    assert_eq!(chats(), 2);
    window.click("again-cancel").await?;
    window
        .reply_ends("stopped", Duration::from_secs(10))
        .await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(chats(), 2, "nothing is asked after it was called off");
    Ok(())
}
