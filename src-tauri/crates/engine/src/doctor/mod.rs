//! The doctor: looks at every hop from this computer to the first word of an answer, in order, and
//! names the one that is broken with its cause and what to do about it.
//!
//! It stops at the first break of the chain; what does not depend on the network is looked at all
//! the same. It needs no open engine, so that it works beside another DashDesk and when the data
//! folder does not open. It changes no setting: a fix is a word, and somebody else's button.

mod computer;
mod finding;
mod run;
mod service;
mod step;
mod switch;
mod vendor;
mod way;

use credentials::Vault;
use dashscope::{Client, Endpoint};
use serde::Serialize;
use std::time::{Duration, Instant};
use store::{Account, OpenError, Store};
use tokio_util::sync::CancellationToken;

use crate::Clock;
use run::{Run, milliseconds_since};

pub use finding::{Finding, Fix, KeyFault, KeyPlan};
pub use step::{BrowserVerdict, DoctorEvent, Step, StepId, StepState};

/// What the doctor works with.
pub struct Doctor {
    /// The protocol client, whose routes and limits are those of a real request.
    pub client: Client,
    /// The keychain.
    pub vault: Vault,
    /// The database, as it opened.
    pub database: Database,
    /// The wall clock.
    pub clock: Clock,
    /// Whether this computer has a way out; [`network::probe::has_network`] but in tests.
    pub has_network: fn() -> bool,
    /// How long the first word is waited for: [`FIRST_WORD`] but in tests.
    pub first_word: Duration,
}

/// How long the first word of an answer is waited for; a thinking model begins to think sooner.
pub const FIRST_WORD: Duration = Duration::from_secs(20);

/// The database as it opened.
pub enum Database {
    /// Open.
    Open(Store),
    /// Open for reading, whether another process has it or not.
    LookedOn(Store),
    /// There is none yet.
    None,
    /// It did not open.
    Failed(OpenError),
}

/// What to look at, and what may be done for it.
#[derive(Debug, Clone, Default)]
pub struct Checkup {
    /// The account's id or name; `None` looks at the first official region, without a key.
    pub account: Option<String>,
    /// The model; `None` for the catalogue's first.
    pub model: Option<String>,
    /// Thinking on or off, as it would be sent; `None` leaves it to the model.
    pub thinking: Option<bool>,
    /// Consent to ask the other official regions for a key that was refused.
    pub other_regions: bool,
    /// Consent to ask the model one short question, which costs a few tokens.
    pub ask: bool,
}

/// Everything one run found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// When it began, in milliseconds since 1970.
    pub at_ms: i64,
    /// Whether no step failed and none was left out by a stop.
    pub passed: bool,
    /// Whether it was stopped before the end.
    pub stopped: bool,
    /// How long it took.
    pub milliseconds: u32,
    /// The host that was asked.
    pub host: String,
    /// The official region of the host.
    pub region: Option<String>,
    /// The model that was asked about.
    pub model: String,
    /// The steps in order.
    pub steps: Vec<Step>,
    /// What a web page would have met.
    pub browser: Option<BrowserVerdict>,
}

/// What is looked at.
struct Subject {
    account: Option<Account>,
    /// `None` when the account's address is none.
    endpoint: Option<Endpoint>,
    model: String,
}

impl Doctor {
    /// Looks at every step and tells each change. A stop ends it at once; what was found until then
    /// stays.
    pub async fn examine(
        &self,
        checkup: &Checkup,
        stop: &CancellationToken,
        tell: impl Fn(DoctorEvent) + Send + Sync,
    ) -> Diagnosis {
        let (at_ms, started) = ((self.clock)(), Instant::now());
        let subject = self.subject(checkup).await;
        let mut run = Run::new(self, checkup, &subject, &tell);
        let stopped = tokio::select! {
            biased;
            () = stop.cancelled() => true,
            () = run.all() => false,
        };
        let (steps, browser) = run.end();
        let failed = steps.iter().any(|step| step.state == StepState::Failed);
        let diagnosis = Diagnosis {
            at_ms,
            passed: !failed && !stopped,
            stopped,
            milliseconds: milliseconds_since(started),
            host: subject.host(),
            region: subject
                .endpoint
                .as_ref()
                .and_then(Endpoint::region)
                .map(ToString::to_string),
            model: subject.model,
            steps,
            browser,
        };
        tell(DoctorEvent::Finished {
            passed: diagnosis.passed,
            stopped,
            milliseconds: diagnosis.milliseconds,
        });
        diagnosis
    }

    async fn subject(&self, checkup: &Checkup) -> Subject {
        let account = match &checkup.account {
            Some(wanted) => self.account(wanted).await,
            None => None,
        };
        let regions = self.client.regions();
        let endpoint = match &account {
            Some(account) => Endpoint::parse(&account.address, regions).ok(),
            None => regions.probe_order().find_map(Endpoint::of_region),
        };
        let catalogue = dashscope::catalogue::Catalogue::bundled();
        let usual = || {
            let first = catalogue.models().iter().find(|model| model.recommended);
            first.map(|model| model.id.clone()).unwrap_or_default()
        };
        Subject {
            account,
            endpoint,
            model: checkup.model.clone().unwrap_or_else(usual),
        }
    }

    /// The account with this id, or else the first of this name.
    async fn account(&self, wanted: &str) -> Option<Account> {
        let accounts = self.database.read(Store::accounts).await?.ok()?;
        let found = |matches: fn(&Account, &str) -> bool| {
            accounts.iter().find(|account| matches(account, wanted))
        };
        found(|account, wanted| account.id == wanted)
            .or_else(|| found(|account, wanted| account.name == wanted))
            .cloned()
    }
}

impl Subject {
    fn host(&self) -> String {
        self.endpoint
            .as_ref()
            .map(|endpoint| endpoint.origin().host().to_owned())
            .unwrap_or_default()
    }
}

impl Database {
    /// Runs a blocking call off the asynchronous workers; `None` when nothing is open.
    async fn read<T, F>(&self, call: F) -> Option<Result<T, store::Error>>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, store::Error> + Send + 'static,
    {
        let (Self::Open(store) | Self::LookedOn(store)) = self else {
            return None;
        };
        let store = store.clone();
        let called = tokio::task::spawn_blocking(move || call(&store)).await;
        Some(called.unwrap_or(Err(store::Error::Other)))
    }
}
