//! The steps that need no network: clock, key format, keychain, database.

use super::Database;
use super::finding::{Finding, Fix, KeyFault, KeyPlan};
use super::run::{Key, Outcome, Run};
use super::step::{DoctorEvent, StepId};
use credentials::{KeyProblem, KeyShape};
use dashscope::{Endpoint, EndpointKind};
use store::{Access, OpenError, Store};

/// This program is not older than this, 2026-11-01: a clock before it is wrong.
const MADE_MS: i64 = 1_793_491_200_000;

/// The name under which the database notes the last run, which is also its trial write.
const NOTED_AS: &str = "last_checkup_ms";

/// The keychain item that is asked for when there is no account; nothing is stored under it.
const NO_ITEM: &str = "no-account";

impl<T: Fn(DoctorEvent) + Send + Sync> Run<'_, T> {
    /// The clock by itself; the server's answer says more later.
    pub(super) fn clock(&mut self) {
        let started = self.begin(StepId::Clock);
        let behind_ms = MADE_MS - (self.doctor.clock)();
        let outcome = if behind_ms > 0 {
            let minutes = i32::try_from(behind_ms / 60_000).unwrap_or(i32::MAX);
            Outcome::warned(Finding::ClockOff { minutes: -minutes }, Fix::CheckClock)
        } else {
            Outcome::passed(Finding::ClockRight)
        };
        self.finish(StepId::Clock, started, outcome);
    }

    /// What the key looks like, and whether it is one of this endpoint's.
    pub(super) async fn key_format(&mut self) -> bool {
        let started = self.begin(StepId::KeyFormat);
        self.key = self.read_key().await;
        let outcome = match (&self.key, &self.subject.endpoint) {
            (Key::NoAccount | Key::Unread, _) => Outcome::skipped(Finding::NoAccount),
            (Key::NotNeeded, _) => Outcome::passed(Finding::NotNeeded),
            (Key::None, _) => Outcome::failed(Finding::KeyMissing, Fix::EnterKey),
            (Key::Failed, _) => Outcome::skipped(Finding::KeyUnread),
            (Key::Read(stored), endpoint) => {
                judge_key(credentials::inspect(&stored.secret), endpoint.as_ref())
            }
        };
        self.finish(StepId::KeyFormat, started, outcome)
    }

    /// Whether the keychain itself would give the key now.
    pub(super) async fn keychain(&mut self) {
        let started = self.begin(StepId::Keychain);
        let account = self.subject.account.as_ref();
        let place = account.map_or("keychain", |account| account.key_place.as_str());
        let item = account.map_or(NO_ITEM, |account| account.id.as_str());
        let vault = &self.doctor.vault;
        let outcome = match place {
            "keychain" => match vault.check(item).await {
                Ok(()) => Outcome::passed(Finding::KeychainOpen),
                Err(credentials::Error::Missing) if account.is_none() => {
                    Outcome::passed(Finding::KeychainReady)
                }
                Err(error) => keychain_failed(error),
            },
            "file" => match vault.read(item).await {
                Ok(_in_memory) => Outcome::passed(Finding::PassphraseFileOpen),
                Err(error) => keychain_failed(error),
            },
            _ => Outcome::passed(Finding::KeychainUnused),
        };
        self.finish(StepId::Keychain, started, outcome);
    }

    /// Whether the database can be read and written.
    pub(super) async fn database(&mut self) {
        let started = self.begin(StepId::Database);
        let now_ms = (self.doctor.clock)();
        let checked = self
            .doctor
            .database
            .read(move |store| {
                store.check()?;
                match store.access() {
                    Access::ReadWrite => store.set_setting(NOTED_AS, &now_ms.to_string()),
                    Access::ReadOnly(_) => Ok(()),
                }
            })
            .await;
        let outcome = match (&self.doctor.database, checked) {
            (Database::None, _) => Outcome::passed(Finding::DatabaseNone),
            (Database::Failed(error), _) => database_did_not_open(*error),
            (Database::Open(_) | Database::LookedOn(_), Some(Err(error))) => database_failed(error),
            (Database::LookedOn(_), _) => Outcome::passed(Finding::DatabaseReadable),
            (Database::Open(store), _) => database_open(store),
        };
        self.finish(StepId::Database, started, outcome);
    }

    async fn read_key(&self) -> Key {
        let Some(account) = &self.subject.account else {
            return Key::NoAccount;
        };
        if account.key_place == "none" {
            let needs_key = self
                .subject
                .endpoint
                .as_ref()
                .is_none_or(Endpoint::needs_key);
            return if needs_key { Key::None } else { Key::NotNeeded };
        }
        match self.doctor.vault.read(&account.id).await {
            Ok(stored) => Key::Read(stored),
            Err(_its_own_step_says_why) => Key::Failed,
        }
    }
}

fn judge_key(shape: Result<KeyShape, KeyProblem>, endpoint: Option<&Endpoint>) -> Outcome {
    let shape = match shape {
        Ok(shape) => shape,
        Err(problem) => {
            let why = fault_of(problem);
            return Outcome::failed(Finding::KeyMalformed { why }, Fix::ReplaceKey);
        }
    };
    let plan = plan_of(shape);
    let Some(endpoint) = endpoint else {
        return Outcome::passed(Finding::KeyWellFormed { plan });
    };
    let fits = match endpoint.kind() {
        EndpointKind::Official | EndpointKind::Workspace => plan != KeyPlan::Subscription,
        EndpointKind::CodingPlan | EndpointKind::TokenPlan => plan == KeyPlan::Subscription,
        // A server of one's own may take anything.
        EndpointKind::Local | EndpointKind::Custom => true,
    };
    if !fits {
        return Outcome::failed(Finding::KeyOfPlan { plan }, Fix::ReplaceKey);
    }
    Outcome::passed(Finding::KeyWellFormed { plan })
}

fn plan_of(shape: KeyShape) -> KeyPlan {
    match shape {
        KeyShape::Standard => KeyPlan::Standard,
        KeyShape::CodingPlan => KeyPlan::Subscription,
        KeyShape::Temporary => KeyPlan::Temporary,
        KeyShape::Other => KeyPlan::Other,
    }
}

fn fault_of(problem: KeyProblem) -> KeyFault {
    match problem {
        KeyProblem::Empty => KeyFault::Empty,
        KeyProblem::LooksLikeUrl => KeyFault::Address,
        KeyProblem::ContainsSpaces => KeyFault::Spaces,
        KeyProblem::NotAscii => KeyFault::NotAscii,
        KeyProblem::TooLong { .. } => KeyFault::TooLong,
        KeyProblem::TooShort => KeyFault::TooShort,
    }
}

fn keychain_failed(error: credentials::Error) -> Outcome {
    use credentials::Error;
    let (finding, fix) = match error {
        Error::Locked => (Finding::KeychainLocked, Fix::UnlockKeychain),
        Error::Denied => (Finding::KeychainDenied, Fix::UnlockKeychain),
        Error::TimedOut => (Finding::KeychainTimeout, Fix::UnlockKeychain),
        Error::Unavailable => (Finding::KeychainUnavailable, Fix::UnlockKeychain),
        Error::Missing => (Finding::KeychainMissing, Fix::EnterKey),
        Error::Ambiguous => (Finding::KeychainAmbiguous, Fix::ReplaceKey),
        Error::Corrupt | Error::TooLong => (Finding::KeychainCorrupt, Fix::ReplaceKey),
        Error::PassphraseNeeded | Error::PassphraseWrong | Error::PassphraseTooShort => {
            (Finding::PassphraseNeeded, Fix::EnterPassphrase)
        }
        Error::FileDamaged | Error::FileUnavailable => {
            (Finding::PassphraseFileDamaged, Fix::ReplaceKey)
        }
    };
    Outcome::failed(finding, fix)
}

fn database_open(store: &Store) -> Outcome {
    match store.access() {
        Access::ReadWrite => Outcome::passed(Finding::DatabaseSound),
        Access::ReadOnly(_) => Outcome::failed(Finding::StorageReadOnly, Fix::OpenDataSettings),
    }
}

fn database_failed(error: store::Error) -> Outcome {
    use store::Error;
    let (finding, fix) = match error {
        Error::ReadOnly => (Finding::StorageReadOnly, Fix::OpenDataSettings),
        Error::Full => (Finding::StorageFull, Fix::FreeSpace),
        Error::Busy => (Finding::StorageBusy, Fix::RunAgain),
        Error::Damaged => (Finding::StorageDamaged, Fix::OpenDataSettings),
        Error::Io | Error::NotFound | Error::Other => {
            (Finding::StorageUnavailable, Fix::OpenDataSettings)
        }
    };
    Outcome::failed(finding, fix)
}

fn database_did_not_open(error: OpenError) -> Outcome {
    use std::io::ErrorKind;
    let (finding, fix) = match error {
        OpenError::AlreadyOpen { .. } => (Finding::StorageBusy, Fix::RunAgain),
        OpenError::Damaged => (Finding::StorageDamaged, Fix::OpenDataSettings),
        OpenError::Folder(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => {
            (Finding::StorageFull, Fix::FreeSpace)
        }
        OpenError::Folder(_) | OpenError::Migration | OpenError::Other => {
            (Finding::StorageUnavailable, Fix::OpenDataSettings)
        }
    };
    Outcome::failed(finding, fix)
}
