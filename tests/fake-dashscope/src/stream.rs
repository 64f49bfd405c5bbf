//! Plays a streamed answer: the events of `frames` at the script's pace, with its oddities and
//! its fault. What the answer says is `plan`'s business.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use serde_json::Value;
use tokio::time::Instant;

use crate::call::{Call, Protocol};
use crate::errors::find_error;
use crate::exchange::Exchange;
use crate::faults;
use crate::frames::{Compatible, Delta, Frames, Layout, Native, Placed, Tally, ToolPiece};
use crate::odd;
use crate::outlet::{Gone, Outlet, now_us};
use crate::plan::Plan;
use crate::script::{BodyEnd, Fault, Oddity, Oversize, Point, Script};
use crate::shape::{Refused, Shape};

/// The creation time every chunk tells, in seconds since 1970. It is fixed so that equal seeds
/// give equal bytes.
pub(crate) const CREATED: u64 = 1_767_683_986;

/// Starts a streamed answer.
pub(crate) fn reply(exchange: Exchange, script: Script, call: &Call, plan: Plan) -> Response {
    let (content_type, frames): (_, Box<dyn Frames>) = match call.protocol {
        Protocol::Compatible => {
            let frames = compatible_frames(&exchange.request_id, call, &plan, &script);
            ("text/event-stream", Box::new(frames))
        }
        Protocol::Native { .. } => {
            let frames = native_frames(&exchange.request_id, call, &plan, &script);
            ("text/event-stream;charset=UTF-8", Box::new(frames))
        }
    };
    let response = exchange.respond(200, content_type, Body::empty());
    let response = faults::dress(&exchange, &script, response);
    let mut played = script.clone();
    played.framing.gzip |= script.fault == Some(Fault::Oversize(Oversize::GzipBomb));
    let options = &exchange.app.options;
    let (outlet, body) = Outlet::new(
        exchange.socket,
        exchange.watch,
        played,
        options.stamp_chunks,
        options.seed,
    );
    let player = Player {
        outlet,
        frames,
        script,
        plan,
        model: call.model.id.clone(),
        request_id: exchange.request_id,
        usual: match call.protocol {
            Protocol::Compatible => Shape::F,
            Protocol::Native { .. } => Shape::B,
        },
        started: Instant::now(),
        events: 0,
        tokens: 0,
    };
    tokio::spawn(player.play());
    response.map(|_| body)
}

/// The chunks of the compatible protocol for this call.
pub(crate) fn compatible_frames(
    request_id: &str,
    call: &Call,
    plan: &Plan,
    script: &Script,
) -> Compatible {
    let include = call
        .parameter("stream_options")
        .and_then(|options| options.get("include_usage"));
    let wanted = include.and_then(Value::as_bool).unwrap_or(false);
    Compatible {
        request_id: request_id.to_owned(),
        model: call.model.id.clone(),
        created: CREATED,
        thinks: !plan.thinking.is_empty(),
        opens_with_tools: !plan.tools.is_empty() && !script.has(Oddity::Together),
        include_usage: wanted && !script.has(Oddity::NoUsage),
        null_usage: script.has(Oddity::NullUsage),
        cumulative: script.has(Oddity::Cumulative),
        array_content: script.has(Oddity::ArrayContent),
        tally: start_of(plan),
        said: String::new(),
        thought: String::new(),
        number: 0,
    }
}

/// The frames of the native protocol for this call.
pub(crate) fn native_frames(request_id: &str, call: &Call, plan: &Plan, script: &Script) -> Native {
    let multimodal = call.protocol == Protocol::Native { multimodal: true };
    let thinks = !plan.thinking.is_empty();
    let format = call.parameter("result_format").and_then(Value::as_str);
    let message = format.map_or(call.model.incremental_by_default, |format| {
        format == "message"
    });
    let incremental = call.flag("incremental_output");
    let incremental = incremental.unwrap_or(thinks || call.model.incremental_by_default);
    let options = call.parameter("search_options");
    let first = options.and_then(|options| options.get("prepend_search_result")?.as_bool());
    Native {
        request_id: request_id.to_owned(),
        layout: Layout {
            multimodal: multimodal || script.has(Oddity::ArrayContent),
            message: message || multimodal || thinks || !plan.tools.is_empty(),
            cumulative: !incremental || script.has(Oddity::Cumulative),
            thinks,
        },
        sources: plan.sources.clone(),
        placed: if first == Some(true) {
            Placed::First
        } else {
            Placed::Frame(3)
        },
        no_usage: script.has(Oddity::NoUsage),
        tally: start_of(plan),
        said: String::new(),
        thought: String::new(),
        called: Vec::new(),
        number: 0,
    }
}

fn start_of(plan: &Plan) -> Tally {
    Tally {
        input: plan.input_tokens,
        image: plan.image_tokens,
        ..Tally::default()
    }
}

/// Which side of an answer words belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Thinking,
    Text,
}

/// How a fault changes the course.
enum Course {
    /// Go on.
    On,
    /// A fault is due.
    Fault(Fault),
}

/// One answer being played.
struct Player {
    outlet: Outlet,
    frames: Box<dyn Frames>,
    script: Script,
    plan: Plan,
    model: String,
    request_id: String,
    /// The protocol's usual shape of a refusal in mid-stream.
    usual: Shape,
    /// When the first token was due.
    started: Instant,
    /// Model events sent so far.
    events: u32,
    /// Tokens sent so far.
    tokens: u64,
}

impl Player {
    async fn play(mut self) -> Result<(), Gone> {
        if self.script.framing.byte_order_mark {
            self.outlet.bytes("\u{feff}".as_bytes()).await?;
        }
        for event in self.frames.opening() {
            self.outlet.event(event).await?;
        }
        self.outlet
            .wait(Instant::now() + self.script.first_token)
            .await?;
        self.started = Instant::now();
        let fault = match self.words().await? {
            Course::Fault(fault) => Some(fault),
            Course::On => self.remaining_fault(),
        };
        if let Some(fault) = fault {
            return self.fail(fault).await;
        }
        self.call_tools().await?;
        self.end().await
    }

    /// All deltas, until a fault is due.
    async fn words(&mut self) -> Result<Course, Gone> {
        let batches = self.batches();
        let middle = batches.len() / 2;
        loop {
            for (position, (lane, words)) in batches.iter().enumerate() {
                if let Some(fault) = self.due_fault() {
                    return Ok(Course::Fault(fault));
                }
                self.outlet.wait(self.due()).await?;
                if position == middle {
                    self.odd_events().await?;
                }
                self.batch(*lane, words, position >= middle).await?;
            }
            if !self.script.endless || batches.is_empty() {
                return Ok(Course::On);
            }
        }
    }

    /// When the next token is due, reckoned from the start so that delays do not add up.
    fn due(&self) -> Instant {
        let tokens = u32::try_from(self.tokens).map_or(f64::MAX, f64::from);
        let after = Duration::try_from_secs_f64(tokens / self.script.rate).unwrap_or_default();
        self.started + after
    }

    fn batches(&self) -> Vec<(Lane, Vec<String>)> {
        let size = usize::try_from(self.script.tokens_per_event)
            .unwrap_or(1)
            .max(1);
        let of = |lane: Lane, tokens: &[String]| {
            let chunks = tokens.chunks(size).map(|tokens| (lane, tokens.to_vec()));
            chunks.collect::<Vec<_>>()
        };
        let thinking = of(Lane::Thinking, &self.plan.thinking);
        let text = of(Lane::Text, &self.plan.text);
        if !self.script.has(Oddity::Interleave) {
            return thinking.into_iter().chain(text).collect();
        }
        let mut mixed = Vec::new();
        let (mut thinking, mut text) = (thinking.into_iter(), text.into_iter());
        loop {
            let pair = [thinking.next(), text.next()];
            if pair.iter().all(Option::is_none) {
                return mixed;
            }
            mixed.extend(pair.into_iter().flatten());
        }
    }

    async fn batch(&mut self, lane: Lane, words: &[String], late: bool) -> Result<(), Gone> {
        let text = if self.script.stamps {
            words.iter().map(|_| format!("⟨{}⟩ ", now_us())).collect()
        } else {
            words.concat()
        };
        let delta = match lane {
            Lane::Thinking => Delta::Thinking(&text),
            Lane::Text => Delta::Text(&text),
        };
        let tokens = u64::try_from(words.len()).unwrap_or(0);
        let mut event = self.frames.delta(delta, tokens);
        if late && self.script.has(Oddity::BadJson) {
            event.data = odd::broken(&event.data);
        }
        self.tokens += tokens;
        self.events += 1;
        self.outlet.event(event).await
    }

    /// The strange events that some oddities put into the middle.
    async fn odd_events(&mut self) -> Result<(), Gone> {
        let key = self.frames.content_key();
        let mut choices = Vec::new();
        if self.script.has(Oddity::OddDeltas) {
            choices.extend(odd::deltas(key));
        }
        if self.script.has(Oddity::WrongTypes) {
            choices.extend(odd::wrong_types(key));
        }
        if self.script.has(Oddity::OddText) {
            choices.push(odd::text(key));
        }
        for choices in choices {
            let event = self.frames.around(&choices);
            self.outlet.event(event).await?;
        }
        if self.script.has(Oddity::BadJsonOnce) {
            let mut event = self.frames.around("[]");
            event.data = odd::broken(&event.data);
            self.outlet.event(event).await?;
        }
        Ok(())
    }

    async fn call_tools(&mut self) -> Result<(), Gone> {
        let calls = std::mem::take(&mut self.plan.tools);
        let whole = |(index, call): (usize, &'_ crate::plan::ToolCall)| (index, call.clone());
        let calls: Vec<_> = calls.iter().enumerate().map(whole).collect();
        if self.script.has(Oddity::Together) {
            let pieces = calls.iter().map(|(index, call)| ToolPiece {
                index: *index,
                start: Some((&call.id, &call.name)),
                arguments: call.arguments.as_deref(),
            });
            let pieces: Vec<_> = pieces.collect();
            let event = self.frames.tools(&pieces, true);
            return self.outlet.event(event).await;
        }
        let count = calls.len();
        for (index, call) in &calls {
            let start = Some((call.id.as_str(), call.name.as_str()));
            let arguments = call.arguments.as_deref();
            let first = arguments.map(|_| "");
            self.tool_piece(
                ToolPiece {
                    index: *index,
                    start,
                    arguments: first,
                },
                false,
            )
            .await?;
            let text = arguments.unwrap_or_default();
            let middle = text
                .char_indices()
                .nth(text.chars().count() / 2)
                .map_or(0, |(at, _)| at);
            let (head, tail) = text.split_at(middle);
            for part in [head, tail] {
                let piece = ToolPiece {
                    index: *index,
                    start: None,
                    arguments: Some(part),
                };
                self.tool_piece(piece, false).await?;
            }
            let last = ToolPiece {
                index: *index,
                start: None,
                arguments: first,
            };
            self.tool_piece(last, index + 1 == count).await?;
        }
        Ok(())
    }

    async fn tool_piece(&mut self, piece: ToolPiece<'_>, last: bool) -> Result<(), Gone> {
        self.outlet.wait(self.due()).await?;
        self.tokens += 1;
        let event = self.frames.tools(&[piece], last);
        self.outlet.event(event).await
    }

    /// Finish reason, usage and end mark.
    async fn end(mut self) -> Result<(), Gone> {
        let times = match (
            self.script.has(Oddity::NoFinish),
            self.script.has(Oddity::FinishTwice),
        ) {
            (true, _) => 0,
            (false, twice) => 1 + usize::from(twice),
        };
        let reason = self.plan.finish.clone();
        for _ in 0..times {
            let event = self.frames.finish(&reason, "");
            self.outlet.event(event).await?;
        }
        if let Some(event) = self.frames.usage() {
            self.outlet.event(event).await?;
        }
        if let Some(event) = self.frames.done()
            && !self.script.has(Oddity::NoDone)
        {
            self.outlet.event(event).await?;
        }
        if self.script.has(Oddity::AfterDone) {
            let event = self.frames.delta(Delta::Text("after the end"), 1);
            self.outlet.event(event).await?;
        }
        self.outlet.close().await
    }

    /// The fault that is due before the next event.
    fn due_fault(&self) -> Option<Fault> {
        let fault = self.script.fault.as_ref()?;
        let after = match fault {
            Fault::Midstream { after, .. }
            | Fault::Stall(Point::After(after))
            | Fault::Reset(Point::After(after))
            | Fault::Truncate { after, .. }
            | Fault::EofWithoutEnd { after: Some(after) } => *after,
            Fault::Oversize(_) => 1,
            _ => return None,
        };
        (self.events >= after).then(|| fault.clone())
    }

    /// The fault of an answer that was too short for it to come earlier.
    fn remaining_fault(&self) -> Option<Fault> {
        self.script.fault.clone()
    }

    async fn fail(mut self, fault: Fault) -> Result<(), Gone> {
        match fault {
            Fault::Midstream { name, shape, .. } => self.refuse(&name, shape).await,
            Fault::Stall(_) => self.outlet.stall().await.map(|_| ()),
            Fault::Reset(_) => self.outlet.reset().await,
            Fault::Truncate { end, .. } => {
                let event = self.frames.delta(Delta::Text("cut in the middle"), 1);
                self.outlet.half_event(&event).await?;
                match end {
                    BodyEnd::Clean => self.outlet.close().await,
                    BodyEnd::Chunked | BodyEnd::Length => self.outlet.cut().await,
                }
            }
            Fault::Oversize(kind) => self.oversize(kind).await,
            _ => self.outlet.close().await,
        }
    }

    async fn refuse(mut self, name: &str, shape: Option<Shape>) -> Result<(), Gone> {
        let Some(row) = find_error(name) else {
            return self.outlet.close().await;
        };
        let shape = shape.unwrap_or(self.usual);
        let refused = Refused {
            row,
            message: None,
            model: &self.model,
            request_id: &self.request_id,
        };
        let event = match shape {
            Shape::G | Shape::GJson => self
                .frames
                .finish("error_finish", &refused.as_content(shape)),
            other => refused.as_event(other, self.frames.next_number()),
        };
        self.outlet.event(event).await?;
        self.outlet.close().await
    }

    async fn oversize(mut self, kind: Oversize) -> Result<(), Gone> {
        match kind {
            Oversize::Line => {
                let event = self
                    .frames
                    .delta(Delta::Text(&"x".repeat(odd::LARGE_LINE)), 1);
                self.outlet.event(event).await?;
            }
            Oversize::Event => {
                let event = self.frames.delta(Delta::Text(""), 0);
                self.outlet
                    .bytes(odd::large_event(&event).as_bytes())
                    .await?;
            }
            Oversize::GzipBomb => {
                let block = "x".repeat(odd::BOMB_BLOCK);
                for _ in 0..odd::BOMB_BLOCKS {
                    let event = self.frames.delta(Delta::Text(&block), 1);
                    self.outlet.event(event).await?;
                }
            }
            Oversize::Header
            | Oversize::HeaderCount
            | Oversize::HeaderBytes
            | Oversize::ErrorBody => {}
        }
        self.end().await
    }
}
