//! Replies as they are shown, and the parts of a conversation that are read without the rest.

use conversation::{Role, Status};
use store::{Document, Error, FinishedReply, Searchable, Store};

use crate::{conversation, conversation_id, finished, message, message_id, reply};

const VERSION: u32 = 3;

fn document(shown: &str) -> Document {
    Document {
        version: VERSION,
        shown: shown.to_owned(),
        blocks: format!("[\"{shown}\"]"),
    }
}

/// A question, and a reply that is kept as it was shown.
fn answered(store: &Store) {
    store
        .begin_turn(
            &conversation(1),
            Some(&message(10, 1, None)),
            &reply(11, 1, Some(10)),
        )
        .unwrap();
    let end = FinishedReply {
        document: Some(document("one")),
        ..finished(11, Status::Complete)
    };
    store.finish_reply(&end).unwrap();
}

#[test]
fn a_reply_is_kept_as_it_was_shown_with_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    answered(&store);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let asked = [message_id(11), message_id(10), message_id(404)];
    assert_eq!(
        store.blocks(&asked, VERSION),
        Ok(vec![Some("[\"one\"]".to_owned()), None, None])
    );
    assert_eq!(
        store.blocks(&asked[..1], VERSION + 1),
        Ok(vec![None]),
        "another version cannot be read"
    );
}

#[test]
fn a_document_made_later_takes_the_place_of_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    answered(&store);
    store
        .begin_turn(&conversation(1), None, &reply(12, 1, Some(10)))
        .unwrap();
    let newer = Document {
        version: VERSION + 1,
        ..document("two")
    };
    let made = [11, 12, 404].map(|number| (message_id(number), newer.clone()));
    store.save_documents(&made).unwrap();
    let asked = [message_id(11), message_id(12)];
    assert_eq!(
        store.blocks(&asked, VERSION + 1),
        Ok(vec![Some("[\"two\"]".to_owned()), None]),
        "a running reply has none"
    );
    assert_eq!(store.blocks(&asked[..1], VERSION), Ok(vec![None]));
}

#[test]
fn a_search_sees_a_persons_words_and_what_a_reply_shows() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    answered(&store);
    let asked = [message_id(10), message_id(11)];
    let words = Searchable::Text(message(10, 1, None).text);
    assert_eq!(
        store.searchable(&asked, VERSION),
        Ok(vec![words.clone(), Searchable::Text("one".to_owned())])
    );
    assert_eq!(
        store.searchable(&asked, VERSION + 1),
        Ok(vec![words, Searchable::Unparsed])
    );
    assert_eq!(
        store.searchable(&[message_id(404)], VERSION),
        Err(Error::NotFound)
    );
}

#[test]
fn the_shape_is_the_messages_without_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    answered(&store);
    // Ids that do not sort as they were added.
    for number in [5, 3, 4] {
        store
            .begin_turn(&conversation(1), None, &reply(number, 1, Some(10)))
            .unwrap();
    }
    let shape = store.shape(conversation_id(1)).unwrap();
    let whole = store.messages(conversation_id(1)).unwrap();
    assert_eq!(shape.len(), whole.len());
    for (node, message) in shape.iter().zip(&whole) {
        assert_eq!((node.id, node.parent), (message.id, message.parent));
        assert_eq!((node.role, node.status), (message.role, message.status));
        assert!(node.text.is_empty());
    }
    assert_eq!(shape[0].role, Role::User);
    assert_eq!(store.shape(conversation_id(404)), Ok(Vec::new()));
}

#[test]
fn messages_come_in_the_order_in_which_they_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    answered(&store);
    let named = [message_id(11), message_id(10)];
    let messages = store.messages_named(&named).unwrap();
    assert_eq!(messages[0], store.message(named[0]).unwrap());
    assert_eq!(messages[1], store.message(named[1]).unwrap());
    let unknown = [message_id(404)];
    assert_eq!(store.messages_named(&unknown), Err(Error::NotFound));
}
