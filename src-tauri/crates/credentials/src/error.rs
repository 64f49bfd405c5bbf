//! Why a key could not be read, saved or deleted.

/// The state of the keychain or of one item in it. No variant holds anything that came from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The keychain is locked and did not offer to unlock itself.
    #[error("the keychain is locked")]
    Locked,
    /// The user, or nobody, answered the system's dialog.
    #[error("access to the keychain was denied")]
    Denied,
    /// No key is stored for this account.
    #[error("no key is stored")]
    Missing,
    /// There is no keychain, or it does not answer.
    #[error("there is no keychain")]
    Unavailable,
    /// More than one item matches this account.
    #[error("more than one key is stored")]
    Ambiguous,
    /// An item is there but it is not one of ours, or of a later version.
    #[error("the stored key cannot be read")]
    Corrupt,
    /// No answer within the deadline; a password dialog may still be open.
    #[error("the keychain did not answer in time")]
    TimedOut,
    /// The item would exceed what every keychain can hold; nothing was stored.
    #[error("the key is too long for the keychain")]
    TooLong,
    /// The key is in the passphrase file, whose passphrase has not been given yet.
    #[error("the passphrase has not been given")]
    PassphraseNeeded,
    /// The passphrase does not open the file.
    #[error("the passphrase is wrong")]
    PassphraseWrong,
    /// A new passphrase has fewer than [`crate::SHORTEST_PASSPHRASE`] characters.
    #[error("the passphrase is too short")]
    PassphraseTooShort,
    /// The passphrase file was cut or changed, or is of a later version.
    #[error("the passphrase file is damaged")]
    FileDamaged,
    /// The passphrase file cannot be read or written.
    #[error("the passphrase file cannot be used")]
    FileUnavailable,
}
