//! Runs one reply: source to page and journal, until its end signal, a failure or a stop.

use crate::coalesce::{Coalescer, Lane};
use crate::copy::off_the_workers;
use crate::event::{Phase, ReplyOutcome, Usage};
use crate::journal::Journal;
use crate::live::Live;
use crate::retry::{self, Budget, Jitter};
use crate::running::RunningReply;
use crate::source::{OpenedReply, ReplySource};
use crate::{Clock, Connection, Failure, FailureKind};
use conversation::{MessageId, Status};
use dashscope::{ChatRequest, Event, FinishReason};
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use store::{Document, FinishedReply, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep_until;

/// Events decoded from one network chunk are handled together up to this many.
const READY_AT_ONCE: usize = 256;

/// More text than this is parsed off the asynchronous workers, in bytes: a flood, not a stream.
const FLOOD: usize = 4 * 1024;

/// Everything one reply needs.
pub(crate) struct Reply {
    pub(crate) id: MessageId,
    pub(crate) request: ChatRequest,
    /// The thinking before the beginning of the reply, where it goes on from one.
    pub(crate) thought: String,
    pub(crate) source: Arc<dyn ReplySource>,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) jitter: Jitter,
    pub(crate) budget: Arc<Budget>,
    pub(crate) slots: Arc<Semaphore>,
    pub(crate) running: RunningReply,
}

/// What has been seen of the reply so far.
#[derive(Default)]
struct Seen {
    request_id: Option<String>,
    connection: Option<Connection>,
    usage: Option<Usage>,
    first_token: Option<Duration>,
    first_thinking: Option<Instant>,
    thinking: Option<Duration>,
    any_text: bool,
}

/// How the stream ended.
enum End {
    Finished(FinishReason),
    Stopped,
    Failed(Failure),
}

impl Reply {
    /// Runs to the end, stores the outcome and tells the page.
    pub(crate) async fn run(self) {
        let started = Instant::now();
        let mut seen = Seen::default();
        let mut journal = Journal::new(self.store.clone(), self.id);
        self.live().start();
        self.show_beginning().await;
        let end = self.stream(started, &mut seen, &mut journal).await;
        let live = Arc::clone(self.live());
        let document = off_the_workers(move || live.finish()).await.ok().flatten();
        let end = match end {
            _ if self.live().is_cut() => End::Failed(FailureKind::TooLarge.into()),
            End::Stopped if self.running.slept.load(Ordering::Acquire) => {
                End::Failed(FailureKind::Slept.into())
            }
            end @ (End::Finished(_) | End::Stopped | End::Failed(_)) => end,
        };
        let journalled = journal.finish().await;
        let outcome = self
            .store_outcome(end, journalled.err(), &seen, document)
            .await;
        self.live().end(outcome);
    }

    /// Shows what the reply goes on from; it is in the store already.
    async fn show_beginning(&self) {
        if self.request.begins_with.is_empty() {
            return;
        }
        self.live().push(Lane::Thinking, &self.thought);
        self.live().push(Lane::Text, &self.request.begins_with);
        self.flush().await;
    }

    fn live(&self) -> &Arc<Live> {
        &self.running.live
    }

    async fn stream(&self, started: Instant, seen: &mut Seen, journal: &mut Journal) -> End {
        let stopped = self.running.token.cancelled();
        tokio::pin!(stopped);
        let opened = tokio::select! {
            biased;
            () = &mut stopped => return End::Stopped,
            opened = self.open(seen) => opened,
        };
        let (events, _slot) = match opened {
            Ok(opened) => opened,
            Err(failure) => return End::Failed(failure),
        };
        self.live().wait_for(Phase::Waiting);
        let mut events = events.ready_chunks(READY_AT_ONCE);
        let mut coalescer = Coalescer::default();
        let end = loop {
            let due = earliest(coalescer.due(), journal.due());
            tokio::select! {
                biased;
                () = &mut stopped => break End::Stopped,
                ready = events.next() => {
                    let Some(ready) = ready else { break End::Failed(FailureKind::Interrupted.into()) };
                    if let Some(end) = self.take(ready, started, seen, &mut coalescer, journal) {
                        break end;
                    }
                }
                () = wait_until(due), if due.is_some() => {}
            }
            let now = Instant::now();
            if coalescer.due().is_some_and(|due| due <= now) {
                let shown = self.flush().await;
                coalescer.flushed(shown, now);
                if self.live().is_cut() {
                    break End::Failed(FailureKind::TooLarge.into());
                }
            }
            if let Err(error) = journal.write_if_due(now).await {
                break End::Failed(error.into());
            }
        };
        drop(events);
        end
    }

    async fn open(&self, seen: &mut Seen) -> Result<(OpenedReply, OwnedSemaphorePermit), Failure> {
        let mut made = 0;
        self.budget.earn();
        loop {
            let slot = self.slot().await?;
            self.live().wait_for(Phase::Connecting);
            let request = ChatRequest {
                earlier_tries: made,
                ..self.request.clone()
            };
            let opened = self.source.open(request).await;
            made += 1;
            let error = match opened {
                Ok(answer) => {
                    seen.note_connection(answer.connection, made);
                    return Ok((answer.events, slot));
                }
                Err(error) => error,
            };
            seen.note_connection(self.source.connection(&error), made);
            // A reply that only waits holds up no other.
            drop(slot);
            let wait = retry::wait(&error, made, &self.jitter).filter(|_| self.budget.spend());
            let Some(wait) = wait else {
                return Err(error.into());
            };
            self.wait_before(made + 1, wait, error).await;
        }
    }

    /// A place among the replies that may stream at once.
    async fn slot(&self) -> Result<OwnedSemaphorePermit, Failure> {
        if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(slot);
        }
        self.live().wait_for(Phase::Queued);
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        slot.map_err(|_closed| FailureKind::Internal.into())
    }

    /// Waits before the next request, or until the person wants it now.
    async fn wait_before(&self, attempt: u32, wait: Duration, error: dashscope::Error) {
        let hurry = self.running.hurry.notified();
        let failure = Failure::from(error).about_model(&self.request.model);
        tracing::info!(reason = ?failure.kind, attempt, ?wait, "a request is made again");
        self.live().retry(attempt, wait, failure);
        tokio::select! {
            () = hurry => {}
            () = tokio::time::sleep(wait) => {}
        }
    }

    /// Handles the events that are ready; returns how the reply ended when one of them says so.
    fn take(
        &self,
        ready: Vec<Event>,
        started: Instant,
        seen: &mut Seen,
        coalescer: &mut Coalescer,
        journal: &mut Journal,
    ) -> Option<End> {
        let now = Instant::now();
        for event in ready {
            let (lane, delta) = match event {
                Event::Text(delta) => (Lane::Text, delta),
                Event::Thinking(delta) => (Lane::Thinking, delta),
                Event::Started { request_id, .. } => {
                    seen.request_id = request_id.or(seen.request_id.take());
                    continue;
                }
                Event::Usage(usage) => {
                    seen.usage = Some(Usage::from(&usage));
                    continue;
                }
                Event::ToolCall(_) | Event::Sources(_) => continue,
                Event::Finished(reason) => return Some(End::Finished(reason)),
                Event::Failed(error) => return Some(End::Failed(error.into())),
            };
            seen.note_token(lane, started, now);
            journal.push(lane, &delta, now);
            self.live().push(lane, &delta);
            coalescer.note(now);
        }
        None
    }

    async fn store_outcome(
        &self,
        end: End,
        journal_error: Option<store::Error>,
        seen: &Seen,
        document: Option<Document>,
    ) -> ReplyOutcome {
        let mut outcome = outcome_of(end, seen, (self.clock)());
        if let Some(failure) = outcome.failure.take() {
            let failure = failure.about_model(&self.request.model);
            outcome.request_id = failure.request_id.clone().or(outcome.request_id);
            outcome.failure = Some(failure);
        }
        if let Some(error) = journal_error {
            outcome.status = Status::Failed;
            outcome.failure = Some(error.into());
        }
        let row = FinishedReply {
            id: self.id,
            status: outcome.status,
            finished_ms: outcome.finished_ms,
            first_token_ms: outcome.first_token_ms,
            thinking_ms: outcome.thinking_ms,
            finish_reason: outcome.finish_reason.clone(),
            usage: outcome
                .usage
                .and_then(|usage| serde_json::to_string(&usage).ok()),
            request_id: outcome.request_id.clone(),
            connection: outcome
                .connection
                .as_ref()
                .and_then(|connection| serde_json::to_string(connection).ok()),
            error: outcome
                .failure
                .as_ref()
                .and_then(|failure| serde_json::to_string(failure).ok()),
            document,
        };
        let store = self.store.clone();
        let stored = tokio::task::spawn_blocking(move || store.finish_reply(&row)).await;
        if let Err(error) = stored.unwrap_or(Err(store::Error::Other)) {
            outcome.status = Status::Failed;
            outcome.failure = Some(error.into());
        }
        outcome
    }

    /// Shows what has come; `false` when that changed nothing.
    async fn flush(&self) -> bool {
        let live = Arc::clone(self.live());
        if live.unseen() > FLOOD {
            off_the_workers(move || live.flush()).await.unwrap_or(false)
        } else {
            live.flush()
        }
    }
}

impl Seen {
    fn note_connection(&mut self, connection: Option<Connection>, attempts: u32) {
        self.connection = connection.map(|connection| Connection {
            attempts,
            ..connection
        });
    }

    fn note_token(&mut self, lane: Lane, started: Instant, now: Instant) {
        self.first_token.get_or_insert(now - started);
        match lane {
            Lane::Thinking => {
                self.first_thinking.get_or_insert(now);
                if !self.any_text {
                    self.thinking = self.first_thinking.map(|first| now - first);
                }
            }
            Lane::Text => {
                if !self.any_text {
                    self.thinking = self.first_thinking.map(|first| now - first);
                }
                self.any_text = true;
            }
        }
    }
}

fn outcome_of(end: End, seen: &Seen, finished_ms: i64) -> ReplyOutcome {
    let (status, finish_reason, failure) = match end {
        End::Stopped => (Status::Stopped, None, None),
        End::Finished(reason) => {
            let cut = (!reason.is_normal()).then(|| Failure::new(FailureKind::Interrupted));
            let status = if cut.is_some() {
                Status::Interrupted
            } else {
                Status::Complete
            };
            (status, Some(reason.as_str().to_owned()), cut)
        }
        End::Failed(failure) if cuts_an_answer(failure.kind) && seen.first_token.is_some() => {
            (Status::Interrupted, None, Some(failure))
        }
        End::Failed(failure) => (Status::Failed, None, Some(failure)),
    };
    ReplyOutcome {
        status,
        finish_reason,
        usage: seen.usage,
        request_id: seen.request_id.clone(),
        connection: seen.connection.clone(),
        failure,
        finished_ms,
        first_token_ms: seen.first_token.and_then(milliseconds),
        thinking_ms: seen.thinking.and_then(milliseconds),
    }
}

/// Whether this failure means that the line broke, rather than that the vendor refused.
fn cuts_an_answer(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Interrupted
            | FailureKind::ConnectionLost
            | FailureKind::Stalled
            | FailureKind::Slept
            | FailureKind::Timeout
    )
}

fn milliseconds(duration: Duration) -> Option<i64> {
    i64::try_from(duration.as_millis()).ok()
}

fn earliest(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    [a, b].into_iter().flatten().min()
}

async fn wait_until(due: Option<Instant>) {
    if let Some(due) = due {
        sleep_until(due.into()).await;
    }
}
