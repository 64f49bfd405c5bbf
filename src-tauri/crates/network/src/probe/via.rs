//! The proxy on the way, with its credentials kept out of sight.

use std::fmt;

use http::HeaderValue;
use hyper_util::client::proxy::matcher::Intercept;

use super::proxy::Login;

/// The way a request takes, with what is needed to take it.
#[derive(Debug)]
pub(super) enum Via {
    ThisComputer,
    Direct,
    Proxy(Proxy),
}

/// A proxy.
pub(super) enum Proxy {
    Http {
        host: String,
        port: u16,
        over_tls: bool,
        authorization: Option<HeaderValue>,
    },
    Socks {
        host: String,
        port: u16,
        resolves_names: bool,
        login: Option<Login>,
    },
}

impl Via {
    /// The way that the client's own choice of a proxy means.
    pub(super) fn of(intercept: Option<&Intercept>) -> Self {
        let Some(intercept) = intercept else {
            return Self::Direct;
        };
        let uri = intercept.uri();
        let host = uri.host().unwrap_or_default().to_owned();
        let scheme = uri.scheme_str().unwrap_or("http");
        if scheme.starts_with("socks") {
            let login = intercept.raw_auth().map(|(user, password)| Login {
                user: user.to_owned(),
                password: password.to_owned(),
            });
            return Self::Proxy(Proxy::Socks {
                host,
                port: uri.port_u16().unwrap_or(1080),
                resolves_names: matches!(scheme, "socks5h" | "socks4a"),
                login,
            });
        }
        let over_tls = scheme == "https";
        Self::Proxy(Proxy::Http {
            host,
            port: uri.port_u16().unwrap_or(if over_tls { 443 } else { 80 }),
            over_tls,
            authorization: intercept.basic_auth().cloned(),
        })
    }
}

impl Proxy {
    /// Where it listens.
    pub(super) fn place(&self) -> (&str, u16) {
        match self {
            Self::Http { host, port, .. } | Self::Socks { host, port, .. } => (host, *port),
        }
    }

    /// Whether it resolves the host's name.
    pub(super) fn resolves_names(&self) -> bool {
        match self {
            Self::Http { .. } => true,
            Self::Socks { resolves_names, .. } => *resolves_names,
        }
    }

    /// `scheme://host:port`.
    pub(super) fn shown(&self) -> String {
        let scheme = match self {
            Self::Http { over_tls: true, .. } => "https",
            Self::Http { .. } => "http",
            Self::Socks {
                resolves_names: true,
                ..
            } => "socks5h",
            Self::Socks { .. } => "socks5",
        };
        let (host, port) = self.place();
        format!("{scheme}://{host}:{port}")
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown())
    }
}
