//! Drives a decoder with the chunks of a body and watches the clock.
//!
//! It opens no connection: see [`crate::Client`]. Dropping the stream drops the body, which closes
//! the socket.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep};

use super::decoder::{Decoder, End};
use super::event::Event;
use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind};
use crate::limits;

/// The events of one reply; ends after `Finished` or `Failed`.
pub struct EventStream {
    /// `None` once the reply is over.
    chunks: Option<Chunks>,
    decoder: Decoder,
    /// An event that was looked at and put back.
    first: Option<Event>,
    asked: Option<Asked>,
    clock: Clock,
}

/// Who was asked, and how the answer came.
struct Asked {
    endpoint: Endpoint,
    route: Option<network::Route>,
    timings: network::Timings,
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, network::Error>> + Send>>;

/// When the stream has been silent, or has lasted, for too long.
struct Clock {
    sleep: Pin<Box<Sleep>>,
    started: Instant,
    last_frame: Instant,
    frames: u64,
}

impl EventStream {
    /// Decodes a body that is already there or comes from elsewhere than the network.
    ///
    /// Must be called within a tokio runtime with time.
    pub fn over(
        decoder: Decoder,
        chunks: impl Stream<Item = Result<Bytes, network::Error>> + Send + 'static,
    ) -> Self {
        let now = Instant::now();
        Self {
            chunks: Some(Box::pin(chunks)),
            decoder,
            first: None,
            asked: None,
            clock: Clock {
                sleep: Box::pin(tokio::time::sleep_until(now)),
                started: now,
                last_frame: now,
                frames: 0,
            },
        }
    }

    pub(crate) fn from(
        mut self,
        endpoint: &Endpoint,
        route: Option<network::Route>,
        timings: network::Timings,
    ) -> Self {
        self.asked = Some(Asked {
            endpoint: endpoint.clone(),
            route,
            timings,
        });
        self
    }

    /// The route the request took; `None` for a body that came from elsewhere.
    pub fn route(&self) -> Option<&network::Route> {
        self.asked.as_ref()?.route.as_ref()
    }

    /// How long each hop of the request took.
    pub fn timings(&self) -> network::Timings {
        self.asked
            .as_ref()
            .map(|asked| asked.timings)
            .unwrap_or_default()
    }

    /// Puts an event back in front.
    pub(crate) fn put_back(&mut self, event: Event) {
        self.first = Some(event);
    }

    fn close(&mut self, end: End) {
        self.chunks = None;
        self.decoder.end(end);
    }

    fn out(&mut self, event: Event) -> Event {
        if self.decoder.is_over() {
            self.chunks = None;
        }
        match (event, &self.asked) {
            (Event::Failed(error), Some(asked)) => {
                Event::Failed(error.at(&asked.endpoint).on(asked.route.as_ref()))
            }
            (event, _) => event,
        }
    }
}

impl Stream for EventStream {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = &mut *self;
        if let Some(event) = this.first.take() {
            return Poll::Ready(Some(event));
        }
        loop {
            if let Some(event) = this.decoder.next_event() {
                return Poll::Ready(Some(this.out(event)));
            }
            let Some(chunks) = &mut this.chunks else {
                return Poll::Ready(None);
            };
            match chunks.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(chunk))) => {
                    this.decoder.push(&chunk);
                    this.clock.note(&this.decoder);
                    // A flood without pauses never reaches the timer below.
                    if this.clock.lasted_too_long() {
                        this.close(End::Lost(Error::new(ErrorKind::TooLarge)));
                    }
                }
                Poll::Ready(Some(Err(error))) => this.close(End::Lost((&error).into())),
                Poll::Ready(None) => this.close(End::Clean),
                Poll::Pending => match this.clock.poll(&this.decoder, context) {
                    Poll::Ready(end) => this.close(end),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("EventStream")
            .field("open", &self.chunks.is_some())
            .finish_non_exhaustive()
    }
}

impl Clock {
    fn note(&mut self, decoder: &Decoder) {
        if decoder.model_frames() != self.frames {
            self.frames = decoder.model_frames();
            self.last_frame = Instant::now();
        }
    }

    fn lasted_too_long(&self) -> bool {
        self.started.elapsed() >= limits::WHOLE_STREAM
    }

    /// Ready when the wait is over. The timer is set anew only when it fires or would fire too
    /// late, not with every frame.
    fn poll(&mut self, decoder: &Decoder, context: &mut Context<'_>) -> Poll<End> {
        let limit = self.started + limits::WHOLE_STREAM;
        let silence = self.last_frame + patience(decoder);
        let deadline = limit.min(silence);
        loop {
            if Instant::now() >= deadline {
                return Poll::Ready(if decoder.is_finishing() {
                    End::Clean
                } else if deadline == limit {
                    End::Lost(Error::new(ErrorKind::TooLarge))
                } else {
                    End::Lost(Error::new(ErrorKind::Stalled))
                });
            }
            let armed = self.sleep.deadline();
            if self.sleep.is_elapsed() || armed > deadline {
                self.sleep.as_mut().reset(deadline);
            }
            if self.sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

fn patience(decoder: &Decoder) -> Duration {
    if decoder.is_error() {
        limits::ERROR_BODY_SILENCE
    } else if decoder.is_finishing() {
        limits::TAIL_SILENCE
    } else {
        limits::MODEL_SILENCE
    }
}
