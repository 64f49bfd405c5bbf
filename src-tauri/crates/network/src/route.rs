//! Which proxy a request takes, so that an error can name the hop that failed.
//!
//! It decides nothing: reqwest asks the same matcher when it connects.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::Url;

/// The system's proxies as they were when the client was built.
pub(crate) struct Route {
    matcher: Matcher,
}

impl Route {
    /// Reads the environment and the system's settings once, as reqwest does when it builds.
    pub(crate) fn from_system() -> Self {
        Self {
            matcher: Matcher::from_system(),
        }
    }

    /// The proxy's `host:port` for this URL, without its credentials.
    pub(crate) fn proxy_for(&self, url: &Url) -> Option<String> {
        let intercept = self.intercept(url)?;
        let uri = intercept.uri();
        let host = uri.host()?;
        Some(match uri.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    }

    /// The proxy for this URL, credentials included.
    pub(crate) fn intercept(&self, url: &Url) -> Option<Intercept> {
        self.matcher.intercept(&url.as_str().parse().ok()?)
    }
}
