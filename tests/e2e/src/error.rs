//! What can go wrong while a window is driven.

use std::fmt;
use std::io;
use std::time::Duration;

/// Why a test could not go on. `Debug` is the sentence itself, since that is what a failed test
/// prints.
#[derive(thiserror::Error)]
pub enum Error {
    /// A program that tests need is not installed.
    #[error(
        "{program} is not installed: install the Debian package {package} (or run `cargo xtask test`)"
    )]
    MissingProgram {
        /// Its name in `PATH`.
        program: &'static str,
        /// The Debian package that holds it.
        package: &'static str,
    },
    /// `DASHDESK_BINARY` does not name the built app.
    #[error(
        "DASHDESK_BINARY must name the built app (cargo build --features loopback-regions): {0}"
    )]
    NoApp(String),
    /// A program started and did not do its work.
    #[error("{program} failed: {said}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it printed, or what it did not do.
        said: String,
    },
    /// The system refused something.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's words.
        source: io::Error,
    },
    /// The driver refused a command.
    #[error("WebDriver, {doing}: {source} ({source:?})")]
    WebDriver {
        /// What was being done.
        doing: String,
        /// The driver's words.
        source: Box<fantoccini::error::CmdError>,
    },
    /// No session could be made.
    #[error("no WebDriver session: {0}")]
    NoSession(Box<fantoccini::error::NewSessionError>),
    /// The X server refused something.
    #[error("X11, {doing}: {said}")]
    Display {
        /// What was being done.
        doing: &'static str,
        /// The server's or the library's words.
        said: String,
    },
    /// Something did not happen in time.
    #[error("after {} s still not: {waiting_for}\n--- the window says ---\n{seen}\n--- picture: {picture}", .after.as_secs())]
    TimedOut {
        /// What was expected.
        waiting_for: String,
        /// How long it was waited for.
        after: Duration,
        /// The text in the window.
        seen: String,
        /// Where a picture of the display is.
        picture: String,
    },
    /// A command of the app was refused where it should have worked.
    #[error("{command} was refused: {error}")]
    Refused {
        /// The command.
        command: String,
        /// What it was rejected with.
        error: String,
    },
    /// The page or a file held something of another shape than expected.
    #[error("not what was expected: {0}")]
    Unexpected(String),
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Unexpected(error.to_string())
    }
}

impl Error {
    /// Says what was being done when the system refused.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    /// Says what was being done when the driver refused.
    pub(crate) fn driver(
        doing: impl Into<String>,
    ) -> impl FnOnce(fantoccini::error::CmdError) -> Self {
        let doing = doing.into();
        move |source| Self::WebDriver {
            doing,
            source: Box::new(source),
        }
    }

    /// Says what was being done when the X server refused.
    pub(crate) fn display<E: fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Display {
            doing,
            said: error.to_string(),
        }
    }
}
