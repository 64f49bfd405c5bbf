//! API keys in the operating system's keychain: read once, kept in memory, never printed.
//!
//! A [`Vault`] owns one thread that talks to the keychain, since that may block for as long as a
//! password dialog stands open; callers wait under a deadline. Keys are never written anywhere but
//! into the keychain: without one, a key lives for the session only. This crate does not decide
//! where a key may be sent; it keeps the origin it was saved for beside it.

mod backend;
mod error;
mod item;
mod key;
pub mod memory;
mod shared;
mod system;
mod vault;
mod worker;

pub use backend::Backend;
pub use error::Error;
pub use key::{KeyProblem, KeyShape, NormalisedKey, inspect, normalise};
pub use system::{KeychainName, SystemBackend};
pub use vault::{Deadlines, Place, StoredKey, Vault};
