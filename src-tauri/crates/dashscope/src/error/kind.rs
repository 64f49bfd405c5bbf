//! The kinds of failure a user can act on.
//!
//! Which vendor code is which kind is data in [`super::codes`].

use std::fmt;
use std::time::Duration;

use super::Retry;

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
    pub(super) fn usual_retry(&self) -> Retry {
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
