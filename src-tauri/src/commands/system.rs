//! What the page may ask of the system around it.

use crate::desk::Desk;
use crate::error::{CommandError, ErrorKind};
use crate::links;
use tauri::State;

/// The longest text that may be copied, in bytes: a whole reply and its thinking.
const LONGEST_COPY: usize = 24 * 1024 * 1024;

/// Opens a link in the user's browser, if it passes the gate.
#[tauri::command]
#[specta::specta]
pub(crate) fn link_open(address: String) -> Result<(), CommandError> {
    links::open(&address)
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
