//! The way requests take: proxies, and whose certificates are trusted.

use crate::desk::Desk;
use crate::error::CommandError;
use crate::view::{RouteChoice, RouteSettings};
use engine::PasswordChange;
use tauri::State;

/// What is chosen, and the route of the account's next request.
#[tauri::command]
#[specta::specta]
pub(crate) async fn route_settings(
    desk: State<'_, Desk>,
    account: Option<String>,
) -> Result<RouteSettings, CommandError> {
    let settings = desk.engine()?.route_settings(account.as_deref()).await?;
    Ok(settings.into())
}

/// Chooses the route of the app, or of an account; `null` lets the account go the app's way. A
/// password of `null` keeps the one there is, an empty one removes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn route_set(
    desk: State<'_, Desk>,
    account: Option<String>,
    choice: Option<RouteChoice>,
    password: Option<String>,
) -> Result<RouteSettings, CommandError> {
    let engine = desk.engine()?;
    let (account, password) = (account.as_deref(), PasswordChange::typed(password)?);
    engine
        .set_route(account, choice.map(Into::into), password)
        .await?;
    Ok(engine.route_settings(account).await?.into())
}

/// Trusts the certificates of a file beside the system's; `null` trusts the system alone.
#[tauri::command]
#[specta::specta]
pub(crate) async fn extra_certificates_set(
    desk: State<'_, Desk>,
    path: Option<String>,
) -> Result<RouteSettings, CommandError> {
    let engine = desk.engine()?;
    engine.set_extra_certificates(path).await?;
    Ok(engine.route_settings(None).await?.into())
}
