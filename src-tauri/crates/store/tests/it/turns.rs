//! The life of a reply: begun, appended to, ended once.

use conversation::Status;
use store::{Delta, DeltaKind, Error, FinishedReply, Message, Store};

use crate::{conversation, conversation_id, finished, message, message_id, reply};

fn delta(reply: u128, seq: u32, kind: DeltaKind, text: &str) -> Delta {
    Delta {
        message: message_id(reply),
        seq,
        kind,
        text: text.to_owned(),
    }
}

#[test]
fn a_reply_grows_by_its_pieces_and_keeps_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let (question, begun) = (message(10, 1, None), reply(11, 1, Some(10)));
    store
        .begin_turn(&conversation(1), Some(&question), &begun)
        .unwrap();
    assert_eq!(
        store.messages(conversation_id(1)),
        Ok(vec![question.clone(), begun.clone()])
    );

    // The order is that of the numbers, not of the calls, and kinds may share a number.
    let late = delta(11, 7, DeltaKind::Text, "问");
    store
        .append_deltas(&[late, delta(11, 0, DeltaKind::Thinking, "hm\u{0}")])
        .unwrap();
    store
        .append_deltas(&[
            delta(11, 0, DeltaKind::Text, "千"),
            delta(11, 1, DeltaKind::Thinking, "m"),
        ])
        .unwrap();
    let growing = Message {
        text: "千问".to_owned(),
        thinking: "hm\u{0}m".to_owned(),
        ..begun
    };
    assert_eq!(
        store.message(message_id(11)),
        Ok(growing.clone()),
        "the text so far"
    );

    store.finish_reply(&finished(11, Status::Stopped)).unwrap();
    let ended = Message {
        status: Status::Stopped,
        finished_ms: Some(3_000),
        first_token_ms: Some(120),
        thinking_ms: Some(40),
        finish_reason: Some("stop".to_owned()),
        usage: Some(r#"{"output_tokens":2}"#.to_owned()),
        request_id: Some("request-1".to_owned()),
        ..growing
    };
    assert_eq!(
        store.messages(conversation_id(1)),
        Ok(vec![question, ended])
    );
}

#[test]
fn a_reply_ends_once_and_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store
        .begin_turn(&conversation(1), None, &reply(11, 1, None))
        .unwrap();
    let open = FinishedReply {
        status: Status::Streaming,
        ..finished(11, Status::Complete)
    };
    assert_eq!(
        store.finish_reply(&open),
        Err(Error::Other),
        "that is no end"
    );

    store
        .append_deltas(&[delta(11, 0, DeltaKind::Text, "a")])
        .unwrap();
    let twice = [
        delta(11, 1, DeltaKind::Text, "b"),
        delta(11, 0, DeltaKind::Text, "c"),
    ];
    assert_eq!(
        store.append_deltas(&twice),
        Err(Error::Other),
        "the number is taken"
    );
    assert_eq!(
        store.message(message_id(11)).unwrap().text,
        "a",
        "all of a call or none"
    );

    let failed = FinishedReply {
        error: Some(r#"{"kind":"stalled"}"#.to_owned()),
        ..finished(11, Status::Failed)
    };
    store.finish_reply(&failed).unwrap();
    assert_eq!(
        store.finish_reply(&finished(11, Status::Complete)),
        Err(Error::NotFound)
    );
    let late = [delta(11, 2, DeltaKind::Text, "late")];
    assert_eq!(store.append_deltas(&late), Err(Error::NotFound));
    let stored = store.message(message_id(11)).unwrap();
    assert_eq!((stored.status, stored.text.as_str()), (Status::Failed, "a"));
    assert_eq!(stored.error.as_deref(), Some(r#"{"kind":"stalled"}"#));
}

#[test]
fn a_turn_that_does_not_fit_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store
        .begin_turn(
            &conversation(1),
            Some(&message(10, 1, None)),
            &reply(11, 1, Some(10)),
        )
        .unwrap();

    let chat = conversation(2);
    let elsewhere = reply(21, 1, Some(10));
    assert_eq!(store.begin_turn(&chat, None, &elsewhere), Err(Error::Other));
    let crossing = reply(21, 2, Some(10));
    assert_eq!(
        store.begin_turn(&chat, None, &crossing),
        Err(Error::NotFound),
        "another chat's turn"
    );
    let orphan = reply(21, 2, Some(404));
    let question = message(20, 2, None);
    assert_eq!(
        store.begin_turn(&chat, Some(&question), &orphan),
        Err(Error::NotFound)
    );
    assert_eq!(
        store.begin_turn(&chat, Some(&question), &reply(11, 2, Some(20))),
        Err(Error::Other)
    );

    assert_eq!(store.conversation(conversation_id(2)), Err(Error::NotFound));
    assert_eq!(store.message(message_id(20)), Err(Error::NotFound));
    let missing = [delta(404, 0, DeltaKind::Text, "x")];
    assert_eq!(store.append_deltas(&missing), Err(Error::NotFound));
    assert_eq!(store.append_deltas(&[]), Ok(()));
}

#[test]
fn a_turn_leaves_an_existing_conversation_its_name_and_draft() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_conversation(&conversation(1)).unwrap();
    store
        .rename_conversation(conversation_id(1), "mine", 2)
        .unwrap();
    store.save_draft(conversation_id(1), "next").unwrap();
    let later = store::Conversation {
        updated_ms: 50,
        ..conversation(1)
    };
    store
        .begin_turn(&later, Some(&message(10, 1, None)), &reply(11, 1, Some(10)))
        .unwrap();
    let stored = store.conversation(conversation_id(1)).unwrap();
    assert_eq!(
        (stored.title.as_str(), stored.title_is_custom),
        ("mine", true)
    );
    assert_eq!((stored.draft.as_str(), stored.updated_ms), ("next", 50));
}

#[test]
fn a_restart_ends_what_was_streaming_and_keeps_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in [11, 12] {
        store
            .begin_turn(&conversation(1), None, &reply(number, 1, None))
            .unwrap();
    }
    let queued = Message {
        status: Status::Queued,
        ..reply(13, 1, None)
    };
    store.begin_turn(&conversation(1), None, &queued).unwrap();
    store
        .append_deltas(&[
            delta(12, 0, DeltaKind::Text, "half"),
            delta(12, 1, DeltaKind::Thinking, "why"),
        ])
        .unwrap();
    store.finish_reply(&finished(11, Status::Complete)).unwrap();
    drop(store);

    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.recovered(), [message_id(12), message_id(13)]);
    let stored = store.message(message_id(12)).unwrap();
    assert_eq!(
        (stored.text.as_str(), stored.thinking.as_str()),
        ("half", "why")
    );
    let statuses: Vec<Status> = store
        .messages(conversation_id(1))
        .unwrap()
        .iter()
        .map(|message| message.status)
        .collect();
    assert_eq!(
        statuses,
        [Status::Complete, Status::Interrupted, Status::Interrupted]
    );
    drop(store);
    assert_eq!(Store::open(folder.path()).unwrap().recovered(), [], "once");
}

#[test]
fn a_reply_that_begins_with_text_is_continued_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    for number in [11, 12] {
        let begun = Message {
            text: "千".to_owned(),
            thinking: "why ".to_owned(),
            ..reply(number, 1, None)
        };
        store.begin_turn(&conversation(1), None, &begun).unwrap();
        let pieces = [
            delta(number, 0, DeltaKind::Text, "问"),
            delta(number, 0, DeltaKind::Thinking, "not"),
        ];
        store.append_deltas(&pieces).unwrap();
    }
    let assert_whole = |store: &Store| {
        for message in store.messages(conversation_id(1)).unwrap() {
            assert_eq!(
                (message.text.as_str(), message.thinking.as_str()),
                ("千问", "why not")
            );
        }
    };
    assert_whole(&store);
    store.finish_reply(&finished(11, Status::Complete)).unwrap();
    assert_whole(&store);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.recovered(), [message_id(12)]);
    assert_whole(&store);
}
