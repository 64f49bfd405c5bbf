//! Every hop the doctor looks at, broken once: what a person reads, and that the button beside it
//! does what it says. The hops between this computer and the server are in `ways`.
#![expect(clippy::expect_used, reason = "a test ends where it fails")]

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use e2e::crooked_proxy::{CrookedProxy, HOST};
use e2e::{Cloud, Computer, Door, Error, Launch, Result, Window, without_network};
use fake_dashscope::{FakeServer, Options, Script};
use serde_json::json;

use crate::files::{change, database};

/// What is shown of one broken hop.
struct Broken {
    step: &'static str,
    finding: &'static str,
    /// What the summary calls the step, and a part of what is said of it: English, Chinese.
    named: [&'static str; 2],
    says: [&'static str; 2],
    fix: &'static str,
}

/// A window with the doctor open, in one of the two languages.
struct Visit {
    cloud: Cloud,
    computer: Computer,
    window: Window,
    chinese: bool,
}

impl Visit {
    async fn new(chinese: bool) -> Result<Self> {
        let cloud = Cloud::new();
        let computer = Computer::new().await?;
        let window = computer
            .start(&in_language(cloud.launch(), chinese))
            .await?;
        window.first_run(FakeServer::KEY).await?;
        let visit = Self {
            cloud,
            computer,
            window,
            chinese,
        };
        visit.open().await?;
        visit.all_well().await?;
        Ok(visit)
    }

    async fn open(&self) -> Result<()> {
        open(&self.window).await
    }

    async fn run(&self) -> Result<()> {
        run(&self.window, "doctor-run").await
    }

    /// Presses the one button and waits for the run that follows.
    async fn mend(&self) -> Result<()> {
        run(&self.window, "doctor-fix").await
    }

    /// Asks the one short question, which the doctor does only when told to.
    async fn ask(&self, script: &str) -> Result<()> {
        let script = script.parse::<Script>().expect("a known script");
        self.cloud.beijing.queue_script(script);
        expect_run(&self.window).await?;
        let question = "[data-step=stream] [data-fix=askOnce]";
        let press = format!("document.querySelector('{question}').click()");
        self.window.script::<()>(&press, vec![]).await?;
        another_ended(&self.window).await
    }

    async fn shows(&self, broken: &Broken) -> Result<()> {
        shows(&self.window, self.chinese, broken).await
    }

    async fn all_well(&self) -> Result<()> {
        let summary = self.window.text_of("doctor-summary").await?;
        let well = if self.chinese {
            "一切正常"
        } else {
            "Everything works"
        };
        assert_eq!(summary, well, "{}", self.window.text().await?);
        Ok(())
    }

    /// Presses the one button, which leaves the doctor for the place where `landmark` is, and comes
    /// back.
    async fn leads_to(&self, landmark: &str, back: &[&str]) -> Result<()> {
        self.window.click("doctor-fix").await?;
        self.window.find(landmark).await?;
        for step in back {
            self.window.click(step).await?;
        }
        self.open().await
    }

    /// Presses the one button, which opens a page of the vendor in the browser.
    async fn opens(&self, part: &str) -> Result<()> {
        let before = self.computer.opened().len();
        self.window.click("doctor-fix").await?;
        let address = self.computer.opens(before).await?;
        assert!(address.contains(part), "{address}");
        Ok(())
    }
}

fn in_language(launch: Launch, chinese: bool) -> Launch {
    if chinese { launch.in_chinese() } else { launch }
}

async fn open(window: &Window) -> Result<()> {
    window.click("status-light").await?;
    ended(window).await
}

async fn ended(window: &Window) -> Result<()> {
    let over = "document.querySelector('[data-testid=doctor-page]')?.dataset.running === 'false' && document.querySelector('[data-testid=doctor-run]')";
    let limit = Duration::from_secs(40);
    window.wait_up_to(limit, "the end of the run", over).await
}

/// Presses a button that begins another run, and waits for its end.
async fn run(window: &Window, button: &str) -> Result<()> {
    expect_run(window).await?;
    window.click(button).await?;
    another_ended(window).await
}

/// Notes when a run begins: it may be over before anybody looks.
async fn expect_run(window: &Window) -> Result<()> {
    let note = "
        window.__ran = false;
        const page = document.querySelector('[data-testid=doctor-page]');
        new MutationObserver(() => (window.__ran = true)).observe(page, { attributeFilter: ['data-running'] });
    ";
    window.script(note, vec![]).await
}

async fn another_ended(window: &Window) -> Result<()> {
    window.wait_for("another run", "window.__ran").await?;
    ended(window).await
}

/// State, finding, words and fix of a step, then the summary.
async fn seen(window: &Window, step: &str) -> Result<[String; 5]> {
    let read = "
        const row = document.querySelector(`[data-step=${arguments[0]}]`);
        return [
          row.dataset.state, row.dataset.finding ?? '', row.querySelector('.finding').innerText,
          row.querySelector('[data-testid=doctor-fix]')?.dataset.fix ?? '',
          document.querySelector('[data-testid=doctor-summary]').innerText,
        ];
    ";
    window.script(read, vec![json!(step)]).await
}

async fn shows(window: &Window, chinese: bool, broken: &Broken) -> Result<()> {
    let language = usize::from(chinese);
    let [state, finding, words, fix, summary] = seen(window, broken.step).await?;
    let expected = ["failed", broken.finding, broken.fix].map(str::to_owned);
    assert_eq!([state, finding, fix], expected, "{}", broken.step);
    let says = broken.says[language];
    assert!(words.contains(says), "{says:?} is missing in {words:?}");
    let stopped = ["Broken at: ", "断在："][language];
    let named = broken.named[language];
    assert_eq!(summary, format!("{stopped}{named}"));
    Ok(())
}

/// A clock that is wrong warns and breaks nothing by itself.
async fn clock(visit: &Visit) -> Result<()> {
    let beijing = &visit.cloud.beijing;
    beijing.set_clock_ahead(Duration::from_hours(3));
    visit.run().await?;
    let [state, finding, words, fix, summary] = seen(&visit.window, "clock").await?;
    let remarked = ["Works, with a remark: Clock", "可以用，要留意：时钟"];
    assert_eq!(summary, remarked[usize::from(visit.chinese)]);
    let expected = ["warned", "clockOff", "checkClock"].map(str::to_owned);
    assert_eq!([state, finding, fix], expected);
    let says = ["Off by 180 min", "相差 180 分钟"][usize::from(visit.chinese)];
    assert!(words.contains(says), "{words}");
    beijing.set_clock_ahead(Duration::ZERO);
    visit.mend().await?;
    assert_eq!(seen(&visit.window, "clock").await?[0], "passed");
    Ok(())
}

/// The key is refused everywhere; another region that takes it is in `doctor`.
async fn key_and_region(visit: &Visit) -> Result<()> {
    let mut broken = Broken {
        step: "keyRegion",
        finding: "keyRefused",
        named: ["Key and region", "密钥与地域"],
        says: ["It may belong to another region", "它可能属于其他地域"],
        fix: "findRegion",
    };
    visit.cloud.beijing.set_accepted_keys(vec![]);
    visit.run().await?;
    visit.shows(&broken).await?;
    visit.mend().await?;
    broken.says = ["in every other region", "其他地域都拒绝了它"];
    broken.fix = "replaceKey";
    visit.shows(&broken).await?;
    visit
        .cloud
        .beijing
        .set_accepted_keys(vec![FakeServer::KEY.to_owned()]);
    visit.leads_to("key-input", &["settings-back"]).await?;
    visit.all_well().await
}

/// What the account may not do, told by the one question that is asked with consent.
async fn model(visit: &Visit) -> Result<()> {
    let mut broken = Broken {
        step: "model",
        finding: "arrears",
        named: ["Model", "模型"],
        says: ["unpaid balance", "账户欠费"],
        fix: "openBilling",
    };
    visit.ask("error=400-arrears").await?;
    visit.shows(&broken).await?;
    visit.opens("billing").await?;

    visit.run().await?;
    visit.ask("error=403-unpurchased").await?;
    broken.finding = "notActivated";
    broken.says = ["not activated", "尚未开通"];
    broken.fix = "openConsole";
    visit.shows(&broken).await?;
    visit.opens("console").await?;

    visit.run().await?;
    visit.ask("error=429-rate retry-after=1").await?;
    broken.finding = "rateLimited";
    broken.says = ["free again in 1 s", "1 秒后恢复"];
    broken.fix = "wait";
    visit.shows(&broken).await?;
    visit.window.click("doctor-fix").await?;
    let again = "document.querySelector('[data-step=model]').dataset.state === 'passed'";
    visit
        .window
        .wait_for("the run after the wait", again)
        .await?;
    ended(&visit.window).await?;

    visit.ask("error=404-model").await?;
    broken.finding = "modelUnknown";
    broken.says = ["There is no qwen", "这里没有 qwen"];
    broken.fix = "chooseModel";
    visit.shows(&broken).await?;
    visit.window.click("doctor-fix").await?;
    visit.window.find("model-search").await?;
    visit.window.keys("\u{e00c}").await?;
    visit.open().await
}

/// The choice of the composer is not taken; leaving it to the model sends nothing about it.
async fn thinking(visit: &Visit) -> Result<()> {
    visit.ask("error=400-thinking-only-stream").await?;
    visit
        .shows(&Broken {
            step: "thinking",
            finding: "thinkingNotTaken",
            named: ["Thinking", "思考"],
            says: ["does not take this choice", "不接受这个选择"],
            fix: "thinkingDefault",
        })
        .await?;
    visit.cloud.beijing.forget_requests();
    visit.mend().await?;
    visit.all_well().await?;
    let asked = visit.cloud.beijing.requests();
    let asked = asked.iter().find(|request| request.method == "POST");
    let asked = asked.expect("the question, asked once more").body.clone();
    assert_eq!(asked["enable_thinking"], json!(null), "{asked}");
    Ok(())
}

async fn stream(visit: &Visit) -> Result<()> {
    visit.run().await?;
    visit.ask("eof-without-end=0").await?;
    visit
        .shows(&Broken {
            step: "stream",
            finding: "streamBroke",
            named: ["First word", "首字"],
            says: ["broke off", "中途断开"],
            fix: "runAgain",
        })
        .await?;
    visit.mend().await?;
    visit.all_well().await
}

async fn keychain(visit: &mut Visit) -> Result<()> {
    visit.computer.stop_keyring();
    visit.run().await?;
    visit
        .shows(&Broken {
            step: "keychain",
            finding: "keychainUnavailable",
            named: ["Keychain", "钥匙串"],
            says: ["There is no keychain", "没有钥匙串"],
            fix: "unlockKeychain",
        })
        .await?;
    visit.computer.start_keyring(Door::Unlocked)?;
    visit.mend().await?;
    visit.all_well().await
}

/// Another program that is in the middle of writing into the database, until it is let go.
struct Writer(Child);

impl Writer {
    fn on(computer: &Computer) -> Result<Self> {
        let script = "import sqlite3, sys\ndatabase = sqlite3.connect(sys.argv[1], isolation_level=None)\ndatabase.execute('BEGIN IMMEDIATE')\nprint('writing', flush=True)\nsys.stdin.read()\n";
        let mut started = Command::new("python3")
            .args(["-c", script])
            .arg(database(computer))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| Error::Io {
                doing: "starting python3",
                source,
            })?;
        let mut said = [0; 8];
        let mut output = started.stdout.take().expect("its output");
        std::io::Read::read_exact(&mut output, &mut said).expect("a word of it");
        assert_eq!(&said, b"writing\n");
        Ok(Self(started))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

async fn chats(visit: &Visit) -> Result<()> {
    let writer = Writer::on(&visit.computer)?;
    visit.run().await?;
    visit
        .shows(&Broken {
            step: "database",
            finding: "storageBusy",
            named: ["Chats", "对话数据"],
            says: ["Another program holds the file", "文件被其他程序占用"],
            fix: "runAgain",
        })
        .await?;
    drop(writer);
    visit.mend().await?;
    visit.all_well().await
}

/// The server goes and comes back at the same place.
async fn connection(mut visit: Visit) -> Result<Visit> {
    let port = visit.cloud.beijing.address().port();
    let Cloud { beijing, singapore } = visit.cloud;
    beijing.stop();
    run(&visit.window, "doctor-run").await?;
    let broken = Broken {
        step: "connection",
        finding: "connectionRefused",
        named: ["Connection", "连接"],
        says: ["refused the connection", "拒绝连接"],
        fix: "checkNetwork",
    };
    shows(&visit.window, visit.chinese, &broken).await?;
    let options = Options {
        port,
        ..Options::default()
    };
    visit.cloud = Cloud {
        beijing: FakeServer::start(options),
        singapore,
    };
    visit.mend().await?;
    visit.all_well().await?;
    Ok(visit)
}

/// The account has lost its key.
async fn key(visit: Visit) -> Result<()> {
    visit.window.close().await?;
    change(&visit.computer, "UPDATE account SET key_place = 'none'")?;
    let launch = in_language(visit.cloud.launch(), visit.chinese);
    let window = visit.computer.start(&launch).await?;
    open(&window).await?;
    let broken = Broken {
        step: "keyFormat",
        finding: "keyMissing",
        named: ["Key", "密钥"],
        says: ["There is no key", "没有 Key"],
        fix: "enterKey",
    };
    shows(&window, visit.chinese, &broken).await?;
    window.click("doctor-fix").await?;
    window.hand_over(FakeServer::KEY).await?;
    let taken = "!document.querySelector('[data-testid=key-input]')";
    window.wait_for("the key to be taken", taken).await?;
    window.click("settings-back").await?;
    open(&window).await?;
    assert_eq!(seen(&window, "keyFormat").await?[0], "passed");
    Ok(())
}

async fn every_hop(chinese: bool) -> Result<()> {
    let mut visit = Visit::new(chinese).await?;
    clock(&visit).await?;
    key_and_region(&visit).await?;
    model(&visit).await?;
    thinking(&visit).await?;
    stream(&visit).await?;
    keychain(&mut visit).await?;
    chats(&visit).await?;
    let visit = connection(visit).await?;
    key(visit).await
}

#[tokio::test]
async fn every_broken_hop_is_named_and_mended_in_english() -> Result<()> {
    every_hop(false).await
}

#[tokio::test]
async fn every_broken_hop_is_named_and_mended_in_chinese() -> Result<()> {
    every_hop(true).await
}

/// A computer without a network, whose only way to a server is a proxy of its own: what the network
/// hop says, and what the name hop says once that proxy is out of the way.
#[tokio::test]
async fn a_computer_without_a_network_is_told_from_a_name_that_does_not_exist() -> Result<()> {
    let this = "hops::a_computer_without_a_network_is_told_from_a_name_that_does_not_exist";
    let alone = without_network(this)?;
    for chinese in [false, true] {
        let cloud = Cloud::new();
        let computer = Computer::new().await?;
        let proxy = CrookedProxy::start(cloud.beijing.address(), computer.folder()).await?;
        let launch = Launch {
            variables: proxy.variables(),
            ..Launch::with_regions(format!("cn-beijing=https://{HOST}"))
        };
        let window = computer.start(&in_language(launch, chinese)).await?;
        window.first_run(FakeServer::KEY).await?;
        let broken = if alone {
            Broken {
                step: "network",
                finding: "noNetwork",
                named: ["Network", "网络"],
                says: ["Connect to Wi-Fi or a cable", "请连接 Wi-Fi 或网线"],
                fix: "checkNetwork",
            }
        } else {
            let direct = json!({ "mode": "direct", "proxy": null });
            let choice = json!({ "account": null, "choice": direct, "password": null });
            window.command("route_set", choice).await?;
            Broken {
                step: "names",
                finding: "nameNotFound",
                named: ["DNS", "域名解析"],
                says: ["There is no", "找不到"],
                fix: "checkNetwork",
            }
        };
        open(&window).await?;
        shows(&window, chinese, &broken).await?;
        if !alone {
            let system = json!({ "mode": "system", "proxy": null });
            let choice = json!({ "account": null, "choice": system, "password": null });
            window.command("route_set", choice).await?;
        }
        run(&window, "doctor-fix").await?;
        let state = &seen(&window, broken.step).await?[0];
        assert_eq!(state, if alone { "failed" } else { "passed" });
    }
    Ok(())
}
