//! Where a person wants a key kept, and the passphrase that may come with that.

use secrecy::SecretString;
use serde::Deserialize;
use specta::Type;
use std::fmt;

/// Where a person wants a key kept.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "place", rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum KeepIn {
    /// The system's keychain.
    Keychain,
    /// Memory, until the app quits.
    Session,
    /// The file that a passphrase opens.
    File {
        /// `null` where the file is open.
        passphrase: Option<Passphrase>,
    },
}

/// A passphrase on its way in; it is never sent out and never printed.
#[derive(Clone, Deserialize, Type)]
#[serde(transparent)]
pub(crate) struct Passphrase(String);

impl From<Passphrase> for SecretString {
    fn from(passphrase: Passphrase) -> Self {
        Self::from(passphrase.0)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

impl From<KeepIn> for engine::Keep {
    fn from(keep: KeepIn) -> Self {
        match keep {
            KeepIn::Keychain => Self::Keychain,
            KeepIn::Session => Self::Session,
            KeepIn::File { passphrase } => Self::File(passphrase.map(Into::into)),
        }
    }
}
