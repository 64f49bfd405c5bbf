//! One error for everything that can go wrong between a request and its last event.
//!
//! What a vendor code means is data in [`codes`]; how an error body is read is in [`fault`].

mod codes;
pub(crate) mod fault;
mod kind;
mod verdict;

pub use kind::ErrorKind;
pub(crate) use verdict::is_wrong_path;

use std::fmt;
use std::time::Duration;

use network::TlsProblem;

use crate::endpoint::Endpoint;
use fault::Fault;

/// What a network answers that wants a person to sign in (RFC 6585).
const NETWORK_AUTHENTICATION: u16 = 511;

/// A request or a stream that failed.
///
/// `Display` and `Debug` leave the vendor's message out, as it may quote the prompt.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No.
    No,
    /// Only after the request, the key or the model was changed.
    AfterChange,
    /// After this time.
    Wait(Duration),
}

#[derive(Clone, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    retry: Retry,
    asked_wait: Option<Duration>,
    code: Option<String>,
    message: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    host: Option<String>,
    limit: Option<u64>,
    route: Option<network::Route>,
    /// The answer was a web page.
    is_page: bool,
}

impl Error {
    /// An error of this program's own, with the usual retry advice of its kind.
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Details {
            retry: kind.usual_retry(),
            asked_wait: None,
            kind,
            code: None,
            message: None,
            status: None,
            request_id: None,
            host: None,
            limit: None,
            route: None,
            is_page: false,
        }))
    }

    /// The error a vendor body or frame stands for: decided by code and message first, by status
    /// second.
    pub(crate) fn from_fault(fault: Fault, http_status: u16) -> Self {
        let status = fault.status.or(match http_status {
            200..=299 => None,
            other => Some(other),
        });
        let verdict = verdict::judge(&fault, status);
        Self(Box::new(Details {
            kind: verdict.kind,
            retry: verdict.retry,
            asked_wait: None,
            limit: fault.message.as_deref().and_then(verdict::limit_in),
            code: fault.code,
            message: fault.message,
            status,
            request_id: fault.request_id,
            host: None,
            route: None,
            is_page: fault.is_page,
        }))
    }

    pub(crate) fn at_host(mut self, host: &str) -> Self {
        self.0.host.get_or_insert_with(|| host.to_owned());
        self
    }

    /// Names the endpoint that was asked. On an official host, an answer of somebody else's is what
    /// a network gives that wants a person to sign in first.
    pub(crate) fn at(mut self, endpoint: &Endpoint) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "every other kind is what the endpoint itself says"
        )]
        let portal = match &self.0.kind {
            ErrorKind::Redirected { host } => Some(host.clone()),
            ErrorKind::Tls(TlsProblem::WrongHost) => Some(None),
            ErrorKind::UnexpectedContent if self.0.is_page => {
                matches!(self.0.status, None | Some(200..=399)).then_some(None)
            }
            ErrorKind::ServerFault if self.0.is_page => {
                (self.0.status == Some(NETWORK_AUTHENTICATION)).then_some(None)
            }
            _ => None,
        };
        if let Some(host) = portal.filter(|_| endpoint.is_official()) {
            self.0.kind = ErrorKind::Portal { host };
            self.0.retry = self.0.kind.usual_retry();
        }
        self.at_host(endpoint.origin().host())
    }

    /// Says that the answer was a web page, with this title.
    pub(crate) fn of_page(mut self, title: Option<String>) -> Self {
        self.0.is_page = true;
        self.0.message = title.or(self.0.message.take());
        self
    }

    pub(crate) fn on(mut self, route: Option<&network::Route>) -> Self {
        self.0.route = self.0.route.take().or_else(|| route.cloned());
        self
    }

    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = Some(message.into());
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status.get_or_insert(status);
        self
    }

    /// Sets the request id unless the body named one.
    pub(crate) fn with_request_id(mut self, id: Option<&str>) -> Self {
        if self.0.request_id.is_none() {
            self.0.request_id = id.map(str::to_owned);
        }
        self
    }

    /// Lets the server's own `Retry-After` replace a waiting time.
    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        if let (Retry::Wait(_), Some(wait)) = (self.0.retry, wait) {
            self.0.retry = Retry::Wait(wait);
            self.0.asked_wait = Some(wait);
        }
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The vendor's code, at most [`crate::limits::IDENTIFIER_BYTES`] long.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The vendor's message without its wrapper, at most [`crate::limits::ERROR_MESSAGE_BYTES`]
    /// long; for show only, as it may quote the prompt.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// The logical status: the one a frame carries, else that of the answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The vendor's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// How long the server itself asked to wait; at most [`crate::limits::RETRY_AFTER`].
    pub fn asked_wait(&self) -> Option<Duration> {
        self.0.asked_wait
    }

    /// The host that failed.
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// The route the request took, as far as it took one.
    pub fn route(&self) -> Option<&network::Route> {
        self.0.route.as_ref()
    }

    /// The upper end of the range that a parameter or the input exceeded: N of "[1, N]".
    pub fn limit(&self) -> Option<u64> {
        self.0.limit
    }
}

impl From<&network::Error> for Error {
    fn from(error: &network::Error) -> Self {
        use network::ErrorKind as Network;
        let kind = match error.kind() {
            Network::NotHttps => ErrorKind::NotHttps,
            Network::Dns => ErrorKind::Dns,
            Network::Connect => ErrorKind::Connect,
            Network::ConnectTimeout => ErrorKind::ConnectTimeout,
            Network::Tls(problem) => ErrorKind::Tls(problem.clone()),
            Network::Proxy(problem) => ErrorKind::Proxy(*problem),
            Network::FirstByteTimeout => ErrorKind::FirstByteTimeout,
            Network::Stalled => ErrorKind::Stalled,
            Network::ConnectionLost => ErrorKind::ConnectionLost,
            Network::Redirect { host } => ErrorKind::Redirected { host: host.clone() },
            Network::HeadersTooLarge => ErrorKind::HeadersTooLarge,
            Network::BodyTooLarge => ErrorKind::TooLarge,
            Network::InvalidRequest => ErrorKind::InvalidRequest,
            Network::Other => ErrorKind::UnexpectedContent,
        };
        let failed = Self::new(kind).on(error.route());
        match error.host() {
            Some(host) => failed.at_host(host),
            None => failed,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0.kind)?;
        if let Some(status) = self.0.status {
            write!(formatter, ", status {status}")?;
        }
        if let Some(code) = &self.0.code {
            write!(formatter, ", code {code}")?;
        }
        if let Some(host) = &self.0.host {
            write!(formatter, ", host {host}")?;
        }
        if let Some(id) = &self.0.request_id {
            write!(formatter, ", request {id}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({self}, {:?})", self.0.retry)
    }
}

impl std::error::Error for Error {}
