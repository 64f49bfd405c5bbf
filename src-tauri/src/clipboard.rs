//! The system clipboard, read and written here so that the page never needs it.

use crate::error::{CommandError, ErrorKind};
use std::sync::Mutex;
use zeroize::Zeroizing;

/// The clipboard; kept open because on X11 a copied text lives only as long as its owner.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// The text on the clipboard.
    ///
    /// # Errors
    /// [`ErrorKind::ClipboardEmpty`] when there is none.
    pub(crate) fn read(&self) -> Result<Zeroizing<String>, CommandError> {
        self.with(arboard::Clipboard::get_text).map(Zeroizing::new)
    }

    /// Puts a text on the clipboard.
    ///
    /// # Errors
    /// [`ErrorKind::ClipboardEmpty`] when the system has no clipboard.
    pub(crate) fn write(&self, text: String) -> Result<(), CommandError> {
        self.with(|clipboard| clipboard.set_text(text))
    }

    /// Empties the clipboard if it still holds this text: a key should not stay there.
    pub(crate) fn clear_if_holds(&self, secret: &str) {
        let cleared = self.with(|clipboard| {
            if clipboard.get_text()?.contains(secret) {
                clipboard.clear()
            } else {
                Ok(())
            }
        });
        if cleared.is_err() {
            tracing::info!("the clipboard was left as it is");
        }
    }

    fn with<T>(
        &self,
        call: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>,
    ) -> Result<T, CommandError> {
        let mut kept = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let empty = |_error| CommandError::from(ErrorKind::ClipboardEmpty);
        let clipboard = match kept.as_mut() {
            Some(clipboard) => clipboard,
            None => kept.insert(arboard::Clipboard::new().map_err(empty)?),
        };
        call(clipboard).map_err(empty)
    }
}
