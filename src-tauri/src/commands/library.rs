//! The list of conversations, and drafts.

use crate::commands::app::{remember, remember_conversation, remembered};
use crate::desk::Desk;
use crate::error::{CommandError, ErrorKind};
use crate::view::{
    Conversation, ConversationSummary, Found, conversation_id, id, model_id, optional_id,
};
use tauri::State;

/// A title longer than this is refused, in bytes.
const LONGEST_TITLE: usize = 400;

/// A draft longer than this is refused, in bytes.
const LONGEST_DRAFT: usize = 512 * 1024;

/// Every conversation, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversations(
    desk: State<'_, Desk>,
) -> Result<Vec<ConversationSummary>, CommandError> {
    let engine = desk.engine()?;
    let rows = engine.with_store(store::Store::conversations).await?;
    let summary = |row: store::Conversation| {
        let replying = engine.is_replying_in(row.id);
        ConversationSummary::new(row, replying)
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// A conversation with the end of the branch through `leaf`, or of its newest branch.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_open(
    desk: State<'_, Desk>,
    conversation: String,
    leaf: Option<String>,
) -> Result<Conversation, CommandError> {
    let engine = desk.engine()?;
    let id = conversation_id(&conversation)?;
    let leaf = optional_id(leaf.as_deref())?;
    let window = engine.open_conversation(id, leaf).await?;
    remember_conversation(&engine, &conversation).await;
    Ok(window.into())
}

/// Other messages of the branch that ends at `leaf`: `count` of them from place `from` on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_window(
    desk: State<'_, Desk>,
    conversation: String,
    leaf: String,
    from: u32,
    count: u32,
) -> Result<Conversation, CommandError> {
    let engine = desk.engine()?;
    let (conversation, leaf) = (conversation_id(&conversation)?, id(&leaf)?);
    let (from, count) = (place(from), place(count));
    Ok(engine
        .read_window(conversation, leaf, from, count)
        .await?
        .into())
}

/// Every place of a text in the branch that ends at `leaf`, as a person sees it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_find(
    desk: State<'_, Desk>,
    conversation: String,
    leaf: String,
    query: String,
) -> Result<Found, CommandError> {
    let engine = desk.engine()?;
    let (conversation, leaf) = (conversation_id(&conversation)?, id(&leaf)?);
    let found = engine.find(conversation, leaf, &query).await?;
    Ok(Found::new(query, found))
}

/// Gives a conversation a title of the person's own.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_rename(
    desk: State<'_, Desk>,
    conversation: String,
    title: String,
) -> Result<(), CommandError> {
    let engine = desk.engine()?;
    let (id, now) = (conversation_id(&conversation)?, engine.now_ms());
    let title = title.trim().to_owned();
    if title.is_empty() {
        return Err(ErrorKind::InvalidInput.into());
    }
    if title.len() > LONGEST_TITLE {
        return Err(ErrorKind::InputTooLong.into());
    }
    Ok(engine
        .with_store(move |store| store.rename_conversation(id, &title, now))
        .await?)
}

/// Takes a conversation out of the list; `conversation_restore` undoes it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_delete(
    desk: State<'_, Desk>,
    conversation: String,
) -> Result<(), CommandError> {
    let engine = desk.engine()?;
    let (id, now) = (conversation_id(&conversation)?, engine.now_ms());
    engine.stop_in(id);
    Ok(engine
        .with_store(move |store| store.delete_conversation(id, now))
        .await?)
}

/// Puts a deleted conversation back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_restore(
    desk: State<'_, Desk>,
    conversation: String,
) -> Result<(), CommandError> {
    let id = conversation_id(&conversation)?;
    Ok(desk
        .engine()?
        .with_store(move |store| store.restore_conversation(id))
        .await?)
}

/// The model the next message of a conversation is sent to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_set_model(
    desk: State<'_, Desk>,
    conversation: String,
    model: String,
) -> Result<(), CommandError> {
    let (id, model) = (conversation_id(&conversation)?, model_id(model)?);
    Ok(desk
        .engine()?
        .with_store(move |store| store.set_conversation_model(id, Some(&model)))
        .await?)
}

/// Keeps what was typed and not sent; `null` is the new conversation's.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_save(
    desk: State<'_, Desk>,
    conversation: Option<String>,
    text: String,
) -> Result<(), CommandError> {
    let engine = desk.engine()?;
    if text.len() > LONGEST_DRAFT {
        return Err(ErrorKind::InputTooLong.into());
    }
    match conversation {
        None => Ok(remember(&engine, remembered::NEW_CHAT_DRAFT, &text).await?),
        Some(conversation) => {
            let id = conversation_id(&conversation)?;
            Ok(engine
                .with_store(move |store| store.save_draft(id, &text))
                .await?)
        }
    }
}

/// A place in a branch; beyond what this system can count it is beyond the branch too.
fn place(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
