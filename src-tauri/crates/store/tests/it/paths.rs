//! Folders with names that programs trip over.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use store::{Access, DATABASE_FILE, OpenError, Store};

use crate::{contents, conversation};

/// Writes, reads back, and reads without a trace, which goes through an address.
fn assert_usable(folder: &Path) {
    let store = Store::open(folder).unwrap();
    assert_eq!(store.access(), Access::ReadWrite);
    store.create_conversation(&conversation(1)).unwrap();
    drop(store);
    assert!(
        folder.join(DATABASE_FILE).exists(),
        "the file is in the folder itself"
    );

    let newer = Connection::open(folder.join(DATABASE_FILE)).unwrap();
    newer.pragma_update(None, "user_version", 1000).unwrap();
    drop(newer);
    let before = contents(folder);
    let store = Store::open(folder).unwrap();
    assert_ne!(store.access(), Access::ReadWrite);
    assert_eq!(store.conversations().unwrap(), [conversation(1)]);
    drop(store);
    assert!(contents(folder) == before);
}

#[test]
fn d_09_unusual_names_work() {
    for name in [
        "中文 数据",
        "emoji 😀👨\u{200D}👩\u{200D}👧",
        "  spaces  ",
        "100% #1 & 'q'",
        "file:memory",
        "e\u{301}",
    ] {
        let folder = tempfile::tempdir().unwrap();
        assert_usable(&folder.path().join(name));
    }
}

#[cfg(unix)]
#[test]
fn d_09_names_that_windows_forbids_work_elsewhere() {
    for name in [
        "what?mode=memory&cache=shared",
        "a\\b",
        "line\nbreak",
        ":memory:",
    ] {
        let folder = tempfile::tempdir().unwrap();
        assert_usable(&folder.path().join(name));
    }
}

#[cfg(unix)]
#[test]
fn d_09_a_path_beyond_260_characters_works() {
    let folder = tempfile::tempdir().unwrap();
    let long: PathBuf = std::iter::repeat_n("深い階層の名前", 14).collect();
    let long = folder.path().join(long);
    assert!(long.as_os_str().len() > 300);
    // SQLite's own limit of a path is 512 bytes.
    assert!(long.as_os_str().len() < 480);
    assert_usable(&long);
}

#[cfg(unix)]
#[test]
fn d_09_a_path_that_sqlite_cannot_take_is_an_error_and_not_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let long: PathBuf = std::iter::repeat_n("x".repeat(100), 8).collect();
    let refused = Store::open(&folder.path().join(long)).unwrap_err();
    assert_eq!(refused, OpenError::Other);
}

#[cfg(unix)]
#[test]
fn f_02_a_linked_folder_is_resolved_and_locked_as_one() {
    let place = tempfile::tempdir().unwrap();
    let (real, link) = (place.path().join("real"), place.path().join("link"));
    std::fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();

    let store = Store::open(&link).unwrap();
    store.set_setting("through", "link").unwrap();
    assert!(real.join(DATABASE_FILE).exists());
    let owner = Some(std::process::id());
    assert_eq!(
        Store::open(&real).unwrap_err(),
        OpenError::AlreadyOpen { process: owner }
    );
    drop(store);
    let store = Store::open(&real).unwrap();
    assert_eq!(store.setting("through").unwrap().as_deref(), Some("link"));
}

#[test]
fn a_file_in_the_place_of_the_folder_or_the_database_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "precious").unwrap();
    assert!(matches!(Store::open(&file), Err(OpenError::Folder(_))));
    assert!(matches!(
        Store::open(&file.join("below")),
        Err(OpenError::Folder(_))
    ));
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");

    let folder = place.path().join("folder");
    std::fs::create_dir_all(folder.join(DATABASE_FILE)).unwrap();
    assert!(matches!(
        Store::open(&folder),
        Err(OpenError::Folder(_) | OpenError::Damaged)
    ));
    assert!(folder.join(DATABASE_FILE).is_dir());
}
