//! What callers see while the keychain's thread is slow, stuck or dying.

use std::time::{Duration, Instant};

use credentials::memory::{Fault, MemoryBackend};
use credentials::{Deadlines, Error};

use crate::scripted::{ACCOUNT, ORIGIN, OTHER, put, secret, text, until_hanging, vault};

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
async fn k_04_cancelled_wait_can_be_followed_by_try_again_at_once() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    let vault = vault(&backend).with_deadlines(Deadlines::default());
    let waiting = tokio::spawn({
        let vault = vault.clone();
        async move { text(vault.read(ACCOUNT).await) }
    });
    until_hanging(&backend, 1).await;
    let start = Instant::now();

    waiting.abort();
    assert!(waiting.await.is_err_and(|end| end.is_cancelled()));

    assert_eq!(vault.reconnect().await, Ok(()));
    assert_eq!(text(vault.read(ACCOUNT).await).as_deref(), Ok("sk-one"));
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
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
async fn k_04_dialog_closed_too_late_does_not_answer_the_next_one() {
    let backend = MemoryBackend::new();
    put(&backend, ACCOUNT, "sk-one");
    backend.push_fault(Fault::Hang);
    backend.push_fault(Fault::Hang);
    let impatient = vault(&backend);
    assert_eq!(text(impatient.read(ACCOUNT).await), Err(Error::TimedOut));
    assert_eq!(impatient.reconnect().await, Ok(()));
    let vault = impatient.with_deadlines(Deadlines::default());

    let (outcome, ()) = tokio::join!(vault.read(ACCOUNT), async {
        until_hanging(&backend, 2).await;
        backend.dismiss(Error::Denied);
        tokio::time::sleep(Duration::from_millis(50)).await;
        backend.release();
    });

    assert_eq!(text(outcome).as_deref(), Ok("sk-one"));
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
