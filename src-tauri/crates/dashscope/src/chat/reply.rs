//! One reply in the making: frames in, events out, whichever protocol they came over.
//!
//! It reads no bytes and keeps no text: see `decoder` and `lane`.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::decoder::Output;
use super::event::{Event, FinishReason, Source};
use super::lane::Lane;
use super::tools::{Fragment, ToolLanes};
use super::usage::Usage;
use super::{Protocol, compatible, native};
use crate::error::fault::Fault;
use crate::error::{Error, ErrorKind};
use crate::json::{self, Document, WrongType};
use crate::limits;
use crate::sse::Frame;

/// What one frame says, in the terms of neither protocol.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) request_id: Option<String>,
    pub(super) model: Option<String>,
    pub(super) thinking: Option<String>,
    pub(super) text: Option<String>,
    pub(super) fragments: Vec<Fragment>,
    pub(super) sources: Vec<Source>,
    pub(super) usage: Option<Usage>,
    pub(super) finish: Option<String>,
}

/// Whether more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    More,
    /// The end mark was there.
    Done,
}

/// The state between frames.
#[derive(Debug)]
pub(super) struct Reply {
    protocol: Protocol,
    /// The request id of the response head.
    request_id: Option<String>,
    started: bool,
    done: bool,
    bad_events: u32,
    frames: u64,
    text: Lane,
    text_bytes: usize,
    thinking: Lane,
    thinking_bytes: usize,
    tools: ToolLanes,
    sources: Vec<Source>,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
}

/// The compatible protocol's way to end a stream that failed, with the error as text.
const ERROR_FINISH: &str = "error_finish";

/// Translation models that repeat all text in every chunk, also here.
const CUMULATIVE_MODELS: &[&str] = &["qwen-mt-plus", "qwen-mt-turbo"];

impl Reply {
    pub(super) fn new(protocol: Protocol, output: Output, request_id: Option<String>) -> Self {
        Self {
            protocol,
            request_id,
            started: false,
            done: false,
            bad_events: 0,
            frames: 0,
            text: Lane::new(output),
            text_bytes: 0,
            thinking: Lane::new(output),
            thinking_bytes: 0,
            tools: ToolLanes::new(output),
            sources: Vec::new(),
            usage: None,
            finish: None,
        }
    }

    /// Model frames read so far.
    pub(super) fn frames(&self) -> u64 {
        self.frames
    }

    /// Whether the model has said that it is done; only usage may follow.
    pub(super) fn is_finishing(&self) -> bool {
        self.finish.is_some()
    }

    /// Reads one event of a stream.
    pub(super) fn frame(
        &mut self,
        frame: &Frame,
        events: &mut VecDeque<Event>,
    ) -> Result<Flow, Error> {
        if frame.data.trim().is_empty() {
            return Ok(Flow::More);
        }
        let is_error = frame.event == "error" || frame.status.is_some_and(|status| status >= 400);
        let Some(documents) = json::documents(&frame.data) else {
            if is_error {
                let fault = Fault::from_text(&frame.data).with_status(frame.status);
                return Err(self.failed(fault));
            }
            return self.bad_event();
        };
        for document in documents {
            let object = match document {
                Document::Done => {
                    self.done = true;
                    return Ok(Flow::Done);
                }
                Document::Value(Value::Object(object)) => object,
                Document::Value(_) => {
                    self.bad_event()?;
                    continue;
                }
            };
            if is_error || self.names_error(&object) {
                let fault = Fault::from_json(Value::Object(object)).unwrap_or_default();
                return Err(self.failed(fault.with_status(frame.status)));
            }
            self.frames += 1;
            if self.is_chunk(&object) {
                let chunk = self.read(object)?;
                self.apply(chunk, events)?;
            }
        }
        Ok(Flow::More)
    }

    /// Reads a whole answer that was not streamed.
    pub(super) fn document(
        &mut self,
        object: Map<String, Value>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Error> {
        if self.names_error(&object) {
            let fault = Fault::from_json(Value::Object(object)).unwrap_or_default();
            return Err(self.failed(fault));
        }
        if object.is_empty() {
            return Err(self.error(ErrorKind::EmptyAnswer));
        }
        if !self.is_chunk(&object) {
            return Err(match Fault::from_json(Value::Object(object)) {
                Some(fault) => self.failed(fault),
                None => self.error(ErrorKind::UnexpectedContent),
            });
        }
        let chunk = self.read(object)?;
        if chunk.says_nothing() {
            return Err(self.error(ErrorKind::EmptyAnswer));
        }
        self.apply(chunk, events)?;
        // A whole JSON document proves that nothing is missing.
        self.done = true;
        Ok(())
    }

    /// Ends the reply after the last frame; `cause` is why the body broke off, if it did.
    pub(super) fn end(&mut self, cause: Option<Error>, events: &mut VecDeque<Event>) {
        let text = self.text.end();
        if !text.is_empty() {
            events.push_back(Event::Text(text));
        }
        let thinking = self.thinking.end();
        if !thinking.is_empty() {
            events.push_back(Event::Thinking(thinking));
        }
        events.extend(self.usage.take().map(Event::Usage));
        events.push_back(match (self.finish.take(), cause) {
            (Some(reason), _) => Event::Finished(reason),
            (None, Some(cause)) => Event::Failed(cause.with_request_id(self.request_id.as_deref())),
            (None, None) if !self.started && self.bad_events > 0 => {
                Event::Failed(self.error(ErrorKind::ProtocolViolation))
            }
            (None, None) if !self.started => Event::Failed(self.error(ErrorKind::EmptyAnswer)),
            (None, None) if self.done => Event::Finished(FinishReason::Unknown(String::new())),
            (None, None) => Event::Failed(self.error(ErrorKind::Interrupted)),
        });
    }

    /// Ends the reply with an error that no finish reason makes good.
    pub(super) fn fail(&mut self, error: Error, events: &mut VecDeque<Event>) {
        self.finish = None;
        self.end(Some(error), events);
    }

    /// An error with the request id known so far.
    pub(super) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind).with_request_id(self.request_id.as_deref())
    }

    fn failed(&self, fault: Fault) -> Error {
        Error::from_fault(fault, 200).with_request_id(self.request_id.as_deref())
    }

    fn bad_event(&mut self) -> Result<Flow, Error> {
        self.bad_events += 1;
        if self.bad_events > 1 {
            return Err(self.error(ErrorKind::ProtocolViolation));
        }
        tracing::warn!(request_id = ?self.request_id, "skipped an event that is not json");
        Ok(Flow::More)
    }

    fn names_error(&self, object: &Map<String, Value>) -> bool {
        let has_error = match object.get("error") {
            Some(Value::Object(error)) => !error.is_empty(),
            Some(Value::String(error)) => !error.is_empty(),
            Some(_) | None => false,
        };
        let may_have_code = match self.protocol {
            Protocol::Compatible => !self.is_chunk(object),
            Protocol::Native => true,
        };
        has_error || (may_have_code && Fault::has_code(object))
    }

    fn is_chunk(&self, object: &Map<String, Value>) -> bool {
        match self.protocol {
            Protocol::Compatible => compatible::is_chunk(object),
            Protocol::Native => native::is_frame(object),
        }
    }

    fn read(&self, object: Map<String, Value>) -> Result<Chunk, Error> {
        match self.protocol {
            Protocol::Compatible => compatible::read(object),
            Protocol::Native => native::read(object),
        }
        .map_err(|WrongType| self.error(ErrorKind::ProtocolViolation))
    }

    fn apply(&mut self, chunk: Chunk, events: &mut VecDeque<Event>) -> Result<(), Error> {
        if chunk.finish.as_deref() == Some(ERROR_FINISH) {
            let words = chunk.text.unwrap_or_default();
            return Err(self.failed(Fault::from_text(&words)));
        }
        if !self.started {
            self.start(&chunk, events);
        }
        self.usage = chunk.usage.or(self.usage);
        self.add_thinking(chunk.thinking, events)?;
        self.add_text(chunk.text, events)?;
        for fragment in chunk.fragments {
            self.add_fragment(fragment, events)?;
        }
        // Later frames repeat the list, or hold an empty one that must not replace it.
        if !chunk.sources.is_empty() && chunk.sources != self.sources {
            self.sources.clone_from(&chunk.sources);
            events.push_back(Event::Sources(chunk.sources));
        }
        match chunk.finish.as_deref().and_then(FinishReason::read) {
            Some(FinishReason::Unknown(word)) if word == "content_filter" => {
                Err(self.failed(Fault::from_code(word)))
            }
            Some(reason) => {
                self.finish = Some(reason);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn start(&mut self, chunk: &Chunk, events: &mut VecDeque<Event>) {
        self.started = true;
        if chunk.request_id.is_some() {
            self.request_id.clone_from(&chunk.request_id);
        }
        let model = chunk.model.as_deref().unwrap_or_default();
        if self.protocol == Protocol::Compatible && CUMULATIVE_MODELS.contains(&model) {
            self.text = Lane::new(Output::Cumulative);
        }
        events.push_back(Event::Started {
            request_id: self.request_id.clone(),
            model: chunk.model.clone(),
        });
    }

    fn add_text(
        &mut self,
        text: Option<String>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Error> {
        let Some(text) = text else { return Ok(()) };
        let new = self.text.add(text);
        if new.is_empty() {
            return Ok(());
        }
        self.count(new.len())?;
        events.push_back(Event::Text(new));
        Ok(())
    }

    fn add_thinking(
        &mut self,
        thinking: Option<String>,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Error> {
        let Some(thinking) = thinking else {
            return Ok(());
        };
        let new = self.thinking.add(thinking);
        if new.is_empty() {
            return Ok(());
        }
        self.thinking_bytes += new.len();
        if self.thinking_bytes > limits::THINKING_BYTES {
            return Err(self.error(ErrorKind::TooLarge));
        }
        events.push_back(Event::Thinking(new));
        Ok(())
    }

    fn add_fragment(
        &mut self,
        fragment: Fragment,
        events: &mut VecDeque<Event>,
    ) -> Result<(), Error> {
        let delta = self
            .tools
            .add(fragment)
            .map_err(|_too_many| self.error(ErrorKind::TooLarge))?;
        if let Some(delta) = delta {
            self.count(delta.arguments.len())?;
            events.push_back(Event::ToolCall(delta));
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), Error> {
        self.text_bytes += bytes;
        if self.text_bytes > limits::TEXT_BYTES {
            return Err(self.error(ErrorKind::TooLarge));
        }
        Ok(())
    }
}

impl Chunk {
    fn says_nothing(&self) -> bool {
        self.text.is_none()
            && self.thinking.is_none()
            && self.fragments.is_empty()
            && self.finish.is_none()
    }
}
