//! One turn from prompt to stored reply: joins the protocol, the store and the keychain.
//!
//! The engine commits the user's message before anything leaves the computer, runs the reply as a
//! cancellable task, merges its deltas to at most one event per frame, journals them, and ends
//! with exactly one terminal event. It knows nothing of windows, IPC or words shown to a person.

mod account;
mod coalesce;
mod connection;
mod context;
mod copy;
pub mod demo;
pub mod doctor;
mod document;
mod event;
mod failure;
mod find;
mod journal;
mod live;
mod picture;
mod reading;
mod reply;
mod retry;
mod route;
mod running;
mod sleep;
mod source;
mod turn;
mod verify;

use std::sync::Arc;

pub use account::{AccountDraft, AddressPreview, CheckedAccount};
pub use connection::{AddressKind, Connection, ProxySource, RouteTaken};
pub use copy::{CopiedCode, TableFormat};
pub use event::{Phase, ReplyEvent, ReplyOutcome, Usage};
pub use failure::{Failure, FailureDetails, FailureKind};
pub use find::{Found, Hit};
pub use reading::{ReadMessage, Window};
pub use retry::{Jitter, full_jitter};
pub use route::{
    ExtraCertificatesSetting, PasswordChange, PasswordPlace, ProxySetting, RouteMode, RouteSetting,
    RouteSettings,
};
pub use sleep::SLEEP_LOOK;
pub use source::{Answer, DashScopeSource, OpenedReply, ReplySource};
pub use turn::{Answerer, NewTurn, RetriedReply, StartedTurn};
pub use verify::{Keep, Verification, VerificationProgress, VerificationScope, Verified};

use credentials::Vault;
use find::Searches;
use retry::Budget;
use running::Running;
use store::Store;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

/// Milliseconds since the Unix epoch; passed in so that tests decide what time it is.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A deleted conversation can be restored for 30 days.
const KEPT_AFTER_DELETION_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What an [`Engine`] is made of.
pub struct Parts {
    /// The open database.
    pub store: Store,
    /// The keychain.
    pub vault: Vault,
    /// The protocol client with its table of regions.
    pub client: dashscope::Client,
    /// The wall clock, in milliseconds since the Unix epoch.
    pub clock: Clock,
    /// Spreads the moments of second tries.
    pub jitter: Jitter,
}

/// The engine; clones share one state.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    vault: Vault,
    client: dashscope::Client,
    clock: Clock,
    jitter: Jitter,
    /// What may still be asked again, by all replies together.
    budget: Arc<Budget>,
    running: Running,
    searches: Searches,
    /// Set once the extra certificates were read.
    certificates: OnceCell<()>,
    /// Calls to the store that were begun and have not ended.
    calls: TaskTracker,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Joins the parts.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            store,
            vault,
            client,
            clock,
            jitter,
        } = parts;
        Self {
            inner: Arc::new(Inner {
                store,
                vault,
                client,
                clock,
                jitter,
                budget: Arc::default(),
                running: Running::default(),
                searches: Searches::default(),
                certificates: OnceCell::new(),
                calls: TaskTracker::new(),
            }),
        }
    }

    /// The database, for lists and settings.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The keychain, for "try again".
    pub fn vault(&self) -> &Vault {
        &self.inner.vault
    }

    /// The protocol client, for its table of regions.
    pub fn client(&self) -> &dashscope::Client {
        &self.inner.client
    }

    /// The time as the engine sees it, in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        (self.inner.clock)()
    }

    /// Removes for good what was deleted longer ago than anybody may undo.
    ///
    /// # Errors
    /// The store's error.
    pub async fn forget_deleted(&self) -> Result<usize, Failure> {
        let before = self.now_ms() - KEPT_AFTER_DELETION_MS;
        self.with_store(move |store| store.purge_deleted(before))
            .await
    }

    /// Stops every reply and returns when these, and everything else that was to be written, are
    /// stored; for the end of the program, which would cut a write that waits for the disk.
    pub async fn close(&self) {
        self.stop_all().await;
        self.inner.calls.close();
        self.inner.calls.wait().await;
    }

    /// Runs a blocking store call off the asynchronous workers.
    ///
    /// # Errors
    /// The store's own error, or [`FailureKind::Internal`] when the runtime is shutting down.
    pub async fn with_store<T, F>(&self, call: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Store) -> Result<T, store::Error> + Send + 'static,
    {
        let store = self.inner.store.clone();
        self.inner
            .calls
            .spawn_blocking(move || call(&store))
            .await
            .map_err(|_join| Failure::new(FailureKind::Internal))?
            .map_err(Failure::from)
    }
}
