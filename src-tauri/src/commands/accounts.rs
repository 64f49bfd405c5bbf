//! Accounts and their addresses.

use crate::commands::app::{remember, remembered, state};
use crate::desk::Desk;
use crate::error::CommandError;
use crate::view::{Account, AddressPreview, AppState, TestResult};
use tauri::State;

/// Uses this account from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_use(
    desk: State<'_, Desk>,
    account: String,
) -> Result<AppState, CommandError> {
    let engine = desk.engine()?;
    let account = engine.account(&account).await?;
    remember(&engine, remembered::ACTIVE, &account.id).await?;
    remember(&engine, remembered::DEMO, "").await?;
    state(&desk).await
}

/// Asks the account's endpoint for its models.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_test(
    desk: State<'_, Desk>,
    account: String,
) -> Result<TestResult, CommandError> {
    let checked = desk.engine()?.check_account(&account).await?;
    let result = TestResult::from(&checked);
    desk.remember_models(&account, checked.models);
    Ok(result)
}

/// Asks the keychain for the account's key; rejects with the keychain's state.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_key_state(
    desk: State<'_, Desk>,
    account: String,
) -> Result<Account, CommandError> {
    let engine = desk.engine()?;
    let row = engine.check_key(&account).await?;
    Account::new(&engine, row)
}

/// Deletes the account and its key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_delete(
    desk: State<'_, Desk>,
    account: String,
) -> Result<AppState, CommandError> {
    desk.engine()?.delete_account(&account).await?;
    state(&desk).await
}

/// What would change with this address; changes nothing.
#[tauri::command]
#[specta::specta]
pub(crate) async fn address_preview(
    desk: State<'_, Desk>,
    address: String,
    account: Option<String>,
) -> Result<AddressPreview, CommandError> {
    let preview = desk
        .engine()?
        .preview_address(&address, account.as_deref())
        .await?;
    Ok(preview.into())
}

/// Changes where the account asks; the key stays bound to where it was saved for.
#[tauri::command]
#[specta::specta]
pub(crate) async fn endpoint_set(
    desk: State<'_, Desk>,
    account: String,
    address: String,
) -> Result<Account, CommandError> {
    let engine = desk.engine()?;
    let row = engine.set_address(&account, &address).await?;
    Account::new(&engine, row)
}

/// Moves the account and its key to the official region that takes the key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn account_switch_region(
    desk: State<'_, Desk>,
    account: String,
    region: String,
) -> Result<Account, CommandError> {
    let engine = desk.engine()?;
    let row = engine.switch_region(&account, &region).await?;
    Account::new(&engine, row)
}
