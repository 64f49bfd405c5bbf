//! Asks the desktop for its settings: a file, or one command under a deadline.

use std::process::Stdio;

use tokio::process::Command;

use super::Stamp;
use super::proxies::SystemProxies;
use crate::limits;

/// What the desktop says now; no answer in time means no proxy.
pub(super) async fn read() -> SystemProxies {
    system::read().await
}

/// When the desktop's settings were last written; `None` where only a reading can tell.
pub(super) fn stamp() -> Option<Stamp> {
    system::stamp()
}

/// What a command prints, or nothing when it is not there, fails or takes too long.
async fn printed(command: &mut Command) -> String {
    let command = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
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

#[cfg(not(any(windows, target_os = "macos")))]
mod system {
    use super::super::{gnome, kde};
    use super::{Command, Stamp, SystemProxies, printed};
    use std::path::PathBuf;

    pub(super) async fn read() -> SystemProxies {
        if is_kde() {
            let text = match kde_file() {
                Some(file) => tokio::fs::read(file).await.unwrap_or_default(),
                None => Vec::new(),
            };
            return kde::read(&String::from_utf8_lossy(&text));
        }
        let mut command = Command::new("gsettings");
        command.args(["list-recursively", "org.gnome.system.proxy"]);
        gnome::read(&printed(&mut command).await)
    }

    pub(super) fn stamp() -> Option<Stamp> {
        let dconf = configuration().map(|folder| folder.join("dconf/user"));
        let stamp = [dconf, kde_file()].into_iter().map(|file| {
            let facts = std::fs::metadata(file?).ok()?;
            facts.modified().ok()
        });
        Some(stamp.collect())
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
}

#[cfg(target_os = "macos")]
mod system {
    use super::super::macos;
    use super::{Command, Stamp, SystemProxies, printed};

    pub(super) async fn read() -> SystemProxies {
        let mut command = Command::new("/usr/sbin/scutil");
        command.arg("--proxy");
        macos::read(&printed(&mut command).await)
    }

    pub(super) fn stamp() -> Option<Stamp> {
        None
    }
}

#[cfg(windows)]
mod system {
    use super::super::windows;
    use super::{Command, Stamp, SystemProxies, printed};
    use std::path::PathBuf;

    const SETTINGS: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings";
    /// No console window flashes up.
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;

    pub(super) async fn read() -> SystemProxies {
        let folder = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
        let program = PathBuf::from(folder).join(r"System32\reg.exe");
        let mut command = Command::new(program);
        command
            .args(["query", SETTINGS])
            .creation_flags(CREATE_NO_WINDOW);
        windows::read(&printed(&mut command).await)
    }

    pub(super) fn stamp() -> Option<Stamp> {
        None
    }
}
