//! A private message bus and keyring daemon, in folders of their own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PACKAGES: &str = "install the packages dbus-daemon (or dbus) and gnome-keyring";

/// A session of its own: nothing of the user's real one is seen or touched.
pub(crate) struct Session {
    folder: TempDir,
    bus: Option<(Program, String)>,
}

/// A program that ends with the test.
pub(crate) struct Program(Child);

impl Session {
    /// Folders and a message bus that starts nothing by itself.
    pub(crate) fn with_bus() -> Self {
        let mut session = Self::without_bus();
        let folder = session.folder.path();
        let config = folder.join("bus.conf");
        // The usual configuration would start the user's keyring daemon on demand.
        let text = format!(
            "<busconfig><type>session</type><listen>unix:dir={}</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            folder.display()
        );
        std::fs::write(&config, text).expect("a bus configuration");
        let mut command = Command::new("dbus-daemon");
        command
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut program = start(command);
        let output = program.0.stdout.take().expect("its output");
        let mut address = String::new();
        BufReader::new(output)
            .read_line(&mut address)
            .expect("an address");
        assert!(!address.trim().is_empty(), "dbus-daemon gave no address");
        session.bus = Some((program, address.trim().to_owned()));
        session
    }

    /// Folders only, and an address where no bus listens.
    pub(crate) fn without_bus() -> Self {
        let folder = tempfile::tempdir().expect("a private folder");
        for name in ["run", "data"] {
            std::fs::create_dir(folder.path().join(name)).expect("a private folder");
        }
        Self { folder, bus: None }
    }

    /// Runs one test of this binary again inside the session.
    pub(crate) fn run(&self, test: &str, role: &str) {
        let folder = self.folder.path();
        let nowhere = || format!("unix:path={}", folder.join("no-bus").display());
        let address = self
            .bus
            .as_ref()
            .map_or_else(nowhere, |(_, address)| address.clone());
        let output = Command::new(std::env::current_exe().expect("this test binary"))
            .args(["--exact", test, "--nocapture"])
            .env(role, folder)
            .env("DBUS_SESSION_BUS_ADDRESS", address)
            .env("XDG_RUNTIME_DIR", folder.join("run"))
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("HOME", folder)
            .output()
            .expect("the child runs");
        let report = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{report}\n{errors}");
        assert!(
            report.contains("1 passed"),
            "the child ran no test: {report}"
        );
    }
}

/// Starts the keyring daemon of the session this process runs in and unlocks its keyring, which it
/// creates if there is none.
pub(crate) fn start_unlocked() -> Program {
    let mut daemon = start(keyring_daemon(&["--unlock"]));
    let mut input = daemon.0.stdin.take().expect("its input");
    input
        .write_all(b"password of the test")
        .expect("the daemon reads its password");
    daemon
}

/// Starts the keyring daemon and leaves the keyring locked; nothing on the bus can show a dialog.
pub(crate) fn start_locked() -> Program {
    start(keyring_daemon(&[]))
}

/// True if any file below the folder contains the text.
pub(crate) fn any_file_contains(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder)
        .expect("a folder")
        .flatten()
        .any(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return any_file_contains(&path, text);
            }
            let bytes = if path.is_file() {
                std::fs::read(&path).unwrap_or_default()
            } else {
                Vec::new()
            };
            bytes
                .windows(text.len())
                .any(|window| window == text.as_bytes())
        })
}

fn keyring_daemon(arguments: &[&str]) -> Command {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--components=secrets"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn start(mut command: Command) -> Program {
    match command.spawn() {
        Ok(child) => Program(child),
        Err(error) => {
            panic!(
                "{} does not start ({error}): {PACKAGES}",
                command.get_program().display()
            )
        }
    }
}

impl Program {
    /// Ends the program and waits until it is gone.
    pub(crate) fn stop(mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Tries until the condition holds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let start = Instant::now();
    while !holds().await {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{what}: not within 20 s"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
