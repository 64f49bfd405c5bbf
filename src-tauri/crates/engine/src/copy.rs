//! What a person copies out of a message: its source, one code block, one table.

use crate::{Engine, Failure, FailureKind};
use conversation::MessageId;

pub use markdown::TableFormat;

/// The text of a code block for the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedCode {
    /// The text.
    pub text: String,
    /// How many characters in the block cannot be seen.
    pub hidden: usize,
}

impl Engine {
    /// What a message says, as it was written, without control characters.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] for an unknown message, or the store's error.
    pub async fn message_text(&self, message: MessageId) -> Result<String, Failure> {
        let mut source = self.source_text(message).await?;
        source.retain(|character| !character.is_control() || matches!(character, '\n' | '\t'));
        Ok(source)
    }

    /// A code block of a message, which may still be running.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] when there is no such block, else as [`Engine::message_text`].
    pub async fn code_text(
        &self,
        message: MessageId,
        ordinal: u32,
        keep_hidden: bool,
    ) -> Result<CopiedCode, Failure> {
        let source = self.source_text(message).await?;
        let found = off_the_workers(move || {
            let text = markdown::code_source(&source, ordinal)?;
            let hidden = markdown::hidden_count(&text);
            Some(CopiedCode {
                text: if keep_hidden {
                    text
                } else {
                    markdown::without_hidden(&text)
                },
                hidden,
            })
        });
        found.await?.ok_or(FailureKind::NotFound.into())
    }

    /// A table of a message, which may still be running.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`] when there is no such table, else as [`Engine::message_text`].
    pub async fn table_text(
        &self,
        message: MessageId,
        ordinal: u32,
        format: TableFormat,
    ) -> Result<String, Failure> {
        let source = self.source_text(message).await?;
        let found = off_the_workers(move || markdown::table_source(&source, ordinal, format));
        found.await?.ok_or(FailureKind::NotFound.into())
    }

    async fn source_text(&self, message: MessageId) -> Result<String, Failure> {
        if let Some(live) = self.inner.running.live(message) {
            return Ok(live.source());
        }
        self.with_store(move |store| Ok(store.message(message)?.text))
            .await
    }
}

/// Runs work that may take long off the asynchronous workers.
///
/// # Errors
/// [`FailureKind::Internal`] when the runtime is shutting down.
pub(crate) async fn off_the_workers<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_join| FailureKind::Internal.into())
}
