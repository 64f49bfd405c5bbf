//! Damaged files are recognised, left as they are, and set aside only when asked.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use store::{DATABASE_FILE, Error, OpenError, Store};

use crate::crash::Random;
use crate::{contents, conversation, conversation_id, message, reply};

/// A database with enough pages to break any of them.
fn fill(folder: &Path) {
    let store = Store::open(folder).unwrap();
    for number in 0..40 {
        let mut question = message(number * 2, 1, None);
        question.text = "words and 千问 ".repeat(200);
        let answer = reply(number * 2 + 1, 1, Some(number * 2));
        store
            .begin_turn(&conversation(1), Some(&question), &answer)
            .unwrap();
    }
}

/// Checks that the folder is refused, untouched, and usable again after setting it aside.
fn assert_damaged_and_recoverable(folder: &Path, case: &str) {
    let before = contents(folder);
    assert_eq!(
        Store::open(folder).unwrap_err(),
        OpenError::Damaged,
        "{case}"
    );
    assert!(
        contents(folder) == before,
        "{case}: a refused database was touched"
    );

    let aside = Store::set_damaged_aside(folder, 1_700_000_000_000).unwrap();
    let name = aside.file_name().unwrap().to_str().unwrap();
    assert!(name.ends_with(".damaged-1700000000000"), "{name}");
    let after = contents(folder);
    assert_eq!(after.len(), before.len(), "{case}: a file was lost");
    for (old, bytes) in &before {
        let kept = old.replace(DATABASE_FILE, name);
        assert!(
            after[&kept] == *bytes,
            "{case}: {kept} is not what {old} was"
        );
    }
    let store = Store::open(folder).unwrap();
    assert_eq!(store.conversations().unwrap(), [], "{case}: a fresh start");
}

#[test]
fn d_06_files_that_are_no_database_of_ours_are_left_alone() {
    let cases: [(&str, &[u8]); 3] = [
        ("text", b"this is no database, but somebody's notes"),
        ("a page of zeros", &[0; 4096]),
        ("a header and nothing else", b"SQLite format 3\0"),
    ];
    for (case, bytes) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(DATABASE_FILE), bytes).unwrap();
        assert_damaged_and_recoverable(folder.path(), case);
    }
    let folder = tempfile::tempdir().unwrap();
    let other = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other
        .execute_batch("CREATE TABLE message (id); INSERT INTO message VALUES (1)")
        .unwrap();
    drop(other);
    assert_damaged_and_recoverable(folder.path(), "another program's database");
}

#[test]
fn d_06_a_truncated_database_is_left_alone() {
    for part in [100, 4096, 10_000, 40_960] {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path());
        let path = folder.path().join(DATABASE_FILE);
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() > 100_000, "the case needs a file of many pages");
        fs::write(&path, &bytes[..part]).unwrap();
        assert_damaged_and_recoverable(folder.path(), &format!("cut to {part} bytes"));
    }
}

#[test]
fn d_06_pages_of_noise_are_found_on_opening() {
    let original = tempfile::tempdir().unwrap();
    fill(original.path());
    let bytes = fs::read(original.path().join(DATABASE_FILE)).unwrap();
    let mut random = Random(6);
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        // Not the last page of all: it may be a free one, whose content means nothing.
        let page = usize::try_from(random.below(bytes.len() as u64 / 4096 - 1)).unwrap() * 4096;
        let mut broken = bytes.clone();
        for byte in &mut broken[page..page + 4096] {
            *byte = u8::try_from(random.below(256)).unwrap();
        }
        fs::write(folder.path().join(DATABASE_FILE), broken).unwrap();
        let before = contents(folder.path());
        match Store::open(folder.path()) {
            Err(error) => {
                assert_eq!(error, OpenError::Damaged, "page at {page}");
                assert!(
                    contents(folder.path()) == before,
                    "page at {page} was touched"
                );
            }
            // Noise inside a long text is text to SQLite: it may only show when it is read.
            Ok(store) => match store.messages(conversation_id(1)) {
                Ok(messages) => assert_eq!(messages.len(), 80, "page at {page}"),
                Err(error) => assert_eq!(error, Error::Damaged, "page at {page}"),
            },
        }
    }
}

#[test]
fn d_06_a_log_of_another_database_is_noticed() {
    let (ours, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(ours.path());
    drop(Store::open(other.path()).unwrap());
    // Opened again, so that the log holds a few pages and not the whole other database: such a
    // log would be a sound database in itself, and nothing in the files tells whose it is.
    let store = Store::open(other.path()).unwrap();
    for number in 0..20 {
        store
            .set_setting(&number.to_string(), &"x".repeat(3000))
            .unwrap();
    }
    let log = "dashdesk.db-wal";
    fs::copy(other.path().join(log), ours.path().join(log)).unwrap();
    drop(store);
    assert_damaged_and_recoverable(ours.path(), "foreign log");
}

#[test]
fn d_06_a_log_without_its_database_is_not_thrown_away() {
    for case in ["missing", "empty"] {
        let (live, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(live.path()).unwrap();
        store.create_conversation(&conversation(1)).unwrap();
        let log = "dashdesk.db-wal";
        fs::copy(live.path().join(log), folder.path().join(log)).unwrap();
        drop(store);
        if case == "empty" {
            fs::write(folder.path().join(DATABASE_FILE), b"").unwrap();
        }
        assert_damaged_and_recoverable(folder.path(), case);
    }
}

#[test]
fn d_06_an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(DATABASE_FILE), b"").unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_conversation(&conversation(1)).unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.conversations().unwrap(), [conversation(1)]);
}

#[test]
fn d_06_without_its_log_the_database_opens_at_its_last_checkpoint() {
    let (live, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(Store::open(live.path()).unwrap());
    let store = Store::open(live.path()).unwrap();
    store.create_conversation(&conversation(1)).unwrap();
    fs::copy(
        live.path().join(DATABASE_FILE),
        copy.path().join(DATABASE_FILE),
    )
    .unwrap();
    drop(store);
    let store = Store::open(copy.path()).unwrap();
    assert_eq!(
        store.conversations().unwrap(),
        [],
        "what only the log had is gone, the rest is whole"
    );
}

#[test]
fn setting_aside_never_overwrites_an_earlier_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut aside = Vec::new();
    for content in ["first", "second", "third"] {
        fs::write(folder.path().join(DATABASE_FILE), content).unwrap();
        aside.push(Store::set_damaged_aside(folder.path(), 5).unwrap());
    }
    let kept: Vec<String> = aside
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert_eq!(kept, ["first", "second", "third"]);
}
