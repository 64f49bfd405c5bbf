//! The system's proxies: read when first needed, and again when something hints at a change.
//!
//! Reading is thin and differs by system; what was read is understood by pure functions that are
//! tested on every system.

mod desktop;
mod environment;
mod gnome;
mod kde;
mod macos;
mod proxies;
mod windows;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::time::Instant;

use crate::limits;
use crate::route::{ProxyScheme, ProxyServer};

pub(crate) use proxies::{SystemProxies, SystemRule, server};

/// Whose way of writing a proxy down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// One address, as in `HTTPS_PROXY`.
    Address,
    /// The registry of Windows.
    Windows,
    /// What `scutil --proxy` prints.
    MacOs,
    /// What `gsettings` prints.
    Gnome,
    /// The file `kioslaverc`.
    Kde,
}

/// The proxy for `https` that these words name, if they name one.
pub fn proxy_in(wording: Wording, text: &str) -> Option<ProxyServer> {
    let rule = match wording {
        Wording::Address => SystemRule::named(text, ProxyScheme::Http),
        Wording::Windows => windows::read(text).rule,
        Wording::MacOs => macos::read(text).rule,
        Wording::Gnome => gnome::read(text).rule,
        Wording::Kde => kde::read(text).rule,
    };
    match rule {
        SystemRule::Through(server) => Some(server),
        SystemRule::Straight | SystemRule::Script | SystemRule::Unclear => None,
    }
}

/// The last reading, shared by all clients.
#[derive(Default)]
pub(crate) struct System {
    state: Mutex<State>,
    /// One reading at a time.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    proxies: Option<Arc<SystemProxies>>,
    stamp: Stamp,
    checked: Option<Instant>,
    after_failure: Option<Instant>,
}

/// When the files that hold the desktop's settings were last written; empty where only a reading
/// can tell.
type Stamp = Vec<Option<SystemTime>>;

impl System {
    /// What the system says. Costs a look at the files' times at most once in
    /// [`limits::SYSTEM_CHECK`], and a reading only where these differ.
    pub(crate) async fn proxies(&self) -> Arc<SystemProxies> {
        if let Some(known) = self.fresh() {
            return known;
        }
        let _one = self.reading.lock().await;
        match self.fresh() {
            Some(known) => known,
            None => self.read().await,
        }
    }

    /// Reads again after a connection failed, at most once in [`limits::SYSTEM_AFTER_FAILURE`].
    pub(crate) async fn note_failure(&self) {
        let now = Instant::now();
        {
            let mut state = self.state();
            let recent = state
                .after_failure
                .is_some_and(|last| now - last < limits::SYSTEM_AFTER_FAILURE);
            if recent || state.proxies.is_none() {
                return;
            }
            state.after_failure = Some(now);
        }
        let _one = self.reading.lock().await;
        self.read().await;
    }

    /// Reads again with the next request.
    pub(crate) fn forget(&self) {
        *self.state() = State::default();
    }

    fn fresh(&self) -> Option<Arc<SystemProxies>> {
        let mut state = self.state();
        let known = state.proxies.clone()?;
        let now = Instant::now();
        let checked = state.checked?;
        if now - checked < limits::SYSTEM_CHECK {
            return Some(known);
        }
        // The environment of a running program never changes.
        if known.source == crate::route::RouteSource::Environment {
            return Some(known);
        }
        let unchanged = desktop::stamp() == state.stamp && !state.stamp.is_empty();
        if unchanged {
            state.checked = Some(now);
        }
        unchanged.then_some(known)
    }

    async fn read(&self) -> Arc<SystemProxies> {
        let variable = |name: &str| std::env::var(name).ok();
        // The stamp comes first, so that a change while reading is seen the next time.
        let stamp = desktop::stamp();
        let found = if let Some(found) = environment::read(variable) {
            found
        } else {
            let found = desktop::read().await;
            let bypass = found.bypass.clone().and(&environment::exceptions(variable));
            found.except(bypass)
        };
        let found = Arc::new(found);
        let mut state = self.state();
        if state.proxies.as_ref().is_some_and(|known| *known != found) {
            tracing::info!(rule = ?found.rule, "the system's proxy changed");
        }
        state.proxies = Some(Arc::clone(&found));
        state.stamp = stamp;
        state.checked = Some(Instant::now());
        found
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
