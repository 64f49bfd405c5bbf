//! Merges deltas so that a listener gets a few small messages per frame at most.
//!
//! Pure: the caller passes the time in. The first delta after a quiet frame goes out at once, so a
//! slow model costs no extra latency; under a flood everything that came in a frame goes out
//! together.

use markdown::Operation;
use std::time::{Duration, Instant};

/// One screen frame at 60 Hz.
const FRAME: Duration = Duration::from_millis(16);

/// Thinking of up to this many bytes in one message. Tauri pushes a channel message of up to 8 KiB
/// straight into the page and needs a second fetch beyond; JSON escapes can double the text.
const FULL: usize = 3 * 1024;

/// Thinking of up to this many bytes rides along with operations, which fill 7 KiB at most.
const BESIDE: usize = 128;

/// Which of the two lanes a delta belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Text,
    Thinking,
}

/// Says when what has come is to be shown.
#[derive(Debug, Default)]
pub(crate) struct Coalescer {
    due: Option<Instant>,
    frame_ends: Option<Instant>,
}

impl Coalescer {
    /// Something has come.
    pub(crate) fn note(&mut self, now: Instant) {
        let next = self.frame_ends.map_or(now, |end| end.max(now));
        self.due.get_or_insert(next);
    }

    /// When what waits has to go out; `None` when nothing waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What waited has been handled; a frame begins if that showed anything.
    pub(crate) fn flushed(&mut self, shown: bool, now: Instant) {
        self.due = None;
        if shown {
            self.frame_ends = Some(now + FRAME);
        }
    }
}

/// The messages that carry these batches of operations and this thinking.
pub(crate) fn messages(
    batches: Vec<Vec<Operation>>,
    thinking: &str,
) -> impl Iterator<Item = (Vec<Operation>, String)> {
    let beside = !batches.is_empty() && thinking.len() <= BESIDE;
    let (mut riding, apart) = if beside {
        (thinking.to_owned(), "")
    } else {
        (String::new(), thinking)
    };
    let apart: Vec<String> = pieces(apart).map(str::to_owned).collect();
    let thoughts = apart.into_iter().map(|piece| (Vec::new(), piece));
    let changes = batches
        .into_iter()
        .map(move |batch| (batch, std::mem::take(&mut riding)));
    thoughts.chain(changes)
}

/// Cuts a text that would overfill a message, on character boundaries.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
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

    #[test]
    fn the_first_delta_goes_out_at_once_and_the_next_waits_for_the_frame() {
        let mut coalescer = Coalescer::default();
        let start = Instant::now();
        coalescer.note(start);
        assert_eq!(coalescer.due(), Some(start));
        coalescer.flushed(true, start);
        assert_eq!(coalescer.due(), None, "nothing waits after a flush");
        for later in [5, 9] {
            coalescer.note(start + Duration::from_millis(later));
            assert_eq!(coalescer.due(), Some(start + FRAME), "one frame later");
        }
    }

    #[test]
    fn a_slow_model_waits_for_nothing() {
        let mut coalescer = Coalescer::default();
        let start = Instant::now();
        for token in 0..50_u32 {
            let now = start + Duration::from_millis(20) * token;
            coalescer.note(now);
            assert_eq!(coalescer.due(), Some(now));
            coalescer.flushed(true, now);
        }
    }

    #[test]
    fn what_showed_nothing_begins_no_frame() {
        let mut coalescer = Coalescer::default();
        let start = Instant::now();
        coalescer.note(start);
        coalescer.flushed(false, start);
        let next = start + Duration::from_millis(1);
        coalescer.note(next);
        assert_eq!(coalescer.due(), Some(next));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_reordered_or_too_large(
            batches in prop::collection::vec(prop::collection::vec(".{0,40}", 1..4), 0..4),
            thinking in ".{0,90}",
            times in 0_usize..200,
        ) {
            let thinking = thinking.repeat(times);
            let batches: Vec<Vec<Operation>> = batches
                .into_iter()
                .map(|texts| {
                    let text = |text| Operation::Text { depth: 1, text };
                    texts.into_iter().map(text).collect()
                })
                .collect();
            let sent: Vec<_> = messages(batches.clone(), &thinking).collect();
            let said: String = sent.iter().map(|(_, thinking)| thinking.as_str()).collect();
            prop_assert_eq!(said, thinking);
            let kept: Vec<_> = sent
                .iter()
                .filter(|(operations, _)| !operations.is_empty())
                .map(|(operations, _)| operations.clone())
                .collect();
            prop_assert_eq!(kept, batches);
            for (operations, thinking) in sent {
                prop_assert!(!operations.is_empty() || !thinking.is_empty());
                let most = if operations.is_empty() { FULL } else { BESIDE };
                prop_assert!(thinking.len() <= most);
            }
        }
    }
}
