//! Which way a reply came: what its details say, and what the status light repeats.

use dashscope::Endpoint;
use network::{ProxyScheme, Route, RouteSource, Timings};
use serde::{Deserialize, Serialize};

/// The last request of a reply, as stored beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The host that was asked.
    pub host: String,
    /// The region's id, where the host is one of a region.
    pub region: Option<String>,
    /// Whose host it is.
    pub address: AddressKind,
    /// The route the request took.
    pub route: RouteTaken,
    /// Requests made for the reply.
    pub attempts: u32,
    /// Resolving the name, in milliseconds; `None` when nobody waited for it.
    pub dns_ms: Option<u64>,
    /// Opening the connection, in milliseconds, likewise.
    pub connect_ms: Option<u64>,
    /// The TLS handshake, in milliseconds, likewise.
    pub tls_ms: Option<u64>,
    /// From the request to the head of the answer, in milliseconds.
    pub first_byte_ms: Option<u64>,
}

/// Whose host was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// The vendor's.
    Official,
    /// This computer's.
    Local,
    /// One that a person typed.
    Custom,
}

/// The route a request took, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum RouteTaken {
    /// To this computer.
    Loopback,
    /// Straight to the host.
    Direct,
    /// Through a proxy.
    Proxy {
        /// How the proxy is spoken to, as in its address.
        scheme: String,
        /// Its `host:port`.
        address: String,
        /// Who named it.
        source: ProxySource,
    },
}

/// Who named the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProxySource {
    /// A variable like `HTTPS_PROXY`.
    Environment,
    /// The desktop's settings.
    System,
    /// The app's own setting.
    Manual,
    /// The account's own setting.
    Account,
}

impl Connection {
    /// A request to this endpoint; the number of requests is the caller's to count.
    pub(crate) fn new(endpoint: &Endpoint, route: &Route, timings: Timings) -> Self {
        let milliseconds = |time: Option<std::time::Duration>| {
            time.and_then(|time| u64::try_from(time.as_millis()).ok())
        };
        Self {
            host: endpoint.origin().host().to_owned(),
            region: endpoint.region().map(|region| region.as_str().to_owned()),
            address: match () {
                () if endpoint.is_official() => AddressKind::Official,
                () if endpoint.origin().is_loopback() => AddressKind::Local,
                () => AddressKind::Custom,
            },
            route: RouteTaken::from(route),
            attempts: 1,
            dns_ms: milliseconds(timings.dns),
            connect_ms: milliseconds(timings.connect),
            tls_ms: milliseconds(timings.tls),
            first_byte_ms: milliseconds(timings.first_byte),
        }
    }
}

impl From<&Route> for RouteTaken {
    fn from(route: &Route) -> Self {
        match route {
            Route::Loopback => Self::Loopback,
            Route::Direct => Self::Direct,
            Route::Proxy {
                scheme,
                address,
                source,
            } => Self::Proxy {
                scheme: scheme.as_str().to_owned(),
                address: address.clone(),
                source: match source {
                    RouteSource::Environment => ProxySource::Environment,
                    RouteSource::System => ProxySource::System,
                    RouteSource::Manual => ProxySource::Manual,
                    RouteSource::Account => ProxySource::Account,
                },
            },
        }
    }
}

impl From<RouteTaken> for Route {
    fn from(route: RouteTaken) -> Self {
        match route {
            RouteTaken::Loopback => Self::Loopback,
            RouteTaken::Direct => Self::Direct,
            RouteTaken::Proxy {
                scheme,
                address,
                source,
            } => Self::Proxy {
                scheme: ProxyScheme::named(&scheme).unwrap_or(ProxyScheme::Http),
                address,
                source: match source {
                    ProxySource::Environment => RouteSource::Environment,
                    ProxySource::System => RouteSource::System,
                    ProxySource::Manual => RouteSource::Manual,
                    ProxySource::Account => RouteSource::Account,
                },
            },
        }
    }
}
