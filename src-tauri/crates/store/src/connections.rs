//! The open connections: one that writes, and a few that read.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::Error;
use crate::folder::file_uri;

/// How long a statement waits for a lock that another program holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// `PRAGMA auto_vacuum`: free pages are kept until they are asked for.
const INCREMENTAL: i64 = 2;

/// Readers kept open when idle; more are opened while more threads read at once.
const IDLE_READERS: usize = 4;

/// One file, open.
pub(crate) struct Connections {
    writer: Option<Mutex<Connection>>,
    idle_readers: Mutex<Vec<Connection>>,
    source: ReadSource,
}

/// How a connection that only reads reaches the file.
#[derive(Clone, Debug)]
pub(crate) enum ReadSource {
    /// Beside our own writer.
    Shared(PathBuf),
    /// Without any writer, so that no file is made or changed.
    Untouched(PathBuf),
}

impl Connections {
    /// Takes the configured writer; readers are opened when they are needed.
    pub(crate) fn with_writer(writer: Connection, database: PathBuf) -> Self {
        Self {
            writer: Some(Mutex::new(writer)),
            idle_readers: Mutex::default(),
            source: ReadSource::Shared(database),
        }
    }

    /// Reads only, and leaves no trace in the folder.
    pub(crate) fn read_only(database: PathBuf) -> Self {
        Self {
            writer: None,
            idle_readers: Mutex::default(),
            source: ReadSource::Untouched(database),
        }
    }

    /// Reads only, beside a writer in another process if there is one.
    pub(crate) fn looking_on(database: PathBuf) -> Self {
        // Without the index of its log, no process has the database open.
        let is_open = std::fs::exists(crate::folder::beside(&database, "-shm")).unwrap_or(false);
        Self {
            writer: None,
            idle_readers: Mutex::default(),
            source: if is_open {
                ReadSource::Shared(database)
            } else {
                ReadSource::Untouched(database)
            },
        }
    }

    /// Runs `work` in a transaction that is committed if it succeeds and rolled back if not.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut writer = self.writer()?;
        let transaction = writer.transaction()?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `work` on a connection that never waits for the writer.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let idle = hold(&self.idle_readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.source.open()?,
        };
        let result = work(&reader);
        let mut idle_readers = hold(&self.idle_readers);
        if idle_readers.len() < IDLE_READERS {
            idle_readers.push(reader);
        }
        result
    }

    /// Gives the space of deleted rows back to the system and empties the log, so that deleted
    /// text is in neither.
    pub(crate) fn shed_free_pages(&self) -> Result<(), Error> {
        let writer = self.writer()?;
        // The pragma gives one row per page it frees and must be stepped to its end.
        let mut vacuum = writer.prepare("PRAGMA incremental_vacuum")?;
        let mut freed = vacuum.query([])?;
        while freed.next()?.is_some() {}
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn writer(&self) -> Result<MutexGuard<'_, Connection>, Error> {
        self.writer.as_ref().map(hold).ok_or(Error::ReadOnly)
    }
}

impl ReadSource {
    /// Opens one more connection.
    pub(crate) fn open(&self) -> Result<Connection, Error> {
        let reader = match self {
            Self::Shared(database) => Connection::open_with_flags(
                database,
                OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
            )?,
            Self::Untouched(database) => open_untouched(database)?,
        };
        configure(&reader)?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(reader)
    }
}

/// Opens a connection that writes, with every setting that keeps a committed row safe.
pub(crate) fn open_writer(database: &Path) -> Result<Connection, Error> {
    let mut writer = Connection::open_with_flags(
        database,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    writer.set_transaction_behavior(TransactionBehavior::Immediate);
    configure(&writer)?;
    // Must come before WAL mode, which writes the first page; set again, it would write a page.
    let auto_vacuum: i64 = writer.query_row("PRAGMA auto_vacuum", [], |row| row.get(0))?;
    if auto_vacuum != INCREMENTAL {
        writer.pragma_update(None, "auto_vacuum", INCREMENTAL)?;
    }
    let journal: String =
        writer.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if journal != "wal" {
        tracing::warn!("the data folder's file system does not allow a write-ahead log");
    }
    writer.pragma_update(None, "synchronous", "FULL")?;
    // A plain fsync on macOS leaves the data in the drive's cache.
    writer.pragma_update(None, "fullfsync", cfg!(target_os = "macos"))?;
    writer.pragma_update(None, "checkpoint_fullfsync", cfg!(target_os = "macos"))?;
    writer.pragma_update(None, "foreign_keys", true)?;
    writer.pragma_update_and_check(None, "wal_autocheckpoint", 1000, |_| Ok(()))?;
    writer.pragma_update_and_check(None, "journal_size_limit", 64 << 20, |_| Ok(()))?;
    writer.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
    Ok(writer)
}

/// What every connection needs before it looks at the file.
fn configure(connection: &Connection) -> Result<(), Error> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection
        .pragma_update_and_check(None, "mmap_size", 0, |_| Ok(()))
        .or_else(is_silent)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// A pragma that reports no row did what was asked.
fn is_silent(error: rusqlite::Error) -> rusqlite::Result<()> {
    if matches!(error, rusqlite::Error::QueryReturnedNoRows) {
        Ok(())
    } else {
        Err(error)
    }
}

/// Opens the file so that SQLite neither creates nor changes any file.
///
/// Without a log the file is read as it is (`immutable`). With one, the log's index is kept in
/// memory: an exclusive connection needs no shared-memory file, and the lock-free file layer
/// lets it be exclusive without writing. Both rely on the folder's lock to keep writers away.
fn open_untouched(database: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let uri = file_uri(database);
    let log = crate::folder::beside(database, "-wal");
    let has_log = std::fs::metadata(log).is_ok_and(|log| log.len() > 0);
    if !has_log {
        return Ok(Connection::open_with_flags(
            format!("{uri}?mode=ro&immutable=1"),
            flags,
        )?);
    }
    let layer = if cfg!(windows) {
        "win32-none"
    } else {
        "unix-none"
    };
    let reader = Connection::open_with_flags(format!("{uri}?mode=ro&vfs={layer}"), flags)?;
    reader.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    reader.pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))?;
    Ok(reader)
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic inside a transaction rolled it back when it unwound: the connection is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use crate::folder::DATABASE_FILE;

    fn setting(connection: &Connection, pragma: &str) -> i64 {
        connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
            .unwrap()
    }

    /// Settings that belong to a connection and not to the file.
    const SHARED: [(&str, i64); 5] = [
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("temp_store", 2),
        ("foreign_keys", 1),
    ];

    #[test]
    fn the_writer_has_every_setting_that_keeps_a_commit_safe() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let writer = store.connections().writer().unwrap();
        for (pragma, value) in SHARED {
            assert_eq!(setting(&writer, pragma), value, "{pragma}");
        }
        for (pragma, value) in [
            ("synchronous", 2),
            ("wal_autocheckpoint", 1000),
            ("journal_size_limit", 67_108_864),
            ("secure_delete", 2),
            ("mmap_size", 0),
            ("fullfsync", i64::from(cfg!(target_os = "macos"))),
            ("checkpoint_fullfsync", i64::from(cfg!(target_os = "macos"))),
        ] {
            assert_eq!(setting(&writer, pragma), value, "{pragma}");
        }
        assert_eq!(
            writer.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE),
            Ok(true)
        );
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let written = store.connections().read(|reader| {
            for (pragma, value) in SHARED {
                assert_eq!(setting(reader, pragma), value, "{pragma}");
            }
            assert_eq!(setting(reader, "query_only"), 1);
            assert_eq!(
                reader.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE),
                Ok(true)
            );
            Ok(reader.execute("INSERT INTO setting VALUES ('a', 'b')", [])?)
        });
        assert_eq!(written, Err(Error::ReadOnly));
    }

    #[test]
    fn a_list_is_read_while_a_write_is_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.set_setting("theme", "light").unwrap();
        store
            .connections()
            .write(|transaction| {
                transaction.execute("UPDATE setting SET value = 'dark'", [])?;
                let during = store.settings()?;
                assert_eq!(
                    during,
                    [("theme".to_owned(), "light".to_owned())],
                    "as committed"
                );
                Ok(())
            })
            .unwrap();
        assert_eq!(store.setting("theme").unwrap().as_deref(), Some("dark"));
    }

    #[test]
    fn a_panic_in_a_transaction_leaves_the_store_usable_and_the_change_undone() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let inside = store.clone();
        let panicked = std::thread::spawn(move || {
            inside
                .connections()
                .write(|transaction| -> Result<(), Error> {
                    transaction.execute("INSERT INTO setting VALUES ('half', 'done')", [])?;
                    panic!("a fault in the middle of a transaction");
                })
        });
        assert!(panicked.join().is_err());
        assert_eq!(store.setting("half"), Ok(None));
        store.set_setting("theme", "dark").unwrap();
    }

    #[test]
    fn readers_are_kept_up_to_a_limit_and_opened_beyond_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        read_nested(&store, IDLE_READERS + 3);
        assert_eq!(hold(&store.connections().idle_readers).len(), IDLE_READERS);
    }

    fn read_nested(store: &Store, depth: usize) {
        let read = store.connections().read(|_| {
            if depth > 1 {
                read_nested(store, depth - 1);
            }
            store.setting("any")
        });
        assert_eq!(read, Ok(None));
    }

    #[test]
    fn reading_untouched_makes_no_file_and_sees_what_only_the_log_holds() {
        let (live, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(live.path()).unwrap();
        store.set_setting("theme", "dark").unwrap();
        for name in ["dashdesk.db", "dashdesk.db-wal"] {
            std::fs::copy(live.path().join(name), copy.path().join(name)).unwrap();
        }
        let database = copy.path().join(DATABASE_FILE);
        let reader = ReadSource::Untouched(database).open().unwrap();
        let value: String = reader
            .query_row("SELECT value FROM setting", [], |row| row.get(0))
            .unwrap();
        assert_eq!(value, "dark");
        let files = || std::fs::read_dir(copy.path()).unwrap().count();
        assert_eq!(files(), 2, "while it is open");
        drop(reader);
        assert_eq!(files(), 2, "after closing");
    }
}
