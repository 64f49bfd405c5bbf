//! Runs one test of this binary again as a process of its own, which the parent may kill.
//!
//! A test that serves as a child finds the folder in its environment; run as a plain test it
//! finds none and works in a folder of its own.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const FOLDER: &str = "STORE_TEST_FOLDER";

/// The folder the parent wants this process to work in.
pub(crate) fn given_folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// The command that runs `test` on `folder`, with both streams of interest piped.
pub(crate) fn command(test: &str, folder: &Path) -> Command {
    with_arguments(Command::new(env::current_exe().unwrap()), test, folder)
}

/// Adds what makes a test binary run just `test` on `folder`.
pub(crate) fn with_arguments(mut command: Command, test: &str, folder: &Path) -> Command {
    command
        .args([test, "--exact", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

/// Tells the parent, if there is one; unlike `eprintln!`, the test harness does not capture it.
pub(crate) fn tell_parent(line: &str) {
    if given_folder().is_none() {
        return;
    }
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "{line}").unwrap();
}

/// The lines the child tells, as they come.
pub(crate) fn lines_of(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
}
