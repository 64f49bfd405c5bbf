//! What the doctor found, in one line for each finding.

use super::Text;
use engine::doctor::{Finding, KeyFault, KeyPlan};

/// What was found.
#[expect(
    clippy::too_many_lines,
    reason = "a table: one row for each finding, and the compiler counts them"
)]
pub(crate) fn finding(finding: &Finding) -> Text {
    match finding {
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
        Finding::ProxyRefused { address, status } => {
            let status = status.map_or_else(|| "-".to_owned(), |status| status.to_string());
            text!(
                "the proxy {address} did not connect (HTTP {status})",
                "代理 {address} 没有建立连接（HTTP {status}）"
            )
        }
        Finding::ProxyScript => text!(
            "the system uses an automatic proxy script, which DashDesk cannot run",
            "系统使用自动代理脚本，DashDesk 无法运行它"
        ),
        Finding::ProxyUnclear => text!(
            "the system's proxy setting makes no sense",
            "无法理解系统的代理设置"
        ),
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
        Finding::KeychainOpen => text!("the keychain gave the key", "钥匙串给出了 Key"),
        Finding::KeychainReady => text!("the keychain answers", "钥匙串正常"),
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
        Finding::PassphraseFileOpen => text!("the passphrase file is open", "口令文件已打开"),
        Finding::PassphraseNeeded => text!(
            "the key is under a passphrase, which is asked for in the window",
            "Key 由口令保护，口令要在窗口里输入"
        ),
        Finding::PassphraseFileDamaged => {
            text!("the passphrase file cannot be read", "口令文件读不出来")
        }
        Finding::StorageBusy => text!("another program holds the database", "数据库被其他程序占用"),
        Finding::StorageUnavailable => text!("the data folder cannot be used", "数据文件夹不可用"),
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
