//! What a growing reply costs, in processor time of the whole process: highlighting and typesetting
//! run on threads of their own. `cargo bench -p markdown` prints a table and the same as JSON.
//!
//! A frame is what 200 tokens a second bring in a sixtieth of one. The mixed document holds one and
//! the same section at four places, so what it costs early and late can be told apart.

use fake_dashscope::{Document, Kind};
use markdown::{Operation, Stream};
use serde_json::{Value, json};
use std::io::Write as _;
use std::ops::Range;
use std::time::Duration;

const TOKENS: usize = 20_000;
const SEED: u64 = 7;

/// 200 tokens a second at 60 frames a second.
const TOKENS_PER_SECOND: usize = 200;
const FRAMES_PER_SECOND: usize = 60;

/// So many passes; the middle one of them counts.
const PASSES: usize = 5;

/// Where a document that is one block is looked at, in tokens.
const PLACES: [Range<usize>; 4] = [1_000..1_400, 5_000..5_400, 10_000..10_400, 19_000..19_400];

fn main() -> std::io::Result<()> {
    markdown::warm();
    let mixed = Document::seeded(Kind::Mixed, TOKENS, SEED);
    let plain = without_languages(&mixed);
    let mut rows = vec![
        measure("mixed", &mixed.tokens, &mixed.probes),
        measure("mixed, no highlighting", &plain, &mixed.probes),
    ];
    for kind in [Kind::Code, Kind::List, Kind::Table, Kind::Paragraph] {
        let document = Document::seeded(kind, TOKENS, SEED);
        rows.push(measure(kind.name(), &document.tokens, &PLACES));
    }
    let whole = whole(&mixed.text());
    let mut output = std::io::stdout().lock();
    writeln!(output, "load {}", load())?;
    writeln!(output, "{}", Row::HEAD)?;
    for row in &rows {
        writeln!(output, "{row}")?;
    }
    writeln!(
        output,
        "one-shot parse of the mixed document: {:.1} ms",
        milliseconds(whole)
    )?;
    let rows: Vec<Value> = rows.iter().map(Row::json).collect();
    let report = json!({
        "tokens": TOKENS,
        "seed": SEED,
        "load": load(),
        "parseMilliseconds": milliseconds(whole),
        "streams": rows,
    });
    writeln!(output, "{report}")
}

/// The same document, with fences that name no language.
fn without_languages(document: &Document) -> Vec<String> {
    let mut in_name = false;
    let mut ticks = 0;
    let mut fences = 0;
    let mut kept = Vec::with_capacity(document.tokens.len());
    for token in &document.tokens {
        let mut text = String::with_capacity(token.len());
        for character in token.chars() {
            ticks = if character == '`' { ticks + 1 } else { 0 };
            if ticks == 3 {
                fences += 1;
                in_name = fences % 2 == 1;
            } else if character == '\n' {
                in_name = false;
            }
            if !in_name || character == '`' {
                text.push(character);
            }
        }
        kept.push(text);
    }
    kept
}

/// What one pass over a document costs.
#[derive(Default)]
struct Pass {
    /// The mean of the flushes at each place, in microseconds.
    places: Vec<f64>,
    whole: Duration,
    finish: Duration,
    longest: Duration,
    flushes: usize,
    bytes: usize,
    largest: usize,
}

fn pass(tokens: &[String], places: &[Range<usize>]) -> Pass {
    let mut stream = Stream::new();
    let mut pass = Pass::default();
    let mut sums = vec![(Duration::ZERO, 0_u32); places.len()];
    let mut sent = 0;
    let mut frame = 0;
    while sent < tokens.len() {
        frame += 1;
        let due = (frame * TOKENS_PER_SECOND / FRAMES_PER_SECOND).min(tokens.len());
        let piece = tokens.get(sent..due).unwrap_or_default().concat();
        let before = processor_time();
        stream.push(&piece);
        let batches = stream.flush();
        let took = processor_time().saturating_sub(before);
        for (place, sum) in places.iter().zip(&mut sums) {
            if place.contains(&sent) {
                *sum = (sum.0 + took, sum.1 + 1);
            }
        }
        sent = due;
        pass.whole += took;
        pass.longest = pass.longest.max(took);
        pass.flushes += 1;
        pass.weigh(&batches);
    }
    let before = processor_time();
    let batches = stream.finish();
    pass.finish = processor_time().saturating_sub(before);
    pass.weigh(&batches);
    let means = sums
        .iter()
        .map(|(sum, count)| microseconds(*sum) / f64::from((*count).max(1)));
    pass.places = means.collect();
    pass
}

impl Pass {
    fn weigh(&mut self, batches: &[Vec<Operation>]) {
        for batch in batches {
            let size = serde_json::to_string(batch).map_or(0, |text| text.len());
            self.bytes += size;
            self.largest = self.largest.max(size);
        }
    }
}

/// A document's line in the report.
struct Row {
    name: String,
    places: Vec<f64>,
    growth: f64,
    per_thousand: f64,
    finish: f64,
    longest: f64,
    bytes_per_flush: f64,
    largest_batch: usize,
}

fn measure(name: &str, tokens: &[String], places: &[Range<usize>]) -> Row {
    let passes: Vec<Pass> = (0..PASSES).map(|_| pass(tokens, places)).collect();
    let place = |index: usize| {
        middle(
            passes
                .iter()
                .filter_map(|pass| pass.places.get(index).copied()),
        )
    };
    let means: Vec<f64> = (0..places.len()).map(place).collect();
    let early = means.first().copied().unwrap_or(f64::NAN);
    let late = means.last().copied().unwrap_or(f64::NAN);
    let thousands = as_float(tokens.len()) / 1_000.0;
    let first = passes.first();
    Row {
        name: name.to_owned(),
        growth: late / early,
        places: means,
        per_thousand: middle(
            passes
                .iter()
                .map(|pass| milliseconds(pass.whole + pass.finish)),
        ) / thousands,
        finish: middle(passes.iter().map(|pass| milliseconds(pass.finish))),
        longest: middle(passes.iter().map(|pass| milliseconds(pass.longest))),
        bytes_per_flush: first.map_or(0.0, |pass| as_float(pass.bytes) / as_float(pass.flushes)),
        largest_batch: first.map_or(0, |pass| pass.largest),
    }
}

impl Row {
    const HEAD: &str = "                         us per flush at  1k      5k     10k     19k  growth  ms/1k tokens  finish ms  longest ms  bytes/flush  largest batch";

    fn json(&self) -> Value {
        json!({
            "document": self.name,
            "microsecondsPerFlush": self.places,
            "growth": self.growth,
            "millisecondsPerThousandTokens": self.per_thousand,
            "finishMilliseconds": self.finish,
            "longestFlushMilliseconds": self.longest,
            "bytesPerFlush": self.bytes_per_flush,
            "largestBatch": self.largest_batch,
        })
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, output: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(output, "{:<35}", self.name)?;
        for place in &self.places {
            write!(output, "{place:>8.1}")?;
        }
        write!(
            output,
            "{:>8.2}{:>14.2}{:>11.1}{:>12.2}{:>13.1}{:>15}",
            self.growth,
            self.per_thousand,
            self.finish,
            self.longest,
            self.bytes_per_flush,
            self.largest_batch,
        )
    }
}

/// What one reading of a whole source costs: a history that was not kept is read so.
fn whole(source: &str) -> Duration {
    let mut times: Vec<Duration> = (0..PASSES)
        .map(|_| {
            let before = processor_time();
            std::hint::black_box(markdown::parse(source));
            processor_time().saturating_sub(before)
        })
        .collect();
    times.sort();
    times.get(PASSES / 2).copied().unwrap_or_default()
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn as_float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::NAN, f64::from)
}

/// How busy the machine is, where it says so.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The processor time that this process has used, on all its threads.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Elsewhere the time that has passed stands in for it.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static START: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    START.elapsed()
}
