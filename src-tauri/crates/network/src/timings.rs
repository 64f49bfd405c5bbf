//! How long each hop of a request took.

use std::time::Duration;

/// How long each hop took, as far as this request waited for it.
///
/// A request on a connection that was open already waited for none but the first byte. With a
/// proxy that resolves names itself, its time to do so is part of `connect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Resolving the name: the host's, or that of the proxy.
    pub dns: Option<Duration>,
    /// Opening the connection, through the proxy if there is one.
    pub connect: Option<Duration>,
    /// The TLS handshake with the host.
    pub tls: Option<Duration>,
    /// From handing over the request to the end of the response head.
    pub first_byte: Option<Duration>,
}
