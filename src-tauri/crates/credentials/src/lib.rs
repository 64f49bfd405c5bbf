//! API keys in the operating system's keychain: read once, kept in memory, never printed.
//!
//! A [`Vault`] owns one thread that talks to the keychain, since that may block for as long as a
//! password dialog stands open; callers wait under a deadline. Without a keychain a key lives for the
//! session only, or in a file under a passphrase when a person asks for that; it is never written
//! anywhere else. This crate does not decide where a key may be sent; it keeps the origin it was
//! saved for beside it.

mod backend;
mod error;
mod item;
mod key;
pub mod memory;
mod passphrase;
mod shared;
mod system;
mod vault;
mod worker;

pub use backend::Backend;
pub use error::Error;
pub use key::{KeyProblem, KeyShape, NormalisedKey, inspect, normalise};
pub use passphrase::{Cost, PASSPHRASE_FILE, PassphraseState, SHORTEST_PASSPHRASE};
pub use system::{KeychainName, SystemBackend};
pub use vault::{Deadlines, Place, StoredKey, Vault};
