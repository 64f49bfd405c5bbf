//! What the vault needs from a keychain.

use crate::error::Error;

/// A keychain as one thread sees it: calls may block, and are never made concurrently.
pub trait Backend: Send {
    /// The bytes stored for an account.
    ///
    /// # Errors
    /// [`Error::Missing`] when there are none; any other state of the keychain.
    fn get(&mut self, account: &str) -> Result<Vec<u8>, Error>;

    /// Stores bytes for an account, replacing what was there.
    ///
    /// # Errors
    /// Any state of the keychain except [`Error::Missing`].
    fn set(&mut self, account: &str, item: &[u8]) -> Result<(), Error>;

    /// Deletes what is stored for an account.
    ///
    /// # Errors
    /// [`Error::Missing`] when there was nothing; any other state of the keychain.
    fn delete(&mut self, account: &str) -> Result<(), Error>;

    /// Connects to the keychain anew.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is still none.
    fn rebuild(&mut self) -> Result<(), Error>;

    /// Another connection to the same keychain, for when the thread that holds this one is stuck in
    /// a dialog that nobody answers. Must not block.
    fn another(&self) -> Box<dyn Backend>;
}
