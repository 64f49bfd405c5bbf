//! The last requests as the page sees them.

use super::route::Route;
use crate::error::ErrorKind;
use serde::Serialize;
use specta::Type;
use std::time::{Duration, UNIX_EPOCH};

/// The last requests.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecentRequests {
    /// Whether what is said is kept, in memory.
    pub(crate) keeps_bodies: bool,
    /// The newest first.
    pub(crate) requests: Vec<LoggedRequest>,
}

/// One request and its answer.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoggedRequest {
    /// Counts from the start of the program.
    pub(crate) number: u32,
    /// When it began, in milliseconds since the Unix epoch.
    pub(crate) began_ms: i64,
    /// How many requests for the same thing came before this one.
    pub(crate) earlier_tries: u32,
    /// The method.
    pub(crate) method: String,
    /// The host.
    pub(crate) host: String,
    /// The path, without a query.
    pub(crate) path: String,
    /// The route it took.
    pub(crate) route: Option<Route>,
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// What broke it off.
    pub(crate) problem: Option<ErrorKind>,
    /// The vendor's request id.
    pub(crate) request_id: Option<String>,
    /// Bytes that were sent.
    pub(crate) sent_bytes: u32,
    /// Bytes that came.
    pub(crate) received_bytes: u32,
    /// Resolving the name, in milliseconds.
    pub(crate) dns_ms: Option<u32>,
    /// Opening the connection, in milliseconds.
    pub(crate) connect_ms: Option<u32>,
    /// The TLS handshake, in milliseconds.
    pub(crate) tls_ms: Option<u32>,
    /// To the head of the answer, in milliseconds.
    pub(crate) first_byte_ms: Option<u32>,
    /// To the end of the body, in milliseconds; `null` while it goes on.
    pub(crate) whole_ms: Option<u32>,
    /// The beginning of what was sent, where that is kept.
    pub(crate) sent: Option<String>,
    /// The beginning of what came, where that is kept.
    pub(crate) received: Option<String>,
}

impl From<&network::Requests> for RecentRequests {
    fn from(requests: &network::Requests) -> Self {
        Self {
            keeps_bodies: requests.keeps_bodies(),
            requests: requests.recent().into_iter().map(Into::into).collect(),
        }
    }
}

impl From<network::LoggedRequest> for LoggedRequest {
    fn from(request: network::LoggedRequest) -> Self {
        let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let milliseconds =
            |time: Option<Duration>| time.and_then(|time| u32::try_from(time.as_millis()).ok());
        let began = request.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let problem = request.problem.as_ref().map(dashscope::Error::from);
        Self {
            number: small(request.number),
            earlier_tries: request.earlier_tries,
            began_ms: i64::try_from(began.as_millis()).unwrap_or(i64::MAX),
            method: request.method.to_string(),
            host: request.host,
            path: request.path,
            route: request.route.map(Into::into),
            status: request.status,
            problem: problem.map(|error| engine::Failure::from(error).kind.into()),
            request_id: request.request_id,
            sent_bytes: small(request.sent_bytes),
            received_bytes: small(request.received_bytes),
            dns_ms: milliseconds(request.timings.dns),
            connect_ms: milliseconds(request.timings.connect),
            tls_ms: milliseconds(request.timings.tls),
            first_byte_ms: milliseconds(request.timings.first_byte),
            whole_ms: milliseconds(request.whole),
            sent: request.sent.as_deref().map(text),
            received: Some(text(&request.received)).filter(|text| !text.is_empty()),
        }
    }
}
