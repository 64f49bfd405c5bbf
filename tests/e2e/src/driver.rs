//! The driver, which starts the app or a browser and drives its window.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::wd::{Capabilities, TimeoutConfiguration};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::process::Process;
use crate::program::{Program, WEB_DRIVER};
use crate::{Error, Result};

/// How long the driver may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest script: a page that waits for a 90-second reply.
const LONGEST_SCRIPT: Duration = Duration::from_mins(3);

/// A running driver. Its environment is the app's, because it starts the app.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the driver of the app on a free port.
    ///
    /// # Errors
    /// When `WebKitWebDriver` is missing or does not listen.
    pub(crate) fn start(environment: &[(String, OsString)], umask: u16) -> Result<Self> {
        Self::start_program(WEB_DRIVER, environment, umask)
    }

    /// Starts any driver on a free port.
    ///
    /// # Errors
    /// When it is missing or does not listen.
    pub(crate) fn start_program(
        program: Program,
        environment: &[(String, OsString)],
        umask: u16,
    ) -> Result<Self> {
        let port = free_port()?;
        // Only a shell can set the file mode mask of a program that is started safely.
        let process = Command::new("sh")
            .args(["-c", &format!("umask {umask:04o}; exec \"$@\""), "sh"])
            .arg(program.path()?)
            .arg(format!("--port={port}"))
            .env_clear()
            .envs(environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting a driver"))?;
        let driver = Self { process, port };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if Instant::now() > until {
                let said = "does not listen".to_owned();
                return Err(Error::Program {
                    program: program.name(),
                    said,
                });
            }
            std::thread::park_timeout(Duration::from_millis(10));
        }
        Ok(driver)
    }

    /// Starts the app in a session.
    ///
    /// # Errors
    /// When the app does not open a window the driver can see.
    pub(crate) async fn connect(&self, binary: &Path) -> Result<Client> {
        let options = json!({ "binary": binary, "args": [] });
        self.session("webkitgtk:browserOptions", options).await
    }

    /// Starts whatever these options name in a session.
    ///
    /// # Errors
    /// When it does not open a window the driver can see.
    pub(crate) async fn session(&self, name: &str, options: Value) -> Result<Client> {
        let capabilities: Capabilities = [(name.to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .map_err(|error| Error::NoSession(Box::new(error)))?;
        let timeouts =
            TimeoutConfiguration::new(Some(LONGEST_SCRIPT), Some(Duration::from_mins(1)), None);
        client
            .update_timeouts(timeouts)
            .await
            .map_err(Error::driver("setting timeouts"))?;
        Ok(client)
    }

    /// The driver and everything it started.
    pub(crate) fn family(&self) -> Vec<Process> {
        let own = Process::new(self.process.id());
        own.into_iter().flat_map(Process::family).collect()
    }

    /// The app that this driver started.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn app(&self, binary: &Path) -> Result<Process> {
        self.family()
            .into_iter()
            .find(|process| process.executable().as_deref() == Some(binary))
            .ok_or_else(|| Error::Unexpected("the app does not run".to_owned()))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended with the app, which is as good.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A port that was free a moment ago; the driver cannot choose one by itself.
fn free_port() -> Result<u16> {
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("finding a port"))?;
    let address = listener.local_addr().map_err(Error::io("finding a port"))?;
    Ok(address.port())
}
