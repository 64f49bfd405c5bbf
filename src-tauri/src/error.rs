//! The one error that crosses IPC: a kind with data, never a sentence.

use credentials::KeyProblem;
use engine::{Failure, FailureDetails, FailureKind};
use serde::Serialize;
use specta::Type;

/// Declares the kinds once: those the engine reports and those of the shell's own.
macro_rules! error_kinds {
    (engine: $($engine:ident)*; shell: $($shell:ident)*;) => {
        /// What went wrong; the page has a title, a cause and an action for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
        #[serde(rename_all = "camelCase")]
        pub(crate) enum ErrorKind { $($engine,)* $($shell,)* }

        impl From<FailureKind> for ErrorKind {
            fn from(kind: FailureKind) -> Self {
                match kind { $(FailureKind::$engine => Self::$engine,)* }
            }
        }
    };
}

error_kinds! {
    engine:
        NotHttps Dns Connect ConnectTimeout
        Tls CertificateUntrusted CertificateExpired CertificateNotYetValid CertificateWrongHost
        TlsVersion
        Proxy ProxyAuthentication ProxyRefused ProxyUnclear ProxyScript Portal
        FirstByteTimeout Stalled Slept ConnectionLost Redirected HeadersTooLarge
        UnexpectedContent ProtocolViolation EmptyAnswer Interrupted TooLarge
        KeyRefused WorkspaceRefused TokenExpired AccessDenied NotActivated FreeQuotaUsed
        ModelNotFound ModelAccessDenied Arrears ContentRejected RateLimited TokensPerMinute
        PlanQuotaUsed PlanOnlyForAgents ContextTooLong InvalidRequest UnsupportedByModel
        MediaRejected ServerBusy ServerFault Timeout
        ImageRefused ImageTooLarge ImageNotAnImage
        KeyNotForEndpoint KeyMissing NoNativeProtocol CodingPlanKey
        KeychainLocked KeychainDenied KeychainUnavailable KeychainAmbiguous KeychainCorrupt
        KeychainTimeout
        PassphraseNeeded PassphraseWrong PassphraseTooShort PassphraseFileDamaged
        PassphraseFileUnavailable
        StorageReadOnly StorageFull StorageBusy StorageDamaged StorageUnavailable
        ExtraCertificatesUnreadable ExtraCertificatesInvalid
        EndpointInvalid NotFound InvalidInput InputTooLong StillReplying NoAccount Internal;
    shell:
        KeyEmpty KeyLooksLikeUrl KeyContainsSpaces KeyNotAscii KeyTooLong KeyTooShort
        ClipboardEmpty CandidateGone LinkRefused;
}

/// An error of a command, or of a failed reply. Boxed, so that results stay small.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(transparent)]
pub(crate) struct CommandError(Box<ErrorDetails>);

/// The kind of an error with its data.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorDetails {
    /// What went wrong.
    pub(crate) kind: ErrorKind,
    /// The vendor's code.
    pub(crate) code: Option<String>,
    /// The vendor's message, for the details only.
    pub(crate) message: Option<String>,
    /// The HTTP status.
    pub(crate) status: Option<u16>,
    /// The vendor's request id.
    pub(crate) request_id: Option<String>,
    /// The host that was asked.
    pub(crate) host: Option<String>,
    /// The region that was asked.
    pub(crate) region: Option<String>,
    /// The model that was asked.
    pub(crate) model: Option<String>,
    /// Seconds to wait, when waiting helps.
    pub(crate) retry_after_seconds: Option<u32>,
    /// The limit that was hit.
    pub(crate) limit: Option<u64>,
    /// Who issued a certificate that was refused.
    pub(crate) issuer: Option<String>,
    /// How many hours a certificate has run out, or is not valid yet, by this computer's clock.
    pub(crate) hours: Option<u64>,
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        let FailureDetails {
            kind,
            code,
            message,
            status,
            request_id,
            host,
            region,
            model,
            retry_after_seconds,
            limit,
            issuer,
            hours,
        } = failure.into_details();
        Self(Box::new(ErrorDetails {
            kind: kind.into(),
            code,
            message,
            status,
            request_id,
            host,
            region,
            model,
            retry_after_seconds,
            limit,
            issuer,
            hours,
        }))
    }
}

impl From<ErrorKind> for CommandError {
    fn from(kind: ErrorKind) -> Self {
        let mut error = Self::from(Failure::new(FailureKind::Internal));
        error.0.kind = kind;
        error
    }
}

impl From<KeyProblem> for CommandError {
    fn from(problem: KeyProblem) -> Self {
        let (kind, limit) = match problem {
            KeyProblem::Empty => (ErrorKind::KeyEmpty, None),
            KeyProblem::LooksLikeUrl => (ErrorKind::KeyLooksLikeUrl, None),
            KeyProblem::ContainsSpaces => (ErrorKind::KeyContainsSpaces, None),
            KeyProblem::NotAscii => (ErrorKind::KeyNotAscii, None),
            KeyProblem::TooShort => (ErrorKind::KeyTooShort, None),
            KeyProblem::TooLong { characters } => {
                (ErrorKind::KeyTooLong, u64::try_from(characters).ok())
            }
        };
        let mut error = Self::from(kind);
        error.0.limit = limit;
        error
    }
}

impl From<credentials::Error> for CommandError {
    fn from(error: credentials::Error) -> Self {
        Failure::from(error).into()
    }
}
