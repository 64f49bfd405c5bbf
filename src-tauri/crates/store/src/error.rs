//! Errors of the store, told apart by what a person can do about them.
//!
//! SQLite's own messages hold SQL text and sometimes values, so none of them is kept.

use std::io;

use rusqlite::ffi;

/// Why a call on an open store failed. Nothing of the failed call was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The store is open for reading only: see [`Store::access`](crate::Store::access).
    #[error("the database is open for reading only")]
    ReadOnly,
    /// There is no space left.
    #[error("the disk is full")]
    Full,
    /// Another program held the database for more than 5 s.
    #[error("the database is busy")]
    Busy,
    /// A row that the call names does not exist, or is no longer in the state the call needs.
    #[error("no such row")]
    NotFound,
    /// The file is not what SQLite or the schema says it must be.
    #[error("the database is damaged")]
    Damaged,
    /// The operating system could not read or write the file.
    #[error("the database could not be read or written")]
    Io,
    /// Anything else; a fault of the program.
    #[error("the database refused the call")]
    Other,
}

/// Why a folder could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process has the folder open; its number, if it could be read.
    #[error("the data folder is already open in another process")]
    AlreadyOpen {
        /// The other process's id.
        process: Option<u32>,
    },
    /// The file is no database of this program, or a broken one. It was left as it is.
    #[error("the database is damaged")]
    Damaged,
    /// The folder could not be made, read or written.
    #[error("the data folder cannot be used: {0}")]
    Folder(io::ErrorKind),
    /// The database could not be brought to this program's schema; it keeps its old one.
    #[error("the database could not be brought up to date")]
    Migration,
    /// Anything else.
    #[error("the database could not be opened")]
    Other,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let Some(code) = error.sqlite_error().map(|failure| failure.extended_code) else {
            return of_conversion(&error);
        };
        tracing::warn!(code, "a database call failed");
        of_code(code)
    }
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        match error {
            Error::ReadOnly => Self::Folder(io::ErrorKind::PermissionDenied),
            Error::Full => Self::Folder(io::ErrorKind::StorageFull),
            Error::Busy => Self::AlreadyOpen { process: None },
            Error::Damaged => Self::Damaged,
            Error::Io | Error::NotFound | Error::Other => Self::Other,
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Error::from(error).into()
    }
}

impl From<rusqlite_migration::Error> for OpenError {
    fn from(error: rusqlite_migration::Error) -> Self {
        if let rusqlite_migration::Error::RusqliteError { err, .. } = error {
            let known = Self::from(err);
            if known == Self::Other {
                Self::Migration
            } else {
                known
            }
        } else {
            Self::Migration
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Folder(error.kind())
    }
}

/// The low byte of an extended result code is the primary one: <https://sqlite.org/rescode.html>.
fn of_code(extended: i32) -> Error {
    match extended {
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Error::NotFound,
        // The log's index could not be made larger, which only a full disk refuses.
        ffi::SQLITE_IOERR_SHMSIZE => return Error::Full,
        _ => {}
    }
    match extended & 0xff {
        ffi::SQLITE_FULL => Error::Full,
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Error::Busy,
        ffi::SQLITE_READONLY => Error::ReadOnly,
        ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => Error::Damaged,
        ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN | ffi::SQLITE_PERM => Error::Io,
        _ => Error::Other,
    }
}

/// Errors that rusqlite raises itself: no row, or a value that is not what the schema promises.
fn of_conversion(error: &rusqlite::Error) -> Error {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) {
        return Error::NotFound;
    }
    let is_damage = matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::Utf8Error(..)
    );
    if is_damage {
        Error::Damaged
    } else {
        Error::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_map_to_what_a_person_can_do() {
        for (code, expected) in [
            (ffi::SQLITE_FULL, Error::Full),
            (ffi::SQLITE_IOERR_SHMSIZE, Error::Full),
            (ffi::SQLITE_BUSY, Error::Busy),
            (ffi::SQLITE_BUSY_SNAPSHOT, Error::Busy),
            (ffi::SQLITE_LOCKED, Error::Busy),
            (ffi::SQLITE_READONLY, Error::ReadOnly),
            (ffi::SQLITE_READONLY_DBMOVED, Error::ReadOnly),
            (ffi::SQLITE_CORRUPT, Error::Damaged),
            (ffi::SQLITE_NOTADB, Error::Damaged),
            (ffi::SQLITE_IOERR_FSYNC, Error::Io),
            (ffi::SQLITE_IOERR_WRITE, Error::Io),
            (ffi::SQLITE_CANTOPEN, Error::Io),
            (ffi::SQLITE_CONSTRAINT_FOREIGNKEY, Error::NotFound),
            (ffi::SQLITE_CONSTRAINT_UNIQUE, Error::Other),
            (ffi::SQLITE_ERROR, Error::Other),
        ] {
            assert_eq!(of_code(code), expected, "code {code}");
        }
    }

    #[test]
    fn no_message_holds_sql_or_values() -> rusqlite::Result<()> {
        let connection = rusqlite::Connection::open_in_memory()?;
        connection.execute_batch("CREATE TABLE canary_table (name TEXT UNIQUE) STRICT")?;
        let insert = "INSERT INTO canary_table (name) VALUES ('canary_value')";
        connection.execute_batch(insert)?;
        for statement in [insert, "SELECT canary_column FROM canary_table", "canary("] {
            let failure = connection.execute_batch(statement).map_err(Error::from);
            let Err(error) = failure else {
                panic!("{statement} must fail")
            };
            assert_eq!(error, Error::Other);
            assert!(
                !format!("{error} {error:?}").contains("canary"),
                "{error:?}"
            );
        }
        Ok(())
    }
}
