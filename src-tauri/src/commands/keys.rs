//! Keys: in, never out.

use crate::commands::app::{remember, remembered};
use crate::desk::Desk;
use crate::error::CommandError;
use crate::key_candidates::with_text;
use crate::view::{Account, KeyCandidate, Passphrase, VerifyEvent, VerifyRequest, VerifyScope};
use engine::{Verification, VerificationScope};
use tauri::State;
use tauri::ipc::Channel;
use zeroize::Zeroizing;

/// Takes the key from the clipboard, read here so that it never enters the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_paste(desk: State<'_, Desk>) -> Result<KeyCandidate, CommandError> {
    let text = desk.clipboard.read()?;
    desk.candidates.add(&text)
}

/// Takes a typed key.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_type(
    desk: State<'_, Desk>,
    key: String,
) -> Result<KeyCandidate, CommandError> {
    desk.candidates.add(&Zeroizing::new(key))
}

/// Finds out where the waiting key belongs, keeps it there, and makes or changes the account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn key_verify(
    desk: State<'_, Desk>,
    request: VerifyRequest,
    on_event: Channel<VerifyEvent>,
) -> Result<Account, CommandError> {
    let engine = desk.engine()?;
    let key = request
        .candidate
        .as_deref()
        .map(|id| desk.candidates.get(id))
        .transpose()?;
    let secret = key.as_ref().map(|key| key.secret.clone());
    let verification = Verification {
        key,
        scope: match request.scope {
            VerifyScope::AllRegions => VerificationScope::AllRegions,
            VerifyScope::BeijingOnly => VerificationScope::FirstRegion,
            VerifyScope::Address { address } => VerificationScope::Address(address),
        },
        account: request.account,
        keep: request.keep.into(),
    };
    let verified = engine
        .verify(verification, move |progress| {
            if on_event.send(progress.into()).is_err() {
                tracing::info!("the page left during a verification");
            }
        })
        .await?;
    desk.candidates.discard();
    if let Some(secret) = secret {
        with_text(&secret, |text| desk.clipboard.clear_if_holds(text));
    }
    let row = verified.account;
    if let Some(models) = verified.models {
        desk.remember_models(&row.id, models);
    }
    remember(&engine, remembered::ACTIVE, &row.id).await?;
    remember(&engine, remembered::DEMO, "").await?;
    Account::new(&engine, row)
}

/// Builds the connection to the keychain anew: "try again" without a restart.
#[tauri::command]
#[specta::specta]
pub(crate) async fn keychain_retry(desk: State<'_, Desk>) -> Result<(), CommandError> {
    Ok(desk.engine()?.vault().reconnect().await?)
}

/// Opens the passphrase file, once per launch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn passphrase_enter(
    desk: State<'_, Desk>,
    passphrase: Passphrase,
) -> Result<(), CommandError> {
    let vault = desk.engine()?.vault().clone();
    Ok(vault.enter_passphrase(passphrase.into()).await?)
}
