//! What a person reads when something goes wrong: a title, a cause and one action, in both
//! languages.

use std::time::Duration;

use e2e::{Cloud, Computer, Launch, Result};
use fake_dashscope::{FakeServer, Script};
use serde::Deserialize;
use serde_json::json;

/// One fault and what has to be read about it.
struct Fault {
    question: &'static str,
    status: &'static str,
    kind: &'static str,
    english: &'static str,
    chinese: &'static str,
    action: &'static str,
}

const FAULTS: [Fault; 12] = [
    Fault {
        question: "/fake error=401",
        status: "failed",
        kind: "keyRefused",
        english: "Alibaba Cloud did not accept this key",
        chinese: "阿里云没有接受这个 Key",
        action: "replaceKey",
    },
    Fault {
        question: "/fake error=429-rate",
        status: "failed",
        kind: "rateLimited",
        english: "Too many requests",
        chinese: "请求太快",
        action: "retry",
    },
    Fault {
        question: "/fake error=400-arrears",
        status: "failed",
        kind: "arrears",
        english: "The account has an unpaid balance",
        chinese: "账户欠费",
        action: "openBilling",
    },
    Fault {
        question: "/fake error=400-inspection-input",
        status: "failed",
        kind: "contentRejected",
        english: "The platform declined this content",
        chinese: "内容未通过平台审核",
        action: "editMessage",
    },
    Fault {
        question: "/fake error=404-model",
        status: "failed",
        kind: "modelNotFound",
        english: "No such model",
        chinese: "没有这个模型",
        action: "chooseModel",
    },
    Fault {
        question: "/fake error=403-unpurchased",
        status: "failed",
        kind: "notActivated",
        english: "The model service is not activated",
        chinese: "模型服务尚未开通",
        action: "openConsole",
    },
    Fault {
        question: "/fake error=400-context-length",
        status: "failed",
        kind: "contextTooLong",
        english: "The conversation is too long",
        chinese: "对话太长",
        action: "newChat",
    },
    Fault {
        question: "/fake thinking=0 tokens=60 reset=after:20",
        status: "interrupted",
        kind: "connectionLost",
        english: "The connection was lost",
        chinese: "连接断开了",
        action: "retry",
    },
    Fault {
        question: "/fake thinking=0 tokens=60 eof-without-end=20",
        status: "interrupted",
        kind: "interrupted",
        english: "The reply was cut off",
        chinese: "回答中断了",
        action: "retry",
    },
    Fault {
        question: "/fake thinking=0 tokens=60 midstream=429-rate at=20",
        status: "failed",
        kind: "rateLimited",
        english: "Too many requests",
        chinese: "请求太快",
        action: "retry",
    },
    Fault {
        question: "/fake html",
        status: "failed",
        // A page where an official host should answer is a network's own.
        kind: "portal",
        english: "This network wants a sign-in",
        chinese: "此网络需要登录",
        action: "retry",
    },
    Fault {
        question: "/fake empty",
        status: "failed",
        kind: "emptyAnswer",
        english: "The model said nothing",
        chinese: "模型没有给出内容",
        action: "retry",
    },
];

/// An error as the window shows it.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Shown {
    kind: String,
    title: String,
    action: String,
    label: String,
    cause: String,
}

const LAST: &str = "
    const card = [...document.querySelectorAll('[data-kind]')].at(-1);
    const action = card.querySelector('[data-testid=error-action]');
    return {
      kind: card.dataset.kind,
      title: card.querySelector('[data-testid=error-title]').innerText,
      action: action.dataset.action,
      label: action.innerText,
      cause: card.querySelector('p').innerText,
    };
";

async fn every_fault_reads_well(launch: impl Fn(Launch) -> Launch, chinese: bool) -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&launch(cloud.launch())).await?;
    window.first_run(FakeServer::KEY).await?;
    for fault in &FAULTS {
        let reply = window.ask_until(fault.question, fault.status).await?;
        let shown: Shown = window.script(LAST, vec![]).await?;
        let title = if chinese {
            fault.chinese
        } else {
            fault.english
        };
        assert_eq!(
            (shown.kind.as_str(), shown.title.as_str()),
            (fault.kind, title),
            "{}",
            fault.question
        );
        assert_eq!(shown.action, fault.action, "{}", fault.question);
        assert!(
            !shown.label.is_empty() && shown.cause.chars().count() > 8,
            "{shown:?}"
        );
        let words = reply.text.split_whitespace().count();
        let expected = if fault.question.contains("20") { 20 } else { 0 };
        assert_eq!(words, expected, "what had come is kept: {}", fault.question);
    }
    Ok(())
}

#[tokio::test]
async fn faults_are_explained_in_english() -> Result<()> {
    every_fault_reads_well(|launch| launch, false).await
}

#[tokio::test]
async fn faults_are_explained_in_chinese() -> Result<()> {
    every_fault_reads_well(Launch::in_chinese, true).await
}

#[tokio::test]
async fn the_action_of_an_error_does_what_it_says() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;

    // Retry: the same question again, answered this time. Two more requests are made before it is offered.
    for _ in 0..3 {
        let busy = "error=503".parse::<Script>().expect("a known fault");
        cloud.beijing.queue_script(busy);
    }
    window.ask_until("once more", "failed").await?;
    window.click("error-action").await?;
    let reply = window
        .reply_ends("complete", Duration::from_secs(20))
        .await?;
    assert!(reply.text.contains("once more"), "{}", reply.text);

    // Edit: the refused question comes back into the composer.
    window
        .ask_until("/fake error=400-inspection-input", "failed")
        .await?;
    window.click("error-action").await?;
    let back = "document.querySelector('[data-testid=composer]').value === '/fake error=400-inspection-input'";
    window
        .wait_for("the question in the composer", back)
        .await?;

    // Replace the key: leads to the place where it is entered.
    window.new_chat().await?;
    window.ask_until("/fake error=401", "failed").await?;
    window.click("error-action").await?;
    window.find("key-input").await?;
    Ok(())
}

#[tokio::test]
async fn no_network_is_said_where_it_matters() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("hello", "complete").await?;
    let launch = cloud.launch();
    window.close().await?;
    drop(cloud);

    // Nobody answers any more: history is there, the next question says what is wrong.
    let window = computer.start(&launch).await?;
    window
        .reply_ends("complete", Duration::from_secs(10))
        .await?;
    window.ask_until("anybody there?", "failed").await?;
    assert_eq!(window.text_of("error-title").await?, "Cannot connect");
    let state = window.command("app_state", json!({})).await?;
    assert_eq!(state["storage"]["state"], "ready");
    Ok(())
}
