//! A browser without the app, for pages that the app is compared with.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use fantoccini::Client;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::process::Process;
use crate::program::{CHROME_DRIVER, CHROMIUM, WEB_DRIVER};
use crate::{Error, Result};

/// Where `WebKitGTK` keeps its own small browser, below the folder of the system's libraries.
const MINI_BROWSERS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];

/// Which browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// `WebKitGTK`, the engine of the app's own window.
    WebKit,
    /// Chromium, whose engine Windows has.
    Chromium,
}

/// A driven browser window. Dropping it ends the browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: Driver,
    engine: Engine,
}

impl Browser {
    pub(crate) async fn start(
        engine: Engine,
        mut environment: Vec<(String, OsString)>,
        home: &Path,
    ) -> Result<Self> {
        // As the app does where there is no GPU.
        environment.push(("WEBKIT_DISABLE_COMPOSITING_MODE".to_owned(), "1".into()));
        let (program, name, options) = match engine {
            Engine::WebKit => {
                let binary = MINI_BROWSERS.iter().find(|path| Path::new(path).is_file());
                let arguments = ["--automation", "--geometry=1200x840"];
                (
                    WEB_DRIVER,
                    "webkitgtk:browserOptions",
                    json!({ "binary": binary, "args": arguments }),
                )
            }
            Engine::Chromium => {
                let folder = format!("--user-data-dir={}", home.join("chromium").display());
                let arguments = [
                    "--headless=new",
                    "--no-sandbox",
                    "--window-size=1200,840",
                    "--disable-gpu",
                    "--allow-file-access-from-files",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    &folder,
                ];
                (
                    CHROME_DRIVER,
                    "goog:chromeOptions",
                    json!({ "binary": CHROMIUM.path()?, "args": arguments }),
                )
            }
        };
        let driver = Driver::start_program(program, &environment, 0o022)?;
        let client = driver.session(name, options).await?;
        Ok(Self {
            client,
            driver,
            engine,
        })
    }

    /// Opens a file.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn open(&self, file: &Path) -> Result<()> {
        let address = format!("file://{}", file.display());
        self.client
            .goto(&address)
            .await
            .map_err(Error::driver(format!("opening {address}")))
    }

    /// Runs the body of a function whose last argument takes the result.
    ///
    /// # Errors
    /// When it throws, answers too late, or with something of another shape.
    pub async fn script_later<T: DeserializeOwned>(
        &self,
        body: &str,
        arguments: Vec<Value>,
    ) -> Result<T> {
        let value = self
            .client
            .execute_async(body, arguments)
            .await
            .map_err(Error::driver("running a script in a browser"))?;
        Ok(serde_json::from_value(value)?)
    }

    /// The process that runs the page: a browser has others like it, so the one is taken that
    /// works while a script in the page does.
    ///
    /// # Errors
    /// When there is none.
    pub async fn page(&self) -> Result<Process> {
        let candidates: Vec<(Process, Duration)> = self
            .driver
            .family()
            .into_iter()
            .filter(|process| match self.engine {
                Engine::WebKit => process.is_web_process(),
                Engine::Chromium => is_renderer(*process),
            })
            .map(|process| (process, process.main_thread().unwrap_or_default()))
            .collect();
        let work = "
            const [done] = arguments;
            const until = performance.now() + 200;
            while (performance.now() < until);
            done(null);
        ";
        self.script_later::<()>(work, vec![]).await?;
        let worked = |(process, before): &(Process, Duration)| {
            let now = process.main_thread().unwrap_or_default();
            now.saturating_sub(*before)
        };
        let page = candidates.iter().max_by_key(|candidate| worked(candidate));
        page.map(|(process, _)| *process)
            .ok_or_else(|| Error::Unexpected("no process runs the page".to_owned()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        for process in self.driver.family() {
            // One that has ended by itself is as good.
            drop(process.kill());
        }
    }
}

fn is_renderer(process: Process) -> bool {
    let arguments = process.arguments();
    let mut words = arguments.split(|byte| *byte == 0 || *byte == b' ');
    words.any(|word| word == b"--type=renderer")
}
