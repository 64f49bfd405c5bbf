//! Settings: text by name. What the names and values mean is not known here.

use rusqlite::{OptionalExtension as _, params};

use crate::{Error, Store};

pub(crate) const CREATE: &str = "
CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

impl Store {
    /// The value of a setting; `None` if it was never set.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.connections().read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    /// Sets or replaces a setting.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        self.connections().write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO setting (name, value) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                )?
                .execute(params![name, value])?;
            Ok(())
        })
    }

    /// All settings with their values, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn settings(&self) -> Result<Vec<(String, String)>, Error> {
        self.connections().read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT name, value FROM setting ORDER BY name")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}
