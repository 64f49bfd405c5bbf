//! A stretch of a reply that is measured, and the sum of several.

use std::time::Duration;

use e2e::Process;
use serde::Serialize;

use crate::figures::{milliseconds, rounded};

/// A frame this long has missed the one after it.
const DROPPED_MS: f64 = 25.0;

/// A frame at sixty a second.
const FRAME_MS: f64 = 1_000.0 / 60.0;

/// What a page's process has cost at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Of the first thread.
    main: Duration,
    /// Of all threads.
    whole: Duration,
}

impl Sample {
    pub(crate) fn of(page: Process) -> Self {
        Self {
            main: page.main_thread().unwrap_or_default(),
            whole: Process::usage(&[page]).cpu,
        }
    }
}

/// What one stretch cost.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Probe {
    /// Where it begins.
    at_tokens: usize,
    frames: usize,
    main_ms_per_frame: f64,
    process_ms_per_frame: f64,
    dropped_frames: usize,
    longest_frame_ms: f64,
}

impl Probe {
    /// Its cost per frame on the main thread, in milliseconds.
    pub(crate) fn main_ms(&self) -> f64 {
        self.main_ms_per_frame
    }

    /// The stretch between two samples, whose frames were so far apart, in milliseconds.
    pub(crate) fn between(at_tokens: usize, from: Sample, to: Sample, gaps: &[f64]) -> Self {
        // A display may be faster than sixty frames a second; its frames without news cost nothing
        // and count for nothing.
        let due = (gaps.iter().sum::<f64>() / FRAME_MS).ceil();
        let frames = gaps
            .iter()
            .zip(1..)
            .take_while(|(_, count)| f64::from(*count) <= due);
        let frames = frames.count();
        let per_frame = |cost: Duration| {
            let frames = u32::try_from(frames.max(1)).map_or(f64::MAX, f64::from);
            rounded(milliseconds(cost) / frames)
        };
        Self {
            at_tokens,
            frames,
            main_ms_per_frame: per_frame(to.main.saturating_sub(from.main)),
            process_ms_per_frame: per_frame(to.whole.saturating_sub(from.whole)),
            dropped_frames: dropped(gaps),
            longest_frame_ms: longest(gaps),
        }
    }
}

/// The stretches of one reply.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Probes {
    /// In the order of the reply.
    probes: Vec<Probe>,
    /// The last one's cost per frame over the first one's, on the main thread.
    pub(crate) growth: f64,
}

impl Probes {
    pub(crate) fn new(probes: Vec<Probe>) -> Self {
        let cost = |probe: Option<&Probe>| probe.map_or(f64::NAN, |probe| probe.main_ms_per_frame);
        let growth = rounded(cost(probes.last()) / cost(probes.first()));
        Self { probes, growth }
    }

    /// The last stretch's cost per frame on the main thread, in milliseconds.
    pub(crate) fn last(&self) -> f64 {
        self.probes
            .last()
            .map_or(f64::NAN, |probe| probe.main_ms_per_frame)
    }
}

/// How many of these frames were followed by a missed one.
pub(crate) fn dropped(gaps: &[f64]) -> usize {
    gaps.iter().filter(|gap| **gap > DROPPED_MS).count()
}

/// The longest of these frames.
pub(crate) fn longest(gaps: &[f64]) -> f64 {
    rounded(gaps.iter().copied().fold(0.0, f64::max))
}
