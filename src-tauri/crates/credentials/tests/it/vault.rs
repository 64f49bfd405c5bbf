//! What callers see of a keychain that works, is broken or gone.

use credentials::memory::{Fault, MemoryBackend};
use credentials::{Error, Place};
use secrecy::ExposeSecret as _;

use crate::scripted::{ACCOUNT, ORIGIN, OTHER, put, secret, text, vault};

#[tokio::test]
async fn saved_key_comes_back_with_its_origin_and_date() {
    let backend = MemoryBackend::new();
    vault(&backend)
        .save(ACCOUNT, &secret("sk-one"), ORIGIN, 1_700_000_000_000)
        .await
        .expect("saved");

    // Another vault has nothing in memory.
    let key = vault(&backend).read(ACCOUNT).await.expect("a key");
    assert_eq!(key.secret.expose_secret(), "sk-one");
    assert_eq!(key.origin, ORIGIN);
    assert_eq!(key.created_ms, 1_700_000_000_000);
    assert_eq!(key.place, Place::Keychain);
}

#[tokio::test]
async fn key_is_read_once_and_again_after_it_was_forgotten() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    let vault = vault(&backend);
    for _ in 0..3 {
        assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    }
    assert_eq!(backend.accesses(), 1);

    put(&backend, ACCOUNT, "sk-two");
    vault.forget(ACCOUNT);
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-two"));
    assert_eq!(backend.accesses(), 2);
}

#[tokio::test]
async fn saved_key_needs_no_reading() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    vault
        .save(ACCOUNT, &secret("sk-one"), ORIGIN, 7)
        .await
        .expect("saved");
    vault
        .save(ACCOUNT, &secret("sk-two"), ORIGIN, 8)
        .await
        .expect("replaced");
    let accesses = backend.accesses();
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-two"));
    assert_eq!(backend.accesses(), accesses);
}

#[tokio::test]
async fn failure_is_not_remembered() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    for error in [
        Error::Locked,
        Error::Denied,
        Error::Unavailable,
        Error::Ambiguous,
    ] {
        backend.push_fault(Fault::Fail(error));
        assert_eq!(text(vault.read(ACCOUNT).await), Err(error));
    }
    put(&backend, ACCOUNT, "sk-one");
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
}

#[tokio::test]
async fn k_01_without_a_keychain_a_key_lives_for_the_session() {
    let backend = MemoryBackend::new();
    backend.begin_outage(Error::Unavailable);
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));
    let saved = vault.save(ACCOUNT, &secret("sk-one"), ORIGIN, 7).await;
    assert_eq!(
        saved,
        Err(Error::Unavailable),
        "nothing falls back by itself"
    );
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));

    vault.save_for_session(ACCOUNT, &secret("sk-one"), ORIGIN, 7);

    let key = vault.clone().read(ACCOUNT).await.expect("a key");
    assert_eq!(
        (key.secret.expose_secret(), key.place),
        ("sk-one", Place::Session)
    );
    assert_eq!(key.origin, ORIGIN);
    assert_eq!(backend.item(ACCOUNT), None, "and is stored nowhere");
    assert_eq!(
        vault.delete(ACCOUNT).await,
        Ok(()),
        "it can be deleted without a keychain"
    );
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));
    assert_eq!(
        vault.delete(ACCOUNT).await,
        Err(Error::Unavailable),
        "now there is none to delete"
    );
}

#[tokio::test]
async fn k_02_try_again_succeeds_once_the_keychain_is_there() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.begin_outage(Error::Unavailable);
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));
    assert_eq!(vault.reconnect().await, Err(Error::Unavailable));

    backend.end_outage();

    assert_eq!(
        text(vault.read(ACCOUNT).await),
        Err(Error::Unavailable),
        "the old connection"
    );
    assert_eq!(vault.reconnect().await, Ok(()));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(backend.rebuilds(), 1);
}

#[tokio::test]
async fn k_03_dismissed_dialog_is_denied_and_can_be_tried_again() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Fail(Error::Denied));
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Denied));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
}

#[tokio::test]
async fn k_05_missing_item_is_missing() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    put(&backend, OTHER, "sk-other");
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Missing));
    assert_eq!(text(vault.read(OTHER).await).as_deref(), Ok("sk-other"));
    vault
        .save(ACCOUNT, &secret("sk-again"), ORIGIN, 7)
        .await
        .expect("asked again");
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-again"));
}

#[tokio::test]
async fn k_06_item_of_somebody_else_is_corrupt_and_not_printed() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    for bytes in [
        &b"sk-CANARY"[..],
        b"\xff\xfesk-CANARY",
        b"{\"v\":9,\"key\":\"sk-CANARY\"}",
    ] {
        backend.put(ACCOUNT, bytes);
        let error = vault.read(ACCOUNT).await.expect_err("no item of ours");
        assert_eq!(error, Error::Corrupt);
        assert!(!format!("{error} {error:?} {vault:?} {backend:?}").contains("CANARY"));
    }
    vault
        .save(ACCOUNT, &secret("sk-good"), ORIGIN, 7)
        .await
        .expect("replaced");
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-good"));
}

#[tokio::test]
async fn k_10_key_too_long_for_an_item_is_refused_before_it_is_stored() {
    let backend = MemoryBackend::new();
    let key = secret(&"k".repeat(3_000));
    let saved = vault(&backend).save(ACCOUNT, &key, ORIGIN, 7).await;
    assert_eq!(saved, Err(Error::TooLong));
    assert_eq!(backend.accesses(), 0);
}

#[tokio::test]
async fn k_12_deleted_key_is_gone_everywhere() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    vault
        .save(ACCOUNT, &secret("sk-one"), ORIGIN, 7)
        .await
        .expect("saved");
    vault.save_for_session(ACCOUNT, &secret("sk-session"), ORIGIN, 7);
    assert_eq!(vault.delete(ACCOUNT).await, Ok(()));
    assert_eq!(backend.item(ACCOUNT), None);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Missing));
    assert_eq!(vault.delete(ACCOUNT).await, Ok(()), "twice is no error");
}

#[tokio::test]
async fn delete_that_fails_still_forgets() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    vault
        .save(ACCOUNT, &secret("sk-one"), ORIGIN, 7)
        .await
        .expect("saved");
    backend.push_fault(Fault::Fail(Error::Locked));
    assert_eq!(vault.delete(ACCOUNT).await, Err(Error::Locked));
    let accesses = backend.accesses();
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(
        backend.accesses(),
        accesses + 1,
        "the copy in memory was gone"
    );
}

#[tokio::test]
async fn session_key_comes_first_until_one_is_saved() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-stored");
    let vault = vault(&backend);
    vault.save_for_session(ACCOUNT, &secret("sk-session"), ORIGIN, 7);
    vault.forget(ACCOUNT);
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-session"));
    vault
        .save(ACCOUNT, &secret("sk-saved"), ORIGIN, 8)
        .await
        .expect("saved");
    let key = vault.read(ACCOUNT).await.expect("a key");
    assert_eq!(
        (key.secret.expose_secret(), key.place),
        ("sk-saved", Place::Keychain)
    );
}

#[tokio::test]
async fn nothing_prints_a_key() {
    let backend = MemoryBackend::new();
    let vault = vault(&backend);
    vault
        .save(ACCOUNT, &secret("sk-CANARY"), ORIGIN, 7)
        .await
        .expect("saved");
    vault.save_for_session(OTHER, &secret("sk-CANARY"), ORIGIN, 7);
    let key = vault.read(ACCOUNT).await.expect("a key");
    let text = format!("{vault:?} {vault:#?} {backend:?} {key:?} {key:#?}");
    assert!(!text.contains("CANARY"), "{text}");
}
