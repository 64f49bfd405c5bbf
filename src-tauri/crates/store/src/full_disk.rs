//! Tests from inside: a disk that fills up at every page a call may need.

use std::path::Path;

use ::conversation::{ConversationId, MessageId, Role, Status};
use uuid::Uuid;

use crate::{Conversation, Delta, DeltaKind, Error, FinishedReply, Message, Store};

const CHAT: ConversationId = ConversationId::from_uuid(Uuid::from_u128(1));

fn id(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}

fn chat() -> Conversation {
    Conversation {
        id: CHAT,
        title: "chat".to_owned(),
        title_is_custom: false,
        model: None,
        draft: String::new(),
        created_ms: 0,
        updated_ms: 0,
    }
}

fn reply(number: u128, text: String) -> Message {
    Message {
        id: id(number),
        conversation: CHAT,
        parent: None,
        role: Role::Assistant,
        status: Status::Streaming,
        text,
        thinking: String::new(),
        model: None,
        created_ms: 0,
        finished_ms: None,
        first_token_ms: None,
        thinking_ms: None,
        finish_reason: None,
        usage: None,
        request_id: None,
        connection: None,
        error: None,
    }
}

fn end(number: u128) -> FinishedReply {
    FinishedReply {
        id: id(number),
        status: Status::Complete,
        finished_ms: 1,
        first_token_ms: None,
        thinking_ms: None,
        finish_reason: None,
        usage: None,
        request_id: None,
        connection: None,
        error: None,
        document: None,
    }
}

/// Leaves a reply streaming whose text fills several pages, and returns the text.
pub(crate) fn leave_a_reply_streaming(folder: &Path) -> String {
    let store = Store::open(folder).unwrap();
    store
        .begin_turn(&chat(), None, &reply(1, String::new()))
        .unwrap();
    let text = "千问 ".repeat(5000);
    let delta = Delta {
        message: id(1),
        seq: 0,
        kind: DeltaKind::Text,
        text: text.clone(),
    };
    store.append_deltas(&[delta]).unwrap();
    text
}

/// Lets the file grow by `spare` pages and no more; `None` lifts the limit.
fn limit_disk(store: &Store, spare: Option<u32>) {
    let set = store.connections().write(|transaction| {
        let used: u32 = transaction.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let limit = spare.map_or(u32::MAX - 1, |spare| used + spare);
        transaction.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))?;
        Ok(())
    });
    assert_eq!(set, Ok(()));
}

#[test]
fn d_04_a_disk_that_fills_up_while_a_reply_streams_loses_nothing_acknowledged() {
    for spare in 0..16 {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store
            .begin_turn(&chat(), None, &reply(1, String::new()))
            .unwrap();
        limit_disk(&store, Some(spare));
        let mut written = String::new();
        let full = (0_u32..).find_map(|seq| {
            let text = format!("{seq} 千问 ").repeat(200);
            let delta = Delta {
                message: id(1),
                seq,
                kind: DeltaKind::Text,
                text: text.clone(),
            };
            match store.append_deltas(&[delta]) {
                Ok(()) => {
                    written.push_str(&text);
                    None
                }
                Err(error) => Some(error),
            }
        });
        assert_eq!(full, Some(Error::Full), "with {spare} spare pages");
        assert_eq!(
            store.message(id(1)).unwrap().text,
            written,
            "what was acknowledged is there"
        );

        let turn = store.begin_turn(&chat(), None, &reply(2, "x".repeat(100_000)));
        assert_eq!(turn, Err(Error::Full));
        assert_eq!(store.messages(CHAT).unwrap().len(), 1, "no half of a turn");
        match store.finish_reply(&end(1)) {
            Ok(()) => {}
            Err(error) => {
                assert_eq!(error, Error::Full);
                assert_eq!(store.message(id(1)).unwrap().status, Status::Streaming);
                limit_disk(&store, None);
                store.finish_reply(&end(1)).unwrap();
            }
        }
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        let stored = store.message(id(1)).unwrap();
        assert_eq!((stored.status, stored.text), (Status::Complete, written));
    }
}

#[test]
fn d_04_every_write_is_whole_or_absent_at_whatever_page_the_disk_fills() {
    let long = "long ".repeat(4000);
    for spare in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        store.create_conversation(&chat()).unwrap();
        limit_disk(&store, Some(spare));
        let results = [
            store.set_setting("name", &long),
            store.save_draft(CHAT, &long),
            store.rename_conversation(CHAT, &long, 5),
        ];
        limit_disk(&store, None);
        let after = store.conversation(CHAT).unwrap();
        let stored = [
            store.setting("name").unwrap().unwrap_or_default(),
            after.draft,
            if after.title_is_custom {
                after.title
            } else {
                String::new()
            },
        ];
        for (result, text) in results.into_iter().zip(stored) {
            match result {
                Ok(()) => assert!(text == long, "acknowledged with {spare} spare pages"),
                Err(error) => {
                    assert_eq!(
                        (error, text.as_str()),
                        (Error::Full, ""),
                        "{spare} spare pages"
                    );
                }
            }
        }
    }
}
