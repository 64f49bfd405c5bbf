//! HTTP for the engine: the only place that builds clients, sets their limits and names what failed.
//!
//! It knows nothing of DashScope, keys, retries or server-sent events. A [`Client`] sends one
//! [`Request`] and hands back one [`Response`]; it follows no redirect, asks for no compression,
//! keeps no cookie, and speaks plain `http` to this computer only. A [`PublicClient`] fetches what a
//! stranger's text names, and reaches the public internet alone. An [`Error`] never holds a URL, a
//! header or a body.

mod bypass;
mod client;
mod connect;
mod error;
mod extra_certificates;
mod names;
mod origin;
mod public;
mod public_address;
mod requests;
mod response;
mod route;
mod routes;
mod system;
mod timings;
mod transport;

pub mod limits;
pub mod probe;

pub use client::{Client, ClientOptions, Request};
pub use error::{Error, ErrorKind, ProxyProblem, TlsProblem};
pub use extra_certificates::{ExtraCertificates, ExtraCertificatesProblem};
pub use origin::{InvalidOrigin, Origin};
pub use public::{FetchError, PublicClient};
pub use requests::{LoggedRequest, Requests};
pub use response::{Capped, Chunks, Response};
pub use route::{ManualProxy, ProxyScheme, ProxyServer, Route, RouteChoice, RouteSource};
pub use system::{Wording, proxy_in};
pub use timings::Timings;
