//! Where a request goes, reduced to what decides who receives it: scheme, host and port.
//!
//! It makes no policy: which origins belong together is decided by the regions of `dashscope`.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Scheme, host and port of an `https` or `http` URL in one canonical form.
///
/// The host is IDNA ASCII in lower case without a trailing dot, the port is always known, and user
/// information, path, query and fragment are left out, so equal origins reach the same server.
///
/// ```
/// # use network::Origin;
/// # use url::Url;
/// let long = Url::parse("HTTPS://user@Example.COM.:443/v1?q=1")?;
/// assert_eq!(Origin::of(&long), "https://example.com".parse().ok());
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    scheme: Scheme,
    host: String,
    port: u16,
    loopback: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Scheme {
    Http,
    Https,
}

/// The text is not an origin: not `scheme://host[:port]` with `https` or `http`, or it carries user
/// information, a path, a query or a fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an origin")]
pub struct InvalidOrigin;

impl Origin {
    /// The origin of a URL, or `None` for another scheme or an empty host. User information is
    /// ignored, as it does not change who is asked.
    pub fn of(url: &Url) -> Option<Self> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let (host, loopback) = match url.host()? {
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                if name.is_empty() || name.ends_with('.') {
                    return None;
                }
                (
                    name.to_ascii_lowercase(),
                    name.eq_ignore_ascii_case("localhost"),
                )
            }
            Host::Ipv4(address) => (address.to_string(), address.is_loopback()),
            Host::Ipv6(address) => (format!("[{address}]"), address.is_loopback()),
        };
        let port = url.port_or_known_default()?;
        Some(Self {
            scheme,
            host,
            port,
            loopback,
        })
    }

    /// `"https"` or `"http"`.
    pub fn scheme(&self) -> &'static str {
        match self.scheme {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The host; an IPv6 address keeps its brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, also when it is the scheme's own.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// True for `https`.
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// True when the port is the scheme's own: 443 or 80.
    pub fn has_default_port(&self) -> bool {
        self.port == self.scheme.default_port()
    }

    /// True for the literals `127.0.0.0/8`, `[::1]` and `localhost`; other names that may resolve
    /// to this computer do not count.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme(), self.host)?;
        if !self.has_default_port() {
            write!(formatter, ":{}", self.port)?;
        }
        Ok(())
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        // The URL parser drops an empty "@" and folds "\" into "/", so both are looked for here.
        if text.contains(['@', '\\', '?', '#']) || text.contains(char::is_whitespace) {
            return Err(InvalidOrigin);
        }
        let url = Url::parse(text).map_err(|_discarded| InvalidOrigin)?;
        if url.path() != "/" {
            return Err(InvalidOrigin);
        }
        Self::of(&url).ok_or(InvalidOrigin)
    }
}

#[cfg(test)]
mod tests;
