//! What went wrong on the way, named by the hop that failed.
//!
//! An [`Error`] keeps a kind and a host and nothing else: reqwest's own error prints the whole URL,
//! query included, so it is read here and dropped.

use std::error::Error as StdError;
use std::fmt;
use std::io;

/// A request that got no usable answer, or a body that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    host: Option<String>,
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
    Tls,
    /// The proxy could not be reached or refused to pass the request on; the error's host is the
    /// proxy's.
    Proxy,
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

impl Error {
    pub(crate) fn new(kind: ErrorKind, host: Option<String>) -> Self {
        Self { kind, host }
    }

    /// What failed.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The host that failed: the endpoint's, or `host:port` of the proxy for [`ErrorKind::Proxy`].
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(formatter)?;
        match &self.host {
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
            Self::Tls => "no trusted tls connection",
            Self::Proxy => "the proxy did not connect",
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

/// Names the failure of sending a request. `proxied` says whether a proxy was on the way.
pub(crate) fn kind_of_send(error: &reqwest::Error, proxied: bool) -> ErrorKind {
    if error.is_builder() {
        return ErrorKind::InvalidRequest;
    }
    if error.is_connect() {
        return match () {
            () if chain(error).any(is_tls) => ErrorKind::Tls,
            () if proxied => ErrorKind::Proxy,
            () if error.is_dns() => ErrorKind::Dns,
            () if error.is_timeout() => ErrorKind::ConnectTimeout,
            () => ErrorKind::Connect,
        };
    }
    match chain(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(cause) if cause.is_parse_too_large() => ErrorKind::HeadersTooLarge,
        Some(cause) if cause.is_parse() => ErrorKind::Other,
        Some(cause) if cause.is_user() => ErrorKind::InvalidRequest,
        _ => ErrorKind::ConnectionLost,
    }
}

/// Everything below the error. An `io::Error` is opened by hand, since its `source` skips the error
/// it wraps, and TLS errors travel inside two of them.
fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause = next?;
        let wrapped = cause
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
        Some(cause)
    })
}

fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    cause.is::<rustls::Error>()
}
