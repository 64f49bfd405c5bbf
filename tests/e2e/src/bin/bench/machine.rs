//! What the figures were measured on.

use std::fs;

use serde::Serialize;

/// This machine and the app that ran on it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    processor: String,
    processors: usize,
    memory_mb: u64,
    kernel: String,
    app: String,
    app_bytes: u64,
    /// Whether the bench itself was compiled with optimisation.
    optimised: bool,
    /// Load averages of 1, 5 and 15 minutes before the bench.
    load_before: String,
}

impl Machine {
    /// Asks the system; what it does not say stays empty.
    pub(crate) fn here() -> Result<Self, e2e::Error> {
        let app = e2e::app_binary()?;
        let memory = value_of("/proc/meminfo", "MemTotal");
        let kilobytes = memory
            .split_whitespace()
            .next()
            .and_then(|number| number.parse::<u64>().ok());
        Ok(Self {
            processor: value_of("/proc/cpuinfo", "model name"),
            processors: std::thread::available_parallelism().map_or(0, usize::from),
            memory_mb: kilobytes.unwrap_or(0) / 1024,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .unwrap_or_default()
                .trim()
                .to_owned(),
            app_bytes: fs::metadata(&app).map_or(0, |file| file.len()),
            app: app.display().to_string(),
            optimised: !cfg!(debug_assertions),
            load_before: load(),
        })
    }
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

fn value_of(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_once(':'))
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}
