//! Sends one request with reqwest over a kept or a new connection, and names what failed.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;
use url::Url;

use crate::connect::{Observed, Tls, Unconnected, Way, WayNames, traced};
use crate::error::{ErrorKind, TlsProblem, chain};
use crate::limits;
use crate::route::ProxyServer;
use crate::timings::Timings;

/// The connections of one way. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport {
    client: reqwest::Client,
}

impl Transport {
    /// Connections on this way; opening one takes at most `deadline`, proxy and TLS included.
    pub(crate) fn new(
        way: Way,
        tls: Tls,
        deadline: std::time::Duration,
    ) -> Result<Self, ErrorKind> {
        let builder = limited()
            .tls_backend_preconfigured(tls.for_requests())
            .dns_resolver(WayNames::of(&way));
        let builder = match &way {
            // Only a certificate proves who answers behind a proxy.
            Way::Through(server) => builder.https_only(true).proxy(proxy(server)?),
            Way::Straight | Way::Fixed(_) => builder,
        };
        let built = builder
            .connector_layer(Observed::new(way, tls, deadline))
            .build();
        let client = built.map_err(|_tls| ErrorKind::Tls(TlsProblem::Handshake))?;
        Ok(Self { client })
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        method: http::Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<(reqwest::Response, Timings), ErrorKind> {
        let host = url.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let target = (host.to_owned(), url.port_or_known_default().unwrap_or(443));
        let began = Instant::now();
        let mut unbegun = 0;
        loop {
            let mut request = reqwest::Request::new(method.clone(), url.clone());
            *request.headers_mut() = headers.clone();
            *request.body_mut() = body.clone().map(reqwest::Body::from);
            let sent = traced(target.clone(), self.client.execute(request)).await;
            let error = match sent {
                (Ok(response), trace) => return Ok((response, trace.timings(began.elapsed()))),
                (Err(error), _trace) => error,
            };
            if !is_unbegun(&error) || unbegun == limits::UNBEGUN_RETRIES {
                return Err(kind_of(&error));
            }
            unbegun += 1;
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that builds clients"
)]
fn limited() -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // The route is decided before a request, and what may be asked again is decided here.
        .no_proxy()
        .retry(reqwest::retry::never())
        .pool_idle_timeout(limits::POOL_IDLE)
        .pool_max_idle_per_host(limits::POOL_IDLE_PER_HOST)
        .tcp_keepalive(limits::TCP_KEEPALIVE)
        .tcp_keepalive_interval(limits::TCP_KEEPALIVE_INTERVAL)
        .tcp_keepalive_retries(limits::TCP_KEEPALIVE_RETRIES)
        .http1_max_headers(limits::HEADER_COUNT)
        .http2_max_header_list_size(u32::try_from(limits::HEADER_BYTES).unwrap_or(u32::MAX))
        .http2_keep_alive_interval(limits::HTTP2_PING_INTERVAL)
        .http2_keep_alive_timeout(limits::HTTP2_PING_TIMEOUT);
    #[cfg(target_os = "linux")]
    let builder = builder.tcp_user_timeout(limits::TCP_USER_TIMEOUT);
    builder
}

fn proxy(server: &ProxyServer) -> Result<reqwest::Proxy, ErrorKind> {
    let unclear = || ErrorKind::Proxy(crate::error::ProxyProblem::Unclear);
    let address = format!("{}://{}", server.scheme.as_str(), server.address());
    let proxy = reqwest::Proxy::all(address).map_err(|_url| unclear())?;
    Ok(match server.credentials() {
        Some((user, password)) => proxy.basic_auth(user, password),
        None => proxy,
    })
}

fn kind_of(error: &reqwest::Error) -> ErrorKind {
    if error.is_builder() {
        return ErrorKind::InvalidRequest;
    }
    for cause in chain(error) {
        if let Some(Unconnected(kind)) = cause.downcast_ref::<Unconnected>() {
            return kind.clone();
        }
        if let Some(cause) = cause.downcast_ref::<hyper::Error>() {
            if cause.is_parse_too_large() {
                return ErrorKind::HeadersTooLarge;
            }
            if cause.is_parse() {
                return ErrorKind::Other;
            }
            if cause.is_user() {
                return ErrorKind::InvalidRequest;
            }
        }
    }
    ErrorKind::ConnectionLost
}

/// Whether the server said that it did not begin with the request, so that a second one costs
/// nothing (RFC 9113, sections 6.8 and 8.7).
fn is_unbegun(error: &reqwest::Error) -> bool {
    chain(error)
        .filter_map(|cause| cause.downcast_ref::<h2::Error>())
        .any(|cause| {
            let reason = cause.reason();
            cause.is_remote()
                && ((cause.is_go_away() && reason == Some(h2::Reason::NO_ERROR))
                    || (cause.is_reset() && reason == Some(h2::Reason::REFUSED_STREAM)))
        })
}

/// Refuses heads that are too large, and redirects.
pub(crate) fn check_head(
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<(), ErrorKind> {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers.len() > limits::HEADER_COUNT || bytes > limits::HEADER_BYTES {
        return Err(ErrorKind::HeadersTooLarge);
    }
    if status.is_redirection() {
        let target = headers
            .get(http::header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|location| url.join(location).ok());
        let host = target.and_then(|target| target.host_str().map(str::to_owned));
        return Err(ErrorKind::Redirect { host });
    }
    Ok(())
}
