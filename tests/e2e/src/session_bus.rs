//! A private session bus, and a keyring on it when a test wants one.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program;
use crate::{Error, Result};

/// A bus that starts nothing by itself: what is on it, a test put there.
const CONFIGURATION: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Opens the keyring of one test; worth nothing anywhere else.
const PASSWORD: &[u8] = b"opens the keyring of a test\n";

/// How long the bus and the keyring may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether a keyring can be read without asking anybody. There is nobody to ask: a locked one stays
/// locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// It can.
    Unlocked,
    /// It cannot.
    Locked,
}

/// A running bus; ended when dropped, with the keyring on it.
#[derive(Debug)]
pub(crate) struct SessionBus {
    daemon: Child,
    keyring: Option<Child>,
    address: String,
}

impl SessionBus {
    /// Starts a bus whose socket is in `folder`.
    ///
    /// # Errors
    /// When dbus-daemon is missing or does not come up.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let socket = folder.join("bus");
        let configuration = folder.join("bus.conf");
        fs::write(
            &configuration,
            CONFIGURATION.replace("SOCKET", &socket.to_string_lossy()),
        )
        .map_err(Error::io("writing the bus configuration"))?;
        let mut daemon = Command::new(program::DBUS_DAEMON.path()?)
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting dbus-daemon"))?;
        let mut address = String::new();
        if let Some(output) = daemon.stdout.take() {
            BufReader::new(output)
                .read_line(&mut address)
                .map_err(Error::io("asking the bus"))?;
        }
        let address = address.trim().to_owned();
        let bus = Self {
            daemon,
            keyring: None,
            address,
        };
        if bus.address.is_empty() {
            return Err(Error::Program {
                program: "dbus-daemon",
                said: "gave no address".into(),
            });
        }
        Ok(bus)
    }

    /// The value of `DBUS_SESSION_BUS_ADDRESS`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Puts a keyring on the bus. `environment` says where it keeps its files.
    ///
    /// # Errors
    /// When gnome-keyring is missing or does not come up.
    pub(crate) fn start_keyring(
        &mut self,
        environment: &[(String, PathBuf)],
        door: Door,
    ) -> Result<()> {
        let how: &[&str] = match door {
            Door::Unlocked => &["--unlock"],
            Door::Locked => &[],
        };
        let mut daemon = Command::new(program::KEYRING.path()?)
            .args(how)
            .args(["--components=secrets", "--foreground"])
            .env_clear()
            .envs(environment.iter().cloned())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting gnome-keyring-daemon"))?;
        if let Some(mut input) = daemon.stdin.take()
            && door == Door::Unlocked
        {
            input
                .write_all(PASSWORD)
                .map_err(Error::io("unlocking the keyring"))?;
        }
        self.keyring = Some(daemon);
        let until = Instant::now() + PATIENCE;
        while !self.has_secret_service()? {
            if Instant::now() > until {
                let said = "offered no secret service".to_owned();
                return Err(Error::Program {
                    program: "gnome-keyring-daemon",
                    said,
                });
            }
            std::thread::park_timeout(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Ends the keyring; what it had stored stays on the disk.
    pub(crate) fn stop_keyring(&mut self) {
        if let Some(keyring) = self.keyring.take() {
            end(keyring);
        }
    }

    fn has_secret_service(&self) -> Result<bool> {
        let said = Command::new(program::DBUS_SEND.path()?)
            .args([
                "--session",
                "--print-reply=literal",
                "--dest=org.freedesktop.DBus",
            ])
            .args(["/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner"])
            .arg("string:org.freedesktop.secrets")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .map_err(Error::io("asking the bus"))?;
        Ok(String::from_utf8_lossy(&said.stdout).contains("true"))
    }
}

impl Drop for SessionBus {
    fn drop(&mut self) {
        self.stop_keyring();
        // A bus that has ended by itself cannot be killed any more, which is as good.
        drop(self.daemon.kill());
        drop(self.daemon.wait());
    }
}

fn end(mut child: Child) {
    drop(child.kill());
    drop(child.wait());
}
