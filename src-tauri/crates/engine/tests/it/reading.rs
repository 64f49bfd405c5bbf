//! Reading a conversation in parts, and finding text in all of it.

use crate::desk::{Desk, desk};
use conversation::{ConversationId, MessageId, Role, Status};
use engine::{FailureKind, Hit};
use store::{Conversation, FinishedReply, Message, Searchable};
use uuid::Uuid;

const CONVERSATION: ConversationId = ConversationId::from_uuid(Uuid::from_u128(1));

fn id(number: u128) -> MessageId {
    MessageId::from_uuid(Uuid::from_u128(number))
}

fn message(number: u128, parent: Option<u128>, text: &str) -> Message {
    let role = if number.is_multiple_of(2) {
        Role::User
    } else {
        Role::Assistant
    };
    Message {
        id: id(number),
        conversation: CONVERSATION,
        parent: parent.map(id),
        role,
        status: match role {
            Role::User | Role::System => Status::Complete,
            Role::Assistant => Status::Streaming,
        },
        text: text.to_owned(),
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

/// Stores a turn whose reply has no document, as a reply that a crash ended has none.
fn turn(desk: &Desk, number: u128, after: Option<u128>, question: &str, answer: &str) {
    let conversation = Conversation {
        id: CONVERSATION,
        title: "chat".to_owned(),
        title_is_custom: false,
        model: None,
        draft: "half".to_owned(),
        created_ms: 0,
        updated_ms: 0,
    };
    let asked = message(number, after, question);
    let reply = message(number + 1, Some(number), answer);
    let store = desk.engine.store();
    store
        .begin_turn(&conversation, Some(&asked), &reply)
        .unwrap();
    store
        .finish_reply(&FinishedReply {
            id: reply.id,
            status: Status::Interrupted,
            finished_ms: 0,
            first_token_ms: None,
            thinking_ms: None,
            finish_reason: None,
            usage: None,
            request_id: None,
            connection: None,
            error: None,
            document: None,
        })
        .unwrap();
}

/// A branch of so many turns, numbered from 2 on.
fn branch(desk: &Desk, turns: u128) {
    for number in 1..=turns {
        let after = (number > 1).then(|| number * 2 - 1);
        let (question, answer) = (format!("question {number}"), format!("**answer** {number}"));
        turn(desk, number * 2, after, &question, &answer);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_conversation_opens_at_its_end_and_is_read_in_parts() {
    let desk = desk();
    branch(&desk, 50);
    let opened = desk
        .engine
        .open_conversation(CONVERSATION, None)
        .await
        .unwrap();
    assert_eq!((opened.count, opened.from), (100, 40));
    assert_eq!(opened.messages.len(), 60);
    assert_eq!(opened.conversation.draft, "half");
    let last = opened.messages.last().unwrap();
    assert_eq!(last.message.id, id(101));
    assert_eq!(last.versions, [id(101)]);
    let shown = markdown::parse("**answer** 50");
    assert_eq!(
        last.blocks.as_ref().unwrap().get(),
        serde_json::to_string(&shown).unwrap()
    );
    assert!(opened.messages[0].blocks.is_none(), "a person's words");

    let window = |from, count| desk.engine.read_window(CONVERSATION, id(101), from, count);
    let first = window(0, 3).await.unwrap();
    let ids: Vec<MessageId> = first.messages.iter().map(|read| read.message.id).collect();
    assert_eq!(ids, [id(2), id(3), id(4)]);
    assert_eq!((first.count, first.from), (100, 0));
    let beyond = window(98, 1000).await.unwrap();
    assert_eq!(beyond.messages.len(), 2);
    assert!(window(500, 3).await.unwrap().messages.is_empty());
    let unknown = ConversationId::from_uuid(Uuid::from_u128(404));
    let missing = desk.engine.open_conversation(unknown, None).await;
    assert_eq!(missing.unwrap_err().kind, FailureKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_read_through_any_of_its_messages() {
    let desk = desk();
    branch(&desk, 2);
    turn(&desk, 10, Some(3), "another question", "another answer");
    let newest = desk.engine.open_conversation(CONVERSATION, None);
    let newest = newest.await.unwrap();
    assert_eq!(newest.messages.last().unwrap().message.id, id(11));
    let older = desk.engine.open_conversation(CONVERSATION, Some(id(4)));
    let older = older.await.unwrap();
    assert_eq!(older.messages.last().unwrap().message.id, id(5));
    assert_eq!(older.messages[2].versions, [id(4), id(10)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_a_crash_ended_is_parsed_once() {
    let desk = desk();
    turn(&desk, 2, None, "question", "*cut*");
    let store = desk.engine.store().clone();
    let kept = || store.searchable(&[id(3)], markdown::VERSION).unwrap();
    assert_eq!(kept(), [Searchable::Unparsed]);
    let opened = desk.engine.open_conversation(CONVERSATION, None);
    assert!(opened.await.unwrap().messages[1].blocks.is_some());
    assert_eq!(kept(), [Searchable::Text("cut".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn find_sees_every_message_as_it_is_shown() {
    let desk = desk();
    turn(&desk, 2, None, "Wo ist QWEN?", "**Qwen** and `qwen`");
    turn(
        &desk,
        4,
        Some(3),
        "千问在哪里",
        "[千问](https://qwen.ai) ÄPFEL",
    );
    let find = |query: &'static str| async {
        let found = desk.engine.find(CONVERSATION, id(5), query).await.unwrap();
        assert!(!found.cut);
        let place = |hit: Hit| (hit.position, hit.message, hit.index);
        found.hits.into_iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(
        find("qwen").await,
        [(0, id(2), 0), (1, id(3), 0), (1, id(3), 1)],
        "no syntax and no address is searched"
    );
    assert_eq!(find("千问").await, [(2, id(4), 0), (3, id(5), 0)]);
    assert_eq!(find("äpfel").await, [(3, id(5), 0)]);
    assert_eq!(find("qwen and qwen").await, [(1, id(3), 0)]);
    assert!(find("**").await.is_empty() && find("").await.is_empty());
    let long = "x".repeat(2000);
    let refused = desk.engine.find(CONVERSATION, id(5), &long).await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::InputTooLong);
}

#[tokio::test(flavor = "multi_thread")]
async fn find_stops_at_five_thousand_places() {
    let desk = desk();
    turn(&desk, 2, None, &"a ".repeat(4_000), &"a ".repeat(2_000));
    let found = desk.engine.find(CONVERSATION, id(3), "A").await.unwrap();
    assert_eq!(found.hits.len(), 5_000);
    assert!(found.cut);
    let last = found.hits.last().unwrap();
    assert_eq!((last.position, last.index), (1, 999));
}

#[tokio::test(flavor = "multi_thread")]
async fn find_looks_into_a_running_reply() {
    let desk = desk();
    let account = desk.account().await;
    let mut sent = desk.send(&account, "/fake tokens=5000 rate=100").await;
    let shown = sent.first_text().await;
    let word = shown.trim().chars().next().unwrap().to_string();
    let (conversation, reply) = (sent.turn.conversation.id, sent.turn.reply.id);
    let found = desk.engine.find(conversation, reply, &word).await.unwrap();
    assert!(found.hits.iter().any(|hit| hit.message == reply));
    let opened = desk.engine.open_conversation(conversation, None);
    let opened = opened.await.unwrap();
    assert!(opened.messages[1].blocks.is_none(), "it comes by attaching");
    desk.engine.stop_all().await;
}
