//! Plays a streamed answer: events at the script's pace, its oddities and its fault.
//! What the answer says is `plan`'s business, how its events look `frames`'.

use tokio::time::Instant;

use crate::answer::token_count;
use crate::errors::find_error;
use crate::frames::{Delta, Frames, ToolPiece};
use crate::odd;
use crate::outlet::{Gone, Outlet, now_us};
use crate::pace;
use crate::plan::{Plan, ToolCall};
use crate::script::{BodyEnd, Fault, Oddity, Oversize, Script};
use crate::shape::{Refused, Shape};

/// Which side of an answer words belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lane {
    Thinking,
    Text,
}

/// What a refusal in mid-stream names.
pub(crate) struct Names {
    pub(crate) model: String,
    pub(crate) request_id: String,
    /// The protocol's usual shape of a refusal in mid-stream.
    pub(crate) usual: Shape,
}

/// One answer being played.
pub(crate) struct Player {
    outlet: Outlet,
    frames: Box<dyn Frames>,
    script: Script,
    plan: Plan,
    names: Names,
    /// When the first token was due.
    started: Instant,
    /// Model events sent so far.
    events: u32,
    /// Tokens sent so far.
    tokens: u64,
}

impl Player {
    pub(crate) fn new(
        outlet: Outlet,
        frames: Box<dyn Frames>,
        script: Script,
        plan: Plan,
        names: Names,
    ) -> Self {
        Self {
            outlet,
            frames,
            script,
            plan,
            names,
            started: Instant::now(),
            events: 0,
            tokens: 0,
        }
    }

    /// Sends the whole answer, or as much of it as the client stays for.
    pub(crate) async fn play(mut self) -> Result<(), Gone> {
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
        // An answer that was too short for its fault has it at the end.
        let due = self.words().await?.or_else(|| self.script.fault.clone());
        if let Some(fault) = due {
            return self.fail(fault).await;
        }
        let finished = self.call_tools().await?;
        self.end(finished).await
    }

    /// All deltas, until a fault is due.
    async fn words(&mut self) -> Result<Option<Fault>, Gone> {
        let batches = self.batches();
        let middle = batches.len() / 2;
        loop {
            for (position, (lane, words)) in batches.iter().enumerate() {
                if let Some(fault) = self.due_fault() {
                    return Ok(Some(fault));
                }
                self.outlet.wait(self.due()).await?;
                if position == middle {
                    self.odd_events().await?;
                }
                let broken = position >= middle && self.script.has(Oddity::BadJson);
                self.batch(*lane, words, broken).await?;
            }
            if !self.script.endless || batches.is_empty() {
                return Ok(None);
            }
        }
    }

    /// When the next token is due.
    fn due(&self) -> Instant {
        self.started + pace::due(self.tokens, self.script.rate, &self.script.stretches)
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

    async fn batch(&mut self, lane: Lane, words: &[String], broken: bool) -> Result<(), Gone> {
        let text = if self.script.stamps {
            // Paragraphs end where they would: a page lays out one endless one at another price.
            let ends = words.last().is_some_and(|word| word.ends_with("\n\n"));
            let end = if ends { "\n\n" } else { "" };
            format!("⟨{}⟩ ", now_us()).repeat(words.len()) + end
        } else {
            words.concat()
        };
        let delta = match lane {
            Lane::Thinking => Delta::Thinking(&text),
            Lane::Text => Delta::Text(&text),
        };
        let tokens = u64::try_from(words.len()).unwrap_or(0);
        let mut event = self.frames.delta(delta, tokens);
        if broken {
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

    /// All tool calls; tells whether they brought the finish reason along.
    async fn call_tools(&mut self) -> Result<bool, Gone> {
        let calls = std::mem::take(&mut self.plan.tools);
        if calls.is_empty() {
            return Ok(false);
        }
        if self.script.has(Oddity::Together) {
            let pieces = calls.iter().enumerate().map(|(index, call)| ToolPiece {
                index,
                start: Some((&call.id, &call.name)),
                arguments: call.arguments.as_deref(),
            });
            self.tool_pieces(&pieces.collect::<Vec<_>>(), true).await?;
        } else {
            let last = calls.len() - 1;
            for (index, call) in calls.iter().enumerate() {
                self.call_tool(index, call, index == last).await?;
            }
        }
        Ok(self.frames.tools_finish())
    }

    /// One call in fragments: id and name, the arguments in two halves, an empty rest.
    async fn call_tool(&mut self, index: usize, call: &ToolCall, last: bool) -> Result<(), Gone> {
        let start = Some((call.id.as_str(), call.name.as_str()));
        let Some(arguments) = &call.arguments else {
            return self
                .tool_pieces(
                    &[ToolPiece {
                        index,
                        start,
                        arguments: None,
                    }],
                    last,
                )
                .await;
        };
        let middle = arguments.char_indices().nth(arguments.chars().count() / 2);
        let (head, tail) = arguments.split_at(middle.map_or(0, |(at, _)| at));
        for (start, part) in [(start, ""), (None, head), (None, tail)] {
            let piece = ToolPiece {
                index,
                start,
                arguments: Some(part),
            };
            self.tool_pieces(&[piece], false).await?;
        }
        self.tool_pieces(
            &[ToolPiece {
                index,
                start: None,
                arguments: Some(""),
            }],
            last,
        )
        .await
    }

    async fn tool_pieces(&mut self, pieces: &[ToolPiece<'_>], last: bool) -> Result<(), Gone> {
        self.outlet.wait(self.due()).await?;
        let arguments = pieces.iter().filter_map(|piece| piece.arguments);
        let tokens = arguments.map(token_count).sum();
        self.tokens += 1;
        let event = self
            .frames
            .tools(pieces, tokens, last && !self.script.has(Oddity::NoFinish));
        self.outlet.event(event).await
    }

    /// Finish reason, unless it was sent already, usage and end mark.
    async fn end(mut self, finished: bool) -> Result<(), Gone> {
        let no_finish = finished || self.script.has(Oddity::NoFinish);
        let times = if no_finish {
            0
        } else {
            1 + usize::from(self.script.has(Oddity::FinishTwice))
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
        (self.events >= fault.events_before()?).then(|| fault.clone())
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
            Fault::EofWithoutEnd { .. }
            | Fault::Error { .. }
            | Fault::Html
            | Fault::Empty
            | Fault::Redirect { .. } => self.outlet.close().await,
        }
    }

    async fn refuse(mut self, name: &str, shape: Option<Shape>) -> Result<(), Gone> {
        let Some(row) = find_error(name) else {
            return self.outlet.close().await;
        };
        let shape = shape.unwrap_or(self.names.usual);
        let refused = Refused {
            row,
            message: None,
            model: &self.names.model,
            request_id: &self.names.request_id,
        };
        let event = if matches!(shape, Shape::G | Shape::GJson) {
            self.frames
                .finish("error_finish", &refused.as_content(shape))
        } else {
            refused.as_event(shape, self.frames.next_number())
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
                let choices = odd::bomb(self.frames.content_key());
                for _ in 0..odd::BOMB_BLOCKS {
                    let event = self.frames.around(&choices);
                    self.outlet.event(event).await?;
                }
            }
            Oversize::Header
            | Oversize::HeaderCount
            | Oversize::HeaderBytes
            | Oversize::ErrorBody => {}
        }
        self.end(false).await
    }
}
