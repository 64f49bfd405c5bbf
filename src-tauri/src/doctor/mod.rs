//! The doctor's runs in this process, its report, and its words.

pub(crate) mod report;
mod words;

use engine::doctor::Diagnosis;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The run that goes on, and what the last one found.
#[derive(Default)]
pub(crate) struct Checkups(Mutex<Latest>);

#[derive(Default)]
struct Latest {
    stop: CancellationToken,
    diagnosis: Option<Diagnosis>,
}

impl Checkups {
    /// Stops the run that goes on and hands out what stops the next.
    pub(crate) fn begin(&self) -> CancellationToken {
        let mut latest = self.lock();
        latest.stop.cancel();
        latest.stop = CancellationToken::new();
        latest.stop.clone()
    }

    /// Stops the run that goes on.
    pub(crate) fn stop(&self) {
        self.lock().stop.cancel();
    }

    /// Keeps what a run found.
    pub(crate) fn keep(&self, diagnosis: Diagnosis) {
        self.lock().diagnosis = Some(diagnosis);
    }

    /// What the last run found.
    pub(crate) fn last(&self) -> Option<Diagnosis> {
        self.lock().diagnosis.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Latest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
