//! From a passphrase to sealed bytes: Argon2id (RFC 9106), then XChaCha20-Poly1305.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::format::{SealedFile, SealedKey};
use crate::error::Error;

/// Bytes of a nonce, large enough to be drawn at random.
pub(super) const NONCE_BYTES: usize = 24;

/// What one guess at a passphrase costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes that can be worked on at once.
    pub lanes: u32,
}

impl Cost {
    /// What a new file is sealed at: RFC 9106's choice for computers with little memory.
    pub const USUAL: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// Whether a file may ask for it: less is no protection, more would hold the program up.
    pub(super) fn is_sane(self) -> bool {
        (8 * 1024..=1024 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
    }
}

/// Makes the same passphrase stretch differently for every file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Salt(pub(super) [u8; 16]);

impl Salt {
    pub(super) fn random() -> Result<Self, Error> {
        random().map(Self)
    }
}

/// A stretched passphrase.
pub(super) struct FileKey {
    cipher: XChaCha20Poly1305,
    salt: Salt,
    cost: Cost,
}

impl FileKey {
    /// Takes the same time for a right and a wrong passphrase.
    pub(super) fn stretch(
        passphrase: &SecretString,
        salt: Salt,
        cost: Cost,
    ) -> Result<Self, Error> {
        let parameters = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32));
        let parameters = parameters.map_err(|_bounds| Error::FileDamaged)?;
        let stretching = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let mut key = Zeroizing::new([0; 32]);
        stretching
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt.0, &mut *key)
            .map_err(|_memory| Error::FileUnavailable)?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new((&*key).into()),
            salt,
            cost,
        })
    }

    /// The tag is compared in constant time; a wrong one means another passphrase, since the file's
    /// own checksum was right.
    pub(super) fn open(
        &self,
        account: &str,
        nonce: &[u8; NONCE_BYTES],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let payload = Payload {
            msg: sealed,
            aad: account.as_bytes(),
        };
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), payload);
        opened
            .map(Zeroizing::new)
            .map_err(|_tag| Error::PassphraseWrong)
    }

    /// Seals an item for its account, under which alone it can be opened.
    pub(super) fn seal(&self, account: &str, item: &[u8]) -> Result<SealedKey, Error> {
        let nonce = random()?;
        let payload = Payload {
            msg: item,
            aad: account.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        Ok(SealedKey {
            account: account.to_owned(),
            nonce,
            sealed: sealed.map_err(|_length| Error::TooLong)?,
        })
    }

    pub(super) fn seal_all(
        &self,
        items: &[(String, Zeroizing<Vec<u8>>)],
    ) -> Result<SealedFile, Error> {
        let sealed = items.iter().map(|(account, item)| self.seal(account, item));
        Ok(self.file(sealed.collect::<Result<_, _>>()?))
    }

    pub(super) fn file(&self, keys: Vec<SealedKey>) -> SealedFile {
        SealedFile {
            cost: self.cost,
            salt: self.salt,
            keys,
        }
    }
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|_no_entropy| Error::FileUnavailable)?;
    Ok(bytes)
}
