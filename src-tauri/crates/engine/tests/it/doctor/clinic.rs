//! A doctor with a folder, a keychain and an account of its own.

use crate::desk::KEY;
use credentials::Vault;
use credentials::memory::MemoryBackend;
use dashscope::{Endpoint, Region, RegionId, Regions};
use engine::doctor::{
    BrowserVerdict, Checkup, Database, Diagnosis, Doctor, DoctorEvent, Finding, Fix, Step, StepId,
    StepState,
};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{Account, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The id of the account that is looked at.
pub(super) const ACCOUNT: &str = "0192d3f4-0000-7000-8000-000000000000";

pub(super) struct Clinic {
    pub(super) doctor: Doctor,
    pub(super) keychain: MemoryBackend,
    pub(super) store: Store,
    pub(super) checkup: Checkup,
    _folder: tempfile::TempDir,
}

/// An account at `address`, whose key was saved for that address.
pub(super) async fn clinic(address: &str, regions: Vec<Region>) -> Clinic {
    clinic_with_key(address, regions, KEY).await
}

pub(super) async fn clinic_with_key(address: &str, regions: Vec<Region>, key: &str) -> Clinic {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let regions = Regions::new(regions);
    let endpoint = Endpoint::parse(address, &regions).unwrap();
    let keychain = MemoryBackend::default();
    let vault = Vault::with_backend(Box::new(keychain.clone()));
    let origin = endpoint.origin().to_string();
    let secret = SecretString::from(key);
    vault.save(ACCOUNT, &secret, &origin, 0).await.unwrap();
    store
        .save_account(&Account {
            id: ACCOUNT.to_owned(),
            name: "work".to_owned(),
            address: endpoint.address(),
            protocol: "compatible".to_owned(),
            region: endpoint.region().map(ToString::to_string),
            origin,
            key_hint: None,
            key_place: "keychain".to_owned(),
            model_count: None,
            created_ms: 0,
        })
        .unwrap();
    let network = network::Client::new(network::ClientOptions::default()).unwrap();
    Clinic {
        doctor: Doctor {
            client: dashscope::Client::new(network, Arc::new(regions)),
            vault,
            database: Database::Open(store.clone()),
            clock: Arc::new(now_ms),
            has_network: || true,
            first_word: Duration::from_secs(1),
        },
        keychain,
        store,
        checkup: Checkup {
            account: Some(ACCOUNT.to_owned()),
            model: Some("qwen-plus".to_owned()),
            ..Checkup::default()
        },
        _folder: folder,
    }
}

pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// An official region at this address.
pub(super) fn region(id: &str, base: &str) -> Region {
    Region {
        id: RegionId::new(id),
        shared: Some(base.parse().unwrap()),
        workspace_suffix: None,
        probe: true,
    }
}

impl Clinic {
    /// Runs the doctor and checks what every run must hold to.
    pub(super) async fn examine(&self) -> Findings {
        let told = Mutex::new(Vec::new());
        let diagnosis = self
            .doctor
            .examine(&self.checkup, &CancellationToken::new(), |event| {
                told.lock().unwrap().push(event);
            })
            .await;
        let told = told.into_inner().unwrap();
        assert!(matches!(told.first(), Some(DoctorEvent::Started { .. })));
        assert!(matches!(told.last(), Some(DoctorEvent::Finished { .. })));
        for step in &diagnosis.steps {
            let last = told.iter().rev().find_map(|event| {
                let DoctorEvent::Step { step: told } = event else {
                    return None;
                };
                (told.id == step.id).then_some(told)
            });
            assert_eq!(last, Some(step), "what was told last is what was found");
            assert!(step.finding.is_some(), "{step:?} says why");
        }
        let said = serde_json::to_string(&diagnosis).unwrap();
        assert!(!said.contains("0123456789abcdef"), "the key is in {said}");
        Findings(diagnosis)
    }
}

/// The steps on the way to the first word.
const CHAIN: [StepId; 10] = [
    StepId::Network,
    StepId::Proxy,
    StepId::Names,
    StepId::Connection,
    StepId::Tls,
    StepId::Http,
    StepId::KeyRegion,
    StepId::Model,
    StepId::Thinking,
    StepId::Stream,
];

/// What a run found, asked step by step.
pub(super) struct Findings(pub(super) Diagnosis);

impl Findings {
    pub(super) fn step(&self, id: StepId) -> &Step {
        self.0.steps.iter().find(|step| step.id == id).unwrap()
    }

    pub(super) fn state(&self, id: StepId) -> StepState {
        self.step(id).state
    }

    pub(super) fn browser(&self) -> &BrowserVerdict {
        self.0.browser.as_ref().unwrap()
    }

    /// Asserts that this step alone is broken, with this cause and this fix, and that the chain
    /// behind it was not looked at while this computer's own steps were.
    pub(super) fn assert_broken(&self, id: StepId, finding: &Finding, fix: Option<&Fix>) {
        let broken = self.step(id);
        assert_eq!(
            (broken.state, broken.finding.as_ref(), broken.fix.as_ref()),
            (StepState::Failed, Some(finding), fix),
        );
        assert!(!self.0.passed);
        for later in CHAIN.iter().skip_while(|step| **step != id).skip(1) {
            assert_eq!(self.state(*later), StepState::Skipped, "{later:?}");
            let why = self.step(*later).finding.as_ref();
            assert_eq!(why, Some(&Finding::AfterBreak), "{later:?}");
        }
        for earlier in CHAIN.iter().take_while(|step| **step != id) {
            assert_ne!(self.state(*earlier), StepState::Failed, "{earlier:?}");
        }
        for own in [
            StepId::Clock,
            StepId::KeyFormat,
            StepId::Keychain,
            StepId::Database,
        ] {
            assert_eq!(self.state(own), StepState::Passed, "{own:?}");
        }
    }
}

/// A server that gives every connection this answer, and its base address.
pub(super) async fn server_saying(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    if stream.read_buf(&mut head).await.unwrap_or(0) == 0 {
                        return;
                    }
                }
                let _gone = stream.write_all(answer.as_bytes()).await;
                let _gone = stream.shutdown().await;
            });
        }
    });
    base
}

/// A loopback port nobody listens on.
pub(super) async fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}
