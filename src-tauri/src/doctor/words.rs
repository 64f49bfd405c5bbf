//! The doctor's words in the terminal and the report, in both languages.
//!
//! The page has words of its own; here each finding is one line without markup.

use crate::view::Language;
use engine::doctor::{BrowserVerdict, Diagnosis, Fix, StepId, StepState};

/// One text in both languages.
pub(crate) struct Text {
    en: String,
    zh: String,
}

impl Text {
    /// The text in this language.
    pub(crate) fn into(self, language: Language) -> String {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

/// Both languages, each with the values in scope.
macro_rules! text {
    ($en:literal, $zh:literal) => {
        Text {
            en: format!($en),
            zh: format!($zh),
        }
    };
}

mod finding;

pub(crate) use finding::finding;

/// The step's name.
pub(crate) fn step(id: StepId) -> Text {
    match id {
        StepId::Clock => text!("Clock", "时钟"),
        StepId::Network => text!("Network", "网络"),
        StepId::Proxy => text!("Proxy", "代理"),
        StepId::Names => text!("DNS", "DNS"),
        StepId::Connection => text!("TCP", "TCP"),
        StepId::Tls => text!("TLS", "TLS"),
        StepId::Http => text!("Service", "服务"),
        StepId::KeyFormat => text!("Key format", "Key 格式"),
        StepId::KeyRegion => text!("Key and region", "Key 与地域"),
        StepId::Model => text!("Model", "模型"),
        StepId::Thinking => text!("Thinking", "思考"),
        StepId::Stream => text!("Streaming", "流式输出"),
        StepId::Keychain => text!("Keychain", "钥匙串"),
        StepId::Database => text!("Database", "数据库"),
    }
}

/// The state as a word, for readers of plain text.
pub(crate) fn state(state: StepState) -> Text {
    match state {
        StepState::Waiting => text!("waiting", "等待"),
        StepState::Running => text!("running", "进行中"),
        StepState::Passed => text!("ok", "正常"),
        StepState::Warned => text!("note", "注意"),
        StepState::Failed => text!("FAILED", "失败"),
        StepState::Skipped => text!("skipped", "跳过"),
    }
}

/// What to do, in one line.
pub(crate) fn fix(fix: &Fix) -> Text {
    match fix {
        Fix::RunAgain => text!("Run the check again.", "重新检查。"),
        Fix::CheckClock => text!("Set this computer's clock.", "校准本机时钟。"),
        Fix::CheckNetwork => text!("Check this computer's network.", "检查本机网络。"),
        Fix::OpenProxySettings => text!("Change the proxy settings.", "修改代理设置。"),
        Fix::UseDirectOnce => text!(
            "Start the proxy, or go without it.",
            "启动代理，或不使用代理。"
        ),
        Fix::OpenSignInPage => text!(
            "Sign in to this network in a browser.",
            "在浏览器中登录此网络。"
        ),
        Fix::AddCertificate => text!(
            "Ask who runs this network; add its certificate only if you trust them.",
            "向网络管理员确认；只有信任对方时才添加其证书。"
        ),
        Fix::ChangeAddress => text!("Change the account's address.", "修改账户的接口地址。"),
        Fix::EnterKey => text!("Enter the key.", "输入 Key。"),
        Fix::ReplaceKey => text!("Enter another key.", "更换 Key。"),
        Fix::FindRegion => text!(
            "Let the other regions be asked for this key.",
            "允许向其他地域查询这个 Key。"
        ),
        Fix::SwitchRegion { region } => {
            text!("Switch the account to {region}.", "将账户切换到 {region}。")
        }
        Fix::OpenConsole => text!("Open the vendor's console.", "打开控制台。"),
        Fix::OpenBilling => text!("Open the vendor's billing page.", "打开费用中心。"),
        Fix::ChooseModel => text!("Choose another model.", "选择其他模型。"),
        Fix::ThinkingDefault => text!("Leave thinking to the model.", "思考设置改为默认。"),
        Fix::Wait { seconds } => text!(
            "Wait {seconds} s and try again.",
            "等待 {seconds} 秒后重试。"
        ),
        Fix::AskOnce => text!(
            "Ask the model one short question (costs a few tokens).",
            "向模型提一个简短的问题（消耗少量 token）。"
        ),
        Fix::UnlockKeychain => text!("Unlock or start the keychain.", "解锁或启动钥匙串。"),
        Fix::EnterPassphrase => text!("Give the passphrase in the window.", "在窗口里输入口令。"),
        Fix::FreeSpace => text!("Make room on the disk.", "清理磁盘空间。"),
        Fix::OpenDataSettings => text!("See Settings, Data.", "查看设置中的“数据与备份”。"),
    }
}

/// Why a web page fails here, or would not, in two sentences.
pub(crate) fn browser(verdict: &BrowserVerdict) -> Text {
    let status = verdict
        .status
        .map_or_else(|| "-".to_owned(), |status| status.to_string());
    let origin = verdict.allow_origin.as_deref().unwrap_or("-");
    if verdict.would_fail {
        return text!(
            "A web page here gets \"Failed to fetch\": its browser asks for permission first (CORS), and the answer was HTTP {status} with Access-Control-Allow-Origin: {origin}. DashDesk sends from outside a browser, where nobody asks.",
            "网页在这里会得到 “Failed to fetch”：浏览器会先请求许可（CORS），而应答是 HTTP {status}，Access-Control-Allow-Origin: {origin}。DashDesk 不在浏览器中发送请求，不需要这项许可。"
        );
    }
    text!(
        "A web page could use this endpoint: it answers a browser's question (CORS) with HTTP {status} and Access-Control-Allow-Origin: {origin}.",
        "网页可以使用此接口：它对浏览器的许可请求（CORS）应答 HTTP {status}，Access-Control-Allow-Origin: {origin}。"
    )
}

/// How the run ended.
pub(crate) fn end(diagnosis: &Diagnosis) -> Text {
    if diagnosis.stopped {
        text!("Stopped before the end.", "在结束前已停止。")
    } else if diagnosis.passed && has_remark(diagnosis) {
        text!(
            "Everything works; what is marked is worth knowing.",
            "一切可用；标出的地方值得留意。"
        )
    } else if diagnosis.passed {
        text!("Everything works.", "一切正常。")
    } else {
        text!("Something is broken.", "有步骤失败。")
    }
}

fn has_remark(diagnosis: &Diagnosis) -> bool {
    let mut states = diagnosis.steps.iter().map(|step| step.state);
    states.any(|state| state == StepState::Warned)
}
