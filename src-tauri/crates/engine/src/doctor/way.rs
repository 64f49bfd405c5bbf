//! The steps from this computer to the service's first answer: network, proxy, name, connection,
//! TLS, HTTP. None sends a key.

use super::finding::{Finding, Fix};
use super::run::{Outcome, Run};
use super::step::{BrowserVerdict, DoctorEvent, StepId};
use dashscope::{Endpoint, EndpointKind};
use network::probe::{Answer, Certificate, Connection, Probe, ProbeError, TlsFault, Way};
use network::{Error, ErrorKind, ProxyProblem};
use std::net::SocketAddr;
use url::Url;

/// The origin of a web page that would like to use the endpoint; nobody owns the name (RFC 2606).
const PAGE_ORIGIN: &str = "https://chat.example.com";

/// A clock that is off by less does no harm.
const CLOCK_TOLERANCE_MINUTES: i64 = 2;

const MS_PER_MINUTE: i64 = 60_000;

impl<T: Fn(DoctorEvent) + Send + Sync> Run<'_, T> {
    /// Looks at every hop up to the first that is broken; true when the service answered.
    pub(super) async fn way_there(&mut self) -> bool {
        const STEPS: [StepId; 6] = [
            StepId::Network,
            StepId::Proxy,
            StepId::Names,
            StepId::Connection,
            StepId::Tls,
            StepId::Http,
        ];
        let Some(endpoint) = &self.subject.endpoint else {
            let started = self.begin(StepId::Names);
            let outcome = Outcome::failed(Finding::AddressInvalid, Fix::ChangeAddress);
            self.finish(StepId::Names, started, outcome);
            self.skip_unseen(&STEPS, &Finding::AfterBreak);
            return false;
        };
        let answered = self.hops(endpoint).await.is_some();
        self.skip_unseen(&STEPS, &Finding::AfterBreak);
        answered
    }

    /// `None` at the first hop that is broken.
    async fn hops(&mut self, endpoint: &Endpoint) -> Option<()> {
        let models = below(endpoint, "/models")?;
        let probe = self.doctor.client.network().probe(&models).await?;
        self.network(&probe)?;
        self.proxy(&probe).await?;
        let addresses = self.names(endpoint, &probe).await?;
        let connection = self.connection(endpoint, &probe, &addresses).await?;
        self.tls(endpoint, &probe, connection).await?;
        self.http(endpoint, &probe, &models).await?;
        self.browser(endpoint, &probe).await;
        Some(())
    }

    fn network(&mut self, probe: &Probe) -> Option<()> {
        let started = self.begin(StepId::Network);
        let outcome = if probe.way() == Way::ThisComputer {
            Outcome::passed(Finding::ThisComputer)
        } else if (self.doctor.has_network)() {
            Outcome::passed(Finding::Online)
        } else {
            Outcome::failed(Finding::NoNetwork, Fix::CheckNetwork)
        };
        self.finish(StepId::Network, started, outcome).then_some(())
    }

    async fn proxy(&mut self, probe: &Probe) -> Option<()> {
        let started = self.begin(StepId::Proxy);
        let outcome = match probe.way() {
            Way::ThisComputer | Way::Direct => Outcome::passed(Finding::Direct),
            Way::Script => Outcome::failed(Finding::ProxyScript, Fix::OpenProxySettings),
            Way::Unclear => Outcome::failed(Finding::ProxyUnclear, Fix::OpenProxySettings),
            Way::Proxy { address, .. } => match probe.reach_proxy().await {
                Ok(()) => Outcome::passed(Finding::ThroughProxy { address }),
                Err(_whichever) => Outcome::failed(
                    Finding::ProxyUnreachable {
                        address: without_scheme(&address),
                    },
                    Fix::UseDirectOnce,
                ),
            },
        };
        self.finish(StepId::Proxy, started, outcome).then_some(())
    }

    async fn names(&mut self, endpoint: &Endpoint, probe: &Probe) -> Option<Vec<SocketAddr>> {
        let started = self.begin(StepId::Names);
        let host = endpoint.origin().host().to_owned();
        if let Way::Proxy {
            resolves_names: true,
            ..
        } = probe.way()
        {
            let outcome = Outcome::passed(Finding::NameByProxy { host });
            self.finish(StepId::Names, started, outcome);
            return Some(Vec::new());
        }
        let resolved = probe.resolve().await;
        let outcome = match &resolved {
            Ok(_) if is_address(&host) || probe.way() == Way::ThisComputer => {
                Outcome::passed(Finding::NotNeeded)
            }
            Ok(addresses) => Outcome::passed(Finding::NameFound {
                host,
                addresses: u32::try_from(addresses.len()).unwrap_or(u32::MAX),
            }),
            Err(ProbeError::NameTimeout) => {
                Outcome::failed(Finding::NameTimeout { host }, Fix::CheckNetwork)
            }
            Err(_not_found) => {
                let fix = if is_vendors(endpoint) {
                    Fix::CheckNetwork
                } else {
                    Fix::ChangeAddress
                };
                Outcome::failed(Finding::NameNotFound { host }, fix)
            }
        };
        self.finish(StepId::Names, started, outcome);
        resolved.ok()
    }

    async fn connection(
        &mut self,
        endpoint: &Endpoint,
        probe: &Probe,
        addresses: &[SocketAddr],
    ) -> Option<Connection> {
        let started = self.begin(StepId::Connection);
        let error = match probe.connect(addresses).await {
            Ok(connection) => {
                self.finish(
                    StepId::Connection,
                    started,
                    Outcome::passed(Finding::Connected),
                );
                return Some(connection);
            }
            Err(error) => error,
        };
        if let Some(outcome) = proxys_own(&error, &probe.way()) {
            // The connection was the first to ask the proxy for something.
            self.finish(StepId::Proxy, started, outcome);
            self.skip(StepId::Names, &Finding::AfterBreak);
            self.skip(StepId::Connection, &Finding::AfterBreak);
        } else {
            let outcome = not_connected(&error, endpoint, &probe.way());
            self.finish(StepId::Connection, started, outcome);
        }
        None
    }

    async fn tls(
        &mut self,
        endpoint: &Endpoint,
        probe: &Probe,
        connection: Connection,
    ) -> Option<()> {
        if !endpoint.origin().is_https() {
            self.skip(StepId::Tls, &Finding::NotNeeded);
            return Some(());
        }
        let started = self.begin(StepId::Tls);
        let outcome = match probe.handshake(connection).await {
            Ok(certificate) => accepted(certificate, endpoint),
            Err(error) => not_secured(error, endpoint),
        };
        self.finish(StepId::Tls, started, outcome).then_some(())
    }

    async fn http(&mut self, endpoint: &Endpoint, probe: &Probe, url: &Url) -> Option<()> {
        let started = self.begin(StepId::Http);
        let answered = probe.ask(url).await;
        if let Ok(Answer {
            date_ms: Some(server_ms),
            ..
        }) = answered
        {
            self.compare_clocks(server_ms);
        }
        let outcome = match answered {
            Ok(answer) => judge_answer(answer, endpoint),
            Err(error) => not_answered(&error, endpoint, &probe.way()),
        };
        self.finish(StepId::Http, started, outcome).then_some(())
    }

    fn compare_clocks(&mut self, server_ms: i64) {
        let ahead_ms = (self.doctor.clock)() - server_ms;
        // To the nearest: the server tells whole seconds.
        let minutes = (ahead_ms + MS_PER_MINUTE / 2).div_euclid(MS_PER_MINUTE);
        let started = std::time::Instant::now();
        let outcome = if minutes.abs() >= CLOCK_TOLERANCE_MINUTES {
            let minutes =
                i32::try_from(minutes).unwrap_or(if minutes < 0 { i32::MIN } else { i32::MAX });
            Outcome::warned(Finding::ClockOff { minutes }, Fix::CheckClock)
        } else {
            Outcome::passed(Finding::ClockRight)
        };
        self.finish(StepId::Clock, started, outcome);
    }

    async fn browser(&mut self, endpoint: &Endpoint, probe: &Probe) {
        let Some(url) = below(endpoint, "/chat/completions") else {
            return;
        };
        let asked = probe.preflight(&url, PAGE_ORIGIN).await;
        self.judge_browser(match asked {
            Ok(answer) => BrowserVerdict {
                would_fail: !answer.permits(PAGE_ORIGIN),
                status: Some(answer.status.as_u16()),
                allow_origin: answer.allow_origin,
                allow_headers: answer.allow_headers,
                origin: PAGE_ORIGIN.to_owned(),
            },
            // A redirect, a lost connection or none at all: a browser fails on each.
            Err(_no_answer) => BrowserVerdict {
                would_fail: true,
                status: None,
                allow_origin: None,
                allow_headers: None,
                origin: PAGE_ORIGIN.to_owned(),
            },
        });
    }
}

/// Whether the host is one of the vendor's, so that whatever else answers is in the way.
fn is_vendors(endpoint: &Endpoint) -> bool {
    match endpoint.kind() {
        EndpointKind::Official
        | EndpointKind::Workspace
        | EndpointKind::CodingPlan
        | EndpointKind::TokenPlan => true,
        EndpointKind::Local | EndpointKind::Custom => false,
    }
}

fn below(endpoint: &Endpoint, path: &str) -> Option<Url> {
    Url::parse(&format!("{}{path}", endpoint.compatible_base())).ok()
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn without_scheme(address: &str) -> String {
    let place = address
        .split_once("://")
        .map_or(address, |(_, place)| place);
    place.to_owned()
}

/// `host:port` of the proxy, empty without one.
fn proxy_of(way: &Way) -> String {
    match way {
        Way::Proxy { address, .. } => without_scheme(address),
        Way::ThisComputer | Way::Direct | Way::Script | Way::Unclear => String::new(),
    }
}

/// What went wrong at the proxy itself, if anything did.
fn proxys_own(error: &ProbeError, way: &Way) -> Option<Outcome> {
    let address = proxy_of(way);
    let (finding, fix) = match error {
        ProbeError::ProxyUnreachable => (Finding::ProxyUnreachable { address }, Fix::UseDirectOnce),
        ProbeError::ProxyAuthentication => (
            Finding::ProxyAuthentication { address },
            Fix::OpenProxySettings,
        ),
        ProbeError::ProxyUnusable => (Finding::ProxyUnclear, Fix::OpenProxySettings),
        ProbeError::ProxyRefused(_)
        | ProbeError::NameNotFound
        | ProbeError::NameTimeout
        | ProbeError::Refused
        | ProbeError::Unreachable
        | ProbeError::Timeout
        | ProbeError::Lost
        | ProbeError::Tls(_) => return None,
    };
    Some(Outcome::failed(finding, fix))
}

fn not_connected(error: &ProbeError, endpoint: &Endpoint, way: &Way) -> Outcome {
    let host = endpoint.origin().host().to_owned();
    let fix = if is_vendors(endpoint) {
        Fix::CheckNetwork
    } else {
        Fix::ChangeAddress
    };
    match error {
        ProbeError::Refused => Outcome::failed(Finding::ConnectionRefused { host }, fix),
        ProbeError::Timeout => Outcome::failed(Finding::ConnectTimeout { host }, fix),
        ProbeError::ProxyRefused(status) => Outcome::failed(
            Finding::ProxyRefused {
                address: proxy_of(way),
                status: *status,
            },
            Fix::OpenProxySettings,
        ),
        ProbeError::Lost => Outcome::failed(Finding::ConnectionLost { host }, Fix::RunAgain),
        ProbeError::Unreachable
        | ProbeError::ProxyUnreachable
        | ProbeError::ProxyAuthentication
        | ProbeError::ProxyUnusable
        | ProbeError::NameNotFound
        | ProbeError::NameTimeout
        | ProbeError::Tls(_) => Outcome::failed(Finding::HostUnreachable { host }, fix),
    }
}

fn accepted(certificate: Certificate, endpoint: &Endpoint) -> Outcome {
    let Certificate {
        subject,
        issuer,
        days_left,
        version,
        is_public,
    } = certificate;
    if is_public {
        return Outcome::passed(Finding::CertificateTrusted {
            subject,
            issuer,
            days_left: whole(days_left),
            version: version.to_owned(),
        });
    }
    if is_vendors(endpoint) {
        return Outcome::warned(Finding::Inspected { issuer }, None);
    }
    Outcome::passed(Finding::CertificatePrivate { issuer })
}

fn not_secured(error: ProbeError, endpoint: &Endpoint) -> Outcome {
    let vendors = is_vendors(endpoint);
    let host = endpoint.origin().host().to_owned();
    let ProbeError::Tls(fault) = error else {
        return if error == ProbeError::Timeout {
            Outcome::failed(Finding::TlsTimeout, Fix::CheckNetwork)
        } else {
            Outcome::failed(Finding::ConnectionLost { host }, Fix::RunAgain)
        };
    };
    match fault {
        TlsFault::UnknownIssuer { issuer } => Outcome::failed(
            Finding::CertificateUntrusted { issuer },
            Fix::AddCertificate,
        ),
        TlsFault::Expired { days } => {
            // The vendor renews in time, so it is the clock that runs ahead.
            let finding = Finding::CertificateExpired {
                days: whole(days),
                clock_suspect: vendors,
            };
            Outcome::failed(finding, vendors.then_some(Fix::CheckClock))
        }
        TlsFault::NotYetValid { days } => {
            let finding = Finding::CertificateNotYetValid { days: whole(days) };
            Outcome::failed(finding, Fix::CheckClock)
        }
        TlsFault::WrongHost { subject } => {
            let fix = if vendors {
                Fix::OpenSignInPage
            } else {
                Fix::ChangeAddress
            };
            Outcome::failed(Finding::CertificateWrongHost { subject }, fix)
        }
        TlsFault::TooOld => Outcome::failed(Finding::TlsTooOld, None),
        TlsFault::Handshake => {
            let fix = if vendors {
                Fix::CheckNetwork
            } else {
                Fix::ChangeAddress
            };
            Outcome::failed(Finding::TlsFailed, fix)
        }
    }
}

fn judge_answer(answer: Answer, endpoint: &Endpoint) -> Outcome {
    let status = answer.status.as_u16();
    let vendors = is_vendors(endpoint);
    match answer.page {
        // 511: network authentication required (RFC 6585).
        Some(title) if status == 511 || (vendors && status < 500) => {
            let finding = Finding::Portal {
                host: None,
                title: Some(title).filter(|title| !title.is_empty()),
            };
            Outcome::failed(finding, Fix::OpenSignInPage)
        }
        _ if status >= 500 => Outcome::failed(Finding::ServerFault { status }, Fix::RunAgain),
        Some(_) => Outcome::failed(Finding::NotTheService, Fix::ChangeAddress),
        None => Outcome::passed(Finding::Answered { status }),
    }
}

fn not_answered(error: &Error, endpoint: &Endpoint, way: &Way) -> Outcome {
    let host = endpoint.origin().host().to_owned();
    let (finding, fix) = match error.kind() {
        ErrorKind::Redirect { host } if is_vendors(endpoint) => (
            Finding::Portal {
                host: host.clone(),
                title: None,
            },
            Fix::OpenSignInPage,
        ),
        ErrorKind::Redirect { host } => (
            Finding::Redirected { host: host.clone() },
            Fix::ChangeAddress,
        ),
        ErrorKind::FirstByteTimeout | ErrorKind::Stalled => (Finding::NoAnswer, Fix::RunAgain),
        ErrorKind::Dns => (Finding::NameNotFound { host }, Fix::CheckNetwork),
        ErrorKind::Connect | ErrorKind::ConnectionLost => {
            (Finding::ConnectionLost { host }, Fix::RunAgain)
        }
        ErrorKind::ConnectTimeout => (Finding::ConnectTimeout { host }, Fix::CheckNetwork),
        ErrorKind::Tls(_) => (Finding::TlsFailed, Fix::CheckNetwork),
        ErrorKind::Proxy(problem) => of_proxy(*problem, proxy_of(way)),
        ErrorKind::NotHttps
        | ErrorKind::HeadersTooLarge
        | ErrorKind::BodyTooLarge
        | ErrorKind::InvalidRequest
        | ErrorKind::Other => (Finding::NotTheService, Fix::ChangeAddress),
    };
    Outcome::failed(finding, fix)
}

fn of_proxy(problem: ProxyProblem, address: String) -> (Finding, Fix) {
    match problem {
        ProxyProblem::Unreachable => (Finding::ProxyUnreachable { address }, Fix::UseDirectOnce),
        ProxyProblem::AuthenticationRequired => (
            Finding::ProxyAuthentication { address },
            Fix::OpenProxySettings,
        ),
        ProxyProblem::Refused { status } => (
            Finding::ProxyRefused { address, status },
            Fix::OpenProxySettings,
        ),
        ProxyProblem::Script => (Finding::ProxyScript, Fix::OpenProxySettings),
        ProxyProblem::Unclear => (Finding::ProxyUnclear, Fix::OpenProxySettings),
    }
}

fn whole(days: i64) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
