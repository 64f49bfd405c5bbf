//! Decodes a recorded body and prints what it says as one JSON object.
//!
//! ```text
//! replay [--protocol compatible|native] [--status N] [--content-type T] FILE
//! ```
//!
//! Without `--protocol` it is told by the body. `error.kind` is spelt as in `key_refused`;
//! `error.retryable` is true when waiting may help, then with `wait_seconds`; `error.retry` is `no`,
//! `after_change` or `wait`. `complete` is true only after a proper end signal. A task body also
//! gives `status`, `images` and `failed`.

use std::error::Error as StdError;
use std::io::Write as _;
use std::process::ExitCode;

use dashscope::chat::{Decoder, End, Head, Output, ToolCalls};
use dashscope::task::{Task, TaskStatus};
use dashscope::{Error, Event, FinishReason, Protocol, Retry, Source, Usage};
use serde_json::{Value, json};

const USAGE: &str =
    "usage: replay [--protocol compatible|native] [--status N] [--content-type T] FILE";

/// The crate's own tests replay recordings through this example too.
pub(crate) struct Options {
    pub(crate) protocol: Option<Protocol>,
    pub(crate) head: Head,
    pub(crate) file: String,
}

/// Everything a reply said.
#[derive(Default)]
struct Transcript {
    text: String,
    reasoning: String,
    tool_calls: ToolCalls,
    sources: Vec<Source>,
    usage: Option<Usage>,
    request_id: Option<String>,
    finish: Option<FinishReason>,
    error: Option<Error>,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even this cannot be written.
            drop(writeln!(std::io::stderr(), "{error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn StdError>> {
    let options = options(std::env::args().skip(1))?;
    let body = std::fs::read(&options.file)?;
    writeln!(std::io::stdout(), "{}", decoded(options, &[&body]))?;
    Ok(())
}

/// What a body says that arrives in these pieces.
pub(crate) fn decoded(options: Options, pieces: &[&[u8]]) -> Value {
    let body = pieces.concat();
    match Task::read(&body) {
        Some(task) => task_json(&task),
        None => reply_json(replay(options, pieces, &body)),
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn StdError>> {
    let mut protocol = None;
    let mut head = Head {
        status: 200,
        ..Head::default()
    };
    let mut file = None;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--protocol" => {
                protocol = Some(match value()?.as_str() {
                    "compatible" => Protocol::Compatible,
                    "native" => Protocol::Native,
                    _ => return Err(USAGE.into()),
                });
            }
            "--status" => head.status = value()?.parse()?,
            "--content-type" => head.content_type = Some(value()?),
            _ if file.is_none() && !argument.starts_with("--") => file = Some(argument),
            _ => return Err(USAGE.into()),
        }
    }
    let file = file.ok_or(USAGE)?;
    Ok(Options {
        protocol,
        head,
        file,
    })
}

fn replay(options: Options, pieces: &[&[u8]], body: &[u8]) -> Transcript {
    let protocol = options.protocol.unwrap_or_else(|| protocol_of(body));
    let output = match protocol {
        Protocol::Compatible => Output::Incremental,
        // Whether the request asked for incremental output is not in the recording.
        Protocol::Native => Output::Detect,
    };
    let mut decoder = Decoder::new(protocol, output, options.head);
    for piece in pieces {
        decoder.push(piece);
    }
    decoder.end(End::Clean);
    let mut transcript = Transcript::default();
    while let Some(event) = decoder.next_event() {
        transcript.note(event);
    }
    transcript
}

fn protocol_of(body: &[u8]) -> Protocol {
    let native = b"\"output\":";
    if body.windows(native.len()).any(|window| window == native) {
        Protocol::Native
    } else {
        Protocol::Compatible
    }
}

impl Transcript {
    fn note(&mut self, event: Event) {
        match event {
            Event::Started { request_id, .. } => self.request_id = request_id,
            Event::Text(text) => self.text.push_str(&text),
            Event::Thinking(text) => self.reasoning.push_str(&text),
            Event::ToolCall(delta) => self.tool_calls.add(&delta),
            Event::Sources(sources) => self.sources = sources,
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Finished(reason) => self.finish = Some(reason),
            Event::Failed(error) => {
                if self.request_id.is_none() {
                    self.request_id = error.request_id().map(str::to_owned);
                }
                self.error = Some(error);
            }
        }
    }
}

fn reply_json(transcript: Transcript) -> Value {
    let tool_calls: Vec<Value> = transcript
        .tool_calls
        .into_calls()
        .into_iter()
        .map(|call| json!({"id": call.id, "name": call.name, "arguments": call.arguments}))
        .collect();
    let sources: Vec<Value> = transcript
        .sources
        .into_iter()
        .map(|source| json!({"index": source.index, "title": source.title, "url": source.url}))
        .collect();
    json!({
        "text": transcript.text,
        "reasoning": transcript.reasoning,
        "finish_reason": transcript.finish.as_ref().map(FinishReason::as_str),
        "tool_calls": tool_calls,
        "sources": sources,
        "usage": transcript.usage.as_ref().map(usage_json),
        "request_id": transcript.request_id,
        "complete": transcript.finish.as_ref().is_some_and(FinishReason::is_normal),
        "error": transcript.error.as_ref().map(error_json),
    })
}

fn task_json(task: &Task) -> Value {
    json!({
        "status": task.status.as_str(),
        "images": task.images.len(),
        "failed": task.failed,
        "request_id": task.request_id,
        "complete": task.status == TaskStatus::Succeeded,
        "error": task.error.as_ref().map(error_json),
    })
}

/// The counts under the names of both protocols.
fn usage_json(usage: &Usage) -> Value {
    json!({
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cached_tokens": usage.cached_tokens,
        "image_tokens": usage.image_tokens,
    })
}

fn error_json(error: &Error) -> Value {
    let (retry, wait) = match error.retry() {
        Retry::No => ("no", None),
        Retry::AfterChange => ("after_change", None),
        Retry::Wait(wait) => ("wait", Some(wait.as_secs())),
    };
    json!({
        "kind": error.kind().as_str(),
        "code": error.code(),
        "message": error.message(),
        "status": error.status(),
        "retryable": wait.is_some(),
        "retry": retry,
        "wait_seconds": wait,
        "request_id": error.request_id(),
    })
}
