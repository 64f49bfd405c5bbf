//! What callers see while the keychain is slow, silent, broken or gone.

use std::time::{Duration, Instant};

use credentials::memory::{Fault, MemoryBackend};
use credentials::{Deadlines, Error, Place, StoredKey, Vault};
use secrecy::{ExposeSecret as _, SecretString};

const ACCOUNT: &str = "019a0000-0000-7000-8000-000000000001";
const OTHER: &str = "019a0000-0000-7000-8000-000000000002";
const ORIGIN: &str = "https://dashscope.example";

fn vault(backend: &MemoryBackend) -> Vault {
    Vault::with_backend(Box::new(backend.clone())).with_deadlines(Deadlines {
        read: Duration::from_millis(300),
        write: Duration::from_millis(300),
        reconnect: Duration::from_millis(300),
    })
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn put(backend: &MemoryBackend, account: &str, key: &str) {
    let item = format!(r#"{{"v":1,"key":"{key}","origin":"{ORIGIN}","created":7}}"#);
    backend.put(account, item.as_bytes());
}

fn text(key: Result<StoredKey, Error>) -> Result<String, Error> {
    key.map(|key| key.secret.expose_secret().to_owned())
}

/// Waits until the backend holds up so many threads.
async fn until_hanging(backend: &MemoryBackend, count: usize) {
    let start = Instant::now();
    while backend.hanging() != count {
        assert!(start.elapsed() < Duration::from_secs(5), "no access hangs");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

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

#[tokio::test(flavor = "current_thread")]
async fn k_04_dialog_that_nobody_answers_holds_nobody_up() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    let vault = vault(&backend);
    vault.save_for_session(OTHER, &secret("sk-session"), ORIGIN, 7);

    let start = Instant::now();
    let mut ticks = 0;
    let waiting = vault.read(ACCOUNT);
    tokio::pin!(waiting);
    let outcome = loop {
        tokio::select! {
            outcome = &mut waiting => break outcome,
            () = tokio::time::sleep(Duration::from_millis(10)) => {
                ticks += 1;
                let other = vault.read(OTHER).await;
                assert_eq!(text(other).as_deref(), Ok("sk-session"), "other accounts go on");
            }
        }
    };
    assert_eq!(text(outcome), Err(Error::TimedOut));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    assert!(ticks >= 10, "the runtime stood still: {ticks} ticks");

    // The thread is still stuck, and "try again" does not wait for it.
    assert_eq!(backend.hanging(), 1);
    assert_eq!(vault.reconnect().await, Ok(()));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(backend.hanging(), 1);
    backend.release();
}

#[tokio::test]
async fn k_04_late_answer_is_kept() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::TimedOut));

    backend.release();

    until_hanging(&backend, 0).await;
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(backend.accesses(), 1, "the dialog was not shown twice");
}

#[tokio::test]
async fn k_04_abandoned_thread_changes_nothing_any_more() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-old");
    backend.push_fault(Fault::Hang);
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::TimedOut));
    // These wait behind the dialog in the same thread.
    let save = vault.save(OTHER, &secret("sk-late"), ORIGIN, 7).await;
    assert_eq!(save, Err(Error::TimedOut));
    assert_eq!(vault.delete(ACCOUNT).await, Err(Error::TimedOut));

    assert_eq!(vault.reconnect().await, Ok(()));
    vault
        .save(ACCOUNT, &secret("sk-new"), ORIGIN, 8)
        .await
        .expect("saved on the fresh thread");
    let accesses = backend.accesses();
    backend.release();
    until_hanging(&backend, 0).await;
    tokio::time::sleep(Duration::from_millis(50)).await;

    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-new"));
    assert_eq!(
        backend.item(OTHER),
        None,
        "a save that nobody waits for is not done"
    );
    assert!(
        backend.item(ACCOUNT).is_some(),
        "a delete that nobody waits for is not done"
    );
    assert_eq!(backend.accesses(), accesses);
}

#[tokio::test]
async fn reconnecting_lets_those_go_who_wait_for_the_stuck_thread() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    let impatient = vault(&backend);
    let patient = impatient.clone().with_deadlines(Deadlines {
        read: Duration::from_mins(1),
        ..Deadlines::default()
    });
    let waiting = tokio::spawn({
        let patient = patient.clone();
        async move { text(patient.read(ACCOUNT).await) }
    });
    assert_eq!(text(impatient.read(ACCOUNT).await), Err(Error::TimedOut));
    assert_eq!(impatient.reconnect().await, Ok(()));
    let waited = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    assert_eq!(
        waited.expect("let go").expect("no panic"),
        Err(Error::TimedOut)
    );
    assert_eq!(text(patient.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    backend.release();
}

#[tokio::test]
async fn reconnecting_keeps_a_thread_that_works() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    let vault = vault(&backend);
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(vault.reconnect().await, Ok(()));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(
        (backend.accesses(), backend.rebuilds()),
        (1, 1),
        "what was read stays read"
    );
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn k_08_fifty_concurrent_reads_are_one_access() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Delay(Duration::from_millis(100)));
    let vault = vault(&backend);
    let reads: Vec<_> = (0..50)
        .map(|_| {
            let vault = vault.clone();
            tokio::spawn(async move { text(vault.read(ACCOUNT).await) })
        })
        .collect();
    for read in reads {
        assert_eq!(read.await.expect("no panic").as_deref(), Ok("sk-one"));
    }
    assert_eq!(backend.accesses(), 1);
}

#[tokio::test]
async fn k_08_one_failure_answers_all_who_wait() {
    let backend = MemoryBackend::new();
    backend.push_fault(Fault::Delay(Duration::from_millis(50)));
    let vault = vault(&backend);
    let (first, second, third) = tokio::join!(
        vault.read(ACCOUNT),
        vault.read(ACCOUNT),
        vault.read(ACCOUNT)
    );
    for outcome in [first, second, third] {
        assert_eq!(text(outcome), Err(Error::Missing));
    }
    assert_eq!(backend.accesses(), 1);
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
async fn read_under_way_does_not_bring_a_forgotten_key_back() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    let vault = vault(&backend);
    let (outcome, ()) = tokio::join!(vault.read(ACCOUNT), async {
        until_hanging(&backend, 1).await;
        vault.forget(ACCOUNT);
        backend.release();
    });
    assert_eq!(
        text(outcome).as_deref(),
        Ok("sk-one"),
        "who asked before is answered"
    );
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert_eq!(backend.accesses(), 2, "but it was not kept");
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
async fn panic_in_the_keychain_ends_in_an_error_and_the_next_call_works() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    let vault = vault(&backend);
    backend.push_fault(Fault::Panic);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    backend.push_fault(Fault::Panic);
    let saved = vault.save(ACCOUNT, &secret("sk-two"), ORIGIN, 7).await;
    assert_eq!(saved, Err(Error::Unavailable));
    assert_eq!(
        vault.save(ACCOUNT, &secret("sk-two"), ORIGIN, 7).await,
        Ok(())
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
