//! Keys in a file that a passphrase opens, for a computer without a keychain. A person chooses it;
//! nothing falls back to it by itself, and there is no way in without the passphrase.
//!
//! The passphrase is asked for once per launch: what it was stretched to stays in memory, so that a
//! further key can be kept without it. Calls block, for as long as the stretching takes.

mod cipher;
mod format;

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::item;
use crate::vault::{Place, StoredKey};

pub use cipher::Cost;
use cipher::{FileKey, Salt};
use format::{SealedFile, SealedKey};

/// The file's name in the data folder.
pub const PASSPHRASE_FILE: &str = "keys.sealed";

/// Characters a new passphrase has at least.
pub const SHORTEST_PASSPHRASE: usize = 8;

/// Far more than any number of accounts needs.
const LONGEST_FILE: u64 = 256 * 1024;

/// Whether there is such a file, and whether it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassphraseState {
    /// No key is kept this way, or none that could still be read.
    None,
    /// Its passphrase has not been given since the program started.
    Locked,
    /// Its keys are in memory.
    Open,
}

/// The file, and what its passphrase was stretched to once it was given.
pub(crate) struct PassphraseFile {
    path: PathBuf,
    cost: Cost,
    opened: Mutex<Option<FileKey>>,
}

impl PassphraseFile {
    pub(crate) fn at(path: PathBuf, cost: Cost) -> Self {
        Self {
            path,
            cost,
            opened: Mutex::new(None),
        }
    }

    pub(crate) fn state(&self) -> PassphraseState {
        let opened = self.opened().is_some();
        match self.read() {
            Ok(None) | Err(Error::FileDamaged) => PassphraseState::None,
            _there if opened => PassphraseState::Open,
            _there => PassphraseState::Locked,
        }
    }

    /// Whether the key of an account is kept here.
    pub(crate) fn holds(&self, account: &str) -> Result<bool, Error> {
        let file = self.read()?;
        let kept = |file: SealedFile| file.keys.iter().any(|key| key.account == account);
        Ok(file.is_some_and(kept))
    }

    /// Opens every key in the file. A file that was sealed at another cost is sealed anew.
    pub(crate) fn open(
        &self,
        passphrase: &SecretString,
    ) -> Result<Vec<(String, StoredKey)>, Error> {
        let file = self.read()?.ok_or(Error::Missing)?;
        let key = FileKey::stretch(passphrase, file.salt, file.cost)?;
        let mut items = Vec::with_capacity(file.keys.len());
        for sealed in &file.keys {
            let bytes = key.open(&sealed.account, &sealed.nonce, &sealed.sealed)?;
            items.push((sealed.account.clone(), bytes));
        }
        let keys = items.iter().map(|(account, bytes)| {
            let stored = StoredKey {
                place: Place::File,
                ..item::decode(bytes)?
            };
            Ok((account.clone(), stored))
        });
        let keys = keys.collect::<Result<Vec<_>, Error>>()?;
        let key = if file.cost == self.cost {
            key
        } else {
            let key = FileKey::stretch(passphrase, Salt::random()?, self.cost)?;
            self.write(&key.seal_all(&items)?)?;
            key
        };
        *self.opened() = Some(key);
        Ok(keys)
    }

    /// Keeps a key. The passphrase is needed while the file is locked, and makes the file when there
    /// is none. A damaged file is set aside.
    pub(crate) fn keep(
        &self,
        account: &str,
        item: &Zeroizing<Vec<u8>>,
        passphrase: Option<&SecretString>,
    ) -> Result<(), Error> {
        let file = match self.read() {
            Err(Error::FileDamaged) => {
                self.set_aside()?;
                None
            }
            read => read?,
        };
        if file.is_some() && self.opened().is_none() {
            self.open(passphrase.ok_or(Error::PassphraseNeeded)?)?;
        }
        if file.is_none() {
            let passphrase = passphrase.ok_or(Error::PassphraseNeeded)?;
            if passphrase.expose_secret().chars().count() < SHORTEST_PASSPHRASE {
                return Err(Error::PassphraseTooShort);
            }
            let key = FileKey::stretch(passphrase, Salt::random()?, self.cost)?;
            *self.opened() = Some(key);
        }
        // Opening may have sealed everything anew.
        let kept = self.read()?.map(|file| file.keys).unwrap_or_default();
        let opened = self.opened();
        let key = opened.as_ref().ok_or(Error::PassphraseNeeded)?;
        let mut keys: Vec<SealedKey> = kept;
        keys.retain(|key| key.account != account);
        keys.push(key.seal(account, item)?);
        self.write(&key.file(keys))
    }

    /// Takes a key out, which needs no passphrase; the last one takes the file with it. True when it
    /// was there.
    pub(crate) fn remove(&self, account: &str) -> Result<bool, Error> {
        let Some(mut file) = self.read()? else {
            return Ok(false);
        };
        let before = file.keys.len();
        file.keys.retain(|key| key.account != account);
        if file.keys.len() == before {
            return Ok(false);
        }
        if file.keys.is_empty() {
            fs::remove_file(&self.path).map_err(unavailable)?;
            *self.opened() = None;
        } else {
            self.write(&file)?;
        }
        Ok(true)
    }

    fn read(&self) -> Result<Option<SealedFile>, Error> {
        match fs::metadata(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unavailable(error)),
            Ok(found) if found.len() > LONGEST_FILE => return Err(Error::FileDamaged),
            Ok(_) => {}
        }
        let bytes = fs::read(&self.path).map_err(unavailable)?;
        SealedFile::read(&bytes).map(Some)
    }

    fn set_aside(&self) -> Result<(), Error> {
        *self.opened() = None;
        fs::rename(&self.path, self.path.with_extension("damaged")).map_err(unavailable)
    }

    /// Replaces the file in one step, readable by its owner only.
    fn write(&self, file: &SealedFile) -> Result<(), Error> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        // Made with mode 0600.
        let mut next = tempfile::NamedTempFile::new_in(folder).map_err(unavailable)?;
        next.write_all(&file.written()).map_err(unavailable)?;
        next.as_file().sync_all().map_err(unavailable)?;
        next.persist(&self.path)
            .map_err(|refused| unavailable(refused.error))?;
        Ok(())
    }

    fn opened(&self) -> MutexGuard<'_, Option<FileKey>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what was refused is logged without the path, and dropped"
)]
fn unavailable(error: io::Error) -> Error {
    tracing::warn!(kind = ?error.kind(), "the passphrase file");
    Error::FileUnavailable
}

#[cfg(test)]
mod tests;
