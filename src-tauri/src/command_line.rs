//! What DashDesk does without a window: `dashdesk doctor` and `dashdesk --help`.
//!
//! Neither needs a display, takes the data folder's lock or writes anything, so both work while the
//! app runs.

use crate::commands::app::remembered;
use crate::data_folder::data_folder;
use crate::desk::{now_ms, protocol_client, system_language};
use crate::doctor::report;
use crate::view::Language;
use credentials::{Cost, PASSPHRASE_FILE, Vault};
use engine::doctor::{Checkup, Database, Diagnosis, Doctor, FIRST_WORD};
use engine::{Engine, Parts};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::Arc;
use store::{OpenError, Store};
use tokio_util::sync::CancellationToken;

/// The command line was not understood, as shells have it.
const MISUSE: u8 = 2;

const HELP_EN: &str = "\
DashDesk, a desktop chat client for Alibaba Cloud DashScope

  dashdesk                       opens the window
  dashdesk doctor [options]      checks every hop to the first word of an answer
  dashdesk --help                shows this

Options of doctor:
  --json                         writes one JSON object instead of text
  --account NAME                 checks this account (its name or id), not the one in use
  --model MODEL                  checks this model
  --other-regions                asks the other official regions for a key that is refused
  --ask                          asks the model one short question, which costs a few tokens

Exit code of doctor: 0 when no check failed, 1 when one failed, 2 when the options are wrong.
";

const HELP_ZH: &str = "\
DashDesk，阿里云 DashScope 桌面聊天客户端

  dashdesk                       打开窗口
  dashdesk doctor [选项]         逐段检查连接，直到收到回答的第一个字
  dashdesk --help                显示本说明

doctor 的选项：
  --json                         输出一个 JSON 对象
  --account NAME                 检查此账户（名称或 id），而不是当前账户
  --model MODEL                  检查此模型
  --other-regions                Key 被拒绝时，向其他官方地域查询
  --ask                          向模型提一个简短的问题，会消耗少量 token

doctor 的退出码：0 全部通过，1 有失败，2 选项有误。
";

/// What the command line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Order {
    /// The window.
    Window,
    /// The help text.
    Help,
    /// A checkup in the terminal.
    Doctor(Options),
    /// Nothing that is known.
    Misuse(String),
}

/// How to check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    json: bool,
    account: Option<String>,
    model: Option<String>,
    other_regions: bool,
    ask: bool,
}

impl Order {
    /// Reads the arguments behind the program's name. Desktops pass arguments of their own to a
    /// program they start, so only our words are looked for at the front.
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> Self {
        let mut arguments = arguments.into_iter();
        match arguments.next().as_deref() {
            Some("doctor") => Self::read_doctor(arguments),
            Some("--help" | "-h" | "help") => Self::Help,
            Some(_) | None => Self::Window,
        }
    }

    fn read_doctor(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Options::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--json" => options.json = true,
                "--other-regions" => options.other_regions = true,
                "--ask" => options.ask = true,
                "--account" => match arguments.next() {
                    Some(name) => options.account = Some(name),
                    None => return Self::Misuse(argument),
                },
                "--model" => match arguments.next() {
                    Some(model) => options.model = Some(model),
                    None => return Self::Misuse(argument),
                },
                "--help" | "-h" => return Self::Help,
                _ => return Self::Misuse(argument),
            }
        }
        Self::Doctor(options)
    }
}

/// Does what was asked and says with which code the process ends.
pub(crate) fn obey(order: Order) -> ExitCode {
    let language = system_language();
    match order {
        Order::Doctor(options) => check(&options, language),
        Order::Misuse(argument) => {
            say(
                &mut io::stderr(),
                &format!("? {argument}\n\n{}", help(language)),
            );
            ExitCode::from(MISUSE)
        }
        Order::Help | Order::Window => {
            say(&mut io::stdout(), help(language));
            ExitCode::SUCCESS
        }
    }
}

fn check(options: &Options, language: Language) -> ExitCode {
    let folder = data_folder();
    let database = match Store::look_on(&folder) {
        Ok(store) => Database::LookedOn(store),
        Err(OpenError::Folder(ErrorKind::NotFound)) => Database::None,
        Err(error) => Database::Failed(error),
    };
    let account = account_of(&database, options.account.as_deref());
    if let (Some(wanted), None) = (&options.account, &account) {
        say(&mut io::stderr(), &format!("? --account {wanted}\n"));
        return ExitCode::from(MISUSE);
    }
    let Some(client) = protocol_client() else {
        return ExitCode::FAILURE;
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return ExitCode::FAILURE;
    };
    let checkup = Checkup {
        account,
        model: options.model.clone(),
        thinking: None,
        other_regions: options.other_regions,
        ask: options.ask,
    };
    let diagnosis = runtime.block_on(examine(client, database, &checkup));
    say(&mut io::stdout(), &written(&diagnosis, options, language));
    // A dialog of the keychain that nobody answers must not keep the program.
    runtime.shutdown_background();
    if diagnosis.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Looks at the way the account's own settings give it.
async fn examine(client: dashscope::Client, database: Database, checkup: &Checkup) -> Diagnosis {
    let file = data_folder().join(PASSPHRASE_FILE);
    let vault = Vault::system().with_passphrase_file(file, Cost::USUAL);
    let client = match &database {
        Database::LookedOn(store) | Database::Open(store) => {
            let engine = Engine::new(Parts {
                store: store.clone(),
                vault: vault.clone(),
                client: client.clone(),
                clock: Arc::new(now_ms),
                jitter: engine::full_jitter(),
            });
            let routed = engine.client_for(checkup.account.as_deref()).await;
            routed.unwrap_or(client)
        }
        Database::None | Database::Failed(_) => client,
    };
    let doctor = Doctor {
        client,
        vault,
        database,
        clock: Arc::new(now_ms),
        has_network: network::probe::has_network,
        first_word: FIRST_WORD,
    };
    doctor
        .examine(checkup, &CancellationToken::new(), |_event| {})
        .await
}

/// The id of the account with this id or name; of the one in use, or the first, when none is named.
fn account_of(database: &Database, wanted: Option<&str>) -> Option<String> {
    let (Database::LookedOn(store) | Database::Open(store)) = database else {
        return None;
    };
    let accounts = store.accounts().ok()?;
    let active = store.setting(remembered::ACTIVE).ok().flatten();
    let by = |matches: &dyn Fn(&store::Account) -> bool| {
        let found = accounts.iter().find(|account| matches(account));
        found.map(|account| account.id.clone())
    };
    match wanted {
        Some(wanted) => by(&|account| account.id == wanted)
            .or_else(|| by(&|account| !wanted.is_empty() && account.name == wanted)),
        None => by(&|account| Some(&account.id) == active.as_ref()).or_else(|| by(&|_| true)),
    }
}

fn written(diagnosis: &Diagnosis, options: &Options, language: Language) -> String {
    let mut text = if options.json {
        report::json(diagnosis)
    } else {
        report::text(diagnosis, language)
    };
    text.push('\n');
    text
}

fn help(language: Language) -> &'static str {
    match language {
        Language::En => HELP_EN,
        Language::ZhCn => HELP_ZH,
    }
}

/// Writes to a terminal or a pipe; a reader that has gone is no fault of ours.
fn say(to: &mut impl Write, text: &str) {
    let _gone = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Order {
        Order::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn only_our_own_words_keep_the_window_away() {
        assert_eq!(read(""), Order::Window);
        assert_eq!(read("--gapplication-service"), Order::Window);
        assert_eq!(read("--help doctor"), Order::Help);
        assert_eq!(read("doctor --json --help"), Order::Help);
        assert_eq!(read("doctor"), Order::Doctor(Options::default()));
    }

    #[test]
    fn options_are_read_and_mistakes_are_named() {
        let options = Options {
            json: true,
            account: Some("work".to_owned()),
            model: Some("qwen-plus".to_owned()),
            other_regions: true,
            ask: true,
        };
        let line = "doctor --json --account work --ask --other-regions --model qwen-plus";
        assert_eq!(read(line), Order::Doctor(options));
        for (line, named) in [
            ("doctor --account", "--account"),
            ("doctor --jsn", "--jsn"),
            ("doctor work", "work"),
        ] {
            assert_eq!(read(line), Order::Misuse(named.to_owned()));
        }
    }
}
