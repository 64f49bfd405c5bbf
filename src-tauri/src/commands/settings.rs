//! The settings a person can change.

use crate::desk::Desk;
use crate::error::CommandError;
use crate::view::{Settings, model_id};
use tauri::State;

/// Stores the settings; they apply at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_save(
    desk: State<'_, Desk>,
    settings: Settings,
) -> Result<Settings, CommandError> {
    let model = settings.model.map(model_id).transpose()?;
    let settings = Settings { model, ..settings };
    let kept = settings.clone();
    desk.engine()?
        .with_store(move |store| kept.write(store))
        .await?;
    if let Some(window) = desk.window() {
        (window.set_theme)(settings.theme.into());
    }
    Ok(settings)
}
