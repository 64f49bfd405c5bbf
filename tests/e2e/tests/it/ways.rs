//! The way to the server: which one a reply took, and what a person reads when it is broken.
#![expect(clippy::panic, reason = "a test ends where it fails")]

use e2e::crooked_proxy::{Certificate, Crook, CrookedProxy, HOST};
use e2e::{Cloud, Computer, Launch, Result, Window};
use fake_dashscope::FakeServer;
use serde_json::{Value, json};
use std::time::Duration;

/// One fault of the way, and what has to be read about it.
struct Fault {
    crook: Crook,
    kind: &'static str,
    english: &'static str,
    chinese: &'static str,
    action: &'static str,
    /// The step at which the doctor says it broke.
    hop: &'static str,
    /// What the doctor offers to do about it.
    fix: &'static str,
}

const SIGN_IN: &str =
    "HTTP/1.1 302 Found\r\nlocation: http://login.test/\r\ncontent-length: 0\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 44\r\n\r\n<html><title>Welcome</title>Sign in</html>  ";

const FAULTS: [Fault; 9] = [
    Fault {
        crook: Crook::Refuses("407 Proxy Authentication Required"),
        kind: "proxyAuthentication",
        english: "The proxy wants a password",
        chinese: "代理要求登录",
        action: "openNetwork",
        hop: "proxy",
        fix: "openProxySettings",
    },
    Fault {
        crook: Crook::Refuses("502 Bad Gateway"),
        kind: "proxyRefused",
        english: "The proxy refused",
        chinese: "代理拒绝了请求",
        action: "openNetwork",
        hop: "connection",
        fix: "openProxySettings",
    },
    Fault {
        crook: Crook::HangsUp,
        kind: "connect",
        english: "Cannot connect",
        chinese: "连不上服务器",
        action: "retry",
        hop: "tls",
        fix: "runAgain",
    },
    Fault {
        crook: Crook::Shows(Certificate::Unknown),
        kind: "certificateUntrusted",
        english: "Certificate not trusted",
        chinese: "证书不可信",
        action: "openNetwork",
        hop: "tls",
        fix: "addCertificate",
    },
    Fault {
        crook: Crook::Shows(Certificate::Expired),
        kind: "certificateExpired",
        english: "Certificate has expired",
        chinese: "证书已过期",
        action: "openDoctor",
        hop: "tls",
        fix: "checkClock",
    },
    Fault {
        crook: Crook::Shows(Certificate::Future),
        kind: "certificateNotYetValid",
        english: "Certificate not valid yet",
        chinese: "证书尚未生效",
        action: "openDoctor",
        hop: "tls",
        fix: "checkClock",
    },
    Fault {
        crook: Crook::Shows(Certificate::OfAnother),
        kind: "portal",
        english: "This network wants a sign-in",
        chinese: "此网络需要登录",
        action: "openSignInPage",
        hop: "tls",
        fix: "openSignInPage",
    },
    Fault {
        crook: Crook::Answers(SIGN_IN),
        kind: "portal",
        english: "This network wants a sign-in",
        chinese: "此网络需要登录",
        action: "openSignInPage",
        hop: "http",
        fix: "openSignInPage",
    },
    Fault {
        crook: Crook::Answers(PAGE),
        kind: "portal",
        english: "This network wants a sign-in",
        chinese: "此网络需要登录",
        action: "openSignInPage",
        hop: "http",
        fix: "openSignInPage",
    },
];

/// A computer whose environment names a proxy, and a window that has asked through it.
struct Proxied {
    cloud: Cloud,
    proxy: CrookedProxy,
    window: Window,
    computer: Computer,
}

impl Proxied {
    async fn new(change: impl Fn(Launch) -> Launch) -> Result<Self> {
        let cloud = Cloud::new();
        let computer = Computer::new().await?;
        let proxy = CrookedProxy::start(cloud.beijing.address(), computer.folder()).await?;
        let launch = Launch {
            variables: proxy.variables(),
            ..Launch::with_regions(format!("cn-beijing=https://{HOST}"))
        };
        let window = computer.start(&change(launch)).await?;
        window.first_run(FakeServer::KEY).await?;
        Ok(Self {
            cloud,
            proxy,
            window,
            computer,
        })
    }

    /// The kind, the title and the action of the error shown last.
    async fn card(&self) -> Result<[String; 3]> {
        let read = "
            const card = [...document.querySelectorAll('[data-kind][role=alert]')].at(-1);
            const read = (id) => card.querySelector(`[data-testid=${id}]`);
            return [card.dataset.kind, read('error-title').innerText, read('error-action').dataset.action];
        ";
        self.window.script(read, vec![]).await
    }

    /// Opens the doctor, and says at which step it stopped and what it offers.
    async fn broken_step(&self) -> Result<[String; 2]> {
        self.window.click("status-light").await?;
        self.examined().await?;
        let read = "
            const row = document.querySelector('[data-testid=doctor-step][data-state=failed]');
            return [row?.dataset.step ?? '', row?.querySelector('[data-testid=doctor-fix]')?.dataset.fix ?? ''];
        ";
        self.window.script(read, vec![]).await
    }

    async fn examined(&self) -> Result<()> {
        let over = "document.querySelector('[data-testid=doctor-page]')?.dataset.running === 'false' && document.querySelector('[data-testid=doctor-run]')";
        let limit = Duration::from_secs(30);
        self.window
            .wait_up_to(limit, "the end of the run", over)
            .await
    }

    /// Presses what the doctor offers, sees that it does that, and goes back to the chat.
    async fn mend(&self, fix: &str) -> Result<()> {
        let opened = self.computer.opened().len();
        self.window.click("doctor-fix").await?;
        match fix {
            "openProxySettings" | "addCertificate" => {
                self.window.find("route-app").await?;
                let scrolled = "return document.scrollingElement.scrollTop";
                let scrolled: f64 = self.window.script(scrolled, vec![]).await?;
                assert!(
                    scrolled.abs() < 1.0,
                    "the window itself has scrolled: {scrolled}"
                );
                self.window.click("settings-back").await?;
            }
            "openSignInPage" => {
                self.computer.opens(opened).await?;
                self.window.click("doctor-back").await?;
            }
            "useDirectOnce" => {
                self.examined().await?;
                self.window.click("detour-end").await?;
                self.examined().await?;
                self.window.click("doctor-back").await?;
            }
            "runAgain" | "checkClock" => {
                self.examined().await?;
                self.window.click("doctor-back").await?;
            }
            other => panic!("{other} is not known here"),
        }
        self.window.find("composer").await?;
        Ok(())
    }
}

#[tokio::test]
async fn p_01_the_proxy_of_the_environment_is_used_and_named() -> Result<()> {
    let desk = Proxied::new(|launch| launch).await?;
    desk.window.ask_until("hello", "complete").await?;
    let light = desk.window.text_of("status-light").await?;
    assert!(
        light.contains(&format!("Proxy {}", desk.proxy.address())),
        "{light}"
    );
    let kept = desk.window.command("conversations", json!({})).await?;
    let id = kept[0]["id"].clone();
    let open = desk
        .window
        .command(
            "conversation_open",
            json!({ "conversation": id, "leaf": null }),
        )
        .await?;
    let connection = &open["messages"][1]["connection"];
    assert_eq!(connection["host"], HOST);
    assert_eq!(connection["address"], "official");
    assert_eq!(connection["route"]["address"], desk.proxy.address());
    assert_eq!(connection["route"]["source"], "environment");
    assert_eq!(connection["attempts"], 1);

    // Another way from the next request on, without a restart: nobody is there without the proxy.
    let direct = json!({ "mode": "direct", "proxy": null });
    desk.window
        .command(
            "route_set",
            json!({ "account": null, "choice": direct, "password": null }),
        )
        .await?;
    desk.window.ask_until("hello again", "failed").await?;
    assert_eq!(desk.card().await?[0], "dns");
    assert!(
        desk.window
            .text_of("status-light")
            .await?
            .contains("Offline")
    );
    let system: Value = json!({ "mode": "system", "proxy": null });
    desk.window
        .command(
            "route_set",
            json!({ "account": null, "choice": system, "password": null }),
        )
        .await?;
    desk.window.ask_until("and once more", "complete").await?;
    Ok(())
}

async fn every_broken_way_reads_well(chinese: bool) -> Result<()> {
    let language = |launch: Launch| {
        if chinese { launch.in_chinese() } else { launch }
    };
    let desk = Proxied::new(language).await?;
    for fault in &FAULTS {
        desk.proxy.turn(fault.crook);
        desk.cloud.beijing.forget_requests();
        desk.window.ask_until("is anybody there?", "failed").await?;
        let title = if chinese {
            fault.chinese
        } else {
            fault.english
        };
        let shown = desk.card().await?;
        assert_eq!(
            shown,
            [fault.kind, title, fault.action],
            "{:?}",
            fault.crook
        );
        let offered = desk.broken_step().await?;
        assert_eq!(offered, [fault.hop, fault.fix], "{:?}", fault.crook);
        desk.mend(fault.fix).await?;
        let reached = desk.cloud.beijing.requests();
        assert!(reached.is_empty(), "{:?} was not in the way", fault.crook);
    }
    desk.proxy.turn(Crook::Honest);
    desk.window.ask_until("and now?", "complete").await?;

    let Proxied {
        proxy,
        window,
        cloud,
        computer,
    } = desk;
    drop(proxy);
    let gone = Proxied {
        proxy: CrookedProxy::start(cloud.beijing.address(), computer.folder()).await?,
        window,
        cloud,
        computer,
    };
    gone.window.ask_until("still there?", "failed").await?;
    let title = if chinese {
        "代理没有应答"
    } else {
        "The proxy does not answer"
    };
    assert_eq!(gone.card().await?, ["proxy", title, "openNetwork"]);
    assert_eq!(gone.broken_step().await?, ["proxy", "useDirectOnce"]);
    gone.mend("useDirectOnce").await?;
    gone.window.click("error-action").await?;
    gone.window.find("route-app").await?;
    Ok(())
}

#[tokio::test]
async fn p_06_p_07_p_15_t_01_to_t_03_broken_ways_are_explained_in_english() -> Result<()> {
    every_broken_way_reads_well(false).await
}

#[tokio::test]
async fn p_06_p_07_p_15_t_01_to_t_03_broken_ways_are_explained_in_chinese() -> Result<()> {
    every_broken_way_reads_well(true).await
}
