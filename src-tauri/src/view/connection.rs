//! The way a reply came, as the page sees it.

use super::route::Route;
use serde::Serialize;
use specta::Type;

/// The last request of a reply.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connection {
    /// The host that was asked.
    pub(crate) host: String,
    /// The region's id, where the host is one of a region.
    pub(crate) region: Option<String>,
    /// Whose host it is.
    pub(crate) address: AddressKind,
    /// The route the request took.
    pub(crate) route: Route,
    /// Requests made for the reply.
    pub(crate) attempts: u32,
    /// Resolving the name, in milliseconds; `null` when nobody waited for it.
    pub(crate) dns_ms: Option<u32>,
    /// Opening the connection, in milliseconds, likewise.
    pub(crate) connect_ms: Option<u32>,
    /// The TLS handshake, in milliseconds, likewise.
    pub(crate) tls_ms: Option<u32>,
    /// From the request to the head of the answer, in milliseconds.
    pub(crate) first_byte_ms: Option<u32>,
}

/// Whose host was asked.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AddressKind {
    /// The vendor's.
    Official,
    /// This computer's.
    Local,
    /// One that a person typed.
    Custom,
}

impl From<engine::Connection> for Connection {
    fn from(connection: engine::Connection) -> Self {
        let small = |time: Option<u64>| time.and_then(|time| u32::try_from(time).ok());
        Self {
            host: connection.host,
            region: connection.region,
            address: match connection.address {
                engine::AddressKind::Official => AddressKind::Official,
                engine::AddressKind::Local => AddressKind::Local,
                engine::AddressKind::Custom => AddressKind::Custom,
            },
            route: network::Route::from(connection.route).into(),
            attempts: connection.attempts,
            dns_ms: small(connection.dns_ms),
            connect_ms: small(connection.connect_ms),
            tls_ms: small(connection.tls_ms),
            first_byte_ms: small(connection.first_byte_ms),
        }
    }
}
