//! The one error that crosses IPC: a kind with data, never a sentence.

use credentials::KeyProblem;
use engine::{Failure, FailureKind};
use serde::Serialize;
use specta::Type;

/// Declares the kinds once: those the engine reports and those of the shell's own.
macro_rules! error_kinds {
    (engine: $($engine:ident)*; shell: $($shell:ident)*;) => {
        /// What went wrong; the page has a title, a cause and an action for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
        #[serde(rename_all = "camelCase")]
        #[expect(missing_docs, reason = "each name is the whole story; the page has the words")]
        pub enum ErrorKind { $($engine,)* $($shell,)* }

        impl From<FailureKind> for ErrorKind {
            fn from(kind: FailureKind) -> Self {
                match kind { $(FailureKind::$engine => Self::$engine,)* }
            }
        }
    };
}

error_kinds! {
    engine:
        NotHttps Dns Connect ConnectTimeout Tls Proxy FirstByteTimeout Stalled ConnectionLost
        Redirected HeadersTooLarge
        UnexpectedContent ProtocolViolation EmptyAnswer Interrupted TooLarge
        KeyRefused WorkspaceRefused TokenExpired AccessDenied NotActivated FreeQuotaUsed
        ModelNotFound ModelAccessDenied Arrears ContentRejected RateLimited TokensPerMinute
        PlanQuotaUsed PlanOnlyForAgents ContextTooLong InvalidRequest UnsupportedByModel
        MediaRejected ServerBusy ServerFault Timeout
        KeyNotForEndpoint KeyMissing NoNativeProtocol CodingPlanKey
        KeychainLocked KeychainDenied KeychainUnavailable KeychainAmbiguous KeychainCorrupt
        KeychainTimeout
        StorageReadOnly StorageFull StorageBusy StorageDamaged StorageUnavailable
        EndpointInvalid NotFound InvalidInput InputTooLong StillReplying NoAccount Internal;
    shell:
        KeyEmpty KeyLooksLikeUrl KeyContainsSpaces KeyNotAscii KeyTooLong KeyTooShort
        ClipboardEmpty CandidateGone LinkRefused;
}

/// An error of a command, or of a failed reply.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The vendor's code.
    pub code: Option<String>,
    /// The vendor's message, for the details only.
    pub message: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The vendor's request id.
    pub request_id: Option<String>,
    /// The host that was asked.
    pub host: Option<String>,
    /// The region that was asked.
    pub region: Option<String>,
    /// The model that was asked.
    pub model: Option<String>,
    /// Seconds to wait, when waiting helps.
    pub retry_after_seconds: Option<u32>,
    /// The limit that was hit.
    pub limit: Option<u64>,
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        let Failure {
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
        } = failure;
        Self {
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
        }
    }
}

impl From<ErrorKind> for CommandError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, ..Failure::new(FailureKind::Internal).into() }
    }
}

impl From<KeyProblem> for CommandError {
    fn from(problem: KeyProblem) -> Self {
        match problem {
            KeyProblem::Empty => ErrorKind::KeyEmpty.into(),
            KeyProblem::LooksLikeUrl => ErrorKind::KeyLooksLikeUrl.into(),
            KeyProblem::ContainsSpaces => ErrorKind::KeyContainsSpaces.into(),
            KeyProblem::NotAscii => ErrorKind::KeyNotAscii.into(),
            KeyProblem::TooShort => ErrorKind::KeyTooShort.into(),
            KeyProblem::TooLong { characters } => Self {
                limit: u64::try_from(characters).ok(),
                ..ErrorKind::KeyTooLong.into()
            },
        }
    }
}

impl From<credentials::Error> for CommandError {
    fn from(error: credentials::Error) -> Self {
        Failure::from(error).into()
    }
}
