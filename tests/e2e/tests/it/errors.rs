//! What a person reads when something goes wrong: a title, a cause and one action, in both
//! languages.

use std::time::Duration;

use e2e::{Cloud, Computer, Launch, Result, Window};
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
        action: "openSignInPage",
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

/// A window in one of the two languages, whose errors are read and acted upon.
struct Desk {
    cloud: Cloud,
    computer: Computer,
    window: Window,
}

impl Desk {
    async fn new(launch: impl Fn(Launch) -> Launch) -> Result<Self> {
        let cloud = Cloud::new();
        let computer = Computer::new().await?;
        let window = computer.start(&launch(cloud.launch())).await?;
        window.first_run(FakeServer::KEY).await?;
        Ok(Self {
            cloud,
            computer,
            window,
        })
    }

    /// Presses the button of the last error and sees that it does what it says.
    async fn act(&self, fault: &Fault) -> Result<()> {
        let Self {
            cloud,
            computer,
            window,
        } = self;
        let opened = computer.opened().len();
        cloud.beijing.forget_requests();
        let press = "[...document.querySelectorAll('[data-testid=error-action]')].at(-1).click()";
        window.script::<()>(press, vec![]).await?;
        match fault.action {
            "retry" => {
                let ended = "(last => last?.dataset.status !== 'streaming' && last?.querySelector('[data-testid=branches]'))([...document.querySelectorAll('[data-testid=message-assistant]')].at(-1))";
                let limit = Duration::from_secs(20);
                window.wait_up_to(limit, "the second answer", ended).await?;
                let asked = cloud.beijing.requests();
                assert!(!asked.is_empty(), "nothing was asked again");
            }
            "replaceKey" => {
                window.find("key-input").await?;
                window.click("settings-back").await?;
            }
            "chooseModel" => {
                window.find("model-search").await?;
                window.keys("\u{e00c}").await?;
            }
            "editMessage" => {
                let back = format!(
                    "document.querySelector('[data-testid=composer]').value === {}",
                    json!(fault.question)
                );
                window
                    .wait_for("the question in the composer", &back)
                    .await?;
                window.new_chat().await?;
            }
            "newChat" => {
                let empty = "document.querySelector('[data-testid=message-assistant]') === null";
                window.wait_for("an empty chat", empty).await?;
            }
            leads => {
                let to = match leads {
                    "openBilling" => "https://billing-cost.console.aliyun.com/",
                    "openConsole" => "https://bailian.console.aliyun.com/",
                    // Any page without encryption will do: the network answers in its place.
                    _sign_in => "http://",
                };
                let address = computer.opens(opened).await?;
                assert!(address.starts_with(to), "{leads}: {address}");
            }
        }
        Ok(())
    }
}

async fn every_fault_reads_well(launch: impl Fn(Launch) -> Launch, chinese: bool) -> Result<()> {
    let desk = Desk::new(launch).await?;
    let window = &desk.window;
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
        desk.act(fault).await?;
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
async fn what_failed_is_answered_when_it_is_tried_again() -> Result<()> {
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
