//! Keys that were pasted or typed but not yet verified.
//!
//! They wait here, in Rust, under a random id: the page gets the id and the last four characters.

use crate::error::{CommandError, ErrorKind};
use crate::view::KeyCandidate;
use credentials::NormalisedKey;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// The keys that wait; only the newest is kept.
#[derive(Default)]
pub(crate) struct KeyCandidates(Mutex<Option<Waiting>>);

struct Waiting {
    id: Uuid,
    key: NormalisedKey,
}

impl KeyCandidates {
    /// Takes what a person pasted or typed.
    ///
    /// # Errors
    /// Why it cannot be a key.
    pub(crate) fn add(&self, input: &str) -> Result<KeyCandidate, CommandError> {
        let key = credentials::normalise(input)?;
        let id = Uuid::now_v7();
        let candidate = KeyCandidate::new(id, &key);
        *self.lock() = Some(Waiting { id, key });
        Ok(candidate)
    }

    /// A copy of the waiting key.
    ///
    /// # Errors
    /// [`ErrorKind::CandidateGone`] when another took its place or it was used.
    pub(crate) fn get(&self, id: &str) -> Result<NormalisedKey, CommandError> {
        let waiting = self.lock();
        let found = waiting
            .as_ref()
            .filter(|waiting| waiting.id.to_string() == id);
        found
            .map(|waiting| waiting.key.clone())
            .ok_or(ErrorKind::CandidateGone.into())
    }

    /// Drops the waiting key.
    pub(crate) fn discard(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `look` on a key's text; for the clipboard, which must be compared with it.
pub(crate) fn with_text(key: &SecretString, look: impl FnOnce(&str)) {
    look(key.expose_secret());
}
