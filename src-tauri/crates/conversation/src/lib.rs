//! Pure domain of a chat: message tree, branches, context assembly.
//!
//! No input or output, no clock, no random source, no asynchronous code: ids and times are
//! passed in, so that every function gives the same answer for the same arguments.
//!
//! ```
//! use conversation::{Budget, MessageId, Node, Role, Status, Tree, assemble};
//! use uuid::Uuid;
//!
//! let question = Node {
//!     id: MessageId::from_uuid(Uuid::from_u128(1)),
//!     parent: None,
//!     role: Role::User,
//!     status: Status::Complete,
//!     text: "Why is the sky blue?".to_owned(),
//! };
//! let leaf = question.id;
//! let tree = Tree::new(vec![question])?;
//! let context = assemble(&tree.path_to(leaf), None, Budget { input_tokens: 1000 });
//! assert_eq!(context.turns.len(), 1);
//! # Ok::<(), conversation::TreeError>(())
//! ```

mod context;
mod id;
mod node;
mod title;
mod tokens;
mod tree;

pub use context::{Budget, Context, TURN_OVERHEAD_TOKENS, assemble};
pub use id::{ConversationId, InvalidId, MessageId};
pub use node::{Node, Role, Status, UnknownName};
pub use title::{MAX_TITLE_CHARACTERS, title_from};
pub use tokens::estimate_tokens;
pub use tree::{Siblings, Tree, TreeError};
