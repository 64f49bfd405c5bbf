//! Answers that are not answers: refusals, redirects, web pages, silence and broken heads.
//! Faults inside a running stream are `stream`'s business.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use http::header::{self, HeaderName, HeaderValue};

use crate::errors::find_error;
use crate::exchange::Exchange;
use crate::outlet::pause;
use crate::script::{BodyEnd, Fault, Oversize, Point, Script};
use crate::shape::{PAGE, Refused, Shape};

/// A content length that no answer reaches.
const OUT_OF_REACH: u64 = 1 << 40;

/// The size of the one oversized header.
const LARGE_HEADER: usize = 100 * 1024;

/// How many headers are too many.
const MANY_HEADERS: u16 = 500;

/// The oversized error body: this many blocks of this many bytes.
const ERROR_BLOCKS: u32 = 50 * 16;
const ERROR_BLOCK: usize = 64 * 1024;

/// Waits as the script wants, and plays a fault that replaces the whole answer. `shape` is the
/// protocol's usual one; `None` means that an answer is still to be made.
pub(crate) async fn instead(
    exchange: &mut Exchange,
    script: &Script,
    shape: Shape,
    model: &str,
    stream: bool,
) -> Option<Response> {
    pause(script.delay).await;
    match script.fault.as_ref()? {
        Fault::Error {
            name,
            shape: wanted,
            retry_after,
        } => {
            let shape = wanted.unwrap_or(shape);
            let mut response = error(exchange, name, shape, script.text.as_deref(), model);
            let value = retry_after.as_deref().map(HeaderValue::from_str);
            if let Some(Ok(value)) = value {
                response.headers_mut().insert(header::RETRY_AFTER, value);
            }
            Some(response)
        }
        Fault::Midstream { name, .. } if !stream => Some(error(exchange, name, shape, None, model)),
        // The server drops this handler when the client goes away, and for no other reason.
        Fault::Stall(Point::Head) => std::future::pending().await,
        Fault::Reset(Point::Head) => Some(reset(exchange)),
        Fault::Html => {
            exchange.watch.settle();
            Some(exchange.respond(200, "text/html; charset=utf-8", Body::from(PAGE)))
        }
        Fault::Empty => {
            exchange.watch.settle();
            let content_type = if stream {
                "text/event-stream"
            } else {
                "application/json"
            };
            Some(exchange.respond(200, content_type, Body::empty()))
        }
        Fault::Redirect { status, location } => {
            exchange.watch.settle();
            let mut response = exchange.respond(*status, "text/plain", Body::empty());
            if let Ok(location) = HeaderValue::from_str(location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            Some(response)
        }
        Fault::Oversize(kind) => oversize(exchange, *kind),
        Fault::Midstream { .. }
        | Fault::Stall(Point::After(_))
        | Fault::Reset(Point::After(_))
        | Fault::Truncate { .. }
        | Fault::EofWithoutEnd { .. } => None,
    }
}

/// Gives the head of an answer what the script wants of it.
pub(crate) fn dress(exchange: &Exchange, script: &Script, mut response: Response) -> Response {
    let headers = response.headers_mut();
    if let Some(value) = script
        .content_type
        .as_deref()
        .and_then(|text| text.parse().ok())
    {
        headers.insert(header::CONTENT_TYPE, value);
    }
    if script.framing.gzip || script.fault == Some(Fault::Oversize(Oversize::GzipBomb)) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let never_reached = matches!(
        script.fault,
        Some(Fault::Truncate {
            end: BodyEnd::Length,
            ..
        })
    );
    if script.framing.close_delimited {
        // HTTP writes a length and no chunks; the head that says so is replaced.
        exchange.socket.replace_head(head_without_length(&response));
    }
    if never_reached || script.framing.close_delimited {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, OUT_OF_REACH.into());
    }
    response
}

fn head_without_length(response: &Response) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"connection: close\r\n\r\n");
    head
}

fn error(
    exchange: &mut Exchange,
    name: &str,
    shape: Shape,
    message: Option<&str>,
    model: &str,
) -> Response {
    let Some(row) = find_error(name) else {
        // A script made in code may name what the table does not hold.
        exchange.watch.settle();
        return exchange.respond(
            500,
            "text/plain",
            Body::from(format!("no error named {name}")),
        );
    };
    let request_id = exchange.request_id.clone();
    let refused = Refused {
        row,
        message,
        model,
        request_id: &request_id,
    };
    exchange.refuse(&refused, shape)
}

/// No response at all: the head is swallowed, the body fails at once, the socket is reset.
fn reset(exchange: &mut Exchange) -> Response {
    exchange.watch.settle();
    exchange.socket.reset_on_close();
    exchange.socket.replace_head(Vec::new());
    let failing =
        stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset on purpose")) });
    exchange.respond(200, "text/plain", Body::from_stream(failing))
}

fn oversize(exchange: &mut Exchange, kind: Oversize) -> Option<Response> {
    let mut response = match kind {
        Oversize::Line | Oversize::Event | Oversize::GzipBomb => return None,
        Oversize::ErrorBody => {
            let block = Bytes::from(vec![b'x'; ERROR_BLOCK]);
            let blocks = (0..ERROR_BLOCKS).map(move |_| Ok::<_, std::io::Error>(block.clone()));
            exchange.respond(500, "text/plain", Body::from_stream(stream::iter(blocks)))
        }
        Oversize::Header | Oversize::HeaderCount | Oversize::HeaderBytes => {
            exchange.respond(200, "application/json", Body::from("{}"))
        }
    };
    exchange.watch.settle();
    let headers = response.headers_mut();
    match kind {
        Oversize::Header => {
            if let Ok(value) = HeaderValue::from_str(&"x".repeat(LARGE_HEADER)) {
                headers.insert("x-large", value);
            }
        }
        Oversize::HeaderCount => {
            for number in 0..MANY_HEADERS {
                if let Ok(name) = HeaderName::try_from(format!("x-many-{number}")) {
                    headers.insert(name, HeaderValue::from_static("x"));
                }
            }
        }
        Oversize::HeaderBytes => {
            let head = b"HTTP/1.1 200 OK\r\nx-bad\x01name: \x00\xff\r\ncontent-length: 2\r\n\r\n";
            exchange.socket.replace_head(head.to_vec());
        }
        Oversize::Line | Oversize::Event | Oversize::GzipBomb | Oversize::ErrorBody => {}
    }
    Some(response)
}
