//! Properties of the tree and of context assembly, checked against slow and obvious models.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, also in the functions it calls"
)]

mod context;
mod flat_cost;
mod tree;

use conversation::MessageId;
use uuid::Uuid;

fn id(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}
