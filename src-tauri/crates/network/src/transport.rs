//! Sends one request over a kept or a new connection, and names what failed.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;
use url::Url;

use crate::connect::{Connector, FactsOf, Unconnected};
use crate::error::{ErrorKind, chain};
use crate::limits;
use crate::timings::Timings;

/// The connections of one way. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport {
    pool: Pool<Connector, Full<Bytes>>,
    connector: Connector,
}

impl Transport {
    pub(crate) fn new(connector: Connector) -> Self {
        let headers = u32::try_from(limits::HEADER_BYTES).unwrap_or(u32::MAX);
        let pool = Pool::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits::POOL_IDLE)
            .pool_max_idle_per_host(limits::POOL_IDLE_PER_HOST)
            .http1_max_headers(limits::HEADER_COUNT)
            .http2_max_header_list_size(headers)
            .http2_keep_alive_interval(limits::HTTP2_PING_INTERVAL)
            .http2_keep_alive_timeout(limits::HTTP2_PING_TIMEOUT)
            .build(connector.clone());
        Self { pool, connector }
    }

    /// Opens a connection for the next request.
    pub(crate) async fn warm(&self, origin: &Uri) -> Result<(), ErrorKind> {
        let opened = self.connector.warm(origin).await;
        opened.map_err(|Unconnected(kind)| kind)
    }

    /// Sends a request and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        method: http::Method,
        url: &Url,
        headers: HeaderMap,
        body: Option<Bytes>,
    ) -> Result<(Response<Incoming>, Timings), ErrorKind> {
        let uri: Uri = url
            .as_str()
            .parse()
            .map_err(|_uri| ErrorKind::InvalidRequest)?;
        let began = Instant::now();
        let mut unbegun = 0;
        loop {
            let body = Full::new(body.clone().unwrap_or_default());
            let mut request = Request::new(body);
            *request.method_mut() = method.clone();
            *request.uri_mut() = uri.clone();
            *request.headers_mut() = headers.clone();
            let error = match self.pool.request(request).await {
                Ok(response) => {
                    let head = Instant::now();
                    let facts = response.extensions().get::<FactsOf>();
                    let timings = facts.map(|facts| facts.timings(began, head));
                    return Ok((response, timings.unwrap_or_default()));
                }
                Err(error) => error,
            };
            if !is_unbegun(&error) || unbegun == limits::UNBEGUN_RETRIES {
                return Err(kind_of(&error));
            }
            unbegun += 1;
        }
    }
}

fn kind_of(error: &hyper_util::client::legacy::Error) -> ErrorKind {
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
fn is_unbegun(error: &hyper_util::client::legacy::Error) -> bool {
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
