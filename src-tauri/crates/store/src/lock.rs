//! The lock that keeps a second process away from the data folder.
//!
//! The operating system holds it for the open file and frees it when the process ends, however
//! it ends, so a stale lock cannot exist. The file itself stays.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process;

use crate::OpenError;
use crate::folder::{LOCK_FILE, open_private};

/// Held for as long as the folder is open.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: Option<File>,
    is_writable: bool,
}

impl FolderLock {
    /// Takes the lock, or says which process has it.
    ///
    /// In a folder that may only be read, an existing lock file is still locked; without one
    /// there is nothing to lock, and nobody here to write either.
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join(LOCK_FILE);
        let (file, is_writable) = match open_private(&path) {
            Ok(file) => (file, true),
            Err(error) if is_refusal(error.kind()) => match File::open(&path) {
                Ok(file) => (file, false),
                Err(_unreadable) => {
                    return Ok(Self {
                        file: None,
                        is_writable: false,
                    });
                }
            },
            Err(error) => return Err(error.into()),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(OpenError::AlreadyOpen {
                    process: owner(file),
                });
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if is_writable {
            // On a full disk the lock holds without the number, which only serves a message.
            let _best_effort = write_owner(&file);
        }
        Ok(Self {
            file: Some(file),
            is_writable,
        })
    }

    /// Whether the folder let us open the lock for writing.
    pub(crate) fn is_writable(&self) -> bool {
        self.is_writable
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let Some(file) = &self.file else { return };
        if self.is_writable {
            // Only so that the next owner's number is not mistaken for ours while it starts.
            let _best_effort = file.set_len(0);
        }
        // Closing alone is not enough: a process being started at this moment has a copy of the
        // open file until it runs its program, and the lock would last as long.
        let _best_effort = file.unlock();
    }
}

/// Whether an error means that we may not write here, as opposed to a fault.
pub(crate) fn is_refusal(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

fn write_owner(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", process::id())
}

fn owner(file: File) -> Option<u32> {
    const LONGEST_NUMBER: u64 = 16;
    let mut text = String::new();
    file.take(LONGEST_NUMBER).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
