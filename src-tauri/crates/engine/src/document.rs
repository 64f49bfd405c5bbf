//! Replies as they are shown: made once, kept beside their source, made again where missing.

use conversation::{MessageId, Role};
use markdown::Node;
use serde_json::value::RawValue;
use store::{Access, Document, Message, Store};

/// The document to keep; `None` when nothing is shown.
pub(crate) fn document(blocks: &[Node]) -> Option<Document> {
    if blocks.is_empty() {
        return None;
    }
    let json = serde_json::to_string(blocks)
        .inspect_err(|error| tracing::warn!(%error, "a reply is not kept as shown"))
        .ok()?;
    Some(Document {
        version: markdown::VERSION,
        shown: markdown::plain_text(blocks),
        blocks: json,
    })
}

/// The blocks of each message as JSON: none for what a person wrote and for what still runs.
/// A reply without a document is parsed here and kept, so that the next time parses nothing.
///
/// # Errors
/// The store's error.
pub(crate) fn blocks_of(
    store: &Store,
    messages: &[Message],
) -> Result<Vec<Option<Box<RawValue>>>, store::Error> {
    let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let kept = store.blocks(&ids, markdown::VERSION)?;
    let mut made = Vec::new();
    let blocks = messages.iter().zip(kept).map(|(message, kept)| {
        kept.and_then(|json| RawValue::from_string(json).ok())
            .or_else(|| {
                let document = parsed(message)?;
                let json = RawValue::from_string(document.blocks.clone()).ok();
                made.push((message.id, document));
                json
            })
    });
    let blocks = blocks.collect();
    keep(store, &made);
    Ok(blocks)
}

/// The document of a reply that has ended without one; `None` for everything else.
pub(crate) fn parsed(message: &Message) -> Option<Document> {
    let ended = message.role == Role::Assistant && message.status.is_final();
    if !ended || message.text.is_empty() {
        return None;
    }
    document(&markdown::parse(&message.text))
}

/// Keeps documents where the disk lets us; they can be made again.
pub(crate) fn keep(store: &Store, made: &[(MessageId, Document)]) {
    if made.is_empty() || store.access() != Access::ReadWrite {
        return;
    }
    if let Err(error) = store.save_documents(made) {
        tracing::info!(%error, "parsed replies are not kept");
    }
}
