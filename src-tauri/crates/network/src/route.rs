//! Which way requests take: what was chosen, and what that came to.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::system::server;

/// The way a request took, or would have taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// To this computer; no proxy is ever asked.
    Loopback,
    /// Straight to the host.
    Direct,
    /// Through a proxy.
    Proxy {
        /// How the proxy is spoken to.
        scheme: ProxyScheme,
        /// Its `host:port`, without credentials.
        address: String,
        /// Who named it.
        source: RouteSource,
    },
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyScheme {
    /// `CONNECT` over plain HTTP.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS 5; names are resolved here.
    Socks5,
    /// SOCKS 5; the proxy resolves names.
    Socks5h,
}

/// Who named the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteSource {
    /// A variable like `HTTPS_PROXY`.
    Environment,
    /// The desktop's settings.
    System,
    /// The app's own setting.
    Manual,
    /// The account's own setting.
    Account,
}

/// What a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RouteChoice {
    /// What the environment says, else the desktop's settings.
    #[default]
    System,
    /// No proxy.
    Direct,
    /// This proxy.
    Manual(ManualProxy),
}

/// A proxy that a person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManualProxy {
    /// The proxy.
    pub server: ProxyServer,
    /// Hosts that are asked straight: `example.com` with all below it, `*.example.com`, addresses,
    /// and ranges like `10.0.0.0/8`.
    pub bypass: Vec<String>,
}

/// A proxy with what it takes to use it.
#[derive(Clone)]
pub struct ProxyServer {
    /// How it is spoken to.
    pub scheme: ProxyScheme,
    /// Its host; an IPv6 address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name to sign in with.
    pub user: Option<String>,
    /// The password to sign in with.
    pub password: Option<SecretString>,
}

impl ProxyScheme {
    /// The scheme that a proxy's address begins with.
    pub fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "socks5" => Some(Self::Socks5),
            // Without a word on names, they are the proxy's to resolve.
            "socks5h" | "socks" => Some(Self::Socks5h),
            _ => None,
        }
    }

    /// As in a proxy's address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
            Self::Socks5h => "socks5h",
        }
    }

    /// The port that goes without saying.
    pub(crate) fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 | Self::Socks5h => 1080,
        }
    }
}

impl ProxyServer {
    /// A proxy without credentials; `None` when the host is none.
    pub fn at(scheme: ProxyScheme, host: &str, port: u16) -> Option<Self> {
        let plain =
            !host.contains(['@', '/', '?', '#', '\\']) && !host.contains(char::is_whitespace);
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        server(&host_and_port(bare, port), scheme).filter(|_| plain)
    }

    /// `host:port`, with brackets around an IPv6 address.
    pub fn address(&self) -> String {
        host_and_port(&self.host, self.port)
    }

    /// Name and password, when there is a name.
    pub(crate) fn credentials(&self) -> Option<(&str, &str)> {
        let password = self
            .password
            .as_ref()
            .map_or("", |word| word.expose_secret());
        self.user.as_deref().map(|user| (user, password))
    }
}

/// `host:port`, with brackets around an IPv6 address.
pub(crate) fn host_and_port(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Two proxies are the same when they are asked in the same way, password included.
impl PartialEq for ProxyServer {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.host == other.host
            && self.port == other.port
            && self.credentials() == other.credentials()
    }
}

impl Eq for ProxyServer {}

/// Leaves the name and the password out.
impl fmt::Debug for ProxyServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme.as_str(), self.address())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Loopback => formatter.write_str("loopback"),
            Self::Direct => formatter.write_str("direct"),
            Self::Proxy {
                scheme, address, ..
            } => write!(formatter, "{}://{address}", scheme.as_str()),
        }
    }
}
