//! The log file: what happened, never what was said.
//!
//! Written to `<data>/logs/dashdesk.log`. Every line passes the redactor, so that a key that found
//! its way into an error text of a library does not reach the disk.

use std::fs::{File, OpenOptions, create_dir_all, rename};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// A log above this size is set aside when the app starts; one old file is kept.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Libraries that print bytes at trace level stay at warnings.
const LEVELS: &str = "info,hyper=warn,h2=warn,rustls=warn,zbus=warn";

/// Starts logging; without a writable folder the app runs without a log.
pub(crate) fn start(data_folder: &Path) {
    let Ok(file) = open(&data_folder.join("logs")) else {
        return;
    };
    let levels = EnvFilter::try_from_env("DASHDESK_LOG").unwrap_or_else(|_| EnvFilter::new(LEVELS));
    let started = tracing_subscriber::fmt()
        .with_env_filter(levels)
        .with_ansi(false)
        .with_writer(Mutex::new(Redacting { file }))
        .try_init();
    if started.is_err() {
        // Another subscriber of this process is already at work, as in tests.
    }
}

fn open(folder: &Path) -> io::Result<File> {
    create_dir_all(folder)?;
    let path = folder.join("dashdesk.log");
    if std::fs::metadata(&path).is_ok_and(|file| file.len() > LARGEST) {
        rename(&path, folder.join("dashdesk.old.log"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

struct Redacting {
    file: File,
}

impl Write for Redacting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        self.file.write_all(redact(&line).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Replaces whatever looks like a key or a credential.
pub(crate) fn redact(line: &str) -> String {
    let mut redacted = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, prefix, after)) = next_secret(rest) {
        redacted.push_str(before);
        redacted.push_str(prefix);
        redacted.push('…');
        rest = after;
    }
    redacted.push_str(rest);
    redacted
}

/// What stands before the first secret, the prefix that gives it away, and what follows it.
fn next_secret(line: &str) -> Option<(&str, &str, &str)> {
    const PREFIXES: [&str; 6] = [
        "sk-",
        "st-",
        "Bearer ",
        "bearer ",
        "api_key=",
        "access_token=",
    ];
    let (at, prefix) = PREFIXES
        .iter()
        .filter_map(|prefix| Some((line.find(prefix)?, *prefix)))
        .min_by_key(|(at, _)| *at)?;
    let (before, found) = line.split_at(at);
    let (prefix, secret) = found.split_at(prefix.len());
    let end = secret
        .find(|character: char| {
            !character.is_ascii_alphanumeric() && !"-_.~+/=".contains(character)
        })
        .unwrap_or(secret.len());
    Some((before, prefix, secret.split_at(end).1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_credentials_are_redacted_wherever_they_stand() {
        let line =
            "a sk-0123456789abcdef, Authorization: Bearer sk-zzz-1 and ?api_key=hidden&x=1 end\n";
        let redacted = redact(line);
        assert_eq!(
            redacted,
            "a sk-…, Authorization: Bearer … and ?api_key=…&x=1 end\n"
        );
        assert_eq!(redact("nothing to hide 你好"), "nothing to hide 你好");
    }
}
