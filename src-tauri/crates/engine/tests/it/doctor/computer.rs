//! Faults of this computer: the keychain, the database, the clock, no account at all.

use super::clinic::{Clinic, clinic, region};
use credentials::Error as KeychainError;
use credentials::Vault;
use credentials::memory::Fault;
use engine::doctor::{Database, Finding, Fix, StepId, StepState};
use fake_dashscope::{FakeServer, Options};
use std::sync::Arc;
use store::OpenError;

async fn healthy() -> (FakeServer, Clinic) {
    let server = FakeServer::start(Options::default());
    let regions = vec![region("cn-beijing", &server.base_url())];
    let clinic = clinic(&server.compatible_base(), regions).await;
    (server, clinic)
}

#[tokio::test(flavor = "multi_thread")]
async fn k_03_a_locked_keychain_is_the_only_thing_that_is_broken() {
    let (server, mut clinic) = healthy().await;
    // A program that has just started holds no copy of the key.
    clinic.doctor.vault = Vault::with_backend(Box::new(clinic.keychain.clone()));
    clinic.keychain.begin_outage(KeychainError::Locked);
    let found = clinic.examine().await;
    let keychain = found.step(StepId::Keychain);
    assert_eq!(
        (keychain.state, &keychain.finding, &keychain.fix),
        (
            StepState::Failed,
            &Some(Finding::KeychainLocked),
            &Some(Fix::UnlockKeychain)
        )
    );
    for id in [StepId::KeyFormat, StepId::KeyRegion, StepId::Stream] {
        let step = found.step(id);
        assert_eq!(
            (step.state, &step.finding),
            (StepState::Skipped, &Some(Finding::KeyUnread))
        );
    }
    assert_eq!(found.state(StepId::Http), StepState::Passed);
    assert_eq!(found.state(StepId::Database), StepState::Passed);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_memory_does_not_hide_a_keychain_that_was_locked_since() {
    let (_server, clinic) = healthy().await;
    clinic.keychain.begin_outage(KeychainError::Locked);
    let found = clinic.examine().await;
    assert_eq!(found.state(StepId::KeyRegion), StepState::Passed);
    assert_eq!(
        found.step(StepId::Keychain).finding,
        Some(Finding::KeychainLocked)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k_05_to_k_07_each_state_of_the_item_has_its_name() {
    for (error, finding, fix) in [
        (
            KeychainError::Missing,
            Finding::KeychainMissing,
            Fix::EnterKey,
        ),
        (
            KeychainError::Ambiguous,
            Finding::KeychainAmbiguous,
            Fix::ReplaceKey,
        ),
        (
            KeychainError::Corrupt,
            Finding::KeychainCorrupt,
            Fix::ReplaceKey,
        ),
        (
            KeychainError::Denied,
            Finding::KeychainDenied,
            Fix::UnlockKeychain,
        ),
        (
            KeychainError::Unavailable,
            Finding::KeychainUnavailable,
            Fix::UnlockKeychain,
        ),
    ] {
        let (_server, clinic) = healthy().await;
        clinic.keychain.push_fault(Fault::Fail(error));
        let found = clinic.examine().await;
        let keychain = found.step(StepId::Keychain);
        assert_eq!(
            (&keychain.finding, &keychain.fix),
            (&Some(finding), &Some(fix))
        );
        assert!(!found.0.passed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_the_official_host_and_this_computer_are_looked_at() {
    let (server, mut clinic) = healthy().await;
    clinic.checkup.account = None;
    let found = clinic.examine().await;
    assert!(found.0.passed, "{:#?}", found.0.steps);
    assert_eq!(found.state(StepId::Http), StepState::Passed);
    for id in [
        StepId::KeyFormat,
        StepId::KeyRegion,
        StepId::Model,
        StepId::Stream,
    ] {
        assert_eq!(found.step(id).finding, Some(Finding::NoAccount), "{id:?}");
    }
    assert_eq!(
        found.step(StepId::Keychain).finding,
        Some(Finding::KeychainReady)
    );
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_found_by_its_name_too() {
    let (_server, mut clinic) = healthy().await;
    clinic.checkup.account = Some("work".to_owned());
    let found = clinic.examine().await;
    assert_eq!(found.state(StepId::KeyRegion), StepState::Passed);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_damaged_by_hand_is_named() {
    let (_server, clinic) = healthy().await;
    let mut row = clinic.store.accounts().unwrap().remove(0);
    row.address = "not an address".to_owned();
    clinic.store.save_account(&row).unwrap();
    clinic.examine().await.assert_broken(
        StepId::Names,
        &Finding::AddressInvalid,
        Some(&Fix::ChangeAddress),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_did_not_open_is_named_and_stops_nothing() {
    for (error, finding) in [
        (OpenError::Damaged, Finding::StorageDamaged),
        (
            OpenError::Folder(std::io::ErrorKind::StorageFull),
            Finding::StorageFull,
        ),
        (
            OpenError::Folder(std::io::ErrorKind::PermissionDenied),
            Finding::StorageUnavailable,
        ),
    ] {
        let (_server, mut clinic) = healthy().await;
        clinic.doctor.database = Database::Failed(error);
        clinic.checkup.account = None;
        let found = clinic.examine().await;
        let database = found.step(StepId::Database);
        assert_eq!(
            (database.state, &database.finding),
            (StepState::Failed, &Some(finding))
        );
        assert_eq!(found.state(StepId::Http), StepState::Passed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t_02_a_clock_before_this_program_is_wrong_without_asking_anyone() {
    let (_server, mut clinic) = healthy().await;
    let mut row = clinic.store.accounts().unwrap().remove(0);
    row.address = "http://127.0.0.1:9/v1".to_owned();
    clinic.store.save_account(&row).unwrap();
    clinic.doctor.clock = Arc::new(|| 1_000_000_000_000);
    let found = clinic.examine().await;
    let clock = found.step(StepId::Clock);
    assert_eq!(clock.state, StepState::Warned);
    assert!(matches!(clock.finding, Some(Finding::ClockOff { minutes }) if minutes < -10_000_000));
}
