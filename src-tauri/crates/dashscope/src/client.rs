//! Sends requests: one function for each thing an endpoint can be asked.
//!
//! It retries nothing except the other native path, as only the caller knows what was shown.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use network::Origin;
use url::Url;

use crate::authorization::{ApiKey, authorize};
use crate::catalogue::{Catalogue, NativePath};
use crate::chat::{
    self, ChatRequest, Decoder, Event, EventStream, Head, Output, Prepared, Protocol,
};
use crate::endpoint::Endpoint;
use crate::error::fault::Fault;
use crate::error::{Error, ErrorKind, is_wrong_path};
use crate::regions::Regions;
use crate::{limits, models, retry_after};

/// Speaks to DashScope and to servers like it. Cheap to clone; clones share what they learnt.
#[derive(Clone)]
pub struct Client {
    network: network::Client,
    regions: Arc<Regions>,
    /// Native paths that turned out to be right, by server and model.
    paths: Arc<Mutex<HashMap<(Origin, String), NativePath>>>,
}

const SSE: HeaderName = HeaderName::from_static("x-dashscope-sse");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const RESOLVE_UPLOADS: HeaderName = HeaderName::from_static("x-dashscope-ossresourceresolve");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");

/// A request that is ready to leave, but for the key.
struct Outgoing {
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    protocol: Protocol,
    output: Output,
    earlier_tries: u32,
}

impl Client {
    /// Uses this HTTP client, and these regions to decide who may receive a key.
    pub fn new(network: network::Client, regions: Arc<Regions>) -> Self {
        Self {
            network,
            regions,
            paths: Arc::default(),
        }
    }

    /// The HTTP client, for its routes.
    pub fn network(&self) -> &network::Client {
        &self.network
    }

    /// The same client on a route of an account's own.
    #[must_use]
    pub fn routed(&self, choice: network::RouteChoice) -> Self {
        Self {
            network: self.network.routed(choice, network::RouteSource::Account),
            ..self.clone()
        }
    }

    /// The regions that decide who may receive a key.
    pub fn regions(&self) -> &Regions {
        &self.regions
    }

    /// Asks for a reply and waits for its first event.
    ///
    /// # Errors
    /// Whatever goes wrong before the first event; afterwards errors come as [`Event::Failed`].
    pub async fn chat(
        &self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
        protocol: Protocol,
        request: &ChatRequest,
    ) -> Result<EventStream, Error> {
        let prepared = request.prepare(Catalogue::bundled())?;
        match protocol {
            Protocol::Compatible => {
                let body = chat::compatible_body(&prepared).map_err(|_json| unwritable())?;
                let outgoing = Outgoing {
                    url: below(endpoint.compatible_base(), "/chat/completions")?,
                    headers: headers(protocol, &prepared),
                    body,
                    protocol,
                    output: Output::Incremental,
                    earlier_tries: prepared.earlier_tries,
                };
                self.open(endpoint, key, outgoing).await
            }
            Protocol::Native => self.chat_natively(endpoint, key, &prepared).await,
        }
    }

    /// The ids of the models that the endpoint offers to this key; also the cheapest way to learn
    /// whether it accepts the key.
    ///
    /// # Errors
    /// Whatever goes wrong.
    pub async fn models(
        &self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
    ) -> Result<Vec<String>, Error> {
        let url = below(endpoint.compatible_base(), "/models")?;
        let headers = HeaderMap::from_iter([(header::ACCEPT, JSON)]);
        let request = self.request(endpoint, key, url, headers)?;
        let response = self
            .network
            .send(request)
            .await
            .map_err(|error| Error::from(&error).at(endpoint))?;
        let head = head_of(&response);
        let route = response.route().cloned();
        let is_success = response.status().is_success();
        let limit = if is_success {
            limits::BODY_BYTES
        } else {
            limits::ERROR_BODY_BYTES
        };
        let body = match response.read_up_to(limit).await {
            Ok(body) => body,
            // The status says enough.
            Err(_lost) if !is_success => network::Capped {
                bytes: Bytes::new(),
                cut: false,
            },
            Err(error) => return Err(Error::from(&error).at(endpoint)),
        };
        let result = match (is_success, body.cut) {
            (true, true) => Err(Error::new(ErrorKind::TooLarge)),
            (true, false) => models::read(&body.bytes),
            (false, _) => Err(
                Error::from_fault(Fault::from_body(&body.bytes), head.status)
                    .with_retry_after(head.retry_after),
            ),
        };
        result.map_err(|error| {
            error
                .with_request_id(head.request_id.as_deref())
                .at(endpoint)
                .on(route.as_ref())
        })
    }

    /// Each model answers on one of two paths. The catalogue and earlier answers say which; the
    /// vendor's own client tries the multimodal path first for unknown models, and so does this.
    async fn chat_natively(
        &self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
        request: &Prepared<'_>,
    ) -> Result<EventStream, Error> {
        let base = endpoint.native_base().ok_or_else(|| {
            Error::new(ErrorKind::NoNativeProtocol).at_host(endpoint.origin().host())
        })?;
        let place = (endpoint.origin().clone(), request.model.to_owned());
        let listed = request.known.and_then(|model| model.native_path);
        let path = self
            .remembered(&place)
            .or(listed)
            .unwrap_or(NativePath::Multimodal);
        match self.open(endpoint, key, native(base, path, request)?).await {
            Err(error) if is_wrong_path(error.message()) => {
                let other = path.other();
                let stream = self
                    .open(endpoint, key, native(base, other, request)?)
                    .await?;
                self.remember(place, other);
                Ok(stream)
            }
            result => result,
        }
    }

    fn remembered(&self, place: &(Origin, String)) -> Option<NativePath> {
        let paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths.get(place).copied()
    }

    fn remember(&self, place: (Origin, String), path: NativePath) {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths.insert(place, path);
    }

    async fn open(
        &self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
        outgoing: Outgoing,
    ) -> Result<EventStream, Error> {
        let mut request = self.request(endpoint, key, outgoing.url, outgoing.headers)?;
        request.method = Method::POST;
        request.body = Some(Bytes::from(outgoing.body));
        request.first_byte = limits::FIRST_BYTE;
        request.earlier_tries = outgoing.earlier_tries;
        let response = self
            .network
            .send(request)
            .await
            .map_err(|error| Error::from(&error).at(endpoint))?;
        let decoder = Decoder::new(outgoing.protocol, outgoing.output, head_of(&response));
        let (route, timings) = (response.route().cloned(), response.timings());
        let mut stream =
            EventStream::over(decoder, response.into_chunks()).from(endpoint, route, timings);
        match stream.next().await {
            Some(Event::Failed(error)) => Err(error),
            Some(event) => {
                stream.put_back(event);
                Ok(stream)
            }
            None => Err(Error::new(ErrorKind::EmptyAnswer)),
        }
    }

    /// The one way a request gets its key.
    fn request(
        &self,
        endpoint: &Endpoint,
        key: Option<&ApiKey>,
        url: Url,
        mut headers: HeaderMap,
    ) -> Result<network::Request, Error> {
        match key {
            Some(key) => authorize(&mut headers, &url, key, &self.regions)?,
            None if endpoint.needs_key() => {
                return Err(Error::new(ErrorKind::KeyMissing).at_host(endpoint.origin().host()));
            }
            None => {}
        }
        Ok(network::Request {
            method: Method::GET,
            url,
            headers,
            body: None,
            first_byte: limits::MODELS_FIRST_BYTE,
            earlier_tries: 0,
        })
    }
}

fn native(base: &Url, path: NativePath, request: &Prepared<'_>) -> Result<Outgoing, Error> {
    if path == NativePath::Text && request.has_images() {
        let error = Error::new(ErrorKind::UnsupportedByModel);
        return Err(error.with_message("the model takes no images on its native path"));
    }
    let output = match request.parameters.incremental_output {
        Some(false) => Output::Cumulative,
        Some(true) | None => Output::Incremental,
    };
    Ok(Outgoing {
        url: below(base, path.as_str())?,
        headers: headers(Protocol::Native, request),
        body: chat::native_body(request, path).map_err(|_json| unwritable())?,
        protocol: Protocol::Native,
        output,
        earlier_tries: request.earlier_tries,
    })
}

fn headers(protocol: Protocol, request: &Prepared<'_>) -> HeaderMap {
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, JSON),
        (header::ACCEPT, EVENTS),
        (BUFFERING, HeaderValue::from_static("no")),
    ]);
    if protocol == Protocol::Native {
        headers.insert(SSE, HeaderValue::from_static("enable"));
    }
    if let Some(id) = request.id.and_then(|id| HeaderValue::from_str(id).ok()) {
        headers.insert(CLIENT_REQUEST_ID, id);
    }
    if request.has_uploads() {
        headers.insert(RESOLVE_UPLOADS, HeaderValue::from_static("enable"));
    }
    headers
}

/// Bases have no trailing slash, and paths begin with one.
fn below(base: &Url, path: &str) -> Result<Url, Error> {
    Url::parse(&format!("{base}{path}")).map_err(|_discarded| Error::new(ErrorKind::InvalidRequest))
}

fn unwritable() -> Error {
    Error::new(ErrorKind::InvalidRequest).with_message("the request cannot be written as json")
}

fn head_of(response: &network::Response) -> Head {
    let text = |name: &HeaderName| response.headers().get(name)?.to_str().ok();
    let wait = retry_after::from_headers(response.headers(), SystemTime::now());
    Head {
        status: response.status().as_u16(),
        content_type: text(&header::CONTENT_TYPE).map(str::to_owned),
        request_id: text(&REQUEST_ID).map(|id| {
            let id: String = id.chars().take(limits::IDENTIFIER_BYTES).collect();
            id
        }),
        retry_after: wait.map(|wait| wait.min(limits::RETRY_AFTER)),
    }
}
