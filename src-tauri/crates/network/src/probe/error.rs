//! What a probe of one hop can find wrong.

/// Why a hop did not let us through. Holds no URL and no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// Nothing answers at the proxy's address.
    #[error("nothing answers at the proxy's address")]
    ProxyUnreachable,
    /// The proxy wants other credentials.
    #[error("the proxy wants other credentials")]
    ProxyAuthentication,
    /// The proxy did not connect to the host, or is no such proxy: the HTTP status, if it said one.
    #[error("the proxy did not connect")]
    ProxyRefused(Option<u16>),
    /// The system's proxy is a script, or is set in words that make no sense; nothing was opened.
    #[error("the system's proxy cannot be used")]
    ProxyUnusable,
    /// There is no such name.
    #[error("the name did not resolve")]
    NameNotFound,
    /// The name server did not answer in time.
    #[error("the name server did not answer")]
    NameTimeout,
    /// The host refused the connection.
    #[error("the connection was refused")]
    Refused,
    /// No way leads to the host.
    #[error("no way leads to the host")]
    Unreachable,
    /// The host did not answer in time.
    #[error("the host did not answer")]
    Timeout,
    /// The connection closed in the middle.
    #[error("the connection was lost")]
    Lost,
    /// The certificate or the handshake was refused.
    #[error("no trusted tls connection")]
    Tls(TlsFault),
}

/// Why a handshake failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// Nobody this computer trusts vouches for the certificate.
    UnknownIssuer {
        /// Who issued it.
        issuer: String,
    },
    /// It has ended.
    Expired {
        /// Days ago, by this computer's clock.
        days: i64,
    },
    /// It has not begun.
    NotYetValid {
        /// Days until it begins, by this computer's clock.
        days: i64,
    },
    /// It is another host's.
    WrongHost {
        /// Whom it names.
        subject: String,
    },
    /// The server speaks only versions that are no longer safe.
    TooOld,
    /// Anything else: what answers there may speak no TLS at all.
    Handshake,
}
