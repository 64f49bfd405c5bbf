//! The file's text: how it was sealed, which accounts it holds, and a checksum, by which a damaged
//! file is told from a wrong passphrase. Nothing in it is secret but what is sealed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::cipher::{Cost, NONCE_BYTES, Salt};
use crate::error::Error;

const VERSION: u32 = 1;
const STRETCHING: &str = "argon2id";

/// A file as it was read, or as it is to be written.
pub(super) struct SealedFile {
    pub(super) cost: Cost,
    pub(super) salt: Salt,
    /// One for each account, and never none.
    pub(super) keys: Vec<SealedKey>,
}

/// One account's item.
pub(super) struct SealedKey {
    pub(super) account: String,
    pub(super) nonce: [u8; NONCE_BYTES],
    pub(super) sealed: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Whole {
    v: u32,
    stretching: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    keys: Vec<Entry>,
    /// Of everything before it.
    checksum: String,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    account: String,
    nonce: String,
    sealed: String,
}

impl SealedFile {
    /// Reads a file. What it held is not part of the error.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Error> {
        let whole: Whole = serde_json::from_slice(bytes).map_err(|_json| Error::FileDamaged)?;
        let cost = Cost {
            memory_kib: whole.memory_kib,
            passes: whole.passes,
            lanes: whole.lanes,
        };
        let sound = whole.v == VERSION
            && whole.stretching == STRETCHING
            && whole.checksum == whole.sum()
            && cost.is_sane()
            && !whole.keys.is_empty();
        if !sound {
            return Err(Error::FileDamaged);
        }
        let keys = whole.keys.iter().map(|entry| {
            Ok(SealedKey {
                account: entry.account.clone(),
                nonce: exactly(&entry.nonce)?,
                sealed: bytes_of(&entry.sealed)?,
            })
        });
        Ok(Self {
            cost,
            salt: Salt(exactly(&whole.salt)?),
            keys: keys.collect::<Result<_, Error>>()?,
        })
    }

    /// The file's bytes.
    pub(super) fn written(&self) -> Vec<u8> {
        let keys = self.keys.iter().map(|key| Entry {
            account: key.account.clone(),
            nonce: BASE64.encode(key.nonce),
            sealed: BASE64.encode(&key.sealed),
        });
        let mut whole = Whole {
            v: VERSION,
            stretching: STRETCHING.to_owned(),
            memory_kib: self.cost.memory_kib,
            passes: self.cost.passes,
            lanes: self.cost.lanes,
            salt: BASE64.encode(self.salt.0),
            keys: keys.collect(),
            checksum: String::new(),
        };
        whole.checksum = whole.sum();
        // Strings and numbers only: there is nothing JSON could refuse.
        serde_json::to_vec_pretty(&whole).unwrap_or_default()
    }
}

impl Whole {
    fn sum(&self) -> String {
        let mut sum = Sha256::new();
        let head = format!(
            "{}\0{}\0{}\0{}\0{}\0{}",
            self.v, self.stretching, self.memory_kib, self.passes, self.lanes, self.salt
        );
        sum.update(head);
        for entry in &self.keys {
            for part in [&entry.account, &entry.nonce, &entry.sealed] {
                sum.update(b"\0");
                sum.update(part);
            }
        }
        BASE64.encode(sum.finalize())
    }
}

fn bytes_of(text: &str) -> Result<Vec<u8>, Error> {
    BASE64.decode(text).map_err(|_text| Error::FileDamaged)
}

fn exactly<const BYTES: usize>(text: &str) -> Result<[u8; BYTES], Error> {
    let bytes = bytes_of(text)?;
    bytes.try_into().map_err(|_length| Error::FileDamaged)
}
