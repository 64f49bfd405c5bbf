//! Measures the app and its engine on this machine and prints one JSON object; with the word
//! `render`, what showing a reply costs.
//!
//! Nothing is compared with figures from elsewhere: what is compared runs in the same minute.

mod engine;
mod figures;
mod machine;
mod render;
mod window;

use std::process::ExitCode;

use figures::{Requirement, at_most};
use serde::Serialize;

/// Why the bench could not finish.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Window(#[from] e2e::Error),
    #[error("the engine failed: {0}")]
    Engine(#[from] ::engine::Failure),
    #[error("{0}")]
    Setup(&'static str),
}

/// Everything that is printed.
#[derive(Serialize)]
struct Report {
    machine: machine::Machine,
    engine: engine::Figures,
    window: window::Figures,
    /// Load averages of 1, 5 and 15 minutes after the bench.
    load_after: String,
    requirements: Vec<Requirement>,
}

#[tokio::main]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for people"
)]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let report = match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => printed(measure().await),
        ["render"] => printed(render::measure().await),
        _ => Err(Error::Setup("the bench takes nothing or `render`")),
    };
    match report {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn printed<T: Serialize>(report: Result<T, Error>) -> Result<String, Error> {
    serde_json::to_string_pretty(&report?).map_err(|_error| Error::Setup("figures are no JSON"))
}

/// Says what is being measured, since all of it takes some minutes.
#[expect(clippy::print_stderr, reason = "standard output is for the figures")]
fn progress(what: &str) {
    eprintln!("measuring {what}");
}

async fn measure() -> Result<Report, Error> {
    let machine = machine::Machine::here()?;
    let window = window::measure().await?;
    let engine = engine::measure().await?;
    let requirements = requirements(&engine, &window);
    Ok(Report {
        machine,
        engine,
        window,
        load_after: machine::load(),
        requirements,
    })
}

/// What the project promises, beside what was measured.
fn requirements(engine: &engine::Figures, window: &window::Figures) -> Vec<Requirement> {
    let mut all = vec![
        at_most(
            "engine: first token beyond a bare client, ms",
            5.0,
            engine.first_token_difference_ms,
        ),
        at_most(
            "engine: median per chunk beyond a bare client, ms",
            1.0,
            engine.chunk_difference_ms,
        ),
        at_most(
            "engine: cost per token of a long reply over a short one, ratio",
            1.3,
            engine.growth,
        ),
    ];
    for paced in &window.paced {
        let rate = paced.tokens_per_second;
        all.push(at_most(
            format!("{rate} tokens/s: first token visible, ms"),
            35.0,
            paced.first_token_ms,
        ));
        all.push(at_most(
            format!("{rate} tokens/s: median, ms"),
            35.0,
            paced.visible_ms.median,
        ));
        all.push(at_most(
            format!("{rate} tokens/s: 99th percentile, ms"),
            100.0,
            paced.visible_ms.p99,
        ));
    }
    for flood in &window.floods {
        let limit = if flood.tokens <= 5_000 { 400.0 } else { 900.0 };
        all.push(at_most(
            format!("flood of {}: settled, ms", flood.tokens),
            limit,
            flood.settled_ms.median,
        ));
    }
    all.push(at_most("stop, ms", 100.0, window.stop_ms.max));
    all.push(at_most(
        "start to usable window, ms",
        700.0,
        window.start_ms.median,
    ));
    all.push(at_most(
        "memory after 20 000 tokens, MB",
        300.0,
        window.memory_mb.after_20_000_tokens,
    ));
    all
}
