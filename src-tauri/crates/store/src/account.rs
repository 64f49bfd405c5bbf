//! Accounts: where a key is used and where it is kept. The key itself is never here.

use rusqlite::{Row, params};

use crate::{Error, Store};

pub(crate) const CREATE: &str = "
CREATE TABLE account (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    protocol    TEXT    NOT NULL,
    region      TEXT,
    origin      TEXT    NOT NULL,
    key_hint    TEXT,
    key_place   TEXT    NOT NULL CHECK (key_place IN ('keychain', 'session', 'none')),
    model_count INTEGER,
    created_ms  INTEGER NOT NULL
) STRICT;
";

/// Lets a key be kept in the passphrase file. A check can only be changed by making the table anew.
pub(crate) const ALLOW_FILE: &str = "
CREATE TABLE account_next (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    protocol    TEXT    NOT NULL,
    region      TEXT,
    origin      TEXT    NOT NULL,
    key_hint    TEXT,
    key_place   TEXT    NOT NULL CHECK (key_place IN ('keychain', 'session', 'file', 'none')),
    model_count INTEGER,
    created_ms  INTEGER NOT NULL
) STRICT;
INSERT INTO account_next
    SELECT seq, id, name, address, protocol, region, origin, key_hint, key_place, model_count,
           created_ms
    FROM account;
DROP TABLE account;
ALTER TABLE account_next RENAME TO account;
";

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// A UUID in text form; also the name of the key's keychain item.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// The endpoint's address as the person sees it.
    pub address: String,
    /// The wire protocol's name.
    pub protocol: String,
    /// The vendor's region, for an official endpoint.
    pub region: Option<String>,
    /// The origin the key is bound to.
    pub origin: String,
    /// What may be shown of the key, such as `sk-••••1a2b`.
    pub key_hint: Option<String>,
    /// Where the key is: `keychain`, `session` or `none`.
    pub key_place: String,
    /// How many models the endpoint listed when the key was last verified.
    pub model_count: Option<u32>,
    /// Milliseconds since 1970 (UTC).
    pub created_ms: i64,
}

impl Store {
    /// All accounts in the order in which they were first saved.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn accounts(&self) -> Result<Vec<Account>, Error> {
        self.connections().read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, name, address, protocol, region, origin, key_hint, key_place,
                        model_count, created_ms
                 FROM account ORDER BY seq",
            )?;
            let rows = statement.query_map([], read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Adds an account, or replaces the one with the same id, which keeps its place in the list.
    ///
    /// # Errors
    /// [`Error::Other`] for an unknown `key_place`; see [`Error`] for the rest.
    pub fn save_account(&self, account: &Account) -> Result<(), Error> {
        self.connections().write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO account (id, name, address, protocol, region, origin, key_hint,
                                          key_place, model_count, created_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                     ON CONFLICT (id) DO UPDATE SET
                         name = excluded.name, address = excluded.address,
                         protocol = excluded.protocol, region = excluded.region,
                         origin = excluded.origin, key_hint = excluded.key_hint,
                         key_place = excluded.key_place, model_count = excluded.model_count,
                         created_ms = excluded.created_ms",
                )?
                .execute(params![
                    account.id,
                    account.name,
                    account.address,
                    account.protocol,
                    account.region,
                    account.origin,
                    account.key_hint,
                    account.key_place,
                    account.model_count,
                    account.created_ms,
                ])?;
            Ok(())
        })
    }

    /// Removes an account. Its key, if any, is the caller's to remove.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown id; see [`Error`] for the rest.
    pub fn delete_account(&self, id: &str) -> Result<(), Error> {
        self.connections().write(|transaction| {
            let deleted = transaction
                .prepare_cached("DELETE FROM account WHERE id = ?1")?
                .execute([id])?;
            if deleted == 0 {
                Err(Error::NotFound)
            } else {
                Ok(())
            }
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        address: row.get(2)?,
        protocol: row.get(3)?,
        region: row.get(4)?,
        origin: row.get(5)?,
        key_hint: row.get(6)?,
        key_place: row.get(7)?,
        model_count: row.get(8)?,
        created_ms: row.get(9)?,
    })
}
