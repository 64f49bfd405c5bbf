//! Accounts, settings and conversations: what goes in comes out.

use conversation::ConversationId;
use store::{Account, Conversation, Error, Store};

use crate::{conversation, conversation_id};

fn account(id: &str) -> Account {
    Account {
        id: id.to_owned(),
        name: "百炼".to_owned(),
        address: "https://dashscope.aliyuncs.com/compatible-mode/v1".to_owned(),
        protocol: "compatible".to_owned(),
        region: Some("beijing".to_owned()),
        origin: "https://dashscope.aliyuncs.com".to_owned(),
        key_hint: Some("sk-••••1a2b".to_owned()),
        key_place: "keychain".to_owned(),
        model_count: Some(123),
        created_ms: 7,
    }
}

#[test]
fn accounts_keep_their_place_when_they_are_saved_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let bare = Account {
        region: None,
        key_hint: None,
        key_place: "none".to_owned(),
        model_count: None,
        ..account("b")
    };
    store.save_account(&account("a")).unwrap();
    store.save_account(&bare).unwrap();
    let changed = Account {
        name: "work".to_owned(),
        created_ms: -1,
        ..account("a")
    };
    store.save_account(&changed).unwrap();
    assert_eq!(store.accounts().unwrap(), [changed, bare.clone()]);

    store.delete_account("a").unwrap();
    assert_eq!(store.delete_account("a"), Err(Error::NotFound));
    drop(store);
    assert_eq!(
        Store::open(folder.path()).unwrap().accounts().unwrap(),
        [bare]
    );
}

#[test]
fn an_unknown_key_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let odd = Account {
        key_place: "plaintext".to_owned(),
        ..account("a")
    };
    assert_eq!(store.save_account(&odd), Err(Error::Other));
    assert_eq!(store.accounts().unwrap(), []);
}

#[test]
fn settings_are_replaced_and_listed_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.setting("language").unwrap(), None);
    for (name, value) in [
        ("theme", "dark"),
        ("language", "zh-CN"),
        ("theme", "'; --\u{0}千"),
    ] {
        store.set_setting(name, value).unwrap();
        assert_eq!(store.setting(name).unwrap().as_deref(), Some(value));
    }
    let expected = [("language", "zh-CN"), ("theme", "'; --\u{0}千")];
    assert_eq!(
        store.settings().unwrap(),
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
}

#[test]
fn a_conversation_keeps_its_name_model_and_draft() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let id = conversation_id(1);
    store.create_conversation(&conversation(1)).unwrap();
    assert_eq!(
        store.create_conversation(&conversation(1)),
        Err(Error::Other),
        "the id is taken"
    );
    store.rename_conversation(id, "标题 'x'", 9).unwrap();
    store.set_conversation_model(id, None).unwrap();
    store.save_draft(id, "half\n\u{0}a 千").unwrap();
    drop(store);
    let expected = Conversation {
        title: "标题 'x'".to_owned(),
        title_is_custom: true,
        model: None,
        draft: "half\n\u{0}a 千".to_owned(),
        updated_ms: 9,
        ..conversation(1)
    };
    assert_eq!(
        Store::open(folder.path()).unwrap().conversation(id),
        Ok(expected)
    );
}

#[test]
fn unknown_ids_are_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let unknown: ConversationId = conversation_id(404);
    assert_eq!(store.conversation(unknown), Err(Error::NotFound));
    assert_eq!(
        store.rename_conversation(unknown, "x", 1),
        Err(Error::NotFound)
    );
    assert_eq!(
        store.set_conversation_model(unknown, None),
        Err(Error::NotFound)
    );
    assert_eq!(store.save_draft(unknown, "x"), Err(Error::NotFound));
    assert_eq!(store.delete_conversation(unknown, 1), Err(Error::NotFound));
    assert_eq!(store.restore_conversation(unknown), Err(Error::NotFound));
    assert_eq!(store.messages(unknown), Ok(Vec::new()));
}
