//! Fetches something small from the public internet for an address that a stranger wrote.
//!
//! Nothing says who asks: no cookie, no key, no referrer. The name is resolved first, and the
//! connection goes to what was found and checked, so a name server cannot change its mind.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::{Host, Url};

use crate::connect::Way;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::origin::Origin;
use crate::public_address::is_public;
use crate::requests::{Entry, Requests};
use crate::response::Response;
use crate::routes::{Decision, SharedRoutes};
use crate::transport::check_head;

/// What is sent as the program's name.
const USER_AGENT: HeaderValue = HeaderValue::from_static("DashDesk");

/// Fetches from public hosts only; see [`crate::Client::public`].
pub struct PublicClient {
    routes: SharedRoutes,
    requests: Arc<Requests>,
}

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is no web address, or leads to this computer or a private network; no
    /// connection was made.
    #[error("not a public address")]
    NotPublic,
    /// More than [`crate::limits::PUBLIC_BODY_BYTES`].
    #[error("the body is too large")]
    TooLarge,
    /// The host answered, but not with the thing asked for.
    #[error("answered {0}")]
    Status(StatusCode),
    /// Something on the way failed.
    #[error(transparent)]
    Network(#[from] Error),
}

impl PublicClient {
    pub(crate) fn on(routes: SharedRoutes, requests: Arc<Requests>) -> Self {
        Self { routes, requests }
    }

    /// The body at this address. `accept` names the media types that are wanted.
    ///
    /// # Errors
    /// See [`FetchError`]; a redirect is not followed.
    pub async fn fetch(&self, url: &Url, accept: &'static str) -> Result<Bytes, FetchError> {
        let origin = Origin::of(url).ok_or(FetchError::NotPublic)?;
        let host = Some(origin.host().to_owned());
        let whole = async {
            let addresses = public_addresses(url, &origin).await?;
            let entry = self.requests.begin_strange(&Method::GET, url);
            let decided = self.routes.decide(&origin, None).await;
            let decided = decided.and_then(|decision| on_a_safe_way(decision, &origin, addresses));
            match decided {
                Ok(decision) => fetch_from(&self.routes, url, decision, accept, entry).await,
                Err(kind) => {
                    entry.failed(&kind, None);
                    Err(Error::new(kind, host.clone()).into())
                }
            }
        };
        match tokio::time::timeout(limits::PUBLIC_WHOLE, whole).await {
            Ok(fetched) => fetched,
            Err(_elapsed) => Err(Error::new(ErrorKind::FirstByteTimeout, host).into()),
        }
    }
}

impl std::fmt::Debug for PublicClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PublicClient")
    }
}

/// Where the host of a URL is, if every one of its addresses is public.
async fn public_addresses(url: &Url, origin: &Origin) -> Result<Vec<SocketAddr>, FetchError> {
    let plain = url.username().is_empty() && url.password().is_none();
    if !plain || origin.is_loopback() {
        return Err(FetchError::NotPublic);
    }
    let found: Vec<IpAddr> = match url.host().ok_or(FetchError::NotPublic)? {
        Host::Ipv4(address) => vec![address.into()],
        Host::Ipv6(address) => vec![address.into()],
        Host::Domain(name) => {
            let lookup = tokio::net::lookup_host((name, 0));
            let unknown = || Error::new(ErrorKind::Dns, Some(origin.host().to_owned()));
            let answer = tokio::time::timeout(limits::RESOLVE, lookup).await;
            let answer = answer.map_err(|_elapsed| unknown())?;
            answer
                .map_err(|_error| unknown())?
                .map(|address| address.ip())
                .collect()
        }
    };
    if found.is_empty() || !found.iter().copied().all(is_public) {
        return Err(FetchError::NotPublic);
    }
    // Port 0 stands for the port of the URL.
    let socket = |address| SocketAddr::new(address, 0);
    Ok(found.into_iter().map(socket).collect())
}

/// The decision, with what the host was found to be in place of a second look at its name.
fn on_a_safe_way(
    Decision { route, way }: Decision,
    origin: &Origin,
    addresses: Vec<SocketAddr>,
) -> Result<Decision, ErrorKind> {
    let way = match way {
        // A proxy resolves the name again; only a certificate then proves who answers.
        Way::Through(_) if !origin.is_https() => return Err(ErrorKind::NotHttps),
        Way::Through(server) => Way::Through(server),
        Way::Straight | Way::Fixed(_) => Way::Fixed(addresses),
    };
    Ok(Decision { route, way })
}

/// The body at a URL, fetched in this way and no other.
async fn fetch_from(
    routes: &SharedRoutes,
    url: &Url,
    Decision { route, way }: Decision,
    accept: &'static str,
    entry: Entry,
) -> Result<Bytes, FetchError> {
    let host = url.host_str().unwrap_or_default();
    let headers = HeaderMap::from_iter([
        (header::ACCEPT, HeaderValue::from_static(accept)),
        (header::USER_AGENT, USER_AGENT),
    ]);
    let asked = async {
        let transport = routes.connections(way)?;
        let (response, timings) = transport.send(Method::GET, url, headers, None).await?;
        check_head(url, response.status(), response.headers())?;
        Ok(Response::new(response, timings, limits::SILENCE))
    };
    let response = asked.await.map_err(|kind| {
        entry.failed(&kind, Some(&route));
        Error::new(kind, Some(host.to_owned()))
    })?;
    let (status, timings) = (response.status(), response.timings());
    entry.answered(&route, timings, status.as_u16(), response.headers());
    if !status.is_success() {
        return Err(FetchError::Status(status));
    }
    let response = response.from(host, route, entry);
    let body = response.read_up_to(limits::PUBLIC_BODY_BYTES).await?;
    if body.cut {
        return Err(FetchError::TooLarge);
    }
    Ok(body.bytes)
}

#[cfg(test)]
mod tests;
