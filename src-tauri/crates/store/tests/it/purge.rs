//! Deleting a chat can be undone until it is purged, and then it is gone from every byte.

use std::path::Path;

use conversation::Status;
use store::{Delta, DeltaKind, Document, Error, FinishedReply, Store};

use crate::{contents, conversation, conversation_id, finished, message, message_id, reply};

const CANARY: &str = "canary-7d1f";

fn holds_canary(folder: &Path) -> bool {
    contents(folder).values().any(|bytes| {
        bytes
            .windows(CANARY.len())
            .any(|window| window == CANARY.as_bytes())
    })
}

/// A chat whose every turn holds the canary, in short and in long texts.
fn fill(store: &Store, chat: u128, canary: &str) {
    let mut parent = None;
    for turn in 0..20 {
        let (question, answer) = (chat * 1000 + turn * 2, chat * 1000 + turn * 2 + 1);
        let mut asked = message(question, chat, parent);
        asked.text = canary.repeat(if turn % 3 == 0 { 2000 } else { 1 });
        store
            .begin_turn(
                &conversation(chat),
                Some(&asked),
                &reply(answer, chat, Some(question)),
            )
            .unwrap();
        for (seq, kind) in (0..).zip([DeltaKind::Text, DeltaKind::Thinking]) {
            let text = canary.repeat(50);
            store
                .append_deltas(&[Delta {
                    message: message_id(answer),
                    seq,
                    kind,
                    text,
                }])
                .unwrap();
        }
        let shown = Document {
            version: 1,
            shown: canary.repeat(50),
            blocks: canary.repeat(60),
        };
        let end = FinishedReply {
            document: Some(shown),
            ..finished(answer, Status::Complete)
        };
        store.finish_reply(&end).unwrap();
        parent = Some(answer);
    }
    store.save_draft(conversation_id(chat), canary).unwrap();
}

#[test]
fn d_14_a_purged_chat_is_in_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    fill(&store, 1, "kept");
    fill(&store, 2, CANARY);
    fill(&store, 3, "kept");
    let kept = store.messages(conversation_id(1)).unwrap();
    store
        .delete_conversation(conversation_id(2), 1_000)
        .unwrap();
    assert!(holds_canary(folder.path()), "deleting alone can be undone");

    assert_eq!(
        store.purge_deleted(1_000),
        Ok(0),
        "only what was deleted before the time"
    );
    assert!(holds_canary(folder.path()));
    assert_eq!(store.purge_deleted(1_001), Ok(1));
    assert!(!holds_canary(folder.path()), "while the database is open");
    assert_eq!(store.messages(conversation_id(1)).unwrap(), kept);
    assert_eq!(
        store.restore_conversation(conversation_id(2)),
        Err(Error::NotFound)
    );
    assert_eq!(store.message(message_id(2000)), Err(Error::NotFound));
    drop(store);
    assert!(!holds_canary(folder.path()), "and after closing it");
}

#[test]
fn a_chat_of_5_000_turns_in_one_chain_can_be_purged() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_conversation(&conversation(1)).unwrap();
    drop(store);
    // Filled in one transaction: 5 000 synced ones would take minutes on a slow disk.
    let mut connection =
        rusqlite::Connection::open(folder.path().join(store::DATABASE_FILE)).unwrap();
    let transaction = connection.transaction().unwrap();
    for number in 0_u128..5_000 {
        let parent = number.checked_sub(1).map(u128::to_be_bytes);
        transaction
            .execute(
                "INSERT INTO message (id, conversation, parent, role, status, text, thinking,
                                      created_ms)
                 VALUES (?1, ?2, ?3, 'user', 'complete', 'x', '', 0)",
                rusqlite::params![number.to_be_bytes(), 1_u128.to_be_bytes(), parent],
            )
            .unwrap();
    }
    transaction.commit().unwrap();
    drop(connection);

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.messages(conversation_id(1)).unwrap().len(), 5_000);
    store.delete_conversation(conversation_id(1), 1).unwrap();
    assert_eq!(store.purge_deleted(2), Ok(1));
    assert_eq!(store.messages(conversation_id(1)).unwrap(), []);
}

#[test]
fn a_deleted_chat_is_hidden_until_it_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let id = conversation_id(1);
    store.create_conversation(&conversation(1)).unwrap();
    store.delete_conversation(id, 5).unwrap();
    assert_eq!(
        store.delete_conversation(id, 6),
        Err(Error::NotFound),
        "deleted already"
    );
    assert_eq!(store.conversations().unwrap(), []);
    assert_eq!(store.conversation(id), Err(Error::NotFound));
    store.restore_conversation(id).unwrap();
    assert_eq!(store.conversation(id), Ok(conversation(1)));

    store.delete_conversation(id, 7).unwrap();
    store
        .begin_turn(&conversation(1), None, &reply(10, 1, None))
        .unwrap();
    assert_eq!(
        store.conversations().unwrap().len(),
        1,
        "what is written into it is seen"
    );
    assert_eq!(store.purge_deleted(i64::MAX), Ok(0));
}
