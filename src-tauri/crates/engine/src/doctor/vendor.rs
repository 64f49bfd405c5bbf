//! What a refusal of the service means to the doctor.

use super::finding::{Finding, Fix};
use super::run::Outcome;
use crate::{Failure, FailureKind};

/// Seconds to wait where the service did not say.
const USUAL_WAIT: u32 = 60;

/// The finding and the fix of a request that sent the key.
pub(super) fn outcome(failure: &Failure, model: &str) -> Outcome {
    let (finding, fix) = of_key(failure)
        .or_else(|| of_account(failure))
        .or_else(|| of_model(failure, model))
        .unwrap_or_else(|| of_connection(failure));
    Outcome::failed(finding, fix)
}

/// Whether a failure says nothing about the key or the model: the stream itself broke.
pub(super) fn is_of_the_stream(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Stalled
            | FailureKind::ConnectionLost
            | FailureKind::UnexpectedContent
            | FailureKind::ProtocolViolation
            | FailureKind::EmptyAnswer
            | FailureKind::Interrupted
            | FailureKind::TooLarge
            | FailureKind::FirstByteTimeout
            | FailureKind::ServerBusy
            | FailureKind::ServerFault
            | FailureKind::Timeout
    )
}

type Named = (Finding, Option<Fix>);

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn of_key(failure: &Failure) -> Option<Named> {
    Some(match failure.kind {
        FailureKind::KeyRefused => (
            Finding::KeyRefused { everywhere: false },
            Some(Fix::ReplaceKey),
        ),
        FailureKind::TokenExpired => (Finding::KeyExpired, Some(Fix::ReplaceKey)),
        FailureKind::KeyNotForEndpoint => (Finding::KeyNotForEndpoint, Some(Fix::EnterKey)),
        FailureKind::KeyMissing => (Finding::KeyMissing, Some(Fix::EnterKey)),
        FailureKind::WorkspaceRefused => (Finding::WorkspaceRefused, Some(Fix::ChangeAddress)),
        FailureKind::AccessDenied => (Finding::AccessDenied, Some(Fix::OpenConsole)),
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn of_account(failure: &Failure) -> Option<Named> {
    Some(match failure.kind {
        FailureKind::NotActivated => (Finding::NotActivated, Some(Fix::OpenConsole)),
        FailureKind::Arrears => (Finding::Arrears, Some(Fix::OpenBilling)),
        FailureKind::FreeQuotaUsed => (Finding::FreeQuotaUsed, Some(Fix::ChooseModel)),
        FailureKind::PlanQuotaUsed => (Finding::PlanQuotaUsed, Some(Fix::OpenConsole)),
        FailureKind::PlanOnlyForAgents => (Finding::PlanOnlyForAgents, Some(Fix::ReplaceKey)),
        FailureKind::RateLimited | FailureKind::TokensPerMinute => {
            let seconds = failure.retry_after_seconds.unwrap_or(USUAL_WAIT);
            (
                Finding::RateLimited { seconds },
                Some(Fix::Wait { seconds }),
            )
        }
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the next function names what this one does not"
)]
fn of_model(failure: &Failure, model: &str) -> Option<Named> {
    let model = model.to_owned();
    Some(match failure.kind {
        FailureKind::ModelNotFound => (Finding::ModelUnknown { model }, Some(Fix::ChooseModel)),
        FailureKind::ModelAccessDenied => (Finding::ModelDenied { model }, Some(Fix::ChooseModel)),
        _ => return None,
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is left is told with the vendor's own code and status"
)]
fn of_connection(failure: &Failure) -> Named {
    let host = failure.host.clone().unwrap_or_default();
    match failure.kind {
        FailureKind::Redirected => (
            Finding::Redirected {
                host: failure.host.clone(),
            },
            Some(Fix::ChangeAddress),
        ),
        FailureKind::Dns => (Finding::NameNotFound { host }, Some(Fix::CheckNetwork)),
        FailureKind::ConnectTimeout => (Finding::ConnectTimeout { host }, Some(Fix::CheckNetwork)),
        FailureKind::Connect | FailureKind::ConnectionLost => {
            (Finding::ConnectionLost { host }, Some(Fix::RunAgain))
        }
        FailureKind::Tls
        | FailureKind::CertificateUntrusted
        | FailureKind::CertificateExpired
        | FailureKind::CertificateNotYetValid
        | FailureKind::CertificateWrongHost
        | FailureKind::TlsVersion => (Finding::TlsFailed, Some(Fix::CheckNetwork)),
        FailureKind::Proxy => (
            Finding::ProxyUnreachable { address: host },
            Some(Fix::UseDirectOnce),
        ),
        FailureKind::Portal => (
            Finding::Portal {
                host: failure.host.clone(),
                title: None,
            },
            Some(Fix::OpenSignInPage),
        ),
        FailureKind::FirstByteTimeout | FailureKind::Timeout => {
            (Finding::NoAnswer, Some(Fix::RunAgain))
        }
        FailureKind::Stalled => (Finding::SilentStream, Some(Fix::RunAgain)),
        FailureKind::Interrupted | FailureKind::EmptyAnswer => {
            (Finding::StreamBroke, Some(Fix::RunAgain))
        }
        FailureKind::UnexpectedContent | FailureKind::ProtocolViolation => {
            (Finding::NotTheService, Some(Fix::ChangeAddress))
        }
        FailureKind::ServerBusy | FailureKind::ServerFault => (
            Finding::ServerFault {
                status: failure.status.unwrap_or(500),
            },
            Some(Fix::RunAgain),
        ),
        _ => (
            Finding::Refused {
                status: failure.status,
                code: failure.code.clone(),
            },
            None,
        ),
    }
}
