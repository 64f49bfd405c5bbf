//! The bytes of one keychain item: the key, the origin it was saved for, and when.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::vault::{Place, StoredKey};

/// Bytes of an item: Windows takes 2 560, and one key with its origin needs a fraction.
pub(crate) const MAX_BYTES: usize = 1024;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Outgoing<'a> {
    v: u32,
    key: &'a str,
    origin: &'a str,
    created: i64,
}

#[derive(Deserialize)]
struct Incoming {
    v: u32,
    key: String,
    origin: String,
    created: i64,
}

/// The item's bytes, in a buffer that is wiped when dropped.
pub(crate) fn encode(
    key: &SecretString,
    origin: &str,
    created_ms: i64,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    let key = key.expose_secret();
    if key.len().saturating_add(origin.len()) > MAX_BYTES {
        return Err(Error::TooLong);
    }
    // Room for every character escaped: a buffer that grows would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(8 * MAX_BYTES));
    let item = Outgoing {
        v: VERSION,
        key,
        origin,
        created: created_ms,
    };
    serde_json::to_writer(&mut *bytes, &item).map_err(|_write| Error::TooLong)?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::TooLong);
    }
    Ok(bytes)
}

/// Reads an item back. What it held is not part of the error.
pub(crate) fn decode(bytes: &[u8]) -> Result<StoredKey, Error> {
    let Incoming {
        v,
        key,
        origin,
        created,
    } = serde_json::from_slice(bytes).map_err(|_json| Error::Corrupt)?;
    let secret = SecretString::from(key);
    if v != VERSION || secret.expose_secret().is_empty() || origin.is_empty() {
        return Err(Error::Corrupt);
    }
    Ok(StoredKey {
        secret,
        origin,
        created_ms: created,
        place: Place::Keychain,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn item_reads_back() {
        let key = SecretString::from("sk-\"quoted\\\u{1}-0123456789");
        let bytes = encode(&key, "https://example.com", 1_700_000_000_123).expect("an item");
        let stored = decode(&bytes).expect("a key");
        assert_eq!(stored.secret.expose_secret(), key.expose_secret());
        assert_eq!(stored.origin, "https://example.com");
        assert_eq!(stored.created_ms, 1_700_000_000_123);
        assert_eq!(stored.place, Place::Keychain);
    }

    #[test]
    fn item_has_the_documented_form() {
        let bytes = encode(&SecretString::from("sk-1"), "https://example.com", 7).expect("an item");
        let text = std::str::from_utf8(&bytes).expect("text");
        assert_eq!(
            text,
            r#"{"v":1,"key":"sk-1","origin":"https://example.com","created":7}"#
        );
    }

    #[test]
    fn k_10_item_above_one_kibibyte_is_refused() {
        let room =
            MAX_BYTES - r#"{"v":1,"key":"","origin":"https://example.com","created":7}"#.len();
        for (length, fits) in [
            (room, true),
            (room + 1, false),
            (3_000, false),
            (100_000, false),
        ] {
            let key = SecretString::from("k".repeat(length));
            let result = encode(&key, "https://example.com", 7).map(|bytes| bytes.len());
            let expected = if fits {
                Ok(MAX_BYTES)
            } else {
                Err(Error::TooLong)
            };
            assert_eq!(result, expected, "{length} characters");
        }
        let escaped = SecretString::from("\u{1}".repeat(MAX_BYTES / 2));
        assert_eq!(
            encode(&escaped, "https://example.com", 7).map(drop),
            Err(Error::TooLong)
        );
    }

    #[test]
    fn k_06_what_is_no_item_is_corrupt() {
        for bytes in [
            &b""[..],
            b"sk-plain-key-of-another-program",
            b"\xff\xfe\x00",
            b"{}",
            b"[]",
            br#"{"v":2,"key":"sk-1","origin":"https://example.com","created":7}"#,
            br#"{"v":"1","key":"sk-1","origin":"https://example.com","created":7}"#,
            br#"{"v":1,"key":"","origin":"https://example.com","created":7}"#,
            br#"{"v":1,"key":"sk-1","origin":"","created":7}"#,
            br#"{"v":1,"key":"sk-1","created":7}"#,
            br#"{"v":1,"key":7,"origin":"https://example.com","created":7}"#,
            br#"{"v":1,"key":"sk-1","origin":"https://example.com","created":7"#,
        ] {
            assert_eq!(decode(bytes).map(drop), Err(Error::Corrupt));
        }
    }

    #[test]
    fn field_of_a_later_version_is_ignored() {
        let bytes = br#"{"v":1,"key":"sk-1","origin":"https://example.com","created":7,"new":[]}"#;
        assert_eq!(decode(bytes).expect("a key").origin, "https://example.com");
    }
}
