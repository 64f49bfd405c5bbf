//! The body of a response as it leaves: stamped, laid out, compressed, cut up and slowed down.
//! It decides nothing about content.

use std::convert::Infallible;
use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::connection::Socket;
use crate::event::Event;
use crate::random::Random;
use crate::record::Watch;
use crate::script::Script;

/// How long a cut waits for what was written before it to leave this process.
const BEFORE_CUT: Duration = Duration::from_millis(20);

/// How many pieces may wait for the socket. Without waiting ones a flood would wake two tasks for
/// each event; with many the server would run far ahead of what the client takes.
const AHEAD: usize = 64;

/// The most bytes in one piece of a split body.
const PIECE: u64 = 20;

/// The client closed the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gone;

/// Why a body broke off. The HTTP layer answers it by dropping the connection.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the body was cut on purpose")
    }
}

impl std::error::Error for Cut {}

/// The sending end of a body.
pub(crate) struct Outlet {
    sender: mpsc::Sender<Result<Bytes, Cut>>,
    socket: Socket,
    watch: Watch,
    script: Script,
    stamp: bool,
    random: Random,
    /// Lines written so far, for mixed line ends.
    line: u64,
    gzip: Option<GzEncoder<Vec<u8>>>,
    last_sent: Instant,
}

impl Outlet {
    /// An outlet and the body it fills.
    pub(crate) fn new(
        socket: Socket,
        watch: Watch,
        script: Script,
        stamp: bool,
        seed: u64,
    ) -> (Self, Body) {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let body = Body::from_stream(stream::unfold(receiver, |mut receiver| async move {
            let next: Result<Bytes, Cut> = receiver.recv().await?;
            Some((next, receiver))
        }));
        let gzip = script
            .framing
            .gzip
            .then(|| GzEncoder::new(Vec::new(), Compression::fast()));
        let random = Random::new(script.seed.unwrap_or(seed));
        let last_sent = Instant::now();
        let outlet = Self {
            sender,
            socket,
            watch,
            script,
            stamp,
            random,
            line: 0,
            gzip,
            last_sent,
        };
        (outlet, body)
    }

    /// Sends one model event, stamped with the clock of this moment.
    pub(crate) async fn event(&mut self, mut event: Event) -> Result<(), Gone> {
        if self.stamp && event.data.ends_with('}') {
            event.data.pop();
            event.data.push_str(",\"fake_sent_us\":");
            event.data.push_str(&now_us().to_string());
            event.data.push('}');
        }
        let text = event.laid_out(self.script.framing, &mut self.line);
        self.bytes(text.as_bytes()).await?;
        self.watch.event_sent();
        Ok(())
    }

    /// The event's bytes up to the middle of its data.
    pub(crate) async fn half_event(&mut self, event: &Event) -> Result<(), Gone> {
        let text = event.laid_out(self.script.framing, &mut self.line);
        let half = text.len() / 2;
        self.bytes(text.as_bytes().get(..half).unwrap_or_default())
            .await
    }

    /// Sends bytes in the pieces and at the speed that the script wants.
    pub(crate) async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        let compressed = self.gzip.as_mut().map(|gzip| {
            let written = gzip.write_all(bytes).and_then(|()| gzip.flush());
            // A vector takes everything; on an impossible error nothing is sent.
            written
                .map(|()| std::mem::take(gzip.get_mut()))
                .unwrap_or_default()
        });
        let bytes = compressed.as_deref().unwrap_or(bytes);
        if let Some(rate) = self.script.drip {
            return self.drip(bytes, rate).await;
        }
        if !self.script.framing.split {
            return self.piece(Bytes::copy_from_slice(bytes)).await;
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = usize::try_from(1 + self.random.below(PIECE)).unwrap_or(1);
            let (piece, after) = rest.split_at(length.min(rest.len()));
            self.piece(Bytes::copy_from_slice(piece)).await?;
            rest = after;
        }
        Ok(())
    }

    async fn drip(&mut self, bytes: &[u8], rate: f64) -> Result<(), Gone> {
        let pause = Duration::try_from_secs_f64(1.0 / rate).unwrap_or_default();
        for byte in bytes {
            self.piece(Bytes::copy_from_slice(&[*byte])).await?;
            let until = Instant::now() + pause;
            self.quiet(until).await?;
        }
        Ok(())
    }

    async fn piece(&mut self, piece: Bytes) -> Result<(), Gone> {
        self.last_sent = Instant::now();
        self.sender.send(Ok(piece)).await.or(Err(Gone))
    }

    /// Waits until `until`, sending keep-alive comments meanwhile when the script wants them.
    pub(crate) async fn wait(&mut self, until: Instant) -> Result<(), Gone> {
        while let Some(every) = self.script.keepalive {
            let comment = self.last_sent + every;
            if comment >= until {
                break;
            }
            self.quiet(comment).await?;
            self.bytes(b": keep-alive\n\n").await?;
        }
        self.quiet(until).await
    }

    /// Sends nothing until `until`, and notices when the client goes away.
    async fn quiet(&self, until: Instant) -> Result<(), Gone> {
        if until <= Instant::now() {
            return Ok(());
        }
        match timeout_at(until, self.sender.closed()).await {
            Ok(()) => Err(Gone),
            Err(_) => Ok(()),
        }
    }

    /// Sends nothing but keep-alive comments until the client goes away.
    pub(crate) async fn stall(&mut self) -> Result<Infallible, Gone> {
        loop {
            self.wait(Instant::now() + Duration::from_hours(1)).await?;
        }
    }

    /// Ends the body in order.
    pub(crate) async fn close(mut self) -> Result<(), Gone> {
        if let Some(gzip) = self.gzip.take()
            && let Ok(rest) = gzip.finish()
        {
            self.piece(Bytes::from(rest)).await?;
        }
        if self.script.framing.close_delimited {
            // The announced length is out of reach, so only the connection's end can end the body.
            return self.cut().await;
        }
        self.watch.settle();
        Ok(())
    }

    /// Breaks the connection off with an orderly close below HTTP.
    pub(crate) async fn cut(mut self) -> Result<(), Gone> {
        sleep(BEFORE_CUT).await;
        self.watch.settle();
        self.sender.send(Err(Cut)).await.or(Err(Gone))
    }

    /// Resets the connection.
    pub(crate) async fn reset(self) -> Result<(), Gone> {
        self.socket.reset_on_close();
        self.cut().await
    }
}

/// The clock that stamps events, in microseconds since 1970.
pub(crate) fn now_us() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_micros())
}

/// Waits without watching the client; for the time before there is a body.
pub(crate) async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep_until(Instant::now() + time).await;
    }
}
