//! The order of rows is the order of what happened, whatever the clock said.

use conversation::ConversationId;
use store::{Conversation, Store};

use crate::{conversation, conversation_id, message, message_id, reply};

const YEAR_MS: i64 = 365 * 24 * 3_600_000;

fn listed(store: &Store) -> Vec<ConversationId> {
    store
        .conversations()
        .unwrap()
        .iter()
        .map(|chat| chat.id)
        .collect()
}

#[test]
fn d_11_a_clock_that_jumps_back_a_year_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 0..10_u128 {
        let now = 10 * YEAR_MS - i64::try_from(number).unwrap() * YEAR_MS;
        let chat = Conversation {
            created_ms: now,
            updated_ms: now,
            ..conversation(number)
        };
        store.create_conversation(&chat).unwrap();
        let mut question = message(100 + number * 2, 0, None);
        question.created_ms = now;
        let mut answer = reply(101 + number * 2, 0, Some(100 + number * 2));
        answer.created_ms = now;
        store
            .begin_turn(&conversation(0), Some(&question), &answer)
            .unwrap();
    }
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let ids: Vec<_> = store
        .messages(conversation_id(0))
        .unwrap()
        .iter()
        .map(|m| m.id)
        .collect();
    assert_eq!(ids, (100..120).map(message_id).collect::<Vec<_>>());
    let expected: Vec<_> = [0, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(conversation_id).into();
    assert_eq!(
        listed(&store),
        expected,
        "the last turn was in chat 0, the rest by creation"
    );
}

#[test]
fn a_turn_or_a_new_name_moves_a_chat_up_and_a_draft_a_model_or_an_undo_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in 1..=3 {
        store.create_conversation(&conversation(number)).unwrap();
    }
    let is = |expected: [u128; 3]| {
        assert_eq!(listed(&store), expected.map(conversation_id));
    };
    is([3, 2, 1]);
    store
        .begin_turn(
            &conversation(1),
            Some(&message(10, 1, None)),
            &reply(11, 1, Some(10)),
        )
        .unwrap();
    is([1, 3, 2]);
    store
        .rename_conversation(conversation_id(2), "named", 5)
        .unwrap();
    is([2, 1, 3]);
    store
        .save_draft(conversation_id(3), "half a thought")
        .unwrap();
    store
        .set_conversation_model(conversation_id(3), Some("qwen-max"))
        .unwrap();
    is([2, 1, 3]);
    store.delete_conversation(conversation_id(1), 6).unwrap();
    assert_eq!(listed(&store), [2, 3].map(conversation_id));
    store.restore_conversation(conversation_id(1)).unwrap();
    is([2, 1, 3]);
}
