//! The operating system's keychain through the `keyring` crate.
//!
//! `keyring` connects once per process and keeps a failure for ever, so after one this module
//! connects itself and puts the new store where `keyring` looks for it. Errors of those crates are
//! never formatted: some carry the secret.

use keyring_core::Error as KeyringError;
use zeroize::Zeroizing;

use crate::backend::Backend;
use crate::error::Error;

/// Names our items among those of other programs; the account is the user name.
const SERVICE: &str = "app.dashdesk.desktop.credential";

/// The operating system's keychain; connects when first asked.
#[derive(Debug, Default)]
pub struct SystemBackend {
    /// True once this module connected, after which `keyring`'s own first result is history.
    rebuilt: bool,
}

/// What the user's system calls its keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainName {
    /// Linux: GNOME Keyring, `KWallet`, `KeePassXC` or another provider of the Secret Service.
    SecretService,
    /// macOS: the login keychain.
    MacKeychain,
    /// Windows: the Credential Manager.
    WindowsCredentialManager,
}

impl KeychainName {
    pub(crate) fn of_this_system() -> Self {
        if cfg!(target_os = "macos") {
            Self::MacKeychain
        } else if cfg!(windows) {
            Self::WindowsCredentialManager
        } else {
            Self::SecretService
        }
    }
}

impl SystemBackend {
    /// A backend that has not connected yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn entry(&mut self, account: &str) -> Result<keyring_core::Entry, Error> {
        if !self.rebuilt {
            match keyring::Entry::new(SERVICE, account) {
                Ok(entry) => return for_this_computer(entry, account).map_err(state_of),
                Err(KeyringError::NoDefaultStore) => self.rebuild()?,
                Err(error) => return Err(state_of(error)),
            }
        }
        keyring_core::Entry::new(SERVICE, account).map_err(state_of)
    }

    /// Runs one access, and once more on a fresh connection if the keychain went away meanwhile.
    fn access<T>(
        &mut self,
        account: &str,
        operation: impl Fn(&keyring_core::Entry) -> keyring_core::Result<T>,
    ) -> Result<T, Error> {
        let first = operation(&self.entry(account)?).map_err(state_of);
        if matches!(first, Err(Error::Unavailable)) {
            self.rebuild()?;
            return operation(&self.entry(account)?).map_err(state_of);
        }
        first
    }
}

impl Backend for SystemBackend {
    fn get(&mut self, account: &str) -> Result<Vec<u8>, Error> {
        self.access(account, keyring_core::Entry::get_secret)
    }

    fn set(&mut self, account: &str, item: &[u8]) -> Result<(), Error> {
        self.access(account, |entry| entry.set_secret(item))
    }

    fn delete(&mut self, account: &str) -> Result<(), Error> {
        self.access(account, keyring_core::Entry::delete_credential)
    }

    #[cfg(target_os = "linux")]
    fn rebuild(&mut self) -> Result<(), Error> {
        let store = zbus_secret_service_keyring_store::Store::new().map_err(state_of)?;
        keyring_core::set_default_store(store);
        self.rebuilt = true;
        Ok(())
    }

    /// The keychains of macOS and Windows are part of the system and need no connection.
    #[cfg(not(target_os = "linux"))]
    fn rebuild(&mut self) -> Result<(), Error> {
        keyring::Entry::store_status()
            .as_ref()
            .map_err(|_kept| Error::Unavailable)
            .copied()
    }

    fn another(&self) -> Box<dyn Backend> {
        Box::new(Self::new())
    }
}

#[cfg(not(windows))]
#[expect(clippy::unnecessary_wraps, reason = "the Windows form can fail")]
fn for_this_computer(
    entry: keyring::Entry,
    _account: &str,
) -> keyring_core::Result<keyring_core::Entry> {
    Ok(entry.inner)
}

/// Windows would otherwise copy the key to every computer of the user's domain.
#[cfg(windows)]
fn for_this_computer(
    _entry: keyring::Entry,
    account: &str,
) -> keyring_core::Result<keyring_core::Entry> {
    let modifiers = std::collections::HashMap::from([("persistence", "Local")]);
    keyring_core::Entry::new_with_modifiers(SERVICE, account, &modifiers)
}

/// Reduces an error to its kind and wipes the secret some of them carry.
fn state_of(error: KeyringError) -> Error {
    match error {
        KeyringError::NoEntry => Error::Missing,
        KeyringError::NoStorageAccess(cause) => refusal(&*cause),
        KeyringError::BadEncoding(secret) | KeyringError::BadDataFormat(secret, _) => {
            drop(Zeroizing::new(secret));
            Error::Corrupt
        }
        KeyringError::TooLong(..) => Error::TooLong,
        KeyringError::Ambiguous(_) => Error::Ambiguous,
        // On macOS the keychain is always there: what fails otherwise is a refused dialog.
        KeyringError::PlatformFailure(_) if cfg!(target_os = "macos") => Error::Denied,
        KeyringError::PlatformFailure(_)
        | KeyringError::BadStoreFormat(_)
        | KeyringError::Invalid(..)
        | KeyringError::NoDefaultStore
        | KeyringError::NotSupportedByStore(_)
        | _ => Error::Unavailable,
    }
}

#[cfg(target_os = "linux")]
fn refusal(cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    match cause.downcast_ref::<secret_service::Error>() {
        Some(secret_service::Error::Prompt) => Error::Denied,
        // There is a provider but no default collection, as on a system without a desktop.
        Some(secret_service::Error::NoResult) => Error::Unavailable,
        _ => Error::Locked,
    }
}

#[cfg(not(target_os = "linux"))]
fn refusal(_cause: &(dyn std::error::Error + Send + Sync + 'static)) -> Error {
    Error::Locked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause() -> Box<dyn std::error::Error + Send + Sync> {
        Box::new(std::io::Error::other("sk-CANARY"))
    }

    #[test]
    fn every_error_of_the_keychain_has_a_state() {
        let secret = b"sk-CANARY".to_vec();
        for (error, state) in [
            (KeyringError::NoEntry, Error::Missing),
            (KeyringError::NoStorageAccess(cause()), Error::Locked),
            (KeyringError::BadEncoding(secret.clone()), Error::Corrupt),
            (KeyringError::BadDataFormat(secret, cause()), Error::Corrupt),
            (
                KeyringError::TooLong(String::from("secret"), 2_560),
                Error::TooLong,
            ),
            (KeyringError::Ambiguous(Vec::new()), Error::Ambiguous),
            (KeyringError::NoDefaultStore, Error::Unavailable),
            (
                KeyringError::BadStoreFormat(String::from("sk-CANARY")),
                Error::Unavailable,
            ),
            (
                KeyringError::NotSupportedByStore(String::new()),
                Error::Unavailable,
            ),
        ] {
            let made = state_of(error);
            assert_eq!(made, state);
            assert!(!format!("{made} {made:?}").contains("CANARY"));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn secret_service_refusals_are_told_apart() {
        use secret_service::Error as ServiceError;
        for (cause, state) in [
            (ServiceError::Prompt, Error::Denied),
            (ServiceError::Locked, Error::Locked),
            (ServiceError::NoResult, Error::Unavailable),
        ] {
            assert_eq!(
                state_of(KeyringError::NoStorageAccess(Box::new(cause))),
                state
            );
        }
        let gone = KeyringError::PlatformFailure(Box::new(ServiceError::Unavailable));
        assert_eq!(state_of(gone), Error::Unavailable);
    }
}
