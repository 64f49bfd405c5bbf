//! Runs other programs: shows the line it runs, and names it when it fails.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, ErrorKind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fmt};

use crate::failure::Failure;

/// One program with its arguments, folder and environment.
pub(crate) struct Call {
    command: Command,
    advice: &'static str,
}

/// What a program said on standard output and error, and how it ended.
pub(crate) struct Said {
    /// Whether it ended with code zero.
    pub(crate) succeeded: bool,
    /// The text, lossily decoded.
    pub(crate) text: String,
}

impl Call {
    /// A call of `program`, by name or path.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        for (name, _) in env::vars_os() {
            // Cargo describes xtask in these; a build script that watches one (ring's does) would
            // run anew, and everything above it, each time xtask and cargo are used in turn.
            if name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            }) {
                command.env_remove(name);
            }
        }
        Self {
            command,
            advice: "install it and try again",
        }
    }

    /// What to tell a user who does not have the program.
    pub(crate) fn advice(mut self, advice: &'static str) -> Self {
        self.advice = advice;
        self
    }

    /// Adds arguments.
    pub(crate) fn args<I>(mut self, arguments: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Sets the folder it runs in.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it on the user's terminal.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        eprintln!("\n$ {self}");
        let line = self.to_string();
        let status = self.command.status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::Ended {
                line,
                code: status.code(),
            }),
            Err(source) => Err(self.not_started(source)),
        }
    }

    /// Runs a step of preparation: standard output belongs to the result, so it speaks on error.
    pub(crate) fn prepare(mut self) -> Result<(), Failure> {
        self.command.stdin(Stdio::null()).stdout(io::stderr());
        self.run()
    }

    /// Runs it in silence and returns what it said.
    pub(crate) fn ask(mut self) -> Result<Said, Failure> {
        let output = self.command.stdin(Stdio::null()).output();
        match output {
            Ok(output) => {
                let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
                text.push_str(&String::from_utf8_lossy(&output.stderr));
                Ok(Said {
                    succeeded: output.status.success(),
                    text,
                })
            }
            Err(source) => Err(self.not_started(source)),
        }
    }

    /// Runs it and passes its standard output on as it comes, keeping a copy to count in.
    pub(crate) fn watch(mut self) -> Result<Said, Failure> {
        eprintln!("\n$ {self}");
        let spawned = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match spawned {
            Ok(child) => child,
            Err(source) => return Err(self.not_started(source)),
        };
        let mut text = String::new();
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                text.push_str(&line);
                text.push('\n');
            }
        }
        match child.wait() {
            Ok(status) => Ok(Said {
                succeeded: status.success(),
                text,
            }),
            Err(source) => Err(self.not_started(source)),
        }
    }

    fn not_started(&self, source: io::Error) -> Failure {
        if source.kind() == ErrorKind::NotFound {
            Failure::Missing {
                program: self.command.get_program().to_string_lossy().into_owned(),
                advice: self.advice,
            }
        } else {
            Failure::Start {
                line: self.to_string(),
                source,
            }
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let program = Path::new(self.command.get_program());
        let name = program.file_name().unwrap_or(program.as_os_str());
        write!(out, "{}", name.to_string_lossy())?;
        for argument in self.command.get_args() {
            write!(out, " {}", argument.to_string_lossy())?;
        }
        Ok(())
    }
}
