//! One error for everything that can go wrong between a request and its last event.
//!
//! What a vendor code means is data in [`codes`]; how an error body is read is in [`fault`].

mod codes;
pub(crate) mod fault;

pub(crate) use codes::is_wrong_path;

use std::fmt;
use std::time::Duration;

use fault::Fault;

/// A request or a stream that failed.
///
/// `Display` and `Debug` leave the vendor's message out, as it may quote the prompt.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

/// What went wrong, in the terms a user can act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Plain http to another computer; nothing was sent.
    NotHttps,
    /// The host name did not resolve.
    Dns,
    /// No connection.
    Connect,
    /// No connection in time.
    ConnectTimeout,
    /// The certificate or the handshake failed.
    Tls,
    /// The proxy failed.
    Proxy,
    /// Connected, but no answer in time.
    FirstByteTimeout,
    /// The stream fell silent.
    Stalled,
    /// The connection broke.
    ConnectionLost,
    /// The endpoint answered with a redirect, which is never followed.
    Redirected {
        /// Where it pointed to, when it said so.
        host: Option<String>,
    },
    /// The response head is larger than the limit.
    HeadersTooLarge,
    /// Neither an event stream nor JSON: often the page of a proxy or a portal.
    UnexpectedContent,
    /// The stream broke the protocol.
    ProtocolViolation,
    /// A success without content.
    EmptyAnswer,
    /// The stream ended without an end signal.
    Interrupted,
    /// The answer is longer than a limit of this program.
    TooLarge,
    /// The key is wrong, deleted, or of another region.
    KeyRefused,
    /// The key does not belong to the workspace, or there is no such workspace.
    WorkspaceRefused,
    /// A temporary or plan token is expired or of another plan.
    TokenExpired,
    /// The account may not do this.
    AccessDenied,
    /// The account is not activated for the service.
    NotActivated,
    /// The free quota is used up.
    FreeQuotaUsed,
    /// There is no such model here.
    ModelNotFound,
    /// The workspace may not use the model.
    ModelAccessDenied,
    /// A bill is overdue.
    Arrears,
    /// Moderation refused the input or the output.
    ContentRejected,
    /// Too many requests.
    RateLimited,
    /// Too many tokens in this minute, although the vendor's words sound like billing.
    TokensPerMinute,
    /// The allowance of a plan is used up.
    PlanQuotaUsed,
    /// The plan only answers coding agents.
    PlanOnlyForAgents,
    /// The conversation is longer than the model accepts.
    ContextTooLong,
    /// The request is malformed.
    InvalidRequest,
    /// The model does not take a parameter or a kind of content.
    UnsupportedByModel,
    /// An image or another file was refused.
    MediaRejected,
    /// The server is overloaded.
    ServerBusy,
    /// The server failed.
    ServerFault,
    /// The server gave up on the request.
    Timeout,
    /// The key was saved for another origin; nothing was sent.
    KeyNotForEndpoint,
    /// The endpoint needs a key and none was given; nothing was sent.
    KeyMissing,
    /// The endpoint has no native protocol; nothing was sent.
    NoNativeProtocol,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No.
    No,
    /// Only after the request, the key or the model was changed.
    AfterChange,
    /// After this time.
    Wait(Duration),
}

#[derive(Clone, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    retry: Retry,
    code: Option<String>,
    message: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    host: Option<String>,
    limit: Option<u64>,
}

impl Error {
    /// An error of this program's own, with the usual retry advice of its kind.
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Details {
            retry: kind.usual_retry(),
            kind,
            code: None,
            message: None,
            status: None,
            request_id: None,
            host: None,
            limit: None,
        }))
    }

    /// The error a vendor body or frame stands for: decided by code and message first, by status
    /// second.
    pub(crate) fn from_fault(fault: Fault, http_status: u16) -> Self {
        let status = fault.status.or(match http_status {
            200..=299 => None,
            other => Some(other),
        });
        let verdict = codes::judge(&fault, status);
        Self(Box::new(Details {
            kind: verdict.kind,
            retry: verdict.retry,
            limit: fault.message.as_deref().and_then(codes::limit_in),
            code: fault.code,
            message: fault.message,
            status,
            request_id: fault.request_id,
            host: None,
        }))
    }

    pub(crate) fn at_host(mut self, host: &str) -> Self {
        self.0.host.get_or_insert_with(|| host.to_owned());
        self
    }

    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status.get_or_insert(status);
        self
    }

    /// Sets the request id unless the body named one.
    pub(crate) fn with_request_id(mut self, id: Option<&str>) -> Self {
        if self.0.request_id.is_none() {
            self.0.request_id = id.map(str::to_owned);
        }
        self
    }

    /// Lets the server's own `Retry-After` replace a waiting time.
    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        if let (Retry::Wait(_), Some(wait)) = (self.0.retry, wait) {
            self.0.retry = Retry::Wait(wait);
        }
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The vendor's code, at most [`crate::limits::IDENTIFIER_BYTES`] long.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The vendor's message without its wrapper, at most [`crate::limits::ERROR_MESSAGE_BYTES`]
    /// long; for show only, as it may quote the prompt.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The logical status: the one a frame carries, else that of the answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The host that failed.
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// The upper end of the range that a parameter or the input exceeded: N of "[1, N]".
    pub fn limit(&self) -> Option<u64> {
        self.0.limit
    }
}

impl From<&network::Error> for Error {
    fn from(error: &network::Error) -> Self {
        use network::ErrorKind as Network;
        let kind = match error.kind() {
            Network::NotHttps => ErrorKind::NotHttps,
            Network::Dns => ErrorKind::Dns,
            Network::Connect => ErrorKind::Connect,
            Network::ConnectTimeout => ErrorKind::ConnectTimeout,
            Network::Tls => ErrorKind::Tls,
            Network::Proxy => ErrorKind::Proxy,
            Network::FirstByteTimeout => ErrorKind::FirstByteTimeout,
            Network::Stalled => ErrorKind::Stalled,
            Network::ConnectionLost => ErrorKind::ConnectionLost,
            Network::Redirect { host } => ErrorKind::Redirected { host: host.clone() },
            Network::HeadersTooLarge => ErrorKind::HeadersTooLarge,
            Network::BodyTooLarge => ErrorKind::TooLarge,
            Network::InvalidRequest => ErrorKind::InvalidRequest,
            Network::Other => ErrorKind::UnexpectedContent,
        };
        let failed = Self::new(kind);
        match error.host() {
            Some(host) => failed.at_host(host),
            None => failed,
        }
    }
}

impl ErrorKind {
    /// The kind in the spelling of configuration and logs, as in `key_refused`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotHttps => "not_https",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::ConnectTimeout => "connect_timeout",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::FirstByteTimeout => "first_byte_timeout",
            Self::Stalled => "stalled",
            Self::ConnectionLost => "connection_lost",
            Self::Redirected { .. } => "redirected",
            Self::HeadersTooLarge => "headers_too_large",
            Self::UnexpectedContent => "unexpected_content",
            Self::ProtocolViolation => "protocol_violation",
            Self::EmptyAnswer => "empty_answer",
            Self::Interrupted => "interrupted",
            Self::TooLarge => "too_large",
            Self::KeyRefused => "key_refused",
            Self::WorkspaceRefused => "workspace_refused",
            Self::TokenExpired => "token_expired",
            Self::AccessDenied => "access_denied",
            Self::NotActivated => "not_activated",
            Self::FreeQuotaUsed => "free_quota_used",
            Self::ModelNotFound => "model_not_found",
            Self::ModelAccessDenied => "model_access_denied",
            Self::Arrears => "arrears",
            Self::ContentRejected => "content_rejected",
            Self::RateLimited => "rate_limited",
            Self::TokensPerMinute => "tokens_per_minute",
            Self::PlanQuotaUsed => "plan_quota_used",
            Self::PlanOnlyForAgents => "plan_only_for_agents",
            Self::ContextTooLong => "context_too_long",
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedByModel => "unsupported_by_model",
            Self::MediaRejected => "media_rejected",
            Self::ServerBusy => "server_busy",
            Self::ServerFault => "server_fault",
            Self::Timeout => "timeout",
            Self::KeyNotForEndpoint => "key_not_for_endpoint",
            Self::KeyMissing => "key_missing",
            Self::NoNativeProtocol => "no_native_protocol",
        }
    }

    /// The advice for errors that no vendor code explains further.
    fn usual_retry(&self) -> Retry {
        match self {
            Self::Dns
            | Self::Connect
            | Self::ConnectTimeout
            | Self::FirstByteTimeout
            | Self::Stalled
            | Self::ConnectionLost
            | Self::EmptyAnswer
            | Self::Interrupted
            | Self::ServerFault => Retry::Wait(Duration::from_secs(1)),
            Self::RateLimited | Self::ServerBusy | Self::Timeout => {
                Retry::Wait(Duration::from_secs(3))
            }
            Self::TokensPerMinute => Retry::Wait(Duration::from_mins(1)),
            Self::NotHttps
            | Self::Proxy
            | Self::ContextTooLong
            | Self::UnsupportedByModel
            | Self::MediaRejected
            | Self::KeyNotForEndpoint
            | Self::KeyMissing
            | Self::NoNativeProtocol => Retry::AfterChange,
            Self::Tls
            | Self::Redirected { .. }
            | Self::HeadersTooLarge
            | Self::UnexpectedContent
            | Self::ProtocolViolation
            | Self::TooLarge
            | Self::KeyRefused
            | Self::WorkspaceRefused
            | Self::TokenExpired
            | Self::AccessDenied
            | Self::NotActivated
            | Self::FreeQuotaUsed
            | Self::ModelNotFound
            | Self::ModelAccessDenied
            | Self::Arrears
            | Self::ContentRejected
            | Self::PlanQuotaUsed
            | Self::PlanOnlyForAgents
            | Self::InvalidRequest => Retry::No,
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.as_str().split('_');
        for (index, word) in words.enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            formatter.write_str(word)?;
        }
        if let Self::Redirected { host: Some(host) } = self {
            write!(formatter, " to {host}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.kind)?;
        if let Some(status) = self.0.status {
            write!(formatter, ", status {status}")?;
        }
        if let Some(code) = &self.0.code {
            write!(formatter, ", code {code}")?;
        }
        if let Some(host) = &self.0.host {
            write!(formatter, ", host {host}")?;
        }
        if let Some(id) = &self.0.request_id {
            write!(formatter, ", request {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({self}, {:?})", self.0.retry)
    }
}

impl std::error::Error for Error {}
