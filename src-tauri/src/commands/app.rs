//! The app as a whole: its state, its storage, the demo.

use crate::desk::{Desk, system_language};
use crate::error::CommandError;
use crate::view::{Account, AppState, Settings, StorageState};
use engine::{Engine, Failure};
use std::collections::HashMap;
use tauri::State;

/// The settings table's names for what the app remembers of itself.
pub(crate) mod remembered {
    pub(crate) const ACTIVE: &str = "active_account";
    pub(crate) const DEMO: &str = "demo";
    pub(crate) const NEW_CHAT_DRAFT: &str = "new_chat_draft";
    pub(crate) const LAST_CONVERSATION: &str = "last_conversation";
}

/// What the page starts from.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_state(desk: State<'_, Desk>) -> Result<AppState, CommandError> {
    state(&desk).await
}

/// The page has painted: show the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_ready(desk: State<'_, Desk>) -> Result<(), CommandError> {
    if let Some(window) = desk.window() {
        (window.show)();
    }
    // The first code block of a reply should not wait for its grammar.
    drop(tauri::async_runtime::spawn_blocking(markdown::warm));
    warm(&desk);
    // Tidying up can wait until there is something to look at.
    if desk.storage() == StorageState::Ready {
        desk.engine()?.forget_deleted().await?;
    }
    Ok(())
}

/// Opens the connection that the first message will want; the demo asks nobody.
fn warm(desk: &Desk) {
    let Ok(engine) = desk.engine() else { return };
    tauri::async_runtime::spawn(async move {
        let active = engine.with_store(|store| {
            let demo = store.setting(remembered::DEMO)?;
            let demo = demo.is_some_and(|demo| !demo.is_empty());
            let named = store.setting(remembered::ACTIVE)?;
            let accounts = store.accounts()?;
            let active = accounts.iter().find(|row| Some(&row.id) == named.as_ref());
            let active = active.or(accounts.first()).map(|row| row.id.clone());
            Ok(active.filter(|_| !demo))
        });
        if let Ok(Some(account)) = active.await
            && let Err(error) = engine.warm(&account).await
        {
            tracing::info!(%error, "no connection was opened in advance");
        }
    });
}

/// Tries to open the data folder again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn storage_retry(desk: State<'_, Desk>) -> Result<AppState, CommandError> {
    desk.reopen();
    state(&desk).await
}

/// Sets a damaged database aside, keeping it, and begins a new one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn storage_start_fresh(desk: State<'_, Desk>) -> Result<AppState, CommandError> {
    desk.start_fresh()?;
    state(&desk).await
}

/// Lets the scripted guide answer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn demo_start(desk: State<'_, Desk>) -> Result<AppState, CommandError> {
    remember(&desk.engine()?, remembered::DEMO, "on").await?;
    state(&desk).await
}

/// Goes back to the account, or to the first run.
#[tauri::command]
#[specta::specta]
pub(crate) async fn demo_leave(desk: State<'_, Desk>) -> Result<AppState, CommandError> {
    remember(&desk.engine()?, remembered::DEMO, "").await?;
    state(&desk).await
}

/// Stores something the app remembers of itself.
pub(crate) async fn remember(
    engine: &Engine,
    name: &'static str,
    value: &str,
) -> Result<(), Failure> {
    let value = value.to_owned();
    engine
        .with_store(move |store| store.set_setting(name, &value))
        .await
}

/// Remembers which conversation is open; a history that cannot be written can still be read.
pub(crate) async fn remember_conversation(engine: &Engine, conversation: &str) {
    if let Err(error) = remember(engine, remembered::LAST_CONVERSATION, conversation).await {
        tracing::info!(%error, "the open conversation is not remembered");
    }
}

/// The state after whatever just changed.
pub(crate) async fn state(desk: &Desk) -> Result<AppState, CommandError> {
    let storage = desk.storage();
    let mut state = AppState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        locale: system_language(),
        storage,
        data_folder: desk.folder().display().to_string(),
        keychain: desk.keychain_name().into(),
        passphrase_file: desk.passphrase_state().into(),
        settings: Settings::default(),
        accounts: Vec::new(),
        active: None,
        demo: false,
        new_chat_draft: String::new(),
        last_conversation: None,
    };
    let Ok(engine) = desk.engine() else {
        return Ok(state);
    };
    let (settings, accounts, remembered) = engine
        .with_store(|store| {
            let remembered: HashMap<String, String> = store.settings()?.into_iter().collect();
            Ok((Settings::read(store), store.accounts()?, remembered))
        })
        .await?;
    let named = |name: &str| {
        remembered
            .get(name)
            .filter(|value| !value.is_empty())
            .cloned()
    };
    state.settings = settings;
    state.accounts = accounts
        .into_iter()
        .map(|row| Account::new(&engine, row))
        .collect::<Result<_, _>>()?;
    state.active = named(remembered::ACTIVE)
        .filter(|active| state.accounts.iter().any(|account| account.id == *active))
        .or_else(|| state.accounts.first().map(|account| account.id.clone()));
    state.demo = named(remembered::DEMO).is_some();
    state.new_chat_draft = named(remembered::NEW_CHAT_DRAFT).unwrap_or_default();
    state.last_conversation = named(remembered::LAST_CONVERSATION);
    Ok(state)
}
