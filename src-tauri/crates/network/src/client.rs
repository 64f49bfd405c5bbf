//! Builds the two HTTP clients and sends one request with the right one.
//!
//! Retries are the caller's: only it knows what a second request costs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use hyper_util::client::proxy::matcher::Intercept;
use url::Url;

use crate::error::{Error, ErrorKind, kind_of_send};
use crate::limits;
use crate::names::SystemNames;
use crate::origin::Origin;
use crate::response::Response;
use crate::route::Route;

/// Sends requests: `https` anywhere through the system's proxy, `http` to this computer only and
/// never through a proxy. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

/// What a [`Client`] is built with; the deadlines are fields so that tests need not wait for them.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Sent with every request, as in `DashDesk/1.0 (linux)`.
    pub user_agent: String,
    /// Time to connect, TLS included.
    pub connect: Duration,
    /// Longest silence inside a body.
    pub silence: Duration,
}

/// One request.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// An `https` URL, or an `http` one on loopback, without user information.
    pub url: Url,
    /// The headers; mark secrets with `HeaderValue::set_sensitive`.
    pub headers: HeaderMap,
    /// The body, if any.
    pub body: Option<Bytes>,
    /// Time from sending to the end of the response head, connecting included.
    pub first_byte: Duration,
}

struct Shared {
    remote: reqwest::Client,
    loopback: reqwest::Client,
    route: Route,
    silence: Duration,
}

/// What a client may reach.
#[derive(Clone, Copy)]
pub(crate) enum Reach {
    Remote,
    Loopback,
    Public,
}

/// Whose certificates a client accepts.
#[derive(Clone, Copy)]
pub(crate) enum Trust {
    System,
    Nobody,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            user_agent: String::from("DashDesk"),
            connect: limits::CONNECT,
            silence: limits::SILENCE,
        }
    }
}

impl Client {
    /// Builds the clients; the system's proxies are read once, here.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] when the user agent is not a header value, [`ErrorKind::Tls`] when
    /// TLS cannot be set up at all.
    pub fn new(options: ClientOptions) -> Result<Self, Error> {
        // A provider that is already there serves as well: only one may be installed per process.
        drop(rustls::crypto::ring::default_provider().install_default());
        let ClientOptions {
            user_agent,
            connect,
            silence,
        } = options;
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_text| Error::new(ErrorKind::InvalidRequest, None))?;
        let shared = Shared {
            remote: build(&user_agent, connect, Reach::Remote)?,
            loopback: build(&user_agent, connect, Reach::Loopback)?,
            route: Route::from_system(),
            silence,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Sends a request and waits for the response head.
    ///
    /// # Errors
    /// Every [`ErrorKind`] except [`ErrorKind::Stalled`] and [`ErrorKind::BodyTooLarge`], which
    /// belong to the body. A status of 4xx or 5xx is not an error here; 3xx is.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let Some(origin) = Origin::of(&request.url) else {
            return Err(Error::new(ErrorKind::InvalidRequest, None));
        };
        let host = Some(origin.host().to_owned());
        let sent = self.send_to(&origin, request).await;
        let response = sent.map_err(|(kind, proxy)| {
            tracing::debug!(%kind, ?host, ?proxy, "request failed");
            Error::new(kind, proxy.or_else(|| host.clone()))
        })?;
        Ok(Response::new(response, host, self.shared.silence))
    }

    /// The proxy that a request for this URL takes.
    pub(crate) fn intercept(&self, url: &Url) -> Option<Intercept> {
        self.shared.route.intercept(url)
    }

    async fn send_to(
        &self,
        origin: &Origin,
        request: Request,
    ) -> Result<reqwest::Response, (ErrorKind, Option<String>)> {
        if !origin.is_https() && !origin.is_loopback() {
            return Err((ErrorKind::NotHttps, None));
        }
        // reqwest would turn user information into an Authorization header.
        if !request.url.username().is_empty() || request.url.password().is_some() {
            return Err((ErrorKind::InvalidRequest, None));
        }
        let Request {
            method,
            url,
            headers,
            body,
            first_byte,
        } = request;
        let (client, proxy) = if origin.is_loopback() {
            (&self.shared.loopback, None)
        } else {
            (&self.shared.remote, self.shared.route.proxy_for(&url))
        };
        let mut inner = reqwest::Request::new(method, url.clone());
        *inner.headers_mut() = headers;
        *inner.body_mut() = body.map(reqwest::Body::from);

        let response = match tokio::time::timeout(first_byte, client.execute(inner)).await {
            Err(_elapsed) => return Err((ErrorKind::FirstByteTimeout, None)),
            Ok(Err(error)) => {
                let kind = kind_of_send(&error, proxy.is_some());
                let proxy = proxy.filter(|_| kind == ErrorKind::Proxy);
                return Err((kind, proxy));
            }
            Ok(Ok(response)) => response,
        };
        check_head(&url, &response).map_err(|kind| (kind, None))?;
        Ok(response)
    }
}

/// reqwest's client prints the proxies it found, credentials included.
impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Client")
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("method", &self.method)
            .field("origin", &Origin::of(&self.url))
            .finish_non_exhaustive()
    }
}

/// Refuses heads that are too large, and redirects.
pub(crate) fn check_head(url: &Url, response: &reqwest::Response) -> Result<(), ErrorKind> {
    let headers = response.headers();
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers.len() > limits::HEADER_COUNT || bytes > limits::HEADER_BYTES {
        return Err(ErrorKind::HeadersTooLarge);
    }
    if response.status().is_redirection() {
        let target = headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|location| url.join(location).ok());
        let host = target.and_then(|target| target.host_str().map(str::to_owned));
        return Err(ErrorKind::Redirect { host });
    }
    Ok(())
}

/// Builds one inner client. A system without any root certificate gets a client that trusts nobody,
/// so that loopback works and everything else fails as what it is: TLS.
fn build(
    user_agent: &HeaderValue,
    connect: Duration,
    reach: Reach,
) -> Result<reqwest::Client, Error> {
    let builder = |trust| builder(user_agent.clone(), connect, reach, trust);
    builder(Trust::System)
        .build()
        .or_else(|_no_roots| builder(Trust::Nobody).build())
        .map_err(|_tls| Error::new(ErrorKind::Tls, None))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that builds clients"
)]
pub(crate) fn builder(
    user_agent: HeaderValue,
    connect: Duration,
    reach: Reach,
    trust: Trust,
) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .tls_version_min(reqwest::tls::Version::TLS_1_2)
        .dns_resolver(SystemNames)
        .connect_timeout(connect)
        .pool_idle_timeout(limits::POOL_IDLE)
        .pool_max_idle_per_host(limits::POOL_IDLE_PER_HOST)
        .tcp_keepalive(limits::TCP_KEEPALIVE)
        .tcp_keepalive_interval(limits::TCP_KEEPALIVE_INTERVAL)
        .tcp_keepalive_retries(limits::TCP_KEEPALIVE_RETRIES)
        .http1_max_headers(limits::HEADER_COUNT)
        .http2_max_header_list_size(u32::try_from(limits::HEADER_BYTES).unwrap_or(u32::MAX))
        .http2_keep_alive_interval(limits::HTTP2_PING_INTERVAL)
        .http2_keep_alive_timeout(limits::HTTP2_PING_TIMEOUT);
    let builder = match reach {
        Reach::Remote => builder.https_only(true),
        // An environment proxy would otherwise receive requests that never leave this computer.
        Reach::Loopback => builder.no_proxy(),
        Reach::Public => builder,
    };
    match trust {
        Trust::System => builder,
        Trust::Nobody => builder.tls_certs_only([]),
    }
}
