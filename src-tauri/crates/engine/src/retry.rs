//! Whether a request that failed is made again by itself, and after how long.
//!
//! A question costs money, so it is only asked again while nothing of an answer has come, and only
//! where the failure says that nothing was answered either.
//!
//! Nothing was sent where no connection came about: then it is asked again too, and what failed is
//! named while it waits. A proxy is left out: it has been asked twice when its failure has a name.

mod budget;

use std::sync::Arc;
use std::time::Duration;

use dashscope::{Error, ErrorKind};

pub(crate) use budget::Budget;

/// Requests made for one reply at most, the first included.
pub(crate) const TRIES: u32 = 3;

/// Requests made at most where a connection was lost: the first may have been answered unheard.
const TRIES_AFTER_LOSS: u32 = 2;

/// The backoff before the second request; it doubles with each.
const FIRST_BACKOFF: Duration = Duration::from_millis(500);

/// The longest backoff.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// The longest wait that a server may ask for and that is waited without asking the person.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What the vendor counts a token limit by.
const TOKEN_WINDOW: Duration = Duration::from_mins(1);

/// Chooses a moment between now and a backoff's end, so that many clients do not come back at once.
pub type Jitter = Arc<dyn Fn(Duration) -> Duration + Send + Sync>;

/// A jitter that spreads evenly.
pub fn full_jitter() -> Jitter {
    Arc::new(|longest| longest.mul_f64(fastrand::f64()))
}

/// How long to wait before the next request after `made` have failed, the last one like this; `None`
/// when the failure stands.
pub(crate) fn wait(error: &Error, made: u32, jitter: &Jitter) -> Option<Duration> {
    if made >= tries(error.kind()) {
        return None;
    }
    if let Some(asked) = error.asked_wait() {
        return (asked <= LONGEST_WAIT).then_some(asked);
    }
    if error.kind() == &ErrorKind::TokensPerMinute {
        return Some(TOKEN_WINDOW);
    }
    let backoff = FIRST_BACKOFF.saturating_mul(2_u32.saturating_pow(made.saturating_sub(1)));
    Some(jitter(backoff.min(LONGEST_BACKOFF)))
}

/// How many requests a failure allows in all.
fn tries(kind: &ErrorKind) -> u32 {
    // Anything else cannot be changed by a second request, or may have been billed for the first.
    let passes = matches!(
        kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::ConnectTimeout
            | ErrorKind::RateLimited
            | ErrorKind::TokensPerMinute
            | ErrorKind::ServerBusy
            | ErrorKind::ServerFault
            | ErrorKind::Timeout
    );
    if kind == &ErrorKind::ConnectionLost {
        return TRIES_AFTER_LOSS;
    }
    if passes { TRIES } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use network::{ProxyProblem, TlsProblem};

    #[test]
    fn what_a_second_request_cannot_change_is_not_asked_again() {
        let unknown = TlsProblem::UnknownIssuer { issuer: None };
        let once = [
            ErrorKind::KeyRefused,
            ErrorKind::AccessDenied,
            ErrorKind::Arrears,
            ErrorKind::ContentRejected,
            ErrorKind::InvalidRequest,
            ErrorKind::ModelNotFound,
            ErrorKind::Redirected { host: None },
            ErrorKind::Portal { host: None },
            ErrorKind::Tls(unknown),
            ErrorKind::Proxy(ProxyProblem::Unreachable),
            ErrorKind::FirstByteTimeout,
            ErrorKind::Stalled,
        ];
        for kind in once {
            assert_eq!(tries(&kind), 1, "{kind:?}");
        }
        let again = [
            ErrorKind::Dns,
            ErrorKind::Connect,
            ErrorKind::ConnectTimeout,
            ErrorKind::RateLimited,
            ErrorKind::ServerBusy,
            ErrorKind::ServerFault,
            ErrorKind::Timeout,
        ];
        for kind in again {
            assert_eq!(tries(&kind), 3, "{kind:?}");
        }
        assert_eq!(tries(&ErrorKind::ConnectionLost), 2);
    }
}
