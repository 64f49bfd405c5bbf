//! The state the page starts from, and the settings.

use super::Account;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::Store;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Language {
    /// Simplified Chinese.
    ZhCn,
    /// English.
    En,
}

/// The language a person chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LanguageSetting {
    /// What the computer speaks.
    #[default]
    System,
    /// Simplified Chinese.
    ZhCn,
    /// English.
    En,
}

/// The theme a person chose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Theme {
    /// What the computer uses.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl From<Theme> for Option<tauri::Theme> {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::System => None,
            Theme::Light => Some(tauri::Theme::Light),
            Theme::Dark => Some(tauri::Theme::Dark),
        }
    }
}

/// The key that sends a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SendKey {
    /// Enter.
    #[default]
    Enter,
    /// Enter with Control or Command.
    ModifierEnter,
}

/// The settings a person can change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The language of the screen.
    pub(crate) language: LanguageSetting,
    /// The theme.
    pub(crate) theme: Theme,
    /// The key that sends a message.
    pub(crate) send_key: SendKey,
    /// The model of a new conversation.
    pub(crate) model: Option<String>,
}

/// The name the settings are stored under.
const STORED_AS: &str = "settings";

impl Settings {
    /// The stored settings, or the defaults when there are none that can be read.
    pub(crate) fn read(store: &Store) -> Self {
        let stored = store.setting(STORED_AS).ok().flatten();
        stored
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Stores the settings.
    ///
    /// # Errors
    /// The store's error.
    pub(crate) fn write(&self, store: &Store) -> Result<(), store::Error> {
        let text = serde_json::to_string(self).map_err(|_error| store::Error::Other)?;
        store.set_setting(STORED_AS, &text)
    }
}

/// How the data folder opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "state")]
pub(crate) enum StorageState {
    /// Everything works.
    Ready,
    /// History can be read, nothing can be written.
    ReadOnly {
        /// Why.
        reason: ReadOnlyReason,
    },
    /// Another DashDesk holds the folder.
    AlreadyOpen {
        /// Its process number.
        process: Option<u32>,
    },
    /// The database is damaged; nothing was touched.
    Damaged,
    /// The folder cannot be used.
    Unavailable,
}

/// Why nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReadOnlyReason {
    /// A newer DashDesk wrote the database.
    NewerDatabase,
    /// The folder or its disk is read-only.
    FolderNotWritable,
}

/// The keychain of this system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum KeychainName {
    /// The Secret Service: GNOME Keyring, `KWallet`, `KeePassXC`.
    SecretService,
    /// The macOS keychain.
    MacKeychain,
    /// The Windows Credential Manager.
    WindowsCredentialManager,
}

impl From<credentials::KeychainName> for KeychainName {
    fn from(name: credentials::KeychainName) -> Self {
        match name {
            credentials::KeychainName::SecretService => Self::SecretService,
            credentials::KeychainName::MacKeychain => Self::MacKeychain,
            credentials::KeychainName::WindowsCredentialManager => Self::WindowsCredentialManager,
        }
    }
}

/// Whether there is a file of keys that a passphrase opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PassphraseFile {
    /// There is none.
    None,
    /// Its passphrase has not been given since the app started.
    Locked,
    /// Its keys are in memory.
    Open,
}

impl From<credentials::PassphraseState> for PassphraseFile {
    fn from(state: credentials::PassphraseState) -> Self {
        match state {
            credentials::PassphraseState::None => Self::None,
            credentials::PassphraseState::Locked => Self::Locked,
            credentials::PassphraseState::Open => Self::Open,
        }
    }
}

/// What the page starts from.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppState {
    /// DashDesk's version.
    pub(crate) version: String,
    /// What the computer speaks.
    pub(crate) locale: Language,
    /// How the data folder opened.
    pub(crate) storage: StorageState,
    /// The data folder.
    pub(crate) data_folder: String,
    /// The keychain of this system.
    pub(crate) keychain: KeychainName,
    /// Whether keys are kept under a passphrase instead.
    pub(crate) passphrase_file: PassphraseFile,
    /// The settings.
    pub(crate) settings: Settings,
    /// The accounts.
    pub(crate) accounts: Vec<Account>,
    /// The account in use.
    pub(crate) active: Option<String>,
    /// Whether the scripted guide answers.
    pub(crate) demo: bool,
    /// What was typed for a new conversation.
    pub(crate) new_chat_draft: String,
    /// The conversation that was open last.
    pub(crate) last_conversation: Option<String>,
}
