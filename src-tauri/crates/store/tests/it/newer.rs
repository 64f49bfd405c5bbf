//! A database that a newer version of the program has changed.

use std::fs;
use std::path::Path;

use conversation::Status;
use rusqlite::Connection;
use store::{
    Access, DATABASE_FILE, Delta, DeltaKind, Error, ReadOnlyReason, SCHEMA_VERSION, Store,
};

use crate::{contents, conversation, conversation_id, finished, message, message_id, reply};

const NEWER: u32 = SCHEMA_VERSION + 3;

/// A chat with one finished and one streaming reply.
fn fill(folder: &Path) {
    let store = Store::open(folder).unwrap();
    store.set_setting("theme", "dark").unwrap();
    store
        .begin_turn(
            &conversation(1),
            Some(&message(10, 1, None)),
            &reply(11, 1, Some(10)),
        )
        .unwrap();
    append(&store, 11, "whole");
    store.finish_reply(&finished(11, Status::Complete)).unwrap();
    let question = message(12, 1, Some(11));
    store
        .begin_turn(&conversation(1), Some(&question), &reply(13, 1, Some(12)))
        .unwrap();
    append(&store, 13, "half");
}

fn append(store: &Store, reply: u128, text: &str) {
    let delta = Delta {
        message: message_id(reply),
        seq: 0,
        kind: DeltaKind::Text,
        text: text.to_owned(),
    };
    store.append_deltas(&[delta]).unwrap();
}

/// What a newer version might do, on a connection that stays open.
fn upgrade(folder: &Path) -> Connection {
    let connection = Connection::open(folder.join(DATABASE_FILE)).unwrap();
    connection
        .execute_batch(&format!(
            "ALTER TABLE message ADD COLUMN novelty TEXT;
             CREATE TABLE novelty (id INTEGER PRIMARY KEY) STRICT;
             PRAGMA user_version = {NEWER};"
        ))
        .unwrap();
    connection
}

fn assert_opens_for_reading_without_a_trace(folder: &Path) {
    let before = contents(folder);
    let store = Store::open(folder).unwrap();
    let reason = ReadOnlyReason::NewerDatabase {
        found: NEWER,
        known: SCHEMA_VERSION,
    };
    assert_eq!(store.access(), Access::ReadOnly(reason));
    assert_eq!(store.recovered(), []);

    let chats = store.conversations().unwrap();
    assert_eq!(
        chats.iter().map(|chat| chat.id).collect::<Vec<_>>(),
        [conversation_id(1)]
    );
    let messages = store.messages(conversation_id(1)).unwrap();
    assert_eq!(messages.len(), 4);
    assert_eq!(
        (messages[1].status, messages[1].text.as_str()),
        (Status::Complete, "whole")
    );
    assert_eq!(
        (messages[3].status, messages[3].text.as_str()),
        (Status::Interrupted, "half"),
        "nothing can be streaming where nothing can write"
    );
    assert_eq!(store.setting("theme").unwrap().as_deref(), Some("dark"));
    assert_every_write_is_refused(&store);
    drop(store);
    assert!(contents(folder) == before, "a file was made or changed");
}

pub(crate) fn assert_every_write_is_refused(store: &Store) {
    let chat = conversation_id(1);
    let delta = Delta {
        message: message_id(13),
        seq: 9,
        kind: DeltaKind::Text,
        text: "x".to_owned(),
    };
    for (call, result) in [
        ("set_setting", store.set_setting("theme", "light")),
        ("delete_account", store.delete_account("a")),
        (
            "create_conversation",
            store.create_conversation(&conversation(2)),
        ),
        (
            "rename_conversation",
            store.rename_conversation(chat, "x", 1),
        ),
        (
            "set_conversation_model",
            store.set_conversation_model(chat, None),
        ),
        ("save_draft", store.save_draft(chat, "x")),
        ("delete_conversation", store.delete_conversation(chat, 1)),
        ("restore_conversation", store.restore_conversation(chat)),
        ("purge_deleted", store.purge_deleted(i64::MAX).map(drop)),
        (
            "begin_turn",
            store.begin_turn(&conversation(1), None, &reply(20, 1, None)),
        ),
        ("append_deltas", store.append_deltas(&[delta])),
        (
            "finish_reply",
            store.finish_reply(&finished(13, Status::Complete)),
        ),
    ] {
        assert_eq!(result, Err(Error::ReadOnly), "{call}");
    }
}

#[test]
fn d_07_a_newer_database_is_read_and_stays_byte_for_byte_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path());
    drop(upgrade(folder.path()));
    assert!(
        !contents(folder.path()).contains_key("dashdesk.db-wal"),
        "closed cleanly"
    );
    assert_opens_for_reading_without_a_trace(folder.path());
}

#[test]
fn d_07_a_newer_database_whose_change_is_only_in_its_log_is_recognised_too() {
    let (live, crashed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fill(live.path());
    let connection = upgrade(live.path());
    for name in ["dashdesk.db", "dashdesk.db-wal"] {
        fs::copy(live.path().join(name), crashed.path().join(name)).unwrap();
    }
    drop(connection);
    let header = fs::read(crashed.path().join(DATABASE_FILE)).unwrap();
    assert_eq!(
        u32::from_be_bytes(header[60..64].try_into().unwrap()),
        SCHEMA_VERSION,
        "the file itself still has the old version"
    );
    assert_opens_for_reading_without_a_trace(crashed.path());
}
