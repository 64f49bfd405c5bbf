//! A folder that may only be read is shown, and stays as it is.
//!
//! The superuser may write everywhere, so a test run as root repeats itself as `nobody`.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use conversation::Status;
use rusqlite::Connection;
use store::{Access, DATABASE_FILE, LOCK_FILE, OpenError, ReadOnlyReason, Store};

use crate::newer::assert_every_write_is_refused;
use crate::{child, contents, conversation, conversation_id, message, reply};

const TEST: &str = "read_only::d_09_a_folder_that_may_only_be_read_is_opened_for_reading";
const ROOT: u32 = 0;
const NOBODY: u32 = 65534;

/// One folder per case below a common one.
struct Cases {
    place: PathBuf,
}

impl Cases {
    /// A database closed cleanly.
    fn clean(&self) -> PathBuf {
        self.place.join("clean")
    }

    /// A database whose last turn is only in the log, without the log's index or a lock.
    fn crashed(&self) -> PathBuf {
        self.place.join("crashed")
    }

    /// A database of an older schema.
    fn old(&self) -> PathBuf {
        self.place.join("old")
    }

    /// No database.
    fn empty(&self) -> PathBuf {
        self.place.join("empty")
    }

    fn all(&self) -> [PathBuf; 4] {
        [self.clean(), self.crashed(), self.old(), self.empty()]
    }

    fn make(&self) {
        for folder in self.all() {
            fs::create_dir(folder).unwrap();
        }
        let store = Store::open(&self.clean()).unwrap();
        store.create_conversation(&conversation(1)).unwrap();
        let question = message(10, 1, None);
        store
            .begin_turn(&conversation(1), Some(&question), &reply(11, 1, Some(10)))
            .unwrap();
        for name in ["dashdesk.db", "dashdesk.db-wal"] {
            fs::copy(self.clean().join(name), self.crashed().join(name)).unwrap();
        }
        drop(store);
        drop(Store::open(&self.old()).unwrap());
        let old = Connection::open(self.old().join(DATABASE_FILE)).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        drop(old);
    }

    /// Readable and not writable, for everybody.
    fn protect(&self) {
        for folder in self.all() {
            for entry in fs::read_dir(&folder).unwrap() {
                let file = entry.unwrap().path();
                fs::set_permissions(file, fs::Permissions::from_mode(0o444)).unwrap();
            }
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        }
    }
}

fn assert_is_shown(folder: &Path, replies: usize) {
    let before = contents(folder);
    let store = Store::open(folder).unwrap();
    assert_eq!(
        store.access(),
        Access::ReadOnly(ReadOnlyReason::FolderNotWritable)
    );
    assert_eq!(store.conversations().unwrap().len(), 1);
    let messages = store.messages(conversation_id(1)).unwrap();
    assert_eq!(messages.len(), replies * 2);
    assert!(
        messages
            .iter()
            .all(|message| message.status != Status::Streaming)
    );
    assert_every_write_is_refused(&store);
    drop(store);
    assert!(contents(folder) == before, "a file was made or changed");
}

fn check(cases: &Cases) {
    let trial = fs::write(cases.clean().join("trial"), "x").unwrap_err();
    assert_eq!(
        trial.kind(),
        io::ErrorKind::PermissionDenied,
        "the case must be real"
    );

    assert_is_shown(&cases.clean(), 1);
    assert_is_shown(&cases.crashed(), 1);
    let refused = OpenError::Folder(io::ErrorKind::PermissionDenied);
    assert_eq!(
        Store::open(&cases.old()).unwrap_err(),
        refused,
        "it would have to be migrated"
    );
    assert_eq!(Store::open(&cases.empty()).unwrap_err(), refused);
    assert_eq!(
        Store::open(&cases.empty().join("below")).unwrap_err(),
        refused
    );

    let first = Store::open(&cases.clean()).unwrap();
    let second = Store::open(&cases.clean()).unwrap_err();
    assert!(
        matches!(second, OpenError::AlreadyOpen { .. }),
        "the lock that is there holds"
    );
    drop(first);
    assert!(!cases.crashed().join(LOCK_FILE).exists());
}

#[test]
fn d_09_a_folder_that_may_only_be_read_is_opened_for_reading() {
    if let Some(place) = child::given_folder() {
        check(&Cases { place });
        child::tell_parent("checked");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = Cases {
        place: folder.path().to_owned(),
    };
    cases.make();
    cases.protect();
    if fs::metadata(folder.path()).unwrap().uid() == ROOT {
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        // The build folder may be out of nobody's reach.
        let program = folder.path().join("test");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let mut command = child::with_arguments(Command::new(program), TEST, folder.path());
        command
            .stdout(std::process::Stdio::piped())
            .current_dir("/")
            .uid(NOBODY)
            .gid(NOBODY);
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && told.contains("checked"),
            "{told}{printed}"
        );
    } else {
        check(&cases);
    }
    for folder in cases.all() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    }
}
