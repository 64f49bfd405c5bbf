//! A computer of its own for one test: display, session bus, keyring, home and data folder.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

use crate::app::{Launch, app_binary};
use crate::browser::{Browser, Engine};
use crate::clipboard::Clipboard;
use crate::display::{Display, Windows};
use crate::driver::Driver;
use crate::process::Process;
use crate::session_bus::{Door, SessionBus};
use crate::{Error, Result, Window};

/// One computer at a time: windows that compete for two cores make timing mean nothing.
static TURN: Mutex<()> = Mutex::const_new(());

/// Where the keychain would be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bus {
    /// A session bus with an unlocked keyring on it.
    WithKeyring,
    /// A session bus without a secret service.
    WithoutKeyring,
    /// No session bus.
    Absent,
}

/// A computer; everything on it ends when it is dropped.
#[derive(Debug)]
pub struct Computer {
    // Dropped in this order: what uses a thing goes before it.
    bus: Option<SessionBus>,
    display: Display,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Computer {
    /// A computer with a bus and an unlocked keyring.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub async fn new() -> Result<Self> {
        Self::with_bus(Bus::WithKeyring).await
    }

    /// A computer with this bus.
    ///
    /// # Errors
    /// When a program is missing or does not come up.
    pub async fn with_bus(bus: Bus) -> Result<Self> {
        let turn = TURN.lock().await;
        let folder = tempfile::tempdir().map_err(Error::io("making a home"))?;
        for name in [
            "home", "run", "share", "config", "cache", "desk", "programs",
        ] {
            fs::create_dir(folder.path().join(name)).map_err(Error::io("making a home"))?;
        }
        // A runtime folder that others could read is refused by its users.
        fs::set_permissions(folder.path().join("run"), Permissions::from_mode(0o700))
            .map_err(Error::io("making a home"))?;
        put_opener(folder.path())?;
        let display = Display::start()?;
        let mut computer = Self {
            bus: None,
            display,
            folder,
            _turn: turn,
        };
        if bus != Bus::Absent {
            computer.bus = Some(SessionBus::start(&computer.place("run"))?);
        }
        if bus == Bus::WithKeyring {
            computer.start_keyring(Door::Unlocked)?;
        }
        Ok(computer)
    }

    /// Puts a keyring on the bus.
    ///
    /// # Errors
    /// When there is no bus, or the keyring does not come up.
    pub fn start_keyring(&mut self, door: Door) -> Result<()> {
        let folders = self.folders();
        let bus = self
            .bus
            .as_mut()
            .ok_or_else(|| Error::Unexpected("there is no bus".into()))?;
        bus.start_keyring(&folders, door)
    }

    /// Takes the keyring off the bus; what it had stored stays on the disk.
    pub fn stop_keyring(&mut self) {
        if let Some(bus) = &mut self.bus {
            bus.stop_keyring();
        }
    }

    /// The folder that holds everything of this computer.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The app's data folder. It does not exist before the app's first start.
    pub fn data(&self) -> PathBuf {
        self.place("desk").join("data")
    }

    /// Puts a text on the clipboard, as another program would, until the result is dropped.
    ///
    /// # Errors
    /// When xclip is missing.
    pub fn copy(&self, text: &str) -> Result<Clipboard> {
        Clipboard::holding(self.display.name(), text)
    }

    /// The text on the clipboard, if there is one.
    ///
    /// # Errors
    /// When xclip is missing.
    pub fn clipboard(&self) -> Result<Option<String>> {
        Clipboard::read(self.display.name())
    }

    /// The addresses that were handed to the system to open, first one first.
    pub fn opened(&self) -> Vec<String> {
        let list = fs::read_to_string(self.place("opened")).unwrap_or_default();
        list.lines().map(str::to_owned).collect()
    }

    /// The address that is handed to the system after the first `before`; waits for it a while.
    ///
    /// # Errors
    /// When none is.
    pub async fn opens(&self, before: usize) -> Result<String> {
        for _ in 0..50 {
            if let Some(address) = self.opened().get(before) {
                return Ok(address.clone());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(Error::Unexpected("nothing was opened".to_owned()))
    }

    /// Starts the app under the driver and waits until its window can be used.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start(&self, launch: &Launch) -> Result<Window> {
        let window = self.start_unready(launch).await?;
        window
            .wait_for(
                "the window to be usable",
                "document.querySelector('[data-ready]') && document.visibilityState === 'visible'",
            )
            .await?;
        Ok(window)
    }

    /// Starts the app under the driver; its page need not be usable.
    ///
    /// # Errors
    /// When it does not come up.
    pub async fn start_unready(&self, launch: &Launch) -> Result<Window> {
        let binary = app_binary()?;
        let driver = Driver::start(&self.environment(launch), launch.umask)?;
        let client = driver.connect(&binary).await?;
        Window::new(client, driver, &binary, self.display.name().to_owned())
    }

    /// Opens an empty browser window.
    ///
    /// # Errors
    /// When the browser or its driver is missing.
    pub async fn browse(&self, engine: Engine) -> Result<Browser> {
        let environment = self.environment(&Launch::default());
        Browser::start(engine, environment, &self.place("home")).await
    }

    /// Starts the app by itself, as a person would, without a driver.
    ///
    /// # Errors
    /// When the binary is missing.
    pub fn start_alone(&self, launch: &Launch) -> Result<Child> {
        let mut command = Command::new(app_binary()?);
        command.env_clear().envs(self.environment(launch));
        // Without the driver nothing automates the window.
        command
            .env_remove("TAURI_AUTOMATION")
            .env_remove("TAURI_WEBVIEW_AUTOMATION");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().map_err(Error::io("starting the app"))
    }

    /// Starts the app by itself and returns how long it took until its window was on the display.
    /// The app shows the window when the page has painted and can be used.
    ///
    /// # Errors
    /// When no window appears within `limit`.
    pub fn time_to_window(&self, launch: &Launch, limit: Duration) -> Result<(Child, Duration)> {
        let windows = Windows::of(self.display.name())?;
        let started = Instant::now();
        let mut app = self.start_alone(launch)?;
        match windows.appeared(limit) {
            Ok(seen) => Ok((app, seen - started)),
            Err(error) => {
                // It may have ended by itself, which is as good.
                drop(app.kill());
                drop(app.wait());
                Err(error)
            }
        }
    }

    /// How many windows of the app are shown.
    ///
    /// # Errors
    /// When the display cannot be asked.
    pub fn windows(&self) -> Result<usize> {
        Windows::of(self.display.name())?.count()
    }

    /// Every process of this computer: the app, its web processes, the drivers and the keyring.
    pub fn processes(&self) -> Vec<Process> {
        let mark = format!("XDG_RUNTIME_DIR={}", self.place("run").display());
        let marked = |process: &Process| {
            process
                .environment()
                .split(|byte| *byte == 0)
                .any(|entry| entry == mark.as_bytes())
        };
        Process::all().into_iter().filter(marked).collect()
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn folders(&self) -> Vec<(String, PathBuf)> {
        [
            ("HOME", "home"),
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_DATA_HOME", "share"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
        ]
        .map(|(name, folder)| (name.to_owned(), self.place(folder)))
        .into()
    }

    /// The whole environment of the app: nothing of the machine but the path to its programs.
    fn environment(&self, launch: &Launch) -> Vec<(String, OsString)> {
        let mut environment: Vec<(String, OsString)> = self
            .folders()
            .into_iter()
            .map(|(name, folder)| (name, folder.into()))
            .collect();
        let mut path = OsString::from(self.place("programs"));
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let bus = match &self.bus {
            Some(bus) => bus.address().to_owned(),
            // An address where nothing answers: without one, GLib would start a bus by itself.
            None => format!("unix:path={}", self.place("run").join("no-bus").display()),
        };
        let set: [(&str, OsString); 11] = [
            ("PATH", path),
            ("DISPLAY", self.display.name().into()),
            ("DBUS_SESSION_BUS_ADDRESS", bus.into()),
            ("DASHDESK_DATA_DIR", self.data().into()),
            ("LANG", launch.language.into()),
            ("GDK_BACKEND", "x11".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("TAURI_AUTOMATION", "true".into()),
            ("TAURI_WEBVIEW_AUTOMATION", "true".into()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
        ];
        environment.extend(set.map(|(name, value)| (name.to_owned(), value)));
        environment.extend(launch.environment());
        environment
    }
}

/// Puts a program in front of the machine's own that notes what it is to open: no test starts a browser.
fn put_opener(folder: &Path) -> Result<()> {
    let program = folder.join("programs").join("xdg-open");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
        folder.join("opened").display()
    );
    fs::write(&program, script).map_err(Error::io("writing the opener"))?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))
        .map_err(Error::io("writing the opener"))
}

impl Drop for Computer {
    fn drop(&mut self) {
        // Twice: a process may have been starting another while the list was made.
        for _ in 0..2 {
            for process in self.processes() {
                // One that has ended by itself is as good.
                drop(process.kill());
            }
        }
    }
}
