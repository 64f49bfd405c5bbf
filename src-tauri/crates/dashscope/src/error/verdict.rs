//! Decides what a fault is: by code and message first, by status second.
//!
//! The status comes last because it misleads: an overdue bill is a 400, a billing stop a 429, a
//! client's mistake a 500. What codes mean is data in [`super::codes`].

use std::time::Duration;

use network::ProxyProblem;

use super::codes::{Advice, ROWS, Row, WRONG_PATH};
use super::fault::Fault;
use super::{ErrorKind, Retry};

/// What to make of a fault.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) kind: ErrorKind,
    pub(super) retry: Retry,
}

/// Decides what a fault is.
pub(super) fn judge(fault: &Fault, status: Option<u16>) -> Verdict {
    let words = fault.message.as_deref().unwrap_or_default().to_lowercase();
    let codes: Vec<String> = [&fault.code, &fault.wrapper, &fault.category]
        .into_iter()
        .flatten()
        .map(|code| plain(code))
        .collect();
    // A page comes from whatever stands between this computer and the service.
    let row = (!fault.is_page)
        .then(|| ROWS.iter().find(|row| row.matches(&codes, &words)))
        .flatten();
    match row {
        Some(row) => Verdict {
            kind: row.kind.clone(),
            retry: row.retry.into(),
        },
        None => by_status(status, fault.is_page),
    }
}

/// Whether an error means that the model is served on the other native path.
pub(crate) fn is_wrong_path(message: Option<&str>) -> bool {
    message.is_some_and(|words| words.to_lowercase().contains(WRONG_PATH))
}

/// N of `[1, N]` or of `not greater than N`.
pub(super) fn limit_in(message: &str) -> Option<u64> {
    let after = message
        .split_once("[1,")
        .or_else(|| message.split_once("not greater than"))
        .map(|(_, after)| after.trim_start())?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn by_status(status: Option<u16>, is_page: bool) -> Verdict {
    let kind = match status {
        Some(408 | 504) => ErrorKind::Timeout,
        Some(409 | 502 | 503) => ErrorKind::ServerBusy,
        Some(429) => ErrorKind::RateLimited,
        // Without a status: an error object in a stream that no row explains.
        Some(500..) | None => ErrorKind::ServerFault,
        Some(407) => ErrorKind::Proxy(ProxyProblem::AuthenticationRequired),
        Some(_) if is_page => ErrorKind::UnexpectedContent,
        Some(401) => ErrorKind::KeyRefused,
        Some(402) => ErrorKind::Arrears,
        Some(403) => ErrorKind::AccessDenied,
        Some(413) => ErrorKind::ContextTooLong,
        Some(400..) => ErrorKind::InvalidRequest,
        Some(300..) => ErrorKind::Redirected { host: None },
        Some(_) => ErrorKind::UnexpectedContent,
    };
    let retry = kind.usual_retry();
    Verdict { kind, retry }
}

/// The native and the compatible spelling of a code in one form.
fn plain(code: &str) -> String {
    let code: String = code
        .chars()
        .filter(|character| *character != '_' && *character != ' ')
        .collect::<String>()
        .to_lowercase();
    match code.strip_prefix("internalerror.algo.") {
        Some(inner) => inner.to_owned(),
        None => code,
    }
}

impl Row {
    fn matches(&self, codes: &[String], words: &str) -> bool {
        let code =
            self.codes.is_empty() || codes.iter().any(|code| self.codes.contains(&code.as_str()));
        code && (self.words.is_empty() || self.words.iter().any(|part| words.contains(part)))
    }
}

impl From<Advice> for Retry {
    fn from(advice: Advice) -> Self {
        match advice {
            Advice::No => Self::No,
            Advice::Change => Self::AfterChange,
            Advice::Wait(seconds) => Self::Wait(Duration::from_secs(seconds)),
        }
    }
}

#[cfg(test)]
mod tests;
