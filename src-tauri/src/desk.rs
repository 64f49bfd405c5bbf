//! The state behind the window: the engine when the data folder opened, or why it did not.

use crate::clipboard::Clipboard;
use crate::doctor::Checkups;
use crate::error::{CommandError, ErrorKind};
use crate::key_candidates::KeyCandidates;
use crate::regions::regions;
use crate::view::{Language, Settings, StorageState};
use credentials::{Cost, PASSPHRASE_FILE, Vault};
use engine::doctor::{Database, Doctor};
use engine::{Engine, Parts};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};
use store::{Access, OpenError, ReadOnlyReason, Store};

/// Everything the commands work with.
pub struct Desk {
    folder: PathBuf,
    vault: Vault,
    client: Option<dashscope::Client>,
    opened: RwLock<Opened>,
    pub(crate) clipboard: Clipboard,
    pub(crate) candidates: KeyCandidates,
    pub(crate) checkups: Checkups,
    listed_models: Mutex<HashMap<String, Vec<String>>>,
    window: OnceLock<WindowControls>,
}

/// What the commands may do with the window, whatever runtime it lives on.
pub(crate) struct WindowControls {
    /// Shows the window.
    pub(crate) show: Box<dyn Fn() + Send + Sync>,
    /// Gives the window's frame and the page's media queries a theme.
    pub(crate) set_theme: Box<dyn Fn(Option<tauri::Theme>) + Send + Sync>,
}

enum Opened {
    Ready(Engine),
    Failed(OpenError),
}

impl Desk {
    /// Opens the data folder. A folder that does not open is a state the window shows, not an
    /// error: nothing is overwritten and nothing else takes its place.
    pub fn open(folder: PathBuf) -> Self {
        Self::with_vault(folder, Vault::system())
    }

    /// Opens the data folder with a keychain of the caller's choice.
    pub fn with_vault(folder: PathBuf, vault: Vault) -> Self {
        let file = folder.join(PASSPHRASE_FILE);
        let vault = vault.with_passphrase_file(file, Cost::USUAL);
        let client = protocol_client();
        let opened = open_engine(&folder, &vault, client.as_ref());
        Self {
            folder,
            vault,
            client,
            opened: RwLock::new(opened),
            clipboard: Clipboard::default(),
            candidates: KeyCandidates::default(),
            checkups: Checkups::default(),
            listed_models: Mutex::default(),
            window: OnceLock::new(),
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The keychain of this system.
    pub(crate) fn keychain_name(&self) -> credentials::KeychainName {
        self.vault.keychain_name()
    }

    /// Whether keys are kept under a passphrase, and whether it was given.
    pub(crate) fn passphrase_state(&self) -> credentials::PassphraseState {
        self.vault.passphrase_state()
    }

    /// The engine.
    ///
    /// # Errors
    /// The storage error that keeps it from running.
    pub(crate) fn engine(&self) -> Result<Engine, CommandError> {
        match &*self.opened.read().unwrap_or_else(PoisonError::into_inner) {
            Opened::Ready(engine) => Ok(engine.clone()),
            Opened::Failed(OpenError::Damaged) => Err(ErrorKind::StorageDamaged.into()),
            Opened::Failed(_) => Err(ErrorKind::StorageUnavailable.into()),
        }
    }

    /// The doctor for an account, who can be asked whether the data folder opened or not.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] when there is no HTTP client at all.
    pub(crate) async fn doctor(&self, account: Option<&str>) -> Result<Doctor, CommandError> {
        let client = self.client.clone().ok_or(ErrorKind::Internal)?;
        let (engine, database) = self.database();
        let client = match engine {
            // Without its own route the account's step would look at somebody else's way.
            Some(engine) => engine.client_for(account).await.unwrap_or(client),
            None => client,
        };
        Ok(Doctor {
            client,
            vault: self.vault.clone(),
            database,
            clock: Arc::new(now_ms),
            has_network: network::probe::has_network,
            first_word: engine::doctor::FIRST_WORD,
        })
    }

    fn database(&self) -> (Option<Engine>, Database) {
        match &*self.opened.read().unwrap_or_else(PoisonError::into_inner) {
            Opened::Ready(engine) => (Some(engine.clone()), Database::Open(engine.store().clone())),
            Opened::Failed(error) => (None, Database::Failed(*error)),
        }
    }

    /// How the data folder opened.
    pub(crate) fn storage(&self) -> StorageState {
        match &*self.opened.read().unwrap_or_else(PoisonError::into_inner) {
            Opened::Ready(engine) => match engine.store().access() {
                Access::ReadWrite => StorageState::Ready,
                Access::ReadOnly(reason) => StorageState::ReadOnly {
                    reason: reason.into(),
                },
            },
            Opened::Failed(OpenError::AlreadyOpen { process }) => {
                StorageState::AlreadyOpen { process: *process }
            }
            Opened::Failed(OpenError::Damaged) => StorageState::Damaged,
            Opened::Failed(_) => StorageState::Unavailable,
        }
    }

    /// Tries to open the data folder again.
    pub(crate) fn reopen(&self) {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*opened, Opened::Failed(_)) {
            *opened = open_engine(&self.folder, &self.vault, self.client.as_ref());
        }
    }

    /// Sets a damaged database aside, keeping it, and begins a new one.
    ///
    /// # Errors
    /// [`ErrorKind::StorageUnavailable`] when the files cannot be renamed.
    pub(crate) fn start_fresh(&self) -> Result<(), CommandError> {
        if !matches!(self.storage(), StorageState::Damaged) {
            return Ok(());
        }
        let aside = Store::set_damaged_aside(&self.folder, now_ms())
            .map_err(|_error| CommandError::from(ErrorKind::StorageUnavailable))?;
        tracing::warn!(file = ?aside.file_name(), "the damaged database was set aside");
        self.reopen();
        Ok(())
    }

    /// The models an account's endpoint listed since the app started.
    pub(crate) fn listed_models(&self, account: &str) -> Option<Vec<String>> {
        self.listed().get(account).cloned()
    }

    /// Remembers what an account's endpoint listed.
    pub(crate) fn remember_models(&self, account: &str, models: Vec<String>) {
        self.listed().insert(account.to_owned(), models);
    }

    /// The theme the window is made with; `None` follows the system.
    pub(crate) fn window_theme(&self) -> Option<tauri::Theme> {
        let settings = self
            .engine()
            .ok()
            .map(|engine| Settings::read(engine.store()));
        settings.unwrap_or_default().theme.into()
    }

    /// Says how the window is controlled.
    pub(crate) fn set_window(&self, controls: WindowControls) {
        if self.window.set(controls).is_err() {
            tracing::warn!("the window was made twice");
        }
    }

    /// The window's controls; a test without a window has none.
    pub(crate) fn window(&self) -> Option<&WindowControls> {
        self.window.get()
    }

    /// Stops every reply and ends every write, before the process ends.
    pub(crate) async fn close(&self) {
        if let Ok(engine) = self.engine() {
            engine.close().await;
        }
    }

    fn listed(&self) -> std::sync::MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.listed_models
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<ReadOnlyReason> for crate::view::ReadOnlyReason {
    fn from(reason: ReadOnlyReason) -> Self {
        match reason {
            ReadOnlyReason::NewerDatabase { .. } => Self::NewerDatabase,
            ReadOnlyReason::FolderNotWritable => Self::FolderNotWritable,
        }
    }
}

/// The language the computer speaks, as far as we speak it.
pub(crate) fn system_language() -> Language {
    match sys_locale::get_locale() {
        Some(locale) if locale.to_lowercase().starts_with("zh") => Language::ZhCn,
        _ => Language::En,
    }
}

/// The protocol client of this program, or `None` when there can be no HTTP client at all.
pub(crate) fn protocol_client() -> Option<dashscope::Client> {
    let options = network::ClientOptions {
        user_agent: format!(
            "DashDesk/{} ({})",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS
        ),
        ..network::ClientOptions::default()
    };
    network::Client::new(options)
        .inspect_err(|error| tracing::error!(%error, "no HTTP client"))
        .ok()
        .map(|client| dashscope::Client::new(client, Arc::new(regions())))
}

fn open_engine(folder: &Path, vault: &Vault, client: Option<&dashscope::Client>) -> Opened {
    let Some(client) = client else {
        return Opened::Failed(OpenError::Other);
    };
    match Store::open(folder) {
        Ok(store) => {
            let engine = Engine::new(Parts {
                store,
                vault: vault.clone(),
                client: client.clone(),
                clock: Arc::new(now_ms),
                jitter: engine::full_jitter(),
            });
            tauri::async_runtime::spawn(engine.clone().watch_sleep(engine::SLEEP_LOOK));
            Opened::Ready(engine)
        }
        Err(error) => {
            tracing::error!(%error, "the data folder did not open");
            Opened::Failed(error)
        }
    }
}

pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
