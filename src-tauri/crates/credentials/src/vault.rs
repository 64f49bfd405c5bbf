//! The keys of all accounts: from memory, from the keychain, from the passphrase file, or for this
//! session only.
//!
//! Callers wait under a deadline while the keychain's thread may be stuck in a password dialog. A
//! late answer of the thread in use is still kept; one of an abandoned thread is not.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::backend::Backend;
use crate::error::Error;
use crate::item;
use crate::passphrase::{Cost, PassphraseFile, PassphraseState};
use crate::shared::{Shared, log};
use crate::system::{KeychainName, SystemBackend};
use crate::worker::Job;

/// Reads, saves and deletes keys. Cheap to clone; clones share keys and thread.
#[derive(Clone)]
pub struct Vault {
    shared: Arc<Shared>,
    deadlines: Deadlines,
    /// Where keys go that a person keeps under a passphrase; `None` where that is not offered.
    file: Option<Arc<PassphraseFile>>,
}

/// How long a caller waits; the keychain's thread may take longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For a key that is not in memory.
    pub read: Duration,
    /// For saving and deleting, which may ask the user for a password.
    pub write: Duration,
    /// For connecting to the keychain anew.
    pub reconnect: Duration,
}

/// A key with the origin it was saved for.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// The key itself.
    pub secret: SecretString,
    /// The origin the key may be sent to, as text.
    pub origin: String,
    /// When it was saved, in milliseconds since 1970.
    pub created_ms: i64,
    /// Where it is kept.
    pub place: Place,
}

/// Where a key is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the operating system's keychain.
    Keychain,
    /// In memory, until the program ends.
    Session,
    /// In the passphrase file.
    File,
}

impl StoredKey {
    fn new(key: &SecretString, origin: &str, created_ms: i64, place: Place) -> Self {
        Self {
            secret: key.clone(),
            origin: origin.to_owned(),
            created_ms,
            place,
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(5),
            write: Duration::from_secs(30),
            reconnect: Duration::from_secs(10),
        }
    }
}

impl Vault {
    /// The operating system's keychain. Nothing is asked of it before the first call.
    pub fn system() -> Self {
        Self::with_backend(Box::new(SystemBackend::new()))
    }

    /// Another keychain, for tests.
    pub fn with_backend(backend: Box<dyn Backend>) -> Self {
        let shared = Arc::new(Shared::new(backend));
        Self {
            shared,
            deadlines: Deadlines::default(),
            file: None,
        }
    }

    /// The same vault with other deadlines.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Deadlines) -> Self {
        Self { deadlines, ..self }
    }

    /// The same vault with a passphrase file at this path, which need not be there yet. `cost` is
    /// what a guess at its passphrase is to take; [`Cost::USUAL`] but in tests.
    #[must_use]
    pub fn with_passphrase_file(self, path: PathBuf, cost: Cost) -> Self {
        let file = Some(Arc::new(PassphraseFile::at(path, cost)));
        Self { file, ..self }
    }

    /// The key of an account: the session's, else the one in memory, else the passphrase file's or
    /// the keychain's. Calls that come while the keychain is being asked wait for the same answer.
    ///
    /// # Errors
    /// The state of the keychain or the item; [`Error::TimedOut`] while a dialog stands open, after
    /// which a later call finds the key if the dialog was answered; [`Error::PassphraseNeeded`]
    /// when the key is in a file that has not been opened.
    pub async fn read(&self, account: &str) -> Result<StoredKey, Error> {
        if let Some(found) = self.shared.in_memory(account) {
            return Ok(found);
        }
        let held = self
            .file
            .as_ref()
            .map_or(Ok(false), |file| file.holds(account));
        if held == Ok(true) {
            return Err(Error::PassphraseNeeded);
        }
        match (self.read_keychain(account).await, held) {
            // It may be in the file all the same.
            (Err(Error::Missing | Error::Unavailable), Err(file)) => Err(file),
            (answer, _) => answer,
        }
    }

    async fn read_keychain(&self, account: &str) -> Result<StoredKey, Error> {
        let (generation, answer) = match Shared::join_read(&self.shared, account) {
            Ok(found) => return Ok(found),
            Err(waiting) => waiting,
        };
        // Everybody who waits for a thread that is abandoned is let go.
        let outcome = self.wait(generation, self.deadlines.read, answer).await;
        outcome.unwrap_or(Err(Error::TimedOut))
    }

    /// Asks the keychain itself for the key of an account, whatever is in memory, and drops it again:
    /// whether the keychain would give it now.
    ///
    /// # Errors
    /// The state of the keychain or the item.
    pub async fn check(&self, account: &str) -> Result<(), Error> {
        let account = account.to_owned();
        self.run(self.deadlines.read, move |_shared, _generation, backend| {
            let bytes = zeroize::Zeroizing::new(backend.get(&account)?);
            item::decode(&bytes).map(drop)
        })
        .await
    }

    /// Saves a key in the keychain with the origin it may be sent to.
    ///
    /// # Errors
    /// [`Error::TooLong`] before anything is stored; otherwise the state of the keychain. After
    /// [`Error::TimedOut`] the key may or may not have been stored.
    pub async fn save(
        &self,
        account: &str,
        key: &SecretString,
        origin: &str,
        created_ms: i64,
    ) -> Result<(), Error> {
        let bytes = item::encode(key, origin, created_ms)?;
        let stored = StoredKey::new(key, origin, created_ms, Place::Keychain);
        let saved = account.to_owned();
        self.run(self.deadlines.write, move |shared, generation, backend| {
            backend.set(&saved, &bytes)?;
            shared.keep_saved(generation, saved, stored);
            Ok(())
        })
        .await?;
        self.take_out_of_file(account).map(drop)
    }

    /// Keeps a key in the passphrase file. The passphrase is needed unless the file is open; where
    /// there is no file yet, it makes one.
    ///
    /// # Errors
    /// [`Error::PassphraseNeeded`], [`Error::PassphraseWrong`], [`Error::PassphraseTooShort`], or
    /// the state of the file.
    pub async fn save_in_file(
        &self,
        account: &str,
        key: &SecretString,
        origin: &str,
        created_ms: i64,
        passphrase: Option<SecretString>,
    ) -> Result<(), Error> {
        let bytes = item::encode(key, origin, created_ms)?;
        let stored = StoredKey::new(key, origin, created_ms, Place::File);
        let kept = account.to_owned();
        self.with_file(move |file| file.keep(&kept, &bytes, passphrase.as_ref()))
            .await?;
        self.shared.keep_for_session(account.to_owned(), stored);
        Ok(())
    }

    /// Opens the passphrase file: its keys are in memory from now on.
    ///
    /// # Errors
    /// [`Error::PassphraseWrong`], [`Error::Missing`] when there is no file, or its state.
    pub async fn enter_passphrase(&self, passphrase: SecretString) -> Result<(), Error> {
        let keys = self.with_file(move |file| file.open(&passphrase)).await?;
        for (account, stored) in keys {
            self.shared.keep_for_session(account, stored);
        }
        Ok(())
    }

    /// Whether there is a passphrase file, and whether it is open.
    pub fn passphrase_state(&self) -> PassphraseState {
        let file = self.file.as_ref();
        file.map_or(PassphraseState::None, |file| file.state())
    }

    /// Runs what stretches a passphrase on a thread of its own: it takes a good part of a second.
    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&PassphraseFile) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let file = Arc::clone(self.file.as_ref().ok_or(Error::FileUnavailable)?);
        let (reply, answer) = oneshot::channel();
        std::thread::Builder::new()
            .name(String::from("passphrase"))
            .spawn(move || {
                let outcome = work(&file);
                log(&outcome);
                // Nobody waits any more: what was done is done.
                drop(reply.send(outcome));
            })
            .map_err(|_spawn| Error::FileUnavailable)?;
        answer.await.unwrap_or(Err(Error::FileUnavailable))
    }

    /// True when the key was there, or may have been in a file that nobody can read any more.
    fn take_out_of_file(&self, account: &str) -> Result<bool, Error> {
        match self.file.as_ref().map(|file| file.remove(account)) {
            None => Ok(false),
            Some(Err(Error::FileDamaged)) => Ok(true),
            Some(removed) => removed,
        }
    }

    /// Keeps a key in memory until the program ends; it comes before one in the keychain.
    pub fn save_for_session(
        &self,
        account: &str,
        key: &SecretString,
        origin: &str,
        created_ms: i64,
    ) {
        let stored = StoredKey::new(key, origin, created_ms, Place::Session);
        self.shared.keep_for_session(account.to_owned(), stored);
    }

    /// Whether a key is kept until the program ends, and no longer.
    pub fn is_for_session(&self, account: &str) -> bool {
        let found = self.shared.in_memory(account);
        found.is_some_and(|found| found.place == Place::Session)
    }

    /// Deletes the key of an account everywhere. A key that is not there counts as deleted.
    ///
    /// # Errors
    /// The state of the keychain, whose copy may then still be there; the copies in memory are gone
    /// in any case. A missing keychain is no error for a key that was kept elsewhere.
    pub async fn delete(&self, account: &str) -> Result<(), Error> {
        let was_session = self.shared.end_session_of(account);
        self.shared.forget(account);
        let was_elsewhere = self.take_out_of_file(account)? || was_session;
        let account = account.to_owned();
        let outcome = self
            .run(self.deadlines.write, move |shared, _generation, backend| {
                let outcome = backend.delete(&account);
                shared.forget(&account);
                outcome
            })
            .await;
        match outcome {
            Err(Error::Missing) => Ok(()),
            Err(Error::Unavailable) if was_elsewhere => Ok(()),
            outcome => outcome,
        }
    }

    /// Drops the copy in memory of a key that is in the keychain.
    pub fn forget(&self, account: &str) {
        self.shared.forget(account);
    }

    /// Connects to the keychain anew, on a fresh thread if the present one is stuck.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is still no keychain, [`Error::TimedOut`] when it does not
    /// answer.
    pub async fn reconnect(&self) -> Result<(), Error> {
        self.shared.abandon_if_overdue();
        self.run(self.deadlines.reconnect, |_shared, _generation, backend| {
            backend.rebuild()
        })
        .await
    }

    /// What the user's system calls its keychain.
    pub fn keychain_name(&self) -> KeychainName {
        KeychainName::of_this_system()
    }

    /// Runs one write on the keychain's thread, unless nobody waits for it any more by then.
    async fn run(
        &self,
        deadline: Duration,
        work: impl FnOnce(&Shared, u64, &mut dyn Backend) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        let generation = shared.generation();
        let job: Job = Box::new(move |backend| {
            if !reply.is_closed() && shared.generation() == generation {
                let outcome = work(&shared, generation, backend);
                log(&outcome);
                // Nobody waits any more: what was done is done.
                let _ = reply.send(outcome);
            }
        });
        self.shared.submit(job)?;
        let outcome = self.wait(generation, deadline, answer).await;
        outcome.unwrap_or(Err(Error::Unavailable))
    }

    /// The answer, [`Error::TimedOut`] after the deadline, or `None` when there will be none.
    async fn wait<T>(
        &self,
        generation: u64,
        deadline: Duration,
        answer: oneshot::Receiver<Result<T, Error>>,
    ) -> Option<Result<T, Error>> {
        let mut waiting = Waiting {
            shared: &self.shared,
            generation,
            answered: false,
        };
        let Ok(answered) = tokio::time::timeout(deadline, answer).await else {
            return Some(Err(Error::TimedOut));
        };
        waiting.answered = true;
        answered.ok()
    }
}

/// Notes, unless an answer came, that somebody stopped waiting: at the deadline or because the
/// caller itself was given up.
struct Waiting<'a> {
    shared: &'a Shared,
    generation: u64,
    answered: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.shared.give_up(self.generation);
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Vault")
            .field("deadlines", &self.deadlines)
            .finish_non_exhaustive()
    }
}
