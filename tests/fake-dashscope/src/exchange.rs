//! One request with all that its handler needs, and the headers that every answer carries.
//! What the answer says is decided elsewhere.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use serde_json::Value;

use crate::connection::Socket;
use crate::record::{RecordedRequest, Watch};
use crate::server::App;
use crate::shape::{Refused, Shape};

/// Larger request bodies are treated as no JSON; attachments stay far below.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// One request.
pub(crate) struct Exchange {
    pub(crate) app: Arc<App>,
    pub(crate) socket: Socket,
    pub(crate) head: Parts,
    /// The body, when it is JSON.
    pub(crate) body: Option<Value>,
    pub(crate) request_id: String,
    pub(crate) watch: Watch,
}

impl FromRequest<Arc<App>> for Exchange {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Infallible> {
        let socket = request
            .extensions()
            .get::<ConnectInfo<Socket>>()
            .map(|info| info.0.clone());
        let (head, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, MAX_BODY)
            .await
            .unwrap_or_default();
        let body: Option<Value> = serde_json::from_slice(&bytes).ok();
        let (number, request_id) = app.number();
        let watch = app.ledger.add(
            number,
            RecordedRequest {
                method: head.method.to_string(),
                path: head.uri.path().to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                headers: head.headers.clone(),
                body: body.clone().unwrap_or_default(),
                received_at: Instant::now(),
                answered_at: None,
                client_closed_at: None,
                events_sent: 0,
            },
        );
        let socket = socket.unwrap_or_default();
        Ok(Self {
            app: Arc::clone(app),
            socket,
            head,
            body,
            request_id,
            watch,
        })
    }
}

impl Exchange {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.head
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The name of the refusal that the key earns, if any.
    pub(crate) fn key_refusal(&self) -> Option<&'static str> {
        if self.app.options.keyless {
            return None;
        }
        match self.header("authorization").strip_prefix("Bearer ") {
            None => Some("401-no-key"),
            Some(key) if self.app.accepts(key) => None,
            Some(_) => Some("401"),
        }
    }

    /// The usual head of an answer around a body.
    pub(crate) fn respond(&self, status: u16, content_type: &str, body: Body) -> Response {
        let mut response = Response::new(body);
        if let Ok(status) = http::StatusCode::from_u16(status) {
            *response.status_mut() = status;
        }
        let is_stream = content_type.starts_with("text/event-stream");
        let fixed = [
            (
                "vary",
                "Origin,Access-Control-Request-Method,Access-Control-Request-Headers",
            ),
            ("x-dashscope-call-gateway", "true"),
            (
                "x-dashscope-finished",
                if is_stream { "false" } else { "true" },
            ),
            ("x-dashscope-timeout", if is_stream { "600" } else { "298" }),
            ("server", "istio-envoy"),
        ];
        let headers = response.headers_mut();
        for (name, value) in fixed {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        let date = self.app.date().and_then(|date| date.try_into().ok());
        if let Some(date) = date {
            headers.insert(header::DATE, date);
        }
        if let Ok(id) = HeaderValue::from_str(&self.request_id) {
            headers.insert("x-request-id", id);
        }
        if let Ok(value) = HeaderValue::from_str(content_type) {
            headers.insert(header::CONTENT_TYPE, value);
        }
        response
    }

    /// A refusal as a whole answer.
    pub(crate) fn refuse(&mut self, refused: &Refused<'_>, shape: Shape) -> Response {
        let answer = refused.answer(shape);
        self.watch.settle();
        self.respond(answer.status, answer.content_type, Body::from(answer.body))
    }
}
