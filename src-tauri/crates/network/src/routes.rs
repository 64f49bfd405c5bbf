//! Decides which way a request takes, and keeps the connections of each way.
//!
//! The decision is made here and nowhere else, and each way has connections of its own, so the
//! route that is shown is the one that was taken.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::bypass::{Bare, Bypass};
use crate::connect::{Certificates, Tls, Way};
use crate::error::{ErrorKind, ProxyProblem};
use crate::limits;
use crate::origin::Origin;
use crate::route::{ManualProxy, ProxyServer, Route, RouteChoice, RouteSource};
use crate::system::{System, SystemRule};
use crate::transport::Transport;

/// What all clones of a client share.
pub(crate) struct Routes {
    connect: Duration,
    system: System,
    state: Mutex<State>,
}

struct State {
    choice: RouteChoice,
    certificates: Certificates,
    tls: Option<Tls>,
    /// The ways in use, the last used first.
    ways: Vec<(Way, Transport)>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) route: Route,
    pub(crate) way: Way,
}

impl Routes {
    pub(crate) fn new(connect: Duration) -> Self {
        Self {
            connect,
            system: System::default(),
            state: Mutex::new(State {
                choice: RouteChoice::System,
                certificates: Vec::new(),
                tls: None,
                ways: Vec::new(),
            }),
        }
    }

    /// The way to this origin; `own` comes before the shared choice.
    pub(crate) async fn decide(
        &self,
        origin: &Origin,
        own: Option<(&RouteChoice, RouteSource)>,
    ) -> Result<Decision, ErrorKind> {
        if origin.is_loopback() {
            return Ok(Decision {
                route: Route::Loopback,
                way: Way::Straight,
            });
        }
        let (choice, source) = match own {
            Some((choice, source)) => (choice.clone(), source),
            None => (self.state().choice.clone(), RouteSource::Manual),
        };
        match choice {
            RouteChoice::Direct => Ok(Decision::direct()),
            RouteChoice::Manual(ManualProxy { server, bypass }) => {
                let bypass = Bypass::new(bypass.iter().map(String::as_str), Bare::Domain);
                if bypass.covers(origin) {
                    Ok(Decision::direct())
                } else {
                    Ok(Decision::through(server, source))
                }
            }
            RouteChoice::System => {
                let system = self.system.proxies().await;
                if system.bypass.covers(origin) {
                    return Ok(Decision::direct());
                }
                match &system.rule {
                    SystemRule::Straight => Ok(Decision::direct()),
                    SystemRule::Through(server) => {
                        Ok(Decision::through(server.clone(), system.source))
                    }
                    SystemRule::Script => Err(ErrorKind::Proxy(ProxyProblem::Script)),
                    SystemRule::Unclear => Err(ErrorKind::Proxy(ProxyProblem::Unclear)),
                }
            }
        }
    }

    /// Whether the system names a script that chooses the proxy.
    pub(crate) async fn has_script(&self) -> bool {
        self.system.proxies().await.rule == SystemRule::Script
    }

    /// The connections of a way.
    pub(crate) fn transport(&self, way: &Way) -> Result<Transport, ErrorKind> {
        let mut state = self.state();
        if let Some(at) = state.ways.iter().position(|(known, _)| known == way) {
            let found = state.ways.remove(at);
            let transport = found.1.clone();
            state.ways.insert(0, found);
            return Ok(transport);
        }
        let transport = self.made(&mut state, way.clone())?;
        state.ways.insert(0, (way.clone(), transport.clone()));
        state.ways.truncate(limits::KEPT_WAYS);
        Ok(transport)
    }

    /// Connections for one use, which share nothing with a later one.
    pub(crate) fn connections(&self, way: Way) -> Result<Transport, ErrorKind> {
        self.made(&mut self.state(), way)
    }

    fn made(&self, state: &mut State, way: Way) -> Result<Transport, ErrorKind> {
        let tls = match &state.tls {
            Some(tls) => tls.clone(),
            None => Tls::new(state.certificates.clone())?,
        };
        state.tls = Some(tls.clone());
        Transport::new(way, tls, self.connect)
    }

    /// Takes the choice from the next request on.
    pub(crate) fn choose(&self, choice: RouteChoice) {
        let mut state = self.state();
        if state.choice != choice {
            state.choice = choice;
            state.ways.clear();
            drop(state);
            self.system.forget();
        }
    }

    /// Trusts these certificates from the next connection on, and lets the open ones go.
    pub(crate) fn trust(&self, certificates: Certificates) {
        let mut state = self.state();
        if state.certificates != certificates {
            state.certificates = certificates;
            state.tls = None;
            state.ways.clear();
        }
    }

    /// The certificates that are trusted beside the system's.
    pub(crate) fn certificates(&self) -> Certificates {
        self.state().certificates.clone()
    }

    /// Lets every connection go that no request is using.
    pub(crate) fn drop_connections(&self) {
        self.state().ways.clear();
    }

    /// Looks again at what the system says, as a connection failed.
    pub(crate) async fn note_failure(&self) {
        self.system.note_failure().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decision {
    fn direct() -> Self {
        Self {
            route: Route::Direct,
            way: Way::Straight,
        }
    }

    fn through(server: ProxyServer, source: RouteSource) -> Self {
        Self {
            route: Route::Proxy {
                scheme: server.scheme,
                address: server.address(),
                source,
            },
            way: Way::Through(server),
        }
    }

    /// The proxy's `host:port`.
    pub(crate) fn proxy(&self) -> Option<&str> {
        match &self.route {
            Route::Proxy { address, .. } => Some(address),
            Route::Loopback | Route::Direct => None,
        }
    }
}

/// Shared by clients that keep connections and one that does not.
pub(crate) type SharedRoutes = Arc<Routes>;
