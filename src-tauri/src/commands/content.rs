//! What a person takes out of a message: text, code, tables, links, images.

use crate::desk::Desk;
use crate::error::{CommandError, ErrorKind};
use crate::links;
use crate::view::{CopiedCode, LinkTarget, Picture, TableFormat, id};
use tauri::State;

/// The longest text that may be copied, in bytes: a whole reply and its thinking.
const LONGEST_COPY: usize = 24 * 1024 * 1024;

/// Puts what a message says on the clipboard, as it was written.
#[tauri::command]
#[specta::specta]
pub(crate) async fn message_copy(
    desk: State<'_, Desk>,
    message: String,
) -> Result<(), CommandError> {
    let text = desk.engine()?.message_text(id(&message)?).await?;
    desk.clipboard.write(text)
}

/// Puts a code block on the clipboard. Characters that cannot be seen are left out, unless they
/// are to be kept; either way the answer says how many there are.
#[tauri::command]
#[specta::specta]
pub(crate) async fn code_copy(
    desk: State<'_, Desk>,
    message: String,
    ordinal: u32,
    keep_hidden: bool,
) -> Result<CopiedCode, CommandError> {
    let engine = desk.engine()?;
    let code = engine
        .code_text(id(&message)?, ordinal, keep_hidden)
        .await?;
    desk.clipboard.write(code.text)?;
    let hidden = u32::try_from(code.hidden).unwrap_or(u32::MAX);
    Ok(CopiedCode { hidden })
}

/// Puts a table on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn table_copy(
    desk: State<'_, Desk>,
    message: String,
    ordinal: u32,
    format: TableFormat,
) -> Result<(), CommandError> {
    let engine = desk.engine()?;
    let text = engine
        .table_text(id(&message)?, ordinal, format.into())
        .await?;
    desk.clipboard.write(text)
}

/// Puts a text on the clipboard.
#[tauri::command]
#[specta::specta]
pub(crate) async fn text_copy(desk: State<'_, Desk>, text: String) -> Result<(), CommandError> {
    if text.len() > LONGEST_COPY {
        return Err(ErrorKind::InputTooLong.into());
    }
    desk.clipboard.write(text)
}

/// Where a link would lead; opens nothing.
#[tauri::command]
#[specta::specta]
pub(crate) fn link_inspect(address: String) -> Result<LinkTarget, CommandError> {
    links::inspect(&address)
}

/// Opens a link in the user's browser, if it passes the gate.
#[tauri::command]
#[specta::specta]
pub(crate) fn link_open(address: String) -> Result<(), CommandError> {
    links::open(&address)
}

/// Loads an image that stands in a reply; its pixels come back as PNG.
#[tauri::command]
#[specta::specta]
pub(crate) async fn image_load(
    desk: State<'_, Desk>,
    message: String,
    address: String,
) -> Result<Picture, CommandError> {
    let engine = desk.engine()?;
    Ok(Picture(engine.load_image(id(&message)?, &address).await?))
}
