//! Opening the folder: lock, look, and only then write.
//!
//! An existing database is first read without leaving a trace, so that a damaged one, another
//! program's and one of a newer version are found before anything has changed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ::conversation::MessageId;
use rusqlite::Connection;

use crate::connections::{Connections, ReadSource, open_writer};
use crate::folder::{self, COMPANIONS, DATABASE_FILE, beside};
use crate::lock::{FolderLock, is_refusal};
use crate::schema::{APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION};
use crate::{Access, Error, OpenError, ReadOnlyReason, message};

/// Larger files are not checked on opening: reading them all would delay the first window.
const MAX_CHECKED_BYTES: u64 = 50 << 20;

/// An open folder.
pub(crate) struct Opened {
    pub(crate) connections: Connections,
    pub(crate) access: Access,
    pub(crate) recovered: Vec<MessageId>,
    pub(crate) lock: FolderLock,
}

/// What lies at the database's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Nothing, or an empty file: a database may be made here.
    Nothing,
    /// A database with a rollback journal: SQLite must finish or undo a change first.
    Unsettled,
    /// A sound database of this program.
    Database { version: u32 },
}

/// See [`Store::open`](crate::Store::open).
pub(crate) fn open(folder: &Path) -> Result<Opened, OpenError> {
    open_with(folder, open_writer)
}

/// [`open`] with the function that opens the writer, which a test replaces by one that fails.
fn open_with(
    folder: &Path,
    open_writer: fn(&Path) -> Result<Connection, Error>,
) -> Result<Opened, OpenError> {
    let folder = folder::prepare(folder)?;
    let lock = FolderLock::take(&folder)?;
    let database = folder.join(DATABASE_FILE);
    let found = look(&database)?;
    if let Found::Database { version } = found
        && version > SCHEMA_VERSION
    {
        let reason = ReadOnlyReason::NewerDatabase {
            found: version,
            known: SCHEMA_VERSION,
        };
        return Ok(open_read_only(database, reason, lock));
    }
    let writer = check_writable(&folder, &database, &lock)
        .map_err(OpenError::from)
        .and_then(|()| {
            let mut writer = open_writer(&database)?;
            let recovered = bring_up_to_date(&mut writer, &database, found)?;
            Ok((writer, recovered))
        });
    match writer {
        Ok((writer, recovered)) => Ok(Opened {
            connections: Connections::with_writer(writer, database),
            access: Access::ReadWrite,
            recovered,
            lock,
        }),
        Err(OpenError::Folder(kind)) if is_write_refused(kind) && is_current(found) => Ok(
            open_read_only(database, ReadOnlyReason::FolderNotWritable, lock),
        ),
        Err(error) => Err(error),
    }
}

/// See [`Store::set_damaged_aside`](crate::Store::set_damaged_aside).
pub(crate) fn set_damaged_aside(folder: &Path, now_ms: i64) -> Result<PathBuf, OpenError> {
    let folder = fs::canonicalize(folder)?;
    let _lock = FolderLock::take(&folder)?;
    let database = folder.join(DATABASE_FILE);
    let mut number = now_ms;
    let aside = loop {
        let aside = beside(&database, &format!(".damaged-{number}"));
        if family(&aside)
            .iter()
            .all(|path| fs::symlink_metadata(path).is_err())
        {
            break aside;
        }
        number = number.saturating_add(1);
    };
    // A log keeps its name relative to the database's, so that the pair can still be opened.
    for (from, to) in family(&database).into_iter().zip(family(&aside)) {
        match fs::rename(&from, &to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    tracing::warn!("a damaged database was set aside");
    Ok(aside)
}

/// See [`Store::look_on`](crate::Store::look_on).
pub(crate) fn look_on(folder: &Path) -> Result<Connections, OpenError> {
    let database = fs::canonicalize(folder)?.join(DATABASE_FILE);
    fs::metadata(&database)?;
    let connections = Connections::looking_on(database);
    let ours = connections.read(|reader| {
        let application: u32 = reader.query_row("PRAGMA application_id", [], |row| row.get(0))?;
        Ok(application == APPLICATION_ID)
    })?;
    if ours {
        Ok(connections)
    } else {
        Err(OpenError::Damaged)
    }
}

/// See [`Store::check`](crate::Store::check).
pub(crate) fn check(reader: &Connection) -> Result<(), Error> {
    let pages: u32 = reader.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let page: u32 = reader.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    if u64::from(pages) * u64::from(page) > MAX_CHECKED_BYTES {
        return reader
            .query_row("SELECT count(*) FROM account", [], |_| Ok(()))
            .map_err(Error::from);
    }
    let verdict: String = reader.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged)
    }
}

/// Decides what is at the path without changing any file.
fn look(database: &Path) -> Result<Found, OpenError> {
    let length = match fs::metadata(database) {
        Ok(metadata) if metadata.is_file() => metadata.len(),
        Ok(_folder_or_device) => return Err(OpenError::Folder(io::ErrorKind::InvalidInput)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error.into()),
    };
    let has = |suffix| fs::metadata(beside(database, suffix)).is_ok_and(|file| file.len() > 0);
    if length == 0 {
        // A log without its database still holds chats, and SQLite would delete it.
        return if has("-wal") {
            Err(OpenError::Damaged)
        } else {
            Ok(Found::Nothing)
        };
    }
    // Tells a refused read from a damaged file, which SQLite reports alike.
    File::open(database)?;
    if has("-journal") {
        return Ok(Found::Unsettled);
    }
    let reader = ReadSource::Untouched(database.to_owned()).open()?;
    examine(&reader, length)
}

/// Decides whether an open file is a sound database of this program.
fn examine(connection: &Connection, length: u64) -> Result<Found, OpenError> {
    let application: u32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_ours = application == APPLICATION_ID || (application == 0 && tables == 0);
    if !is_ours {
        return Err(OpenError::Damaged);
    }
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version <= SCHEMA_VERSION && length <= MAX_CHECKED_BYTES {
        let verdict: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(OpenError::Damaged);
        }
    }
    Ok(Found::Database { version })
}

/// Whether the file can be read as it is, without a migration.
fn is_current(found: Found) -> bool {
    found
        == Found::Database {
            version: SCHEMA_VERSION,
        }
}

fn check_writable(folder: &Path, database: &Path, lock: &FolderLock) -> io::Result<()> {
    if !lock.is_writable() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    folder::check_writable(folder)?;
    // Made here and not by SQLite: its companions take over the mode that the database has.
    drop(folder::open_private(database)?);
    for path in family(database) {
        if fs::exists(&path)? {
            drop(folder::open_private(&path)?);
        }
    }
    Ok(())
}

fn open_read_only(database: PathBuf, reason: ReadOnlyReason, lock: FolderLock) -> Opened {
    tracing::warn!(?reason, "the database is open for reading only");
    Opened {
        connections: Connections::read_only(database),
        access: Access::ReadOnly(reason),
        recovered: Vec::new(),
        lock,
    }
}

/// Migrates and ends unfinished replies; each of the two happens as a whole or not at all.
fn bring_up_to_date(
    writer: &mut Connection,
    database: &Path,
    found: Found,
) -> Result<Vec<MessageId>, OpenError> {
    if found == Found::Unsettled {
        examine(writer, fs::metadata(database)?.len())?;
    }
    let application: u32 = writer.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    // Setting a pragma writes a page even when nothing changes, which a full disk refuses.
    if application != APPLICATION_ID {
        writer.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    MIGRATIONS.to_latest(writer)?;
    let transaction = writer.transaction()?;
    let recovered = message::interrupt_unfinished(&transaction)?;
    transaction.commit()?;
    if !recovered.is_empty() {
        tracing::info!(
            replies = recovered.len(),
            "unfinished replies were recovered"
        );
    }
    Ok(recovered)
}

/// Whether an error means that the file is sound and only cannot be written now.
fn is_write_refused(kind: io::ErrorKind) -> bool {
    is_refusal(kind)
        || matches!(
            kind,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
}

/// The database and the files SQLite keeps beside it.
fn family(database: &Path) -> [PathBuf; 4] {
    let [log, index, journal] = COMPANIONS.map(|suffix| beside(database, suffix));
    [database.to_owned(), log, index, journal]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::full_disk;

    /// A writer on a disk without a free page.
    fn open_writer_on_a_full_disk(database: &Path) -> Result<Connection, Error> {
        let writer = open_writer(database)?;
        let pages: u32 = writer.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        writer.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(writer)
    }

    #[test]
    fn d_04_a_disk_that_is_full_at_the_start_shows_the_history_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let text = full_disk::leave_a_reply_streaming(folder.path());

        let opened = open_with(folder.path(), open_writer_on_a_full_disk).unwrap();
        assert_eq!(
            opened.access,
            Access::ReadOnly(ReadOnlyReason::FolderNotWritable)
        );
        let stored: String = opened
            .connections
            .read(|reader| Ok(reader.query_row("SELECT text FROM delta", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(stored, text);
        drop(opened);

        let opened = open_with(folder.path(), open_writer).unwrap();
        assert_eq!(
            (opened.access, opened.recovered.len()),
            (Access::ReadWrite, 1)
        );
    }

    #[test]
    fn d_04_a_new_database_on_a_full_disk_is_an_error_that_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let refused = open_with(folder.path(), |_| Err(Error::Full));
        assert_eq!(
            refused.err(),
            Some(OpenError::Folder(io::ErrorKind::StorageFull))
        );
    }
}
