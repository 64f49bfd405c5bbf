//! Asks the desktop for its settings: a file, or one command under a deadline.
//!
//! Which one is decided at run time, so that all of it compiles on every system.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::SystemTime;

use tokio::process::Command;

use super::proxies::SystemProxies;
use super::{Stamp, gnome, kde, macos, windows};
use crate::limits;

const WINDOWS_SETTINGS: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";

/// What the desktop says now; settings that are nowhere mean no proxy.
pub(super) async fn read() -> SystemProxies {
    match std::env::consts::OS {
        "windows" => {
            let folder = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
            let program = PathBuf::from(folder).join(r"System32\reg.exe");
            let mut command = Command::new(program);
            command.args(["query", WINDOWS_SETTINGS]);
            windows::read(&printed(command).await)
        }
        "macos" => {
            let mut command = Command::new("/usr/sbin/scutil");
            command.arg("--proxy");
            macos::read(&printed(command).await)
        }
        _ if is_kde() => {
            let text = match kde_file() {
                Some(file) => tokio::fs::read(file).await.unwrap_or_default(),
                None => Vec::new(),
            };
            kde::read(&String::from_utf8_lossy(&text))
        }
        _ => {
            let mut command = Command::new("gsettings");
            command.args(["list-recursively", "org.gnome.system.proxy"]);
            gnome::read(&printed(command).await)
        }
    }
}

/// When the desktop's settings were last written; empty where only a reading can tell.
pub(super) fn stamp() -> Stamp {
    if matches!(std::env::consts::OS, "windows" | "macos") {
        return Stamp::new();
    }
    let dconf = configuration().map(|folder| folder.join("dconf/user"));
    [dconf, kde_file()].map(written).into()
}

fn written(file: Option<PathBuf>) -> Option<SystemTime> {
    std::fs::metadata(file?).ok()?.modified().ok()
}

/// What a command prints, or nothing when it is not there, fails or takes too long.
async fn printed(mut command: Command) -> String {
    command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(windows)]
    {
        // No console window flashes up.
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
    match tokio::time::timeout(limits::SYSTEM_COMMAND, command.output()).await {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(Err(error)) => {
            tracing::debug!(kind = ?error.kind(), "the desktop's proxy settings cannot be read");
            String::new()
        }
        Err(_elapsed) => {
            tracing::warn!("the desktop's proxy settings did not come in time");
            String::new()
        }
    }
}

fn is_kde() -> bool {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    desktop.to_lowercase().contains("kde")
}

fn kde_file() -> Option<PathBuf> {
    configuration().map(|folder| folder.join("kioslaverc"))
}

fn configuration() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let home = std::env::var_os("HOME")?;
        Some(PathBuf::from(home).join(".config"))
    })
}
