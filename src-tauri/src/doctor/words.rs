//! The doctor's words in the terminal and the report, in both languages.
//!
//! The page has words of its own; here each finding is one line without markup.

use crate::view::Language;
use engine::doctor::{
    BrowserVerdict, Diagnosis, Finding, Fix, KeyFault, KeyPlan, StepId, StepState,
};

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

/// What was found, in one line.
pub(crate) fn finding(finding: &Finding) -> Text {
    on_the_way(finding)
        .or_else(|| at_the_certificate(finding))
        .or_else(|| at_the_key(finding))
        .unwrap_or_else(|| at_home(finding))
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn on_the_way(finding: &Finding) -> Option<Text> {
    Some(match finding {
        Finding::AfterBreak => text!(
            "not looked at: an earlier step is broken",
            "未检查：前面的步骤已中断"
        ),
        Finding::NotAsked => text!(
            "not asked: it would cost a few tokens",
            "未测试：会消耗少量 token"
        ),
        Finding::NotNeeded => text!("not needed here", "此处不需要"),
        Finding::NoAccount => text!("there is no account", "还没有账户"),
        Finding::KeyUnread => text!("the key could not be read", "无法读取 Key"),
        Finding::AddressInvalid => text!(
            "the account's address is not an address",
            "账户的接口地址无效"
        ),
        Finding::ClockRight => text!("the clock is right", "时钟准确"),
        Finding::ClockOff { minutes } => text!(
            "the clock is off by {minutes} min",
            "时钟偏差 {minutes} 分钟"
        ),
        Finding::Online => text!("online", "在线"),
        Finding::ThisComputer => text!("the endpoint is this computer", "接口就在本机"),
        Finding::NoNetwork => text!("this computer has no network", "本机没有网络连接"),
        Finding::Direct => text!("no proxy", "直连，没有代理"),
        Finding::ThroughProxy { address } => text!("through {address}", "经由代理 {address}"),
        Finding::ProxyUnreachable { address } => text!(
            "the proxy {address} does not answer",
            "连不上代理 {address}"
        ),
        Finding::ProxyAuthentication { address } => {
            text!(
                "the proxy {address} wants a name and a password",
                "代理 {address} 要求用户名和密码"
            )
        }
        Finding::ProxyRefused { address, code } => {
            text!(
                "the proxy {address} refused to connect (code {code})",
                "代理 {address} 拒绝连接（代码 {code}）"
            )
        }
        Finding::ProxyUnlike { address } => {
            text!(
                "what answers at {address} is not this kind of proxy",
                "{address} 上的服务不是这种代理"
            )
        }
        Finding::NameFound { host, addresses } => {
            text!(
                "{host} has {addresses} address(es)",
                "{host} 解析到 {addresses} 个地址"
            )
        }
        Finding::NameByProxy { host } => text!("the proxy resolves {host}", "{host} 由代理解析"),
        Finding::NameNotFound { host } => text!("there is no name {host}", "找不到域名 {host}"),
        Finding::NameTimeout { host } => {
            text!(
                "the name server did not answer for {host}",
                "解析 {host} 时 DNS 服务器没有应答"
            )
        }
        Finding::Connected => text!("connected", "已连接"),
        Finding::ConnectionRefused { host } => {
            text!("{host} refused the connection", "{host} 拒绝连接")
        }
        Finding::ConnectTimeout { host } => {
            text!("{host} did not answer in time", "{host} 连接超时")
        }
        Finding::HostUnreachable { host } => text!("no way leads to {host}", "无法到达 {host}"),
        Finding::ConnectionLost { host } => {
            text!("the connection to {host} was lost", "与 {host} 的连接中断")
        }
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn at_the_certificate(finding: &Finding) -> Option<Text> {
    Some(match finding {
        Finding::CertificateTrusted {
            subject,
            issuer,
            days_left,
            version,
        } => text!(
            "{version}, certificate of {subject} by {issuer}, {days_left} days left",
            "{version}，证书 {subject}，颁发者 {issuer}，剩余 {days_left} 天"
        ),
        Finding::CertificatePrivate { issuer } => {
            text!(
                "certificate by {issuer}, a private authority",
                "证书由私有机构 {issuer} 颁发"
            )
        }
        Finding::Inspected { issuer } => text!(
            "this network reads along: the certificate is by {issuer}, no public authority",
            "此网络会解密流量：证书由非公共机构 {issuer} 颁发"
        ),
        Finding::CertificateUntrusted { issuer } => {
            text!(
                "the certificate by {issuer} is not trusted",
                "证书不可信（颁发者 {issuer}）"
            )
        }
        Finding::CertificateExpired {
            days,
            clock_suspect: true,
        } => text!(
            "the certificate ended {days} days ago by this computer's clock, which is probably wrong",
            "按本机时钟证书已过期 {days} 天，时钟很可能不准"
        ),
        Finding::CertificateExpired { days, .. } => {
            text!(
                "the certificate ended {days} days ago",
                "证书已过期 {days} 天"
            )
        }
        Finding::CertificateNotYetValid { days } => text!(
            "by this computer's clock the certificate begins in {days} days",
            "按本机时钟，证书 {days} 天后才生效"
        ),
        Finding::CertificateWrongHost { subject } => text!(
            "the certificate is that of {subject}; the network may want a sign-in",
            "证书属于 {subject}；此网络可能需要登录"
        ),
        Finding::TlsTooOld => text!(
            "the server speaks only an outdated TLS",
            "服务器只支持过时的 TLS 版本"
        ),
        Finding::TlsFailed => text!("the TLS handshake failed", "TLS 握手失败"),
        Finding::TlsTimeout => text!("the TLS handshake did not end in time", "TLS 握手超时"),
        Finding::Answered { status } => text!("HTTP {status}", "HTTP {status}"),
        Finding::Portal { host, title } => {
            let (host, title) = (
                host.as_deref().unwrap_or("?"),
                title.as_deref().unwrap_or("-"),
            );
            text!(
                "this network wants a sign-in (to {host}, page: {title})",
                "此网络需要登录（{host}，页面：{title}）"
            )
        }
        Finding::Redirected { host } => {
            let host = host.as_deref().unwrap_or("?");
            text!("the endpoint redirects to {host}", "接口重定向到 {host}")
        }
        Finding::ServerFault { status } => text!(
            "the server failed (HTTP {status})",
            "服务器出错（HTTP {status}）"
        ),
        Finding::NoAnswer => text!("no answer came in time", "等待应答超时"),
        Finding::NotTheService => text!("the answer is not this service's", "应答不是来自模型服务"),
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn at_the_key(finding: &Finding) -> Option<Text> {
    Some(match finding {
        Finding::KeyWellFormed { plan } => {
            let plan = self::plan(*plan);
            let (en, zh) = (plan.en, plan.zh);
            text!("looks like {en}", "看起来是{zh}")
        }
        Finding::KeyMissing => text!("there is no key", "没有 Key"),
        Finding::KeyMalformed { why } => {
            let Text { en, zh } = fault(*why);
            text!("what is stored is no key: {en}", "保存的内容不是 Key：{zh}")
        }
        Finding::KeyOfPlan { plan } => {
            let Text { en, zh } = self::plan(*plan);
            text!(
                "this is {en}, which this endpoint refuses",
                "这是{zh}，此接口不接受"
            )
        }
        Finding::KeyNotForEndpoint => {
            text!(
                "the key was saved for another address and was not sent",
                "Key 是为其他地址保存的，没有发送"
            )
        }
        Finding::KeyAccepted { models } => {
            text!("accepted, {models} models", "已接受，{models} 个模型")
        }
        Finding::KeyUntested => text!(
            "the endpoint has no model list to try the key with",
            "接口没有模型列表，无法单独验证 Key"
        ),
        Finding::KeyRefused { everywhere: true } => {
            text!(
                "refused here and by every other region",
                "此地域和其他地域都不接受这个 Key"
            )
        }
        Finding::KeyRefused { .. } => text!("the key was refused", "没有接受这个 Key"),
        Finding::KeyOfRegion { region } => {
            text!("the key belongs to {region}", "这个 Key 属于 {region}")
        }
        Finding::KeyExpired => text!(
            "the token has ended or is of another plan",
            "令牌已过期或属于其他套餐"
        ),
        Finding::WorkspaceRefused => text!(
            "the key is not of this workspace",
            "这个 Key 不属于该业务空间"
        ),
        Finding::AccessDenied => text!("the account may not do this", "账户没有权限"),
        Finding::NotActivated => text!(
            "the service is not activated for this account",
            "此账户尚未开通服务"
        ),
        Finding::Arrears => text!("the account has an unpaid balance", "账户欠费"),
        Finding::FreeQuotaUsed => text!("the free quota is used up", "免费额度已用完"),
        Finding::PlanQuotaUsed => text!("the plan's allowance is used up", "套餐额度已用完"),
        Finding::PlanOnlyForAgents => text!(
            "this plan answers coding agents only",
            "此套餐只供编程工具使用"
        ),
        Finding::RateLimited { seconds } => text!(
            "too much at once; try again in {seconds} s",
            "请求过多，{seconds} 秒后再试"
        ),
        Finding::ModelListed { model } => text!("{model} is listed", "{model} 在模型列表中"),
        Finding::ModelNotListed { model } => text!(
            "{model} is not listed; it may answer all the same",
            "{model} 不在列表中，但仍可能可用"
        ),
        Finding::ModelAnswered { model } => text!("{model} answered", "{model} 有应答"),
        Finding::ModelUnknown { model } => {
            text!("there is no model {model} here", "这里没有模型 {model}")
        }
        Finding::ModelDenied { model } => {
            text!("the account may not use {model}", "账户不能使用 {model}")
        }
        Finding::ThinkingFits => text!("the thinking setting fits the model", "思考设置与模型相符"),
        Finding::ThinkingNotSent => text!(
            "unknown model: nothing is sent about thinking",
            "未知模型：不发送思考设置"
        ),
        Finding::ThinkingNotTaken => text!(
            "the model refuses the thinking setting",
            "模型不接受思考设置"
        ),
        Finding::Streamed { milliseconds } => text!(
            "first word after {milliseconds} ms",
            "{milliseconds} 毫秒后收到第一个字"
        ),
        Finding::SilentStream => text!("the stream opened and stayed silent", "流已打开但没有内容"),
        Finding::StreamBroke => text!(
            "the stream ended before its first word",
            "流在第一个字之前就结束了"
        ),
        Finding::Refused { status, code } => {
            let status = status.map(|status| status.to_string()).unwrap_or_default();
            let code = code.as_deref().unwrap_or("-");
            text!(
                "the service refused (HTTP {status}, code {code})",
                "服务拒绝了请求（HTTP {status}，代码 {code}）"
            )
        }
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test asks for the words of every finding"
)]
fn at_home(finding: &Finding) -> Text {
    match finding {
        Finding::KeychainOpen => text!("the keychain answers", "钥匙串正常"),
        Finding::KeychainUnused => text!("not used by this account", "此账户未使用钥匙串"),
        Finding::KeychainLocked => text!("the keychain is locked", "系统钥匙串已锁"),
        Finding::KeychainDenied => text!("access to the keychain was denied", "没有获准访问钥匙串"),
        Finding::KeychainUnavailable => text!("there is no keychain", "没有可用的钥匙串"),
        Finding::KeychainTimeout => text!(
            "the keychain does not answer; a password dialog may be open",
            "钥匙串没有应答，可能有密码对话框未处理"
        ),
        Finding::KeychainMissing => text!(
            "the keychain has no key of this account",
            "钥匙串中没有此账户的 Key"
        ),
        Finding::KeychainAmbiguous => text!(
            "the keychain has more than one key of this account",
            "钥匙串中有多个此账户的 Key"
        ),
        Finding::KeychainCorrupt => text!(
            "the keychain's item cannot be read",
            "钥匙串中的内容无法读取"
        ),
        Finding::DatabaseSound => text!("can be read and written", "可读写"),
        Finding::DatabaseReadable => text!("can be read", "可读取"),
        Finding::DatabaseNone => text!("there is none yet", "尚未创建"),
        Finding::StorageReadOnly => text!("can be read only", "只能读取"),
        Finding::StorageFull => text!("the disk is full", "磁盘已满"),
        Finding::StorageDamaged => text!("the database is damaged", "数据库已损坏"),
        Finding::StorageBusy => text!("another program holds the database", "数据库被其他程序占用"),
        _ => text!("the data folder cannot be used", "数据文件夹不可用"),
    }
}

fn plan(plan: KeyPlan) -> Text {
    match plan {
        KeyPlan::Standard => text!("a pay-as-you-go key", "按量付费的 Key"),
        KeyPlan::Subscription => text!(
            "a key of a Coding Plan or Token Plan",
            " Coding Plan 或 Token Plan 的 Key"
        ),
        KeyPlan::Temporary => text!("a temporary key", "临时 Key"),
        KeyPlan::Other => text!("a key of another service", "其他服务的 Key"),
    }
}

fn fault(fault: KeyFault) -> Text {
    match fault {
        KeyFault::Empty => text!("it is empty", "内容为空"),
        KeyFault::Address => text!("it is an address", "是一个网址"),
        KeyFault::Spaces => text!(
            "it has spaces or invisible characters",
            "含有空格或不可见字符"
        ),
        KeyFault::NotAscii => text!(
            "it has characters that no key has",
            "含有 Key 中不会出现的字符"
        ),
        KeyFault::TooLong => text!("it is too long", "太长"),
        KeyFault::TooShort => text!("it is too short", "太短"),
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
    } else if diagnosis.passed {
        text!("Everything works.", "一切正常。")
    } else {
        text!("Something is broken.", "有步骤失败。")
    }
}
