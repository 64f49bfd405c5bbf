//! Numbers that sum up many.

use serde::Serialize;

/// What many samples come to.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Summary {
    pub(crate) samples: usize,
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

impl Summary {
    /// Sums up samples of any unit; without samples everything is zero.
    pub(crate) fn of(mut samples: Vec<f64>) -> Self {
        samples.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let place = (samples.len() * percent).div_ceil(100).saturating_sub(1);
            samples.get(place).copied().map(rounded).unwrap_or_default()
        };
        Self {
            samples: samples.len(),
            min: at(0),
            median: at(50),
            p99: at(99),
            max: at(100),
        }
    }
}

/// A promise and how it was kept.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Requirement {
    what: String,
    at_most: f64,
    measured: f64,
    met: bool,
}

/// A promise that something stays at or below a limit.
pub(crate) fn at_most(what: impl Into<String>, limit: f64, measured: f64) -> Requirement {
    Requirement {
        what: what.into(),
        at_most: limit,
        measured: rounded(measured),
        met: measured <= limit,
    }
}

/// Three digits behind the point say more than the clocks know.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

/// Milliseconds of a duration.
pub(crate) fn milliseconds(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
