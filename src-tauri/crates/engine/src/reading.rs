//! Reads the part of a conversation that is looked at, however long the whole is.

use crate::document::blocks_of;
use crate::{Engine, Failure};
use conversation::{ConversationId, MessageId, Tree};
use serde_json::value::RawValue;
use store::{Conversation, Message, Store};

/// Messages shown when a conversation is opened.
const OPENED: usize = 60;

/// Messages read at once, at most.
const AT_ONCE: usize = 200;

/// Some neighbouring messages of one branch.
#[derive(Debug)]
pub struct Window {
    /// The conversation as stored.
    pub conversation: Conversation,
    /// How many messages the branch has.
    pub count: usize,
    /// The place of the first one here.
    pub from: usize,
    /// The messages, first one first.
    pub messages: Vec<ReadMessage>,
}

/// One message of a [`Window`].
#[derive(Debug)]
pub struct ReadMessage {
    /// The message as stored.
    pub message: Message,
    /// Every version of its turn, oldest first.
    pub versions: Vec<MessageId>,
    /// A reply's blocks as JSON; `None` for a person's message and for a running reply.
    pub blocks: Option<Box<RawValue>>,
}

/// Which messages of a branch are read.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Span {
    /// The last ones.
    End,
    /// So many from this place on.
    At { from: usize, count: usize },
}

impl Engine {
    /// The end of the branch through `through`, or of the newest branch.
    ///
    /// # Errors
    /// [`FailureKind::NotFound`](crate::FailureKind::NotFound) for an unknown conversation, or
    /// the store's error.
    pub async fn open_conversation(
        &self,
        conversation: ConversationId,
        through: Option<MessageId>,
    ) -> Result<Window, Failure> {
        self.with_store(move |store| window(store, conversation, through, Span::End))
            .await
    }

    /// Up to `count` messages of the branch through `through`, from place `from` on.
    ///
    /// # Errors
    /// As [`Engine::open_conversation`].
    pub async fn read_window(
        &self,
        conversation: ConversationId,
        through: MessageId,
        from: usize,
        count: usize,
    ) -> Result<Window, Failure> {
        let span = Span::At { from, count };
        self.with_store(move |store| window(store, conversation, Some(through), span))
            .await
    }
}

/// The ids of a branch, first message first, with the tree it was found in.
///
/// # Errors
/// The store's error.
pub(crate) fn branch(
    store: &Store,
    conversation: ConversationId,
    through: Option<MessageId>,
) -> Result<(Tree, Vec<MessageId>), store::Error> {
    let tree = Tree::new(store.shape(conversation)?).map_err(|error| {
        tracing::error!(%error, "the messages form no tree");
        store::Error::Damaged
    })?;
    let leaf = through
        .and_then(|id| tree.newest_leaf_below(id))
        .or_else(|| tree.newest_leaf());
    let path = leaf.map(|leaf| tree.path_to(leaf)).unwrap_or_default();
    let ids = path.into_iter().map(|node| node.id).collect();
    Ok((tree, ids))
}

fn window(
    store: &Store,
    conversation: ConversationId,
    through: Option<MessageId>,
    span: Span,
) -> Result<Window, store::Error> {
    let conversation = store.conversation(conversation)?;
    let (tree, ids) = branch(store, conversation.id, through)?;
    let count = ids.len();
    let (from, wanted) = match span {
        Span::End => (count.saturating_sub(OPENED), OPENED),
        Span::At {
            from,
            count: wanted,
        } => (from.min(count), wanted.min(AT_ONCE)),
    };
    let named: Vec<MessageId> = ids.into_iter().skip(from).take(wanted).collect();
    let rows = store.messages_named(&named)?;
    let blocks = blocks_of(store, &rows)?;
    let messages = rows.into_iter().zip(blocks).map(|(message, blocks)| {
        let siblings = tree.siblings(message.id);
        ReadMessage {
            versions: siblings.map(|siblings| siblings.ids).unwrap_or_default(),
            message,
            blocks,
        }
    });
    Ok(Window {
        conversation,
        count,
        from,
        messages: messages.collect(),
    })
}
