//! What the page sees: types that serialise to the page and to nothing else.

mod account;
mod chat;
mod model;
mod state;

pub use account::*;
pub use chat::*;
pub use model::*;
pub use state::*;
