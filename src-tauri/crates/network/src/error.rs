//! What went wrong on the way, named by the hop that failed.
//!
//! An [`Error`] keeps a kind, a host and a route and nothing else: the errors below may print a
//! whole URL, so they are read and dropped.

use std::error::Error as StdError;
use std::fmt;

use crate::route::Route;

/// A request that got no usable answer, or a body that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    host: Option<String>,
    route: Option<Route>,
}

/// Which hop failed, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Plain `http` to a host that is not this computer; nothing was sent.
    NotHttps,
    /// The name did not resolve within [`crate::limits::RESOLVE`].
    Dns,
    /// No connection: refused, unreachable, or closed during the handshake.
    Connect,
    /// No connection within [`crate::limits::CONNECT`].
    ConnectTimeout,
    /// The certificate was refused or the TLS handshake failed.
    Tls(TlsProblem),
    /// The proxy could not be reached or refused to pass the request on; the error's host is the
    /// proxy's.
    Proxy(ProxyProblem),
    /// Connected, but no complete response head within the request's deadline.
    FirstByteTimeout,
    /// No byte of the body for [`crate::limits::SILENCE`].
    Stalled,
    /// The connection closed or was reset before the response was complete.
    ConnectionLost,
    /// The endpoint answered 3xx; no request followed.
    Redirect {
        /// The host it pointed to, when the answer named one.
        host: Option<String>,
    },
    /// More than [`crate::limits::HEADER_COUNT`] headers or [`crate::limits::HEADER_BYTES`] bytes.
    HeadersTooLarge,
    /// The body is longer than the caller allowed.
    BodyTooLarge,
    /// The request cannot be sent as it is: no http scheme, user information in the URL, or headers
    /// that contradict each other.
    InvalidRequest,
    /// The answer was not HTTP.
    Other,
}

/// What was wrong with the secure connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// Nobody this computer trusts has signed the certificate.
    UnknownIssuer {
        /// The common name of whoever did.
        issuer: Option<String>,
    },
    /// The certificate has run out, by this computer's clock.
    Expired {
        /// Hours since then, where the system says so.
        hours: Option<u64>,
    },
    /// The certificate is not valid yet, by this computer's clock.
    NotYetValid {
        /// Hours until then, where the system says so.
        hours: Option<u64>,
    },
    /// The certificate is for another host.
    WrongHost,
    /// The host speaks no version of TLS that is still safe.
    ProtocolVersion,
    /// The handshake failed otherwise; also a certificate that cannot be read or was revoked.
    Handshake,
}

/// What was wrong with the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyProblem {
    /// It does not answer.
    Unreachable,
    /// It wants a name and a password, or others than those it got.
    AuthenticationRequired,
    /// It did not pass the request on.
    Refused {
        /// The status of its answer; a SOCKS proxy has none.
        status: Option<u16>,
    },
    /// One is set, but in words that make no sense here; nothing was sent.
    Unclear,
    /// The system names a script that chooses the proxy, which cannot be run here; nothing was sent.
    Script,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, host: Option<String>) -> Self {
        Self(Box::new(Details {
            kind,
            host,
            route: None,
        }))
    }

    pub(crate) fn on(mut self, route: Option<Route>) -> Self {
        self.0.route = route;
        self
    }

    /// What failed.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The host that failed: the endpoint's, or `host:port` of the proxy for [`ErrorKind::Proxy`].
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// The way the request took; `None` when it had none to take.
    pub fn route(&self) -> Option<&Route> {
        self.0.route.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.kind.fmt(formatter)?;
        match &self.0.host {
            Some(host) => write!(formatter, " (host {host})"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotHttps => "refused to use http outside this computer",
            Self::Dns => "the name did not resolve",
            Self::Connect => "no connection",
            Self::ConnectTimeout => "no connection in time",
            Self::Tls(_) => "no trusted tls connection",
            Self::Proxy(ProxyProblem::Script) => "the proxy is chosen by a script",
            Self::Proxy(_) => "the proxy did not connect",
            Self::FirstByteTimeout => "no answer in time",
            Self::Stalled => "the answer stopped coming",
            Self::ConnectionLost => "the connection was lost",
            Self::Redirect { host: None } => "answered with a redirect",
            Self::Redirect { host: Some(host) } => {
                return write!(formatter, "answered with a redirect to {host}");
            }
            Self::HeadersTooLarge => "the response headers are too large",
            Self::BodyTooLarge => "the response body is too large",
            Self::InvalidRequest => "the request cannot be sent",
            Self::Other => "the answer was not http",
        })
    }
}

/// Everything below an error. An `io::Error` is opened by hand, since its `source` skips the error
/// it wraps, and TLS errors travel inside two of them.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let cause = next?;
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
        Some(cause)
    })
}
