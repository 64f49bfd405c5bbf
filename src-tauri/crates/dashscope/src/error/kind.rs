//! The kinds of failure a user can act on.
//!
//! Which vendor code is which kind is data in [`super::codes`].

use std::time::Duration;

use network::{ProxyProblem, TlsProblem};

use super::Retry;

/// What went wrong, in the terms a user can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// Plain http to another computer; nothing was sent.
    #[error("the address is not https")]
    NotHttps,
    /// The host name did not resolve.
    #[error("the host name did not resolve")]
    Dns,
    /// No connection.
    #[error("no connection")]
    Connect,
    /// No connection in time.
    #[error("no connection in time")]
    ConnectTimeout,
    /// The certificate or the handshake failed.
    #[error("the secure connection failed")]
    Tls(TlsProblem),
    /// The proxy failed.
    #[error("the proxy failed")]
    Proxy(ProxyProblem),
    /// Somebody else answers in the place of an official host: a network that wants a person to
    /// sign in first.
    #[error("the network wants a sign-in{}", to(host.as_deref()))]
    Portal {
        /// Where it sends people to, when it said so.
        host: Option<String>,
    },
    /// Connected, but no answer in time.
    #[error("no answer in time")]
    FirstByteTimeout,
    /// The stream fell silent.
    #[error("the stream fell silent")]
    Stalled,
    /// The connection broke.
    #[error("the connection broke")]
    ConnectionLost,
    /// The endpoint answered with a redirect, which is never followed.
    #[error("redirected{}", to(host.as_deref()))]
    Redirected {
        /// Where it pointed to, when it said so.
        host: Option<String>,
    },
    /// The response head is larger than the limit.
    #[error("the response head is too large")]
    HeadersTooLarge,
    /// Neither an event stream nor JSON: often the page of a proxy or a portal.
    #[error("the answer is not from a model service")]
    UnexpectedContent,
    /// The stream broke the protocol.
    #[error("the answer breaks the protocol")]
    ProtocolViolation,
    /// A success without content.
    #[error("the answer is empty")]
    EmptyAnswer,
    /// The stream ended without an end signal.
    #[error("the stream ended early")]
    Interrupted,
    /// The answer is longer than a limit of this program.
    #[error("the answer is too large")]
    TooLarge,
    /// The key is wrong, deleted, or of another region.
    #[error("the key was refused")]
    KeyRefused,
    /// The key does not belong to the workspace, or there is no such workspace.
    #[error("the workspace was refused")]
    WorkspaceRefused,
    /// A temporary or plan token is expired or of another plan.
    #[error("the token is expired")]
    TokenExpired,
    /// The account may not do this.
    #[error("access denied")]
    AccessDenied,
    /// The account is not activated for the service.
    #[error("the service is not activated")]
    NotActivated,
    /// The free quota is used up.
    #[error("the free quota is used up")]
    FreeQuotaUsed,
    /// There is no such model here.
    #[error("no such model")]
    ModelNotFound,
    /// The workspace may not use the model.
    #[error("the workspace may not use the model")]
    ModelAccessDenied,
    /// A bill is overdue.
    #[error("a bill is overdue")]
    Arrears,
    /// Moderation refused the input or the output.
    #[error("moderation refused the content")]
    ContentRejected,
    /// Too many requests.
    #[error("too many requests")]
    RateLimited,
    /// Too many tokens in this minute, although the vendor's words sound like billing.
    #[error("too many tokens in this minute")]
    TokensPerMinute,
    /// The allowance of a plan is used up.
    #[error("the allowance of the plan is used up")]
    PlanQuotaUsed,
    /// The plan only answers coding agents.
    #[error("the plan only answers coding agents")]
    PlanOnlyForAgents,
    /// The conversation is longer than the model accepts.
    #[error("the conversation is too long")]
    ContextTooLong,
    /// The request is malformed.
    #[error("the request is invalid")]
    InvalidRequest,
    /// The model does not take a parameter or a kind of content.
    #[error("the model does not take this")]
    UnsupportedByModel,
    /// An image or another file was refused.
    #[error("an image was refused")]
    MediaRejected,
    /// The server is overloaded.
    #[error("the server is busy")]
    ServerBusy,
    /// The server failed.
    #[error("the server failed")]
    ServerFault,
    /// The server gave up on the request.
    #[error("the server gave up on the request")]
    Timeout,
    /// The key was saved for another origin; nothing was sent.
    #[error("the key was saved for another address")]
    KeyNotForEndpoint,
    /// The endpoint needs a key and none was given; nothing was sent.
    #[error("the key is missing")]
    KeyMissing,
    /// The endpoint has no native protocol; nothing was sent.
    #[error("the endpoint has no native protocol")]
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
            Self::Tls(problem) => match problem {
                TlsProblem::UnknownIssuer { .. } => "certificate_untrusted",
                TlsProblem::Expired { .. } => "certificate_expired",
                TlsProblem::NotYetValid { .. } => "certificate_not_yet_valid",
                TlsProblem::WrongHost => "certificate_wrong_host",
                TlsProblem::ProtocolVersion => "tls_version",
                TlsProblem::Handshake => "tls",
            },
            Self::Proxy(problem) => match problem {
                ProxyProblem::Unreachable => "proxy",
                ProxyProblem::AuthenticationRequired => "proxy_authentication",
                ProxyProblem::Refused { .. } => "proxy_refused",
                ProxyProblem::Unclear => "proxy_unclear",
                ProxyProblem::Script => "proxy_script",
            },
            Self::Portal { .. } => "portal",
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
            | Self::Proxy(_)
            | Self::Portal { .. }
            | Self::ContextTooLong
            | Self::UnsupportedByModel
            | Self::MediaRejected
            | Self::KeyNotForEndpoint
            | Self::KeyMissing
            | Self::NoNativeProtocol => Retry::AfterChange,
            Self::Tls(_)
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

fn to(host: Option<&str>) -> String {
    host.map(|host| format!(" to {host}")).unwrap_or_default()
}
