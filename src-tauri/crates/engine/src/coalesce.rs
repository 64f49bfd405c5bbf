//! Merges deltas so that a listener gets at most one small message per frame.
//!
//! Pure: the caller passes the time in. The first delta after a quiet frame goes out at once, so a
//! slow model costs no extra latency; under a flood the buffer goes out each frame or whenever it
//! is full.

use std::time::{Duration, Instant};

/// One screen frame at 60 Hz.
const FRAME: Duration = Duration::from_millis(16);

/// Above this many bytes a message is sent at once. Tauri pushes a channel message of up to 8 KiB
/// straight into the page and needs a second fetch beyond; JSON escapes can double the text.
const FULL: usize = 3 * 1024;

/// Text and thinking that go out together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Merged {
    pub(crate) text: String,
    pub(crate) thinking: String,
}

/// The buffer between the stream and the listener.
#[derive(Debug, Default)]
pub(crate) struct Coalescer {
    waiting: Merged,
    due: Option<Instant>,
    frame_ends: Option<Instant>,
}

/// Which of the two lanes a delta belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Text,
    Thinking,
}

impl Coalescer {
    /// Adds a delta and hands every message that is due to `send`.
    pub(crate) fn push(
        &mut self,
        lane: Lane,
        delta: &str,
        now: Instant,
        mut send: impl FnMut(Merged),
    ) {
        for piece in pieces(delta) {
            if self.size() + piece.len() > FULL {
                self.flush(now, &mut send);
            }
            match lane {
                Lane::Text => self.waiting.text.push_str(piece),
                Lane::Thinking => self.waiting.thinking.push_str(piece),
            }
        }
        if self.size() > 0 {
            let due = *self
                .due
                .get_or_insert(self.frame_ends.map_or(now, |end| end.max(now)));
            if due <= now {
                self.flush(now, send);
            }
        }
    }

    /// When the waiting text has to go out; `None` when nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Sends what waits, if anything does.
    pub(crate) fn flush(&mut self, now: Instant, mut send: impl FnMut(Merged)) {
        if self.size() > 0 {
            self.due = None;
            self.frame_ends = Some(now + FRAME);
            send(std::mem::take(&mut self.waiting));
        }
    }

    fn size(&self) -> usize {
        self.waiting.text.len() + self.waiting.thinking.len()
    }
}

/// Cuts a delta that alone would overfill a message, on character boundaries.
fn pieces(delta: &str) -> impl Iterator<Item = &str> {
    let mut rest = delta;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, remainder) = rest.split_at(rest.floor_char_boundary(FULL.min(rest.len())));
        rest = remainder;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn feed(coalescer: &mut Coalescer, lane: Lane, delta: &str, now: Instant) -> Vec<Merged> {
        let mut sent = Vec::new();
        coalescer.push(lane, delta, now, |merged| sent.push(merged));
        sent
    }

    #[test]
    fn first_delta_goes_out_at_once_and_the_next_waits_for_the_frame() {
        let mut coalescer = Coalescer::default();
        let start = Instant::now();
        assert_eq!(feed(&mut coalescer, Lane::Text, "a", start).len(), 1);
        assert!(
            feed(
                &mut coalescer,
                Lane::Text,
                "b",
                start + Duration::from_millis(5)
            )
            .is_empty()
        );
        assert_eq!(
            coalescer.due(),
            Some(start + FRAME),
            "the rest is due one frame later"
        );
        let sent = feed(&mut coalescer, Lane::Thinking, "c", start + FRAME);
        assert_eq!(
            sent,
            [Merged {
                text: "b".to_owned(),
                thinking: "c".to_owned()
            }]
        );
        assert_eq!(coalescer.due(), None, "nothing waits after a flush");
    }

    #[test]
    fn a_slow_model_waits_for_nothing() {
        let mut coalescer = Coalescer::default();
        let start = Instant::now();
        for token in 0..50_u32 {
            let now = start + Duration::from_millis(20) * token;
            assert_eq!(feed(&mut coalescer, Lane::Text, "token", now).len(), 1);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_reordered_or_too_large(
            deltas in prop::collection::vec((any::<bool>(), ".{0,40}", 0_u64..30), 1..60),
            long in "\\PC{0,200}",
        ) {
            let mut coalescer = Coalescer::default();
            let mut now = Instant::now();
            let (mut text, mut thinking) = (String::new(), String::new());
            let (mut got_text, mut got_thinking) = (String::new(), String::new());
            let mut largest = 0;
            let mut take = |merged: Merged| {
                largest = largest.max(merged.text.len() + merged.thinking.len());
                got_text.push_str(&merged.text);
                got_thinking.push_str(&merged.thinking);
            };
            for (is_text, delta, pause) in &deltas {
                now += Duration::from_millis(*pause);
                let delta = format!("{delta}{}", long.repeat(if *pause == 7 { 200 } else { 0 }));
                let lane = if *is_text { Lane::Text } else { Lane::Thinking };
                match lane {
                    Lane::Text => text.push_str(&delta),
                    Lane::Thinking => thinking.push_str(&delta),
                }
                coalescer.push(lane, &delta, now, &mut take);
            }
            coalescer.flush(now, &mut take);
            prop_assert!(largest <= FULL, "a message of {largest} bytes");
            prop_assert_eq!(got_text, text);
            prop_assert_eq!(got_thinking, thinking);
        }
    }
}
