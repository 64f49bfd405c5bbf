//! A pure state machine from the bytes of an answer to its events.
//!
//! It knows no network and no clock: the caller pushes chunks, takes events, and says when the body
//! ended.

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use super::Protocol;
use super::event::Event;
use super::reply::{Flow, Reply};
use crate::error::fault::{self, Fault};
use crate::error::{Error, ErrorKind};
use crate::{json, limits, sse};

/// What the head of the answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The HTTP status.
    pub status: u16,
    /// The content type, parameters included, where there was one.
    pub content_type: Option<String>,
    /// `x-request-id`.
    pub request_id: Option<String>,
    /// `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What the text of a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// What is new.
    Incremental,
    /// Everything so far.
    Cumulative,
    /// Either: found out from the frames, for recordings whose request is not known.
    Detect,
}

/// How the body ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// As the server wanted, as far as the connection can tell.
    Clean,
    /// It broke off.
    Lost(Error),
}

/// Bytes in, events out; the last event is `Finished` or `Failed`.
///
/// ```
/// use dashscope::chat::{Decoder, End, Event, FinishReason, Head, Output, Protocol};
///
/// let head = Head { status: 200, content_type: Some("text/event-stream".into()), ..Head::default() };
/// let mut decoder = Decoder::new(Protocol::Compatible, Output::Incremental, head);
/// decoder.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\n");
/// decoder.push(b"data: [DONE]\n\n");
/// decoder.end(End::Clean);
/// let events: Vec<Event> = std::iter::from_fn(|| decoder.next_event()).collect();
/// assert_eq!(events.get(1), Some(&Event::Text("Hi".into())));
/// assert_eq!(events.last(), Some(&Event::Finished(FinishReason::Stop)));
/// ```
#[derive(Debug)]
pub struct Decoder {
    head: Head,
    body: Body,
    reply: Reply,
    events: VecDeque<Event>,
}

#[derive(Debug)]
enum Body {
    /// Not enough seen to tell what it is.
    Undecided(Vec<u8>),
    /// An event stream.
    Events(sse::Decoder),
    /// One JSON document.
    Document(Vec<u8>),
    /// A web page or other text that is no answer.
    Page(Vec<u8>),
    /// The body of a status that is no success.
    Error(Vec<u8>),
    /// Everything was said; what follows is ignored.
    Over,
}

/// White space that may come before the first character that tells what a body is.
const SNIFF_BYTES: usize = 1024;

impl Decoder {
    /// Starts with the head of an answer.
    pub fn new(protocol: Protocol, output: Output, head: Head) -> Self {
        let body = if !(200..300).contains(&head.status) {
            Body::Error(Vec::new())
        } else if head.is("text/html") {
            Body::Page(Vec::new())
        } else {
            Body::Undecided(Vec::new())
        };
        Self {
            body,
            reply: Reply::new(protocol, output, head.request_id.clone()),
            head,
            events: VecDeque::new(),
        }
    }

    /// Reads a chunk of the body.
    pub fn push(&mut self, chunk: &[u8]) {
        match &mut self.body {
            Body::Over => {}
            Body::Undecided(seen) => {
                seen.extend_from_slice(chunk);
                let seen = std::mem::take(seen);
                self.decide(seen);
            }
            Body::Events(decoder) => {
                let mut frames = Vec::new();
                let result = decoder.push(chunk, &mut frames);
                self.read_frames(&frames, result);
            }
            Body::Document(bytes) => {
                bytes.extend_from_slice(chunk);
                if bytes.len() > limits::BODY_BYTES {
                    self.fail(ErrorKind::TooLarge);
                }
            }
            Body::Page(bytes) | Body::Error(bytes) => {
                bytes.extend_from_slice(chunk);
                if bytes.len() >= limits::ERROR_BODY_BYTES {
                    bytes.truncate(limits::ERROR_BODY_BYTES);
                    self.end(End::Clean);
                }
            }
        }
    }

    /// Says that the body ended.
    pub fn end(&mut self, end: End) {
        let cause = match end {
            End::Clean => None,
            End::Lost(error) => Some(error),
        };
        match std::mem::replace(&mut self.body, Body::Over) {
            Body::Over => {}
            Body::Undecided(_) => self.reply.end(cause, &mut self.events),
            Body::Events(decoder) => self.end_events(decoder, cause),
            Body::Document(bytes) => self.end_document(&bytes, cause),
            Body::Page(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                let error = self.reply.error(ErrorKind::UnexpectedContent);
                let error = error.of_page(fault::page_title(&text));
                self.finish_with(error.with_status(self.head.status));
            }
            Body::Error(bytes) => {
                let error = Error::from_fault(Fault::from_body(&bytes), self.head.status)
                    .with_request_id(self.head.request_id.as_deref())
                    .with_retry_after(self.head.retry_after);
                self.finish_with(error);
            }
        }
    }

    /// The next event, if there is one yet.
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Whether the last event is there; more bytes change nothing.
    pub fn is_over(&self) -> bool {
        matches!(self.body, Body::Over)
    }

    /// Whether the model has said that it is done; only usage and the end mark may follow.
    pub fn is_finishing(&self) -> bool {
        self.reply.is_finishing()
    }

    /// Whether the status already says that there will be no reply.
    pub(super) fn is_error(&self) -> bool {
        matches!(self.body, Body::Error(_) | Body::Page(_))
    }

    /// Model frames read so far. Comments and empty events do not count: they keep dead streams
    /// open.
    pub fn model_frames(&self) -> u64 {
        self.reply.frames()
    }

    /// Looks at the first character of a success.
    fn decide(&mut self, seen: Vec<u8>) {
        let text = seen.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&seen);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        self.body = match first {
            None if seen.len() <= SNIFF_BYTES => {
                self.body = Body::Undecided(seen);
                return;
            }
            // Part of a byte order mark.
            Some(0xef) if seen.len() < 3 => {
                self.body = Body::Undecided(seen);
                return;
            }
            Some(b'{' | b'[') => Body::Document(Vec::new()),
            Some(b'<') => Body::Page(Vec::new()),
            Some(_) | None => Body::Events(sse::Decoder::default()),
        };
        self.push(&seen);
    }

    fn read_frames(&mut self, frames: &[sse::Frame], result: Result<(), sse::TooLong>) {
        for frame in frames {
            match self.reply.frame(frame, &mut self.events) {
                Ok(Flow::More) => {}
                Ok(Flow::Done) => {
                    self.body = Body::Over;
                    self.reply.end(None, &mut self.events);
                    return;
                }
                Err(error) => {
                    self.body = Body::Over;
                    self.reply.fail(error, &mut self.events);
                    return;
                }
            }
        }
        if result.is_err() {
            self.fail(ErrorKind::TooLarge);
        }
    }

    fn end_events(&mut self, mut decoder: sse::Decoder, cause: Option<Error>) {
        let mut frames = Vec::new();
        let result = decoder.finish(&mut frames);
        let is_text = decoder.is_other_text();
        self.body = Body::Events(decoder);
        self.read_frames(&frames, result);
        if self.is_over() {
            return;
        }
        self.body = Body::Over;
        if cause.is_none() && is_text {
            let error = self.reply.error(ErrorKind::UnexpectedContent);
            self.finish_with(error.with_status(self.head.status));
        } else {
            self.reply.end(cause, &mut self.events);
        }
    }

    fn end_document(&mut self, bytes: &[u8], cause: Option<Error>) {
        if let Some(cause) = cause {
            self.finish_with(cause);
            return;
        }
        let text = String::from_utf8_lossy(bytes);
        let result = match json::parse(text.trim_start_matches('\u{feff}')) {
            Some(Value::Object(object)) => self.reply.document(object, &mut self.events),
            Some(_) | None => Err(self.reply.error(ErrorKind::UnexpectedContent)),
        };
        match result {
            Ok(()) => self.reply.end(None, &mut self.events),
            Err(error) => self.finish_with(error),
        }
    }

    fn fail(&mut self, kind: ErrorKind) {
        self.finish_with(self.reply.error(kind));
    }

    fn finish_with(&mut self, error: Error) {
        self.body = Body::Over;
        self.reply.fail(error, &mut self.events);
    }
}

impl Head {
    fn is(&self, media_type: &str) -> bool {
        self.content_type.as_deref().is_some_and(|content_type| {
            let name = content_type.split(';').next().unwrap_or_default();
            name.trim().eq_ignore_ascii_case(media_type)
        })
    }
}
