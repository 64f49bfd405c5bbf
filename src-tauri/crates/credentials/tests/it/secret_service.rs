//! The vault against a real keyring daemon. The environment decides which bus a process talks to,
//! so each test runs itself again in a process of its own session.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use credentials::{Error, KeychainName, Place, Vault};
use secrecy::{ExposeSecret as _, SecretString};

use crate::daemon::{Session, any_file_contains, eventually, start_locked, start_unlocked};

const ROLE: &str = "CREDENTIALS_TEST_FOLDER";
const ACCOUNT: &str = "019a0000-0000-7000-8000-000000000001";
const ORIGIN: &str = "https://dashscope.example";
const KEY: &str = "sk-CANARY0123456789";

/// The session's folder, when this is the child.
fn child_folder() -> Option<PathBuf> {
    std::env::var_os(ROLE).map(PathBuf::from)
}

fn secret() -> SecretString {
    SecretString::from(KEY)
}

async fn until_connected(vault: &Vault) {
    eventually("the keyring daemon answers", || async {
        vault.reconnect().await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn key_survives_in_the_real_keychain_and_nowhere_in_the_clear() {
    let Some(folder) = child_folder() else {
        let name = "secret_service::key_survives_in_the_real_keychain_and_nowhere_in_the_clear";
        return Session::with_bus().run(name, ROLE);
    };
    let _daemon = start_unlocked();
    let first = Vault::system();
    assert_eq!(first.keychain_name(), KeychainName::SecretService);
    until_connected(&first).await;
    first
        .save(ACCOUNT, &secret(), ORIGIN, 1_700_000_000_000)
        .await
        .expect("saved");

    let second = Vault::system();
    let key = second.read(ACCOUNT).await.expect("a key");
    assert_eq!(key.secret.expose_secret(), KEY);
    assert_eq!(
        (key.origin.as_str(), key.created_ms),
        (ORIGIN, 1_700_000_000_000)
    );
    assert_eq!(key.place, Place::Keychain);
    assert!(!any_file_contains(&folder, KEY), "the key is on the disk");

    second
        .save(ACCOUNT, &SecretString::from("sk-replaced"), ORIGIN, 8)
        .await
        .expect("replaced");
    first.forget(ACCOUNT);
    let replaced = first.read(ACCOUNT).await.expect("a key");
    assert_eq!(replaced.secret.expose_secret(), "sk-replaced");

    assert_eq!(first.delete(ACCOUNT).await, Ok(()));
    second.forget(ACCOUNT);
    assert_eq!(second.read(ACCOUNT).await.map(drop), Err(Error::Missing));
    assert_eq!(second.delete(ACCOUNT).await, Ok(()), "twice is no error");
}

#[tokio::test]
async fn k_01_no_bus_is_unavailable_at_once_and_a_session_key_works() {
    if child_folder().is_none() {
        let name = "secret_service::k_01_no_bus_is_unavailable_at_once_and_a_session_key_works";
        return Session::without_bus().run(name, ROLE);
    }
    let vault = Vault::system();
    let start = Instant::now();
    for _ in 0..2 {
        assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Unavailable));
        assert_eq!(
            vault.save(ACCOUNT, &secret(), ORIGIN, 7).await,
            Err(Error::Unavailable)
        );
        assert_eq!(vault.delete(ACCOUNT).await, Err(Error::Unavailable));
        assert_eq!(vault.reconnect().await, Err(Error::Unavailable));
    }
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "{:?}",
        start.elapsed()
    );
    vault.save_for_session(ACCOUNT, &secret(), ORIGIN, 7);
    let key = vault.read(ACCOUNT).await.expect("a key");
    assert_eq!(
        (key.secret.expose_secret(), key.place),
        (KEY, Place::Session)
    );
}

#[tokio::test]
async fn k_02_provider_that_starts_later_is_found_without_a_restart() {
    if child_folder().is_none() {
        let name = "secret_service::k_02_provider_that_starts_later_is_found_without_a_restart";
        return Session::with_bus().run(name, ROLE);
    }
    let vault = Vault::system();
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Unavailable));
    assert_eq!(vault.reconnect().await, Err(Error::Unavailable));

    let _daemon = start_unlocked();

    until_connected(&vault).await;
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Missing));
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    vault.forget(ACCOUNT);
    assert_eq!(
        vault
            .read(ACCOUNT)
            .await
            .expect("a key")
            .secret
            .expose_secret(),
        KEY
    );
}

#[tokio::test]
async fn provider_that_starts_later_is_found_without_being_asked_to() {
    if child_folder().is_none() {
        let name = "secret_service::provider_that_starts_later_is_found_without_being_asked_to";
        return Session::with_bus().run(name, ROLE);
    }
    let vault = Vault::system();
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Unavailable));
    let _daemon = start_unlocked();
    eventually("the daemon is found", || async {
        vault.read(ACCOUNT).await.map(drop) == Err(Error::Missing)
    })
    .await;
}

#[tokio::test]
async fn provider_that_restarts_is_found_without_being_asked_to() {
    if child_folder().is_none() {
        let name = "secret_service::provider_that_restarts_is_found_without_being_asked_to";
        return Session::with_bus().run(name, ROLE);
    }
    let vault = Vault::system();
    let daemon = start_unlocked();
    until_connected(&vault).await;
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    vault.forget(ACCOUNT);

    daemon.stop();
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Unavailable));
    let _daemon = start_unlocked();

    eventually("the key is found again", || async {
        vault.read(ACCOUNT).await.is_ok()
    })
    .await;
    assert_eq!(
        vault
            .read(ACCOUNT)
            .await
            .expect("a key")
            .secret
            .expose_secret(),
        KEY
    );
}

#[tokio::test]
async fn k_03_locked_keyring_without_a_dialog_is_denied_in_time() {
    if child_folder().is_none() {
        let name = "secret_service::k_03_locked_keyring_without_a_dialog_is_denied_in_time";
        return Session::with_bus().run(name, ROLE);
    }
    let vault = Vault::system();
    let daemon = start_unlocked();
    until_connected(&vault).await;
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    daemon.stop();

    let locked = start_locked();
    let vault = Vault::system();
    until_connected(&vault).await;
    let start = Instant::now();
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Denied));
    assert_eq!(
        vault.save(ACCOUNT, &secret(), ORIGIN, 7).await,
        Err(Error::Denied)
    );
    assert_eq!(vault.delete(ACCOUNT).await, Err(Error::Denied));
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );

    // The user unlocks it later, and "try again" finds the key that was there all the time.
    locked.stop();
    let _daemon = start_unlocked();
    until_connected(&vault).await;
    assert_eq!(
        vault
            .read(ACCOUNT)
            .await
            .expect("a key")
            .secret
            .expose_secret(),
        KEY
    );
}

#[tokio::test]
async fn k_05_item_deleted_by_another_program_is_missing() {
    if child_folder().is_none() {
        let name = "secret_service::k_05_item_deleted_by_another_program_is_missing";
        return Session::with_bus().run(name, ROLE);
    }
    let _daemon = start_unlocked();
    let vault = Vault::system();
    until_connected(&vault).await;
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    items(|item| item.delete().expect("deleted"));
    assert!(vault.read(ACCOUNT).await.is_ok(), "still in memory");
    vault.forget(ACCOUNT);
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Missing));
}

#[tokio::test]
async fn k_06_item_changed_by_another_program_is_corrupt() {
    if child_folder().is_none() {
        let name = "secret_service::k_06_item_changed_by_another_program_is_corrupt";
        return Session::with_bus().run(name, ROLE);
    }
    let _daemon = start_unlocked();
    let vault = Vault::system();
    until_connected(&vault).await;
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    items(|item| {
        item.set_secret(b"\xffsk-CANARY", "text/plain")
            .expect("changed");
    });
    vault.forget(ACCOUNT);
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Corrupt));
}

#[tokio::test]
async fn k_07_second_matching_item_is_ambiguous() {
    if child_folder().is_none() {
        let name = "secret_service::k_07_second_matching_item_is_ambiguous";
        return Session::with_bus().run(name, ROLE);
    }
    let _daemon = start_unlocked();
    let vault = Vault::system();
    until_connected(&vault).await;
    vault
        .save(ACCOUNT, &secret(), ORIGIN, 7)
        .await
        .expect("saved");
    on_another_thread(|service| {
        let attributes = [
            ("service", "app.dashdesk.desktop.credential"),
            ("username", ACCOUNT),
            ("copied-by", "another program"),
        ];
        let collection = service.get_default_collection().expect("a collection");
        collection
            .create_item("copy", attributes.into(), b"{}", false, "text/plain")
            .expect("a second item");
    });
    vault.forget(ACCOUNT);
    assert_eq!(vault.read(ACCOUNT).await.map(drop), Err(Error::Ambiguous));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn k_09_no_panic_inside_a_runtime_that_the_bus_client_shares() {
    if child_folder().is_none() {
        let name = "secret_service::k_09_no_panic_inside_a_runtime_that_the_bus_client_shares";
        return Session::with_bus().run(name, ROLE);
    }
    let _daemon = start_unlocked();
    let vault = Vault::system();
    until_connected(&vault).await;
    let calls: Vec<_> = (0..8)
        .map(|number| {
            let vault = vault.clone();
            tokio::spawn(async move {
                let account = format!("{ACCOUNT}-{number}");
                vault.save(&account, &secret(), ORIGIN, 7).await?;
                vault.forget(&account);
                vault.read(&account).await.map(drop)?;
                vault.delete(&account).await
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.expect("no panic in a worker"), Ok(()));
    }
    // Without a thread of its own the same call does panic: the trap is armed.
    let direct = tokio::spawn(async {
        keyring::Entry::new("app.dashdesk.desktop.credential", ACCOUNT)
            .and_then(|entry| entry.get_secret())
            .is_ok()
    });
    assert!(
        direct.await.is_err(),
        "the bus client no longer panics here, so nothing is proved"
    );
}

/// Does something with every item of ours, as another program would.
fn items(change: impl Fn(&secret_service::blocking::Item<'_>) + Send + 'static) {
    on_another_thread(move |service| {
        let found = service
            .search_items([("service", "app.dashdesk.desktop.credential")].into())
            .expect("a search");
        assert!(!found.unlocked.is_empty(), "nothing of ours is there");
        found.unlocked.iter().for_each(&change);
    });
}

fn on_another_thread(
    work: impl FnOnce(&secret_service::blocking::SecretService<'_>) + Send + 'static,
) {
    std::thread::spawn(move || {
        let encryption = secret_service::EncryptionType::Plain;
        let service =
            secret_service::blocking::SecretService::connect(encryption).expect("the service");
        work(&service);
    })
    .join()
    .expect("the other program worked");
}
