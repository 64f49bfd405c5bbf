//! Processes as `/proc` shows them: who started whom, what they cost, what they were given.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{Error, Result};

/// One clock tick of `/proc/PID/stat`; Linux fixes it at a hundredth of a second for user space.
const TICK: Duration = Duration::from_millis(10);

/// One process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Process(i32);

/// What a set of processes has cost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Time on a processor.
    pub cpu: Duration,
    /// Memory in bytes, shared pages counted in part (PSS).
    pub memory: u64,
}

impl Process {
    /// The process with this number.
    pub fn new(number: u32) -> Option<Self> {
        i32::try_from(number).ok().map(Self)
    }

    /// Its number.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Every process there is.
    pub(crate) fn all() -> Vec<Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Self))
            .collect()
    }

    /// It and everything it started, directly or not.
    pub fn family(self) -> Vec<Self> {
        let everyone: Vec<(Self, Self)> = Self::all()
            .into_iter()
            .filter_map(|one| Some((one, one.parent()?)))
            .collect();
        let mut family = vec![self];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            family.extend(
                everyone
                    .iter()
                    .filter(|(_, of)| *of == parent)
                    .map(|(child, _)| *child),
            );
            next += 1;
        }
        family
    }

    /// The program's name, at most 15 bytes of it.
    pub fn name(self) -> String {
        fs::read_to_string(self.file("comm"))
            .unwrap_or_default()
            .trim()
            .to_owned()
    }

    /// Whether it runs the page of a `WebKitGTK` window.
    pub fn is_web_process(self) -> bool {
        self.name().starts_with("WebKitWebProces")
    }

    /// The file it runs.
    pub fn executable(self) -> Option<PathBuf> {
        fs::read_link(self.file("exe")).ok()
    }

    /// Its arguments, each ended by a zero byte.
    pub fn arguments(self) -> Vec<u8> {
        fs::read(self.file("cmdline")).unwrap_or_default()
    }

    /// The environment it was started with, each entry ended by a zero byte.
    pub fn environment(self) -> Vec<u8> {
        fs::read(self.file("environ")).unwrap_or_default()
    }

    /// Whether it still runs; a zombie does not.
    pub fn is_alive(self) -> bool {
        self.field(0)
            .is_some_and(|state| state != "Z" && state != "X")
    }

    /// Ends it at once, as a crash or the system would.
    ///
    /// # Errors
    /// When it does not exist any more.
    pub fn kill(self) -> Result<()> {
        let pid = Pid::from_raw(self.0).ok_or_else(|| Error::Unexpected("process 0".into()))?;
        kill_process(pid, Signal::KILL).map_err(|error| Error::Io {
            doing: "ending a process",
            source: error.into(),
        })
    }

    /// What its first thread has cost so far, to the nanosecond: in a web process, the one that
    /// runs scripts, lays out and paints.
    pub fn main_thread(self) -> Option<Duration> {
        let text = fs::read_to_string(self.file("schedstat")).ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }

    /// What the processes have cost so far.
    pub fn usage(processes: &[Self]) -> Usage {
        processes
            .iter()
            .fold(Usage::default(), |sum, process| Usage {
                cpu: sum.cpu + process.cpu().unwrap_or_default(),
                memory: sum.memory + process.memory().unwrap_or_default(),
            })
    }

    fn parent(self) -> Option<Self> {
        self.field(1)?.parse().ok().map(Self)
    }

    fn cpu(self) -> Option<Duration> {
        let ticks: u32 =
            self.field(11)?.parse::<u32>().ok()? + self.field(12)?.parse::<u32>().ok()?;
        Some(TICK * ticks)
    }

    fn memory(self) -> Option<u64> {
        let rollup = fs::read_to_string(self.file("smaps_rollup")).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
        let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kilobytes * 1024)
    }

    /// A field of `/proc/PID/stat` behind the name, which may itself hold spaces.
    fn field(self, index: usize) -> Option<String> {
        let stat = fs::read_to_string(self.file("stat")).ok()?;
        let (_, fields) = stat.rsplit_once(") ")?;
        fields.split_whitespace().nth(index).map(str::to_owned)
    }

    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_child_is_found_measured_and_ended() {
        let own = Process::new(std::process::id()).unwrap();
        let mut child = Command::new("sleep")
            .arg("60")
            .env("MARK", "seen")
            .spawn()
            .unwrap();
        let process = Process::new(child.id()).unwrap();
        assert!(own.family().contains(&process));
        // The name changes when the new program is in place.
        while process.name() != "sleep" {
            std::thread::yield_now();
        }
        assert!(
            process
                .environment()
                .split(|byte| *byte == 0)
                .any(|entry| entry == b"MARK=seen")
        );
        assert_eq!(process.arguments(), b"sleep\x0060\0");
        assert!(process.is_alive());
        assert!(Process::usage(&[own]).memory > 500_000);
        assert!(own.main_thread() > Some(Duration::ZERO));
        process.kill().unwrap();
        child.wait().unwrap();
        assert!(!process.is_alive());
    }

    #[test]
    fn time_on_a_processor_is_counted() {
        let own = Process::new(std::process::id()).unwrap();
        let before = Process::usage(&[own]).cpu;
        let started = std::time::Instant::now();
        while Process::usage(&[own]).cpu < before + Duration::from_millis(50) {
            assert!(
                started.elapsed() < Duration::from_secs(20),
                "the clock stands still"
            );
        }
    }
}
