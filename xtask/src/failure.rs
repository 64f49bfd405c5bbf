//! What can go wrong while building, said so that the reader knows what to do next.

use std::path::PathBuf;
use std::{fmt, io};

/// Why a command of xtask did not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense; the text says which ones do.
    Usage(String),
    /// A program that xtask cannot install itself is missing.
    Missing {
        program: String,
        advice: &'static str,
    },
    /// A program could not be started or waited for.
    Start { line: String, source: io::Error },
    /// A program ended with another code than zero; its own output has said why.
    Ended { line: String, code: Option<i32> },
    /// A file could not be read or written.
    File { path: PathBuf, source: io::Error },
    /// Stages of `test` or `check` failed; their table says which.
    Stages,
    /// A program should have left this file behind and did not.
    NotBuilt(PathBuf),
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => out.write_str(text),
            Self::Missing { program, advice } => write!(out, "`{program}` was not found: {advice}"),
            Self::Start { line, source } => write!(out, "`{line}` could not be run: {source}"),
            Self::Ended {
                line,
                code: Some(code),
            } => write!(out, "`{line}` ended with code {code}"),
            Self::Ended { line, code: None } => write!(out, "`{line}` was ended by a signal"),
            Self::File { path, source } => write!(out, "{}: {source}", path.display()),
            Self::Stages => out.write_str("not every stage passed"),
            Self::NotBuilt(path) => write!(out, "the build left no {}", path.display()),
        }
    }
}
