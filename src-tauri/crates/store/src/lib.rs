//! The SQLite file that holds accounts (without keys), conversations, messages and settings.
//!
//! It makes no ids, reads no clock and keeps no secret. One process at a time may open a folder;
//! inside it one connection writes while others read, so a list is readable while a reply
//! streams. Calls block: asynchronous callers put them on a blocking thread.
//!
//! ```
//! # let folder = tempfile::tempdir()?;
//! let store = store::Store::open(folder.path())?;
//! store.set_setting("theme", "dark")?;
//! assert_eq!(store.setting("theme")?.as_deref(), Some("dark"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod column;
mod connections;
mod conversation;
mod delta;
mod document;
mod error;
mod folder;
#[cfg(test)]
mod full_disk;
mod lock;
mod message;
mod open;
mod schema;
mod setting;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::conversation::MessageId;

pub use self::account::Account;
pub use self::conversation::Conversation;
pub use self::delta::{Delta, DeltaKind};
pub use self::document::{Document, Searchable};
pub use self::error::{Error, OpenError};
pub use self::folder::{DATABASE_FILE, LOCK_FILE};
pub use self::message::{FinishedReply, Message};
pub use self::schema::SCHEMA_VERSION;

use self::connections::Connections;
use self::lock::FolderLock;

/// An open data folder. Cloning is cheap; the folder is free again when the last clone is gone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What may be done with the open folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    ReadWrite,
    /// Every write fails with [`Error::ReadOnly`] and no file changes.
    ReadOnly(ReadOnlyReason),
}

/// Why nothing may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// A newer version of the program has changed the database.
    NewerDatabase {
        /// The schema version of the file.
        found: u32,
        /// The newest schema version this program knows.
        known: u32,
    },
    /// The folder or the database file does not let us write, or the disk has no room for it.
    FolderNotWritable,
}

struct Inner {
    // Declared before the lock, so that the file is closed before another process may open it.
    connections: Connections,
    access: Access,
    recovered: Vec<MessageId>,
    /// `None` for a store that only looks on while another process has the folder.
    _lock: Option<FolderLock>,
}

impl Store {
    /// Opens the database in `folder`, creating both if missing, and brings it up to date.
    ///
    /// Replies that were still streaming when the last process died become
    /// [`Interrupted`](::conversation::Status::Interrupted) with the text that had been written;
    /// [`recovered`](Self::recovered) names them.
    ///
    /// # Errors
    /// See [`OpenError`]. No file is changed when the database is damaged or open elsewhere.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        let opened = open::open(folder)?;
        Ok(Self {
            inner: Arc::new(Inner {
                connections: opened.connections,
                access: opened.access,
                recovered: opened.recovered,
                _lock: Some(opened.lock),
            }),
        })
    }

    /// Opens the database for reading while another process may have the folder open; makes no file,
    /// takes no lock and brings nothing up to date.
    ///
    /// # Errors
    /// [`OpenError::Folder`] with `NotFound` when there is no database yet; otherwise as
    /// [`open`](Self::open).
    pub fn look_on(folder: &Path) -> Result<Self, OpenError> {
        Ok(Self {
            inner: Arc::new(Inner {
                connections: open::look_on(folder)?,
                access: Access::ReadOnly(ReadOnlyReason::FolderNotWritable),
                recovered: Vec::new(),
                _lock: None,
            }),
        })
    }

    /// Reads the whole database through once, unless it is too large to be read at leisure.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is; otherwise as any read.
    pub fn check(&self) -> Result<(), Error> {
        self.connections().read(open::check)
    }

    /// Renames the database and the files SQLite keeps beside it to names that contain
    /// `damaged-<now_ms>`, so that [`open`](Self::open) starts a fresh one. Deletes nothing.
    /// Returns where the database is now.
    ///
    /// # Errors
    /// The folder is open in a process, or the files cannot be renamed.
    pub fn set_damaged_aside(folder: &Path, now_ms: i64) -> Result<PathBuf, OpenError> {
        open::set_damaged_aside(folder, now_ms)
    }

    /// Whether writes are possible, and if not, why.
    pub fn access(&self) -> Access {
        self.inner.access
    }

    /// The replies that [`open`](Self::open) found unfinished, oldest first.
    pub fn recovered(&self) -> &[MessageId] {
        &self.inner.recovered
    }

    fn connections(&self) -> &Connections {
        &self.inner.connections
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Store")
            .field("access", &self.inner.access)
            .finish_non_exhaustive()
    }
}
