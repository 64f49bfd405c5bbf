//! What one answer is to look like: its length, pace, framing, oddities and fault.
//! Parsing it from a prompt is `directive`'s business, playing it `stream`'s.

use std::time::Duration;

use crate::document::Kind;
use crate::pace::Stretch;
use crate::shape::Shape;

/// How one request is answered. The default answers the prompt in plain words at 50 tokens/s.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Exactly these words, one token each, instead of an answer to the prompt; the message of a
    /// refusal.
    pub text: Option<String>,
    /// A generated answer of this many tokens.
    pub tokens: Option<u32>,
    /// Generated Markdown of this kind and at least this many tokens.
    pub markdown: Option<(Kind, u32)>,
    /// Every character is a token of its own.
    pub characters: bool,
    /// A generated thought of this many tokens, even when the request asks for none.
    pub thinking: Option<u32>,
    /// Tokens per second; infinite sends as fast as the socket takes them.
    pub rate: f64,
    /// Parts with another pace, in their order.
    pub stretches: Vec<Stretch>,
    /// Seeds the generated words and the byte splits; the server's seed when absent.
    pub seed: Option<u64>,
    /// Tokens carried by one event, at least 1.
    pub tokens_per_event: u32,
    /// Repeats the answer until the client goes away.
    pub endless: bool,
    /// Makes every token the server's clock when it leaves: `⟨microseconds since 1970⟩ `.
    /// Paragraphs end where they would without.
    pub stamps: bool,
    /// Tool calls to make instead of answering.
    pub tools: u32,
    /// Whether search results accompany the answer (native protocol only, as in the service).
    pub sources: bool,
    /// Time before the response head.
    pub delay: Duration,
    /// Time between the response head and the first token.
    pub first_token: Duration,
    /// Sends a comment line whenever nothing else was sent for this long.
    pub keepalive: Option<Duration>,
    /// Bytes per second, one byte at a time, for the whole body.
    pub drip: Option<f64>,
    /// How events are laid out in bytes.
    pub framing: Framing,
    /// Departures from the usual content of events.
    pub oddities: Vec<Oddity>,
    /// The finish reason, `stop`, `length` or `tool_calls` as fits when absent.
    pub finish: Option<String>,
    /// Overrides the content type of the response.
    pub content_type: Option<String>,
    /// What goes wrong.
    pub fault: Option<Fault>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            text: None,
            tokens: None,
            markdown: None,
            characters: false,
            thinking: None,
            rate: 50.0,
            stretches: Vec::new(),
            seed: None,
            tokens_per_event: 1,
            endless: false,
            stamps: false,
            tools: 0,
            sources: false,
            delay: Duration::ZERO,
            first_token: Duration::ZERO,
            keepalive: None,
            drip: None,
            framing: Framing::default(),
            oddities: Vec::new(),
            finish: None,
            content_type: None,
            fault: None,
        }
    }
}

impl Script {
    /// A script that does nothing but fail this way.
    pub fn failing(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::default()
        }
    }

    pub(crate) fn has(&self, oddity: Oddity) -> bool {
        self.oddities.contains(&oddity)
    }
}

/// How events are laid out in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    /// What ends a line.
    pub line_end: LineEnd,
    /// Leaves out the blank line between events.
    pub no_blank: bool,
    /// Spreads the JSON of one event over several `data:` lines.
    pub multiline: bool,
    /// Sends the body in pieces of 1 to 20 bytes, so that characters are cut too.
    pub split: bool,
    /// Starts the body with a byte order mark.
    pub byte_order_mark: bool,
    /// Swaps the protocol's own habit of a space, or none, after `data:`.
    pub swap_space: bool,
    /// Compresses the body whether or not the client accepts that.
    pub gzip: bool,
    /// Neither chunked nor with a length: the end of the connection is the end of the body.
    pub close_delimited: bool,
}

/// What ends a line of an event stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, as in recordings.
    #[default]
    Lf,
    /// Carriage return and line feed.
    Crlf,
    /// A lone carriage return.
    Cr,
    /// All three in turn.
    Mixed,
}

impl LineEnd {
    pub(crate) fn text(self, line: u64) -> &'static str {
        match (self, line % 3) {
            (Self::Lf, _) | (Self::Mixed, 0) => "\n",
            (Self::Crlf, _) | (Self::Mixed, 1) => "\r\n",
            (Self::Cr | Self::Mixed, _) => "\r",
        }
    }
}

/// Departures from the usual content of events that a client must survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Extra events with `choices: []`, a null delta, a missing delta, unknown fields and a
    /// second choice.
    OddDeltas,
    /// Thought and answer alternate.
    Interleave,
    /// One event in the middle is not JSON.
    BadJsonOnce,
    /// Every event from the middle on is not JSON.
    BadJson,
    /// One event has a number where text belongs, the next a boolean, the next a list.
    WrongTypes,
    /// The answer holds a NUL, an unpaired surrogate escape and invisible tag characters.
    OddText,
    /// No usage anywhere.
    NoUsage,
    /// `usage: null` instead of the final numbers.
    NullUsage,
    /// The finishing event comes twice.
    FinishTwice,
    /// No `[DONE]` although the answer is finished.
    NoDone,
    /// `[DONE]` without any finish reason.
    NoFinish,
    /// One more token after the end.
    AfterDone,
    /// Each event repeats the whole text so far.
    Cumulative,
    /// The content of a message is a list of parts.
    ArrayContent,
    /// Tool calls share one event.
    Together,
    /// The arguments of tool calls are null.
    NullArguments,
    /// The arguments of tool calls are not JSON.
    BadArguments,
}

/// Where in an answer something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Before the response head.
    Head,
    /// After this many model events.
    After(u32),
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A refusal instead of an answer.
    Error {
        /// A name or code of the error table.
        name: String,
        /// The shape, the protocol's usual one when absent.
        shape: Option<Shape>,
        /// The value of a `retry-after` header.
        retry_after: Option<String>,
    },
    /// A refusal after some of the answer, with status 200 long gone.
    Midstream {
        /// A name or code of the error table.
        name: String,
        /// The shape, the protocol's usual one when absent.
        shape: Option<Shape>,
        /// Model events before it.
        after: u32,
    },
    /// Nothing more is sent, except keep-alive comments, and the connection stays open.
    Stall(Point),
    /// The connection is reset.
    Reset(Point),
    /// The body ends in the middle of an event, and before its HTTP end.
    Truncate {
        /// Model events before it.
        after: u32,
        /// How the HTTP layer ends.
        end: BodyEnd,
    },
    /// The body ends in order, without finish reason and without `[DONE]`.
    EofWithoutEnd {
        /// Model events before it; the whole answer when absent.
        after: Option<u32>,
    },
    /// A web page with status 200, as a captive portal or proxy sends it.
    Html,
    /// An empty body with status 200.
    Empty,
    /// A redirect.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The value of the `location` header.
        location: String,
    },
    /// Something larger than a client should take.
    Oversize(Oversize),
}

impl Fault {
    /// How many model events come before it, when it happens inside a stream at a known place.
    pub(crate) fn events_before(&self) -> Option<u32> {
        match self {
            Self::Midstream { after, .. }
            | Self::Stall(Point::After(after))
            | Self::Reset(Point::After(after))
            | Self::Truncate { after, .. } => Some(*after),
            Self::EofWithoutEnd { after } => *after,
            Self::Oversize(_) => Some(1),
            Self::Error { .. }
            | Self::Stall(Point::Head)
            | Self::Reset(Point::Head)
            | Self::Html
            | Self::Empty
            | Self::Redirect { .. } => None,
        }
    }
}

/// How the HTTP layer ends under a cut body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyEnd {
    /// The closing chunk is missing.
    Chunked,
    /// The announced content length is never reached.
    Length,
    /// HTTP ends in order although the event is half.
    Clean,
}

/// Something larger than a client should take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oversize {
    /// One line of more than 1 MiB.
    Line,
    /// One event of more than 4 MiB in many lines.
    Event,
    /// One response header of 100 KiB.
    Header,
    /// 500 response headers.
    HeaderCount,
    /// A response head with bytes that no header may hold.
    HeaderBytes,
    /// An error body of 50 MiB with status 500.
    ErrorBody,
    /// Some hundred megabytes of answer in about 300 kB of gzip.
    GzipBomb,
}
