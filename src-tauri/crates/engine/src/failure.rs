//! Everything that can go wrong, as one closed vocabulary that is stored with a failed reply.
//!
//! The screen chooses its words by kind; nothing here is a sentence for a person.

use dashscope::Retry;
use network::{ExtraCertificatesProblem, ProxyProblem, TlsProblem};
use serde::{Deserialize, Serialize};

/// What went wrong. Variants follow the layer that noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each name is the whole story; the screen's table has the words"
)]
pub enum FailureKind {
    // Network.
    NotHttps,
    Dns,
    Connect,
    ConnectTimeout,
    Tls,
    CertificateUntrusted,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateWrongHost,
    TlsVersion,
    Proxy,
    ProxyAuthentication,
    ProxyRefused,
    ProxyUnclear,
    ProxyScript,
    Portal,
    FirstByteTimeout,
    Stalled,
    Slept,
    ConnectionLost,
    Redirected,
    HeadersTooLarge,
    // Wire.
    UnexpectedContent,
    ProtocolViolation,
    EmptyAnswer,
    Interrupted,
    TooLarge,
    // Vendor.
    KeyRefused,
    WorkspaceRefused,
    TokenExpired,
    AccessDenied,
    NotActivated,
    FreeQuotaUsed,
    ModelNotFound,
    ModelAccessDenied,
    Arrears,
    ContentRejected,
    RateLimited,
    TokensPerMinute,
    PlanQuotaUsed,
    PlanOnlyForAgents,
    ContextTooLong,
    InvalidRequest,
    UnsupportedByModel,
    MediaRejected,
    ServerBusy,
    ServerFault,
    Timeout,
    // An image that a reply names.
    ImageRefused,
    ImageTooLarge,
    ImageNotAnImage,
    // Key and keychain.
    KeyNotForEndpoint,
    KeyMissing,
    NoNativeProtocol,
    CodingPlanKey,
    KeychainLocked,
    KeychainDenied,
    KeychainUnavailable,
    KeychainAmbiguous,
    KeychainCorrupt,
    KeychainTimeout,
    // The passphrase file.
    PassphraseNeeded,
    PassphraseWrong,
    PassphraseTooShort,
    PassphraseFileDamaged,
    PassphraseFileUnavailable,
    // Storage.
    StorageReadOnly,
    StorageFull,
    StorageBusy,
    StorageDamaged,
    StorageUnavailable,
    // A file of extra certificates.
    ExtraCertificatesUnreadable,
    ExtraCertificatesInvalid,
    // What the caller passed.
    EndpointInvalid,
    NotFound,
    InvalidInput,
    InputTooLong,
    StillReplying,
    NoAccount,
    // A bug of ours, or a shutdown.
    #[serde(other)]
    Internal,
}

/// A failure with what is known about it; read its fields through [`FailureDetails`]. Boxed, since
/// most calls succeed and a result should stay small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error("{:?}", self.0.kind)]
pub struct Failure(Box<FailureDetails>);

/// What is known about a failure. Holds no secret, prompt, URL path or query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureDetails {
    /// What went wrong.
    pub kind: FailureKind,
    /// The vendor's code, or what is wrong with an address.
    #[serde(default)]
    pub code: Option<String>,
    /// The vendor's message, unwrapped; for a details view only.
    #[serde(default)]
    pub message: Option<String>,
    /// The HTTP status, or the logical one from inside the stream.
    #[serde(default)]
    pub status: Option<u16>,
    /// The vendor's request id.
    #[serde(default)]
    pub request_id: Option<String>,
    /// The host that was asked, or that a redirect named.
    #[serde(default)]
    pub host: Option<String>,
    /// The region that was asked.
    #[serde(default)]
    pub region: Option<String>,
    /// The model that was asked.
    #[serde(default)]
    pub model: Option<String>,
    /// Seconds to wait, when waiting helps.
    #[serde(default)]
    pub retry_after_seconds: Option<u32>,
    /// The limit that was hit, in the unit of the kind.
    #[serde(default)]
    pub limit: Option<u64>,
    /// Who issued a certificate that was refused.
    #[serde(default)]
    pub issuer: Option<String>,
    /// How many hours a certificate has run out, or is not valid yet, by this computer's clock.
    #[serde(default)]
    pub hours: Option<u64>,
}

impl Failure {
    /// A failure of which only the kind is known.
    pub fn new(kind: FailureKind) -> Self {
        Self(Box::new(FailureDetails {
            kind,
            code: None,
            message: None,
            status: None,
            request_id: None,
            host: None,
            region: None,
            model: None,
            retry_after_seconds: None,
            limit: None,
            issuer: None,
            hours: None,
        }))
    }

    /// Everything that is known, for a type of the caller's own.
    pub fn into_details(self) -> FailureDetails {
        *self.0
    }

    /// Names the limit that was hit.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.0.limit = u64::try_from(limit).ok();
        self
    }

    /// Names the model that was asked, unless one is named already.
    #[must_use]
    pub fn about_model(mut self, model: &str) -> Self {
        self.0.model.get_or_insert_with(|| model.to_owned());
        self
    }

    /// Names the endpoint that was asked.
    #[must_use]
    pub fn about_endpoint(mut self, endpoint: &dashscope::Endpoint) -> Self {
        self.0.region = endpoint.region().map(ToString::to_string);
        self.0
            .host
            .get_or_insert_with(|| endpoint.origin().host().to_owned());
        self
    }
}

impl std::ops::Deref for Failure {
    type Target = FailureDetails;

    fn deref(&self) -> &FailureDetails {
        &self.0
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        Self::new(kind)
    }
}

impl From<dashscope::Error> for Failure {
    fn from(error: dashscope::Error) -> Self {
        use dashscope::ErrorKind as Kind;
        let (mut pointed_to, mut issuer, mut hours, mut refused) = (None, None, None, None);
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "no other kind carries anything"
        )]
        match error.kind() {
            Kind::Redirected { host } | Kind::Portal { host } => pointed_to.clone_from(host),
            Kind::Tls(TlsProblem::UnknownIssuer { issuer: by }) => issuer.clone_from(by),
            Kind::Tls(
                TlsProblem::Expired { hours: by } | TlsProblem::NotYetValid { hours: by },
            ) => {
                hours = *by;
            }
            Kind::Proxy(ProxyProblem::Refused { status }) => refused = *status,
            _ => {}
        }
        Self(Box::new(FailureDetails {
            kind: kind_of(error.kind()),
            code: error.code().map(str::to_owned),
            message: error.message().map(str::to_owned),
            status: error.status().or(refused),
            request_id: error.request_id().map(str::to_owned),
            host: pointed_to.or_else(|| error.host().map(str::to_owned)),
            retry_after_seconds: match error.retry() {
                // Our own backoff is no advice to a person: what clears by waiting is a quota.
                Retry::Wait(wait) if error.asked_wait().is_some() || is_quota(error.kind()) => {
                    u32::try_from(wait.as_secs()).ok()
                }
                Retry::Wait(_) | Retry::No | Retry::AfterChange => None,
            },
            limit: error.limit(),
            region: None,
            model: None,
            issuer,
            hours,
        }))
    }
}

fn is_quota(kind: &dashscope::ErrorKind) -> bool {
    use dashscope::ErrorKind as Kind;
    matches!(kind, Kind::RateLimited | Kind::TokensPerMinute)
}

fn kind_of(kind: &dashscope::ErrorKind) -> FailureKind {
    use dashscope::ErrorKind as Kind;
    match kind {
        Kind::NotHttps => FailureKind::NotHttps,
        Kind::Dns => FailureKind::Dns,
        Kind::Connect => FailureKind::Connect,
        Kind::ConnectTimeout => FailureKind::ConnectTimeout,
        Kind::Tls(problem) => match problem {
            TlsProblem::UnknownIssuer { .. } => FailureKind::CertificateUntrusted,
            TlsProblem::Expired { .. } => FailureKind::CertificateExpired,
            TlsProblem::NotYetValid { .. } => FailureKind::CertificateNotYetValid,
            TlsProblem::WrongHost => FailureKind::CertificateWrongHost,
            TlsProblem::ProtocolVersion => FailureKind::TlsVersion,
            TlsProblem::Handshake => FailureKind::Tls,
        },
        Kind::Proxy(problem) => match problem {
            ProxyProblem::Unreachable => FailureKind::Proxy,
            ProxyProblem::AuthenticationRequired => FailureKind::ProxyAuthentication,
            ProxyProblem::Refused { .. } => FailureKind::ProxyRefused,
            ProxyProblem::Unclear => FailureKind::ProxyUnclear,
            ProxyProblem::Script => FailureKind::ProxyScript,
        },
        Kind::Portal { .. } => FailureKind::Portal,
        Kind::FirstByteTimeout => FailureKind::FirstByteTimeout,
        Kind::Stalled => FailureKind::Stalled,
        Kind::ConnectionLost => FailureKind::ConnectionLost,
        Kind::Redirected { .. } => FailureKind::Redirected,
        Kind::HeadersTooLarge => FailureKind::HeadersTooLarge,
        Kind::UnexpectedContent => FailureKind::UnexpectedContent,
        Kind::ProtocolViolation => FailureKind::ProtocolViolation,
        Kind::EmptyAnswer => FailureKind::EmptyAnswer,
        Kind::Interrupted => FailureKind::Interrupted,
        Kind::TooLarge => FailureKind::TooLarge,
        Kind::KeyRefused => FailureKind::KeyRefused,
        Kind::WorkspaceRefused => FailureKind::WorkspaceRefused,
        Kind::TokenExpired => FailureKind::TokenExpired,
        Kind::AccessDenied => FailureKind::AccessDenied,
        Kind::NotActivated => FailureKind::NotActivated,
        Kind::FreeQuotaUsed => FailureKind::FreeQuotaUsed,
        Kind::ModelNotFound => FailureKind::ModelNotFound,
        Kind::ModelAccessDenied => FailureKind::ModelAccessDenied,
        Kind::Arrears => FailureKind::Arrears,
        Kind::ContentRejected => FailureKind::ContentRejected,
        Kind::RateLimited => FailureKind::RateLimited,
        Kind::TokensPerMinute => FailureKind::TokensPerMinute,
        Kind::PlanQuotaUsed => FailureKind::PlanQuotaUsed,
        Kind::PlanOnlyForAgents => FailureKind::PlanOnlyForAgents,
        Kind::ContextTooLong => FailureKind::ContextTooLong,
        Kind::InvalidRequest => FailureKind::InvalidRequest,
        Kind::UnsupportedByModel => FailureKind::UnsupportedByModel,
        Kind::MediaRejected => FailureKind::MediaRejected,
        Kind::ServerBusy => FailureKind::ServerBusy,
        Kind::ServerFault => FailureKind::ServerFault,
        Kind::Timeout => FailureKind::Timeout,
        Kind::KeyNotForEndpoint => FailureKind::KeyNotForEndpoint,
        Kind::KeyMissing => FailureKind::KeyMissing,
        Kind::NoNativeProtocol => FailureKind::NoNativeProtocol,
    }
}

impl From<network::FetchError> for Failure {
    fn from(error: network::FetchError) -> Self {
        use network::FetchError;
        match error {
            FetchError::NotPublic => Self::new(FailureKind::ImageRefused),
            FetchError::TooLarge => Self::new(FailureKind::ImageTooLarge),
            FetchError::Status(status) => {
                let mut failure = Self::new(FailureKind::ImageNotAnImage);
                failure.0.status = Some(status.as_u16());
                failure
            }
            FetchError::Network(error) => dashscope::Error::from(&error).into(),
        }
    }
}

impl From<ExtraCertificatesProblem> for Failure {
    fn from(problem: ExtraCertificatesProblem) -> Self {
        Self::new(match problem {
            ExtraCertificatesProblem::Unreadable => FailureKind::ExtraCertificatesUnreadable,
            ExtraCertificatesProblem::Invalid => FailureKind::ExtraCertificatesInvalid,
        })
    }
}

impl From<credentials::Error> for Failure {
    fn from(error: credentials::Error) -> Self {
        use credentials::Error;
        Self::new(match error {
            Error::Locked => FailureKind::KeychainLocked,
            Error::Denied => FailureKind::KeychainDenied,
            Error::Missing => FailureKind::KeyMissing,
            Error::Unavailable => FailureKind::KeychainUnavailable,
            Error::Ambiguous => FailureKind::KeychainAmbiguous,
            Error::Corrupt => FailureKind::KeychainCorrupt,
            Error::TimedOut => FailureKind::KeychainTimeout,
            Error::TooLong => FailureKind::InputTooLong,
            Error::PassphraseNeeded => FailureKind::PassphraseNeeded,
            Error::PassphraseWrong => FailureKind::PassphraseWrong,
            Error::PassphraseTooShort => FailureKind::PassphraseTooShort,
            Error::FileDamaged => FailureKind::PassphraseFileDamaged,
            Error::FileUnavailable => FailureKind::PassphraseFileUnavailable,
        })
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        use store::Error;
        Self::new(match error {
            Error::ReadOnly => FailureKind::StorageReadOnly,
            Error::Full => FailureKind::StorageFull,
            Error::Busy => FailureKind::StorageBusy,
            Error::NotFound => FailureKind::NotFound,
            Error::Damaged => FailureKind::StorageDamaged,
            Error::Io | Error::Other => FailureKind::StorageUnavailable,
        })
    }
}

impl From<dashscope::EndpointProblem> for Failure {
    fn from(problem: dashscope::EndpointProblem) -> Self {
        use dashscope::EndpointProblem as Problem;
        let (kind, code) = match problem {
            Problem::NotHttps => (FailureKind::NotHttps, "not_https"),
            Problem::Empty => (FailureKind::EndpointInvalid, "empty"),
            Problem::NotAUrl => (FailureKind::EndpointInvalid, "not_a_url"),
            Problem::HasUserInfo => (FailureKind::EndpointInvalid, "user_info"),
            Problem::HasQuery => (FailureKind::EndpointInvalid, "query"),
            Problem::UnsupportedScheme => (FailureKind::EndpointInvalid, "scheme"),
        };
        let mut failure = Self::new(kind);
        failure.0.code = Some(code.to_owned());
        failure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_failure_reads_back_and_an_unknown_kind_is_internal() {
        let failure = Failure::new(FailureKind::Arrears)
            .about_model("qwen-max")
            .with_limit(7);
        let text = serde_json::to_string(&failure).unwrap();
        assert_eq!(serde_json::from_str::<Failure>(&text).unwrap(), failure);
        let newer: Failure = serde_json::from_str(r#"{"kind":"from_a_newer_version"}"#).unwrap();
        assert_eq!(newer.kind, FailureKind::Internal);
    }
}
