//! The models to choose from.

use crate::commands::app::state;
use crate::desk::Desk;
use crate::error::CommandError;
use crate::view::{EndpointKind, Model};
use dashscope::catalogue::Catalogue;
use std::collections::HashSet;
use tauri::State;

/// The catalogue, merged with what the account's endpoint listed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn models(desk: State<'_, Desk>) -> Result<Vec<Model>, CommandError> {
    let state = state(&desk).await?;
    if state.demo {
        return Ok(vec![Model::guide()]);
    }
    let active = state
        .accounts
        .iter()
        .find(|account| Some(&account.id) == state.active.as_ref());
    let listed = active.and_then(|account| desk.listed_models(&account.id));
    let own = active.is_some_and(|account| {
        matches!(account.endpoint, EndpointKind::Local | EndpointKind::Custom)
    });
    Ok(merge(listed.as_deref(), own))
}

/// Asks the account's endpoint again, then as [`models`].
#[tauri::command]
#[specta::specta]
pub(crate) async fn models_refresh(desk: State<'_, Desk>) -> Result<Vec<Model>, CommandError> {
    let state = state(&desk).await?;
    if let (false, Some(active)) = (state.demo, state.active) {
        let checked = desk.engine()?.check_account(&active).await?;
        desk.remember_models(&active, checked.models);
    }
    models(desk).await
}

/// An endpoint of the user's own offers only what it lists; an official one may know models that
/// the catalogue does not, and does not list everything it answers.
fn merge(listed: Option<&[String]>, own_endpoint: bool) -> Vec<Model> {
    let Some(listed) = listed else {
        return Catalogue::bundled()
            .models()
            .iter()
            .map(|model| Model::known(model, None))
            .collect();
    };
    let names: HashSet<&str> = listed.iter().map(String::as_str).collect();
    let catalogue = Catalogue::bundled();
    let known = catalogue.models().iter().filter_map(|model| {
        let available = names.contains(model.id.as_str());
        (available || !own_endpoint).then(|| Model::known(model, Some(available)))
    });
    let others = listed
        .iter()
        .filter(|id| catalogue.get(id).is_none())
        .map(|id| Model::unknown(id));
    known.chain(others).collect()
}
