//! The vault with a passphrase file beside a keychain that is not there.

use credentials::memory::MemoryBackend;
use credentials::{Cost, Error, PASSPHRASE_FILE, PassphraseState, Place, Vault};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use crate::scripted::{ACCOUNT, ORIGIN, OTHER, put, secret, text, vault};

const CHEAP: Cost = Cost {
    memory_kib: 8 * 1024,
    passes: 1,
    lanes: 1,
};

/// The vault of a program that has just started.
fn started(backend: &MemoryBackend, folder: &TempDir) -> Vault {
    vault(backend).with_passphrase_file(folder.path().join(PASSPHRASE_FILE), CHEAP)
}

#[tokio::test]
async fn k_13_a_key_under_a_passphrase_is_there_after_it_is_given_once() {
    let folder = TempDir::new().expect("a folder");
    let backend = MemoryBackend::new();
    backend.begin_outage(Error::Unavailable);
    let first = started(&backend, &folder);
    let long = Some(secret("a long passphrase"));
    first
        .save_in_file(ACCOUNT, &secret("sk-one"), ORIGIN, 7, long)
        .await
        .expect("kept");
    assert_eq!(text(first.read(ACCOUNT).await).as_deref(), Ok("sk-one"));

    let vault = started(&backend, &folder);
    assert_eq!(vault.passphrase_state(), PassphraseState::Locked);
    assert_eq!(
        text(vault.read(ACCOUNT).await),
        Err(Error::PassphraseNeeded)
    );
    assert_eq!(
        text(vault.read(OTHER).await),
        Err(Error::Unavailable),
        "the file says nothing about another account"
    );
    let wrong = vault.enter_passphrase(secret("a long passphrasf")).await;
    assert_eq!(wrong, Err(Error::PassphraseWrong));
    assert_eq!(
        text(vault.read(ACCOUNT).await),
        Err(Error::PassphraseNeeded)
    );
    assert_eq!(
        vault.enter_passphrase(secret("a long passphrase")).await,
        Ok(())
    );
    assert_eq!(vault.passphrase_state(), PassphraseState::Open);
    let key = vault.read(ACCOUNT).await.expect("a key");
    assert_eq!(
        (key.secret.expose_secret(), key.place),
        ("sk-one", Place::File)
    );
    assert_eq!((key.origin.as_str(), key.created_ms), (ORIGIN, 7));
    assert_eq!(
        backend.item(ACCOUNT),
        None,
        "the keychain has nothing of it"
    );

    assert_eq!(vault.delete(ACCOUNT).await, Ok(()));
    assert_eq!(vault.passphrase_state(), PassphraseState::None);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::Unavailable));
}

#[tokio::test]
async fn k_13_a_damaged_file_is_said_where_a_key_is_missed_and_nowhere_else() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join(PASSPHRASE_FILE), "{").expect("written");
    let backend = MemoryBackend::new();
    put(&backend, OTHER, "sk-other");
    let vault = started(&backend, &folder);
    assert_eq!(text(vault.read(ACCOUNT).await), Err(Error::FileDamaged));
    assert_eq!(text(vault.read(OTHER).await).as_deref(), Ok("sk-other"));
    let given = vault.enter_passphrase(secret("a long passphrase")).await;
    assert_eq!(given, Err(Error::FileDamaged));
    assert_eq!(vault.delete(ACCOUNT).await, Ok(()), "its account can go");
}

#[tokio::test]
async fn a_key_that_moves_into_the_keychain_leaves_the_file() {
    let folder = TempDir::new().expect("a folder");
    let backend = MemoryBackend::new();
    let vault = started(&backend, &folder);
    let long = Some(secret("a long passphrase"));
    vault
        .save_in_file(ACCOUNT, &secret("sk-one"), ORIGIN, 7, long)
        .await
        .expect("kept");
    vault
        .save(ACCOUNT, &secret("sk-two"), ORIGIN, 8)
        .await
        .expect("saved");
    let key = vault.read(ACCOUNT).await.expect("a key");
    assert_eq!(
        (key.secret.expose_secret(), key.place),
        ("sk-two", Place::Keychain)
    );
    assert_eq!(vault.passphrase_state(), PassphraseState::None);
}
