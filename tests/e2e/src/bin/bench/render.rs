//! What showing a reply costs: in the app's window, beside the least a page can do and beside what
//! many clients do, all in one run on one machine.
//!
//! Cost is the processor time of the first thread of the web process, which runs scripts, lays out
//! and paints. It is compared at four places of one document that hold the same words.

mod app;
mod opening;
mod probe;
mod replayed;

use e2e::{Cloud, Computer, Engine};
use fake_dashscope::{FakeServer, Kind};
use serde::Serialize;

use crate::figures::{Requirement, at_most};
use crate::{Error, machine, progress};
use probe::Probes;
use replayed::{Seeded, Sink};

/// Everything that is printed.
#[derive(Serialize)]
pub(crate) struct Report {
    machine: machine::Machine,
    /// The app's window, fed by the server at 200 tokens a second.
    app: Probes,
    /// Plain text appended to one text node, in the app's window.
    floor: Probes,
    /// The same in an empty browser with the same engine.
    floor_in_browser: Probes,
    /// streamdown in React, in that browser.
    streamdown: Probes,
    /// The app's reply page in that browser, fed with recorded operations.
    page_in_browser: Probes,
    /// The same in Chromium.
    page_in_chromium: Probes,
    /// Plain text in Chromium.
    floor_in_chromium: Probes,
    /// The app's window when the whole reply is one block.
    one_block: Vec<OneBlock>,
    /// The whole document at 200 tokens a second without a pause.
    whole: app::Whole,
    /// In milliseconds.
    flood: app::Flood,
    opening: opening::Opening,
    /// Load averages of 1, 5 and 15 minutes after the bench.
    load_after: String,
    requirements: Vec<Requirement>,
}

/// A reply that is one block.
#[derive(Serialize)]
struct OneBlock {
    kind: &'static str,
    probes: Probes,
}

/// Measures everything; takes some minutes.
pub(crate) async fn measure() -> Result<Report, Error> {
    let machine = machine::Machine::here()?;
    let mixed = Seeded::new(Kind::Mixed);
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("to warm up", "complete").await?;

    progress("the app at 200 tokens a second");
    let app = app::paced(&window, &cloud, &mixed).await?;
    let mut one_block = Vec::new();
    for kind in [Kind::Code, Kind::List, Kind::Table, Kind::Paragraph] {
        progress(&format!("the app with one {}", kind.name()));
        let probes = app::paced(&window, &cloud, &Seeded::new(kind)).await?;
        let kind = kind.name();
        one_block.push(OneBlock { kind, probes });
    }
    progress("the app in flood");
    let flood = app::flood(&window, &cloud).await?;
    progress("the app with a whole reply at 200 tokens a second");
    let whole = app::whole(&window, &cloud, &mixed).await?;
    progress("plain text in the app's window");
    let least = replayed::in_app(&window, &mixed).await?;
    window.close().await?;

    progress("the opening of a long conversation");
    let opening = opening::measure(&computer, &cloud).await?;

    let mut browsers = Vec::new();
    for (engine, sink) in [
        (Engine::WebKit, Sink::Plain),
        (Engine::WebKit, Sink::Streamdown),
        (Engine::WebKit, Sink::Operations),
        (Engine::Chromium, Sink::Operations),
        (Engine::Chromium, Sink::Plain),
    ] {
        progress(&format!("{} in {engine:?}", sink.name()));
        let browser = computer.browse(engine).await?;
        browsers.push(replayed::in_browser(&browser, sink, &mixed).await?);
    }
    let mut browsers = browsers.into_iter();
    let mut next = || browsers.next().unwrap_or_default();
    let mut report = Report {
        machine,
        app,
        floor: least,
        floor_in_browser: next(),
        streamdown: next(),
        page_in_browser: next(),
        page_in_chromium: next(),
        floor_in_chromium: next(),
        one_block,
        whole,
        flood,
        opening,
        load_after: machine::load(),
        requirements: Vec::new(),
    };
    report.requirements = requirements(&report);
    Ok(report)
}

/// What the project promises, beside what was measured.
fn requirements(report: &Report) -> Vec<Requirement> {
    let above_floor = report.app.last() - report.floor.last();
    let mut all = vec![
        at_most(
            "app: growth from 1k to 19k tokens, ratio",
            1.2,
            report.app.growth,
        ),
        at_most(
            "app: main thread above the floor at 19k tokens, ms a frame",
            1.0,
            above_floor,
        ),
        at_most(
            "Chromium: growth from 1k to 19k tokens, ratio",
            1.2,
            report.page_in_chromium.growth,
        ),
        at_most(
            "app: longest frame of a whole reply, ms",
            100.0,
            report.whole.longest_frame_ms,
        ),
        at_most(
            "app: flood of 20 000 settled, ms",
            900.0,
            report.flood.settled.median,
        ),
        at_most(
            "app: opening 10 000 messages, main thread, ms",
            150.0,
            report.opening.main_thread_ms.median,
        ),
    ];
    all.extend(report.one_block.iter().map(|block| {
        let limit = match block.kind {
            "table" => 12.0,
            "paragraph" => 16.0,
            _ => 5.0,
        };
        let what = format!("app: one {} at 19k tokens, ms a frame", block.kind);
        at_most(what, limit, block.probes.last())
    }));
    all
}
