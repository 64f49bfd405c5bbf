//! Sends one request on the way that was chosen.
//!
//! Retries are the caller's: only it knows what a second request costs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::connect::Certificates;
use crate::error::{Error, ErrorKind};
use crate::extra_certificates::ExtraCertificates;
use crate::limits;
use crate::origin::Origin;
use crate::public::PublicClient;
use crate::requests::Requests;
use crate::response::Response;
use crate::route::{Route, RouteChoice, RouteSource};
use crate::routes::{Decision, Routes};
use crate::transport::check_head;

/// Sends requests: `https` anywhere on the chosen route, `http` to this computer only and never
/// through a proxy. Cheap to clone; clones share their connections and the choice of the route.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// Comes before the shared choice.
    own: Option<(Arc<RouteChoice>, RouteSource)>,
}

/// What a [`Client`] is built with; the deadlines are fields so that tests need not wait for them.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Sent with every request, as in `DashDesk/1.0 (linux)`.
    pub user_agent: String,
    /// Time to connect, proxy and TLS included.
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
    /// How many requests for the same thing came before this one.
    pub earlier_tries: u32,
}

struct Shared {
    routes: Arc<Routes>,
    requests: Arc<Requests>,
    user_agent: HeaderValue,
    silence: Duration,
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
    /// Prepares a client on the system's route; nothing is read or opened before it is needed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] when the user agent is not a header value.
    pub fn new(options: ClientOptions) -> Result<Self, Error> {
        let ClientOptions {
            user_agent,
            connect,
            silence,
        } = options;
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|_text| Error::new(ErrorKind::InvalidRequest, None))?;
        let shared = Shared {
            routes: Arc::new(Routes::new(connect)),
            requests: Arc::default(),
            user_agent,
            silence,
        };
        Ok(Self {
            shared: Arc::new(shared),
            own: None,
        })
    }

    /// Chooses the route of all clones from the next request on; running ones go on as they are.
    pub fn set_route(&self, choice: RouteChoice) {
        self.shared.routes.choose(choice);
    }

    /// Trusts these certificates beside the system's, from the next connection of all clones on.
    pub fn set_extra_certificates(&self, certificates: ExtraCertificates) {
        self.shared.routes.trust(certificates.0);
    }

    /// The same client on a route of its own, whatever the other clones take; `source` says who
    /// named a proxy in it.
    #[must_use]
    pub fn routed(&self, choice: RouteChoice, source: RouteSource) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            own: Some((Arc::new(choice), source)),
        }
    }

    /// Fetches from public hosts, on the same routes and trusting the same certificates.
    pub fn public(&self) -> PublicClient {
        PublicClient::on(
            Arc::clone(&self.shared.routes),
            Arc::clone(&self.shared.requests),
        )
    }

    /// The last requests of all clones.
    pub fn requests(&self) -> &Requests {
        &self.shared.requests
    }

    /// Lets every connection go that no request is using, for after a sleep or a change of network.
    pub fn drop_connections(&self) {
        self.shared.routes.drop_connections();
    }

    /// The route a request to this origin would take now.
    ///
    /// # Errors
    /// [`ErrorKind::Proxy`] when the system's proxy cannot be used.
    pub async fn route_to(&self, origin: &Origin) -> Result<Route, Error> {
        Ok(self.decide(origin).await?.route)
    }

    /// Whether the system leaves the choice of the proxy to a script, whatever was chosen here.
    pub async fn system_has_script(&self) -> bool {
        self.shared.routes.has_script().await
    }

    /// Opens a connection that the next request to this origin finds; to this computer there is
    /// nothing to gain, and nothing is done. It is opened by asking for nothing
    /// (`HEAD /`) without any header that says who asks. Whatever the answer, the connection is open.
    ///
    /// # Errors
    /// What keeps the connection from being opened.
    pub async fn warm(&self, origin: &Origin) -> Result<(), Error> {
        refuse_plain(origin)?;
        if origin.is_loopback() {
            return Ok(());
        }
        let decision = self.decide(origin).await?;
        let warmed = async {
            let url = Url::parse(&origin.to_string());
            let url = url.map_err(|_url| ErrorKind::InvalidRequest)?;
            let transport = self.shared.routes.transport(&decision.way)?;
            let asked = transport.send(Method::HEAD, &url, HeaderMap::new(), None);
            let answered = tokio::time::timeout(limits::WARM, asked).await;
            answered
                .unwrap_or(Err(ErrorKind::FirstByteTimeout))
                .map(drop)
        };
        let warmed: Result<(), ErrorKind> = warmed.await;
        warmed.map_err(|kind| failed(kind, origin, Some(decision)))
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
        refuse_plain(&origin)?;
        // It would have to become an Authorization header.
        if !request.url.username().is_empty() || request.url.password().is_some() {
            return Err(failed(ErrorKind::InvalidRequest, &origin, None));
        }
        let deadline = Instant::now() + request.first_byte;
        let entry = self.shared.requests.begin(&request);
        let decision = self.decide(&origin).await;
        let decision = decision.inspect_err(|error| entry.failed(error.kind(), None))?;
        match self.send_on(&decision, request, deadline).await {
            Ok(response) => {
                let (status, head) = (response.status().as_u16(), response.headers());
                entry.answered(&decision.route, response.timings(), status, head);
                Ok(response.from(origin.host(), decision.route, entry))
            }
            Err(kind) => {
                entry.failed(&kind, Some(&decision.route));
                if is_of_the_way(&kind) {
                    self.shared.routes.note_failure().await;
                }
                Err(failed(kind, &origin, Some(decision)))
            }
        }
    }

    async fn send_on(
        &self,
        decision: &Decision,
        request: Request,
        deadline: Instant,
    ) -> Result<Response, ErrorKind> {
        let Request {
            method,
            url,
            mut headers,
            body,
            first_byte: _,
            earlier_tries: _,
        } = request;
        headers
            .entry(header::USER_AGENT)
            .or_insert_with(|| self.shared.user_agent.clone());
        headers
            .entry(header::ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        let transport = self.shared.routes.transport(&decision.way)?;
        let sent = timeout_at(deadline, transport.send(method, &url, headers, body)).await;
        let (response, timings) = sent.unwrap_or(Err(ErrorKind::FirstByteTimeout))?;
        check_head(&url, response.status(), response.headers())?;
        Ok(Response::new(response, timings, self.shared.silence))
    }

    /// The certificates that are trusted beside the system's.
    pub(crate) fn certificates(&self) -> Certificates {
        self.shared.routes.certificates()
    }

    pub(crate) async fn decide(&self, origin: &Origin) -> Result<Decision, Error> {
        let own = self.own.as_ref();
        let own = own.map(|(choice, source)| (&**choice, *source));
        let decided = self.shared.routes.decide(origin, own).await;
        decided.map_err(|kind| failed(kind, origin, None))
    }
}

fn refuse_plain(origin: &Origin) -> Result<(), Error> {
    if origin.is_https() || origin.is_loopback() {
        Ok(())
    } else {
        Err(failed(ErrorKind::NotHttps, origin, None))
    }
}

/// The error with the host that failed: the proxy, when it was the proxy.
fn failed(kind: ErrorKind, origin: &Origin, decision: Option<Decision>) -> Error {
    let proxy = decision.as_ref().and_then(Decision::proxy);
    let proxy = proxy.filter(|_| matches!(kind, ErrorKind::Proxy(_)));
    let host = proxy.unwrap_or(origin.host()).to_owned();
    tracing::debug!(%kind, %host, "request failed");
    Error::new(kind, Some(host)).on(decision.map(|decision| decision.route))
}

/// Whether another route might have helped.
fn is_of_the_way(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Dns
            | ErrorKind::Connect
            | ErrorKind::ConnectTimeout
            | ErrorKind::Tls(_)
            | ErrorKind::Proxy(_)
            | ErrorKind::ConnectionLost
    )
}

/// The proxies in it have credentials.
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
