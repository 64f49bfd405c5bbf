//! The app's window as a person uses it: looked at, clicked, typed into.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::display;
use crate::driver::Driver;
use crate::process::Process;
use crate::{Error, Result};

/// How long something may take that takes a moment; generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often the window is asked whether it is there yet.
const GLANCE: Duration = Duration::from_millis(25);

/// Names pictures of failures apart.
static PICTURES: AtomicU32 = AtomicU32::new(0);

/// A driven window of the running app. Dropping it ends the app at once.
#[derive(Debug)]
pub struct Window {
    client: Client,
    // Ends the session when dropped.
    _driver: Driver,
    app: Process,
    display: String,
}

/// The selector of an element by its stable test id.
pub fn by_test_id(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Window {
    pub(crate) fn new(
        client: Client,
        driver: Driver,
        binary: &Path,
        display: String,
    ) -> Result<Self> {
        let app = driver.app(binary)?;
        Ok(Self {
            client,
            _driver: driver,
            app,
            display,
        })
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The app's process.
    pub fn app(&self) -> Process {
        self.app
    }

    /// The process that runs the page.
    ///
    /// # Errors
    /// When there is none.
    pub fn page(&self) -> Result<Process> {
        let mut family = self.app.family().into_iter();
        family
            .find(|process| process.is_web_process())
            .ok_or_else(|| Error::Unexpected("no process runs the page".to_owned()))
    }

    /// The address of the page.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn address(&self) -> Result<String> {
        self.script("return location.href", vec![]).await
    }

    /// Runs the body of a function in the page, as a script of the page would run.
    ///
    /// # Errors
    /// When it throws, or returns something of another shape.
    pub async fn script<T: DeserializeOwned>(
        &self,
        body: &str,
        arguments: Vec<Value>,
    ) -> Result<T> {
        let value = self
            .client
            .execute(body, arguments)
            .await
            .map_err(Error::driver(body))?;
        Ok(serde_json::from_value(value)?)
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
            .map_err(Error::driver(body))?;
        Ok(serde_json::from_value(value)?)
    }

    /// Waits until an expression in the page holds.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after half a minute, with what the window showed.
    pub async fn wait_for(&self, what: &str, expression: &str) -> Result<()> {
        self.wait_up_to(PATIENCE, what, expression).await
    }

    /// Waits until an expression in the page holds, for at most `limit`.
    ///
    /// # Errors
    /// [`Error::TimedOut`], with what the window showed.
    pub async fn wait_up_to(&self, limit: Duration, what: &str, expression: &str) -> Result<()> {
        let started = Instant::now();
        let body = format!("return Boolean({expression})");
        while !self.script::<bool>(&body, vec![]).await? {
            if started.elapsed() > limit {
                return Err(self.too_late(what, limit).await);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Waits for an element and returns it.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn find(&self, id: &str) -> Result<Element> {
        let selector = by_test_id(id);
        self.wait_for(id, &format!("document.querySelector({})", json!(selector)))
            .await?;
        self.client
            .find(Locator::Css(&selector))
            .await
            .map_err(Error::driver(format!("finding {id}")))
    }

    /// Whether an element is there now.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn has(&self, id: &str) -> Result<bool> {
        self.script(
            "return document.querySelector(arguments[0]) !== null",
            vec![json!(by_test_id(id))],
        )
        .await
    }

    /// How many elements have this test id.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn count(&self, id: &str) -> Result<usize> {
        self.script(
            "return document.querySelectorAll(arguments[0]).length",
            vec![json!(by_test_id(id))],
        )
        .await
    }

    /// Waits until an element can be used, and clicks it.
    ///
    /// # Errors
    /// When it does not appear, stays disabled, or something lies over it.
    pub async fn click(&self, id: &str) -> Result<()> {
        let element = self.find(id).await?;
        let usable = format!(
            "(e => e !== null && !e.disabled)(document.querySelector({}))",
            json!(by_test_id(id))
        );
        self.wait_for(&format!("{id} to be enabled"), &usable)
            .await?;
        element
            .click()
            .await
            .map_err(Error::driver(format!("clicking {id}")))
    }

    /// Chooses one of a few that are shown side by side.
    ///
    /// # Errors
    /// When the choice does not appear or does not take it.
    pub async fn click_option(&self, id: &str, option: &str) -> Result<()> {
        self.find(id).await?;
        let place = by_test_id(id);
        let label = format!("{place} [data-option=\"{option}\"]");
        let label = self.client.find(Locator::Css(&label)).await;
        let label = label.map_err(Error::driver(format!("finding {option}")))?;
        label
            .click()
            .await
            .map_err(Error::driver(format!("clicking {option}")))?;
        let chosen = format!(
            "document.querySelector({}).dataset.value === {}",
            json!(place),
            json!(option)
        );
        self.wait_for(&format!("{option} to be chosen"), &chosen)
            .await
    }

    /// Empties a field as a person does: everything chosen, then deleted.
    ///
    /// # Errors
    /// When it does not appear or keeps its text.
    pub async fn empty(&self, id: &str) -> Result<()> {
        let element = self.find(id).await?;
        element
            .clear()
            .await
            .map_err(Error::driver(format!("emptying {id}")))?;
        let empty = format!(
            "document.querySelector({}).value === ''",
            json!(by_test_id(id))
        );
        self.wait_for(&format!("{id} to be empty"), &empty).await
    }

    /// Types into an element.
    ///
    /// # Errors
    /// When it does not appear or takes no typing.
    pub async fn type_into(&self, id: &str, text: &str) -> Result<()> {
        let element = self.find(id).await?;
        element
            .send_keys(text)
            .await
            .map_err(Error::driver(format!("typing into {id}")))
    }

    /// The text of an element, as it is rendered.
    ///
    /// # Errors
    /// When it does not appear.
    pub async fn text_of(&self, id: &str) -> Result<String> {
        self.find(id).await?;
        let read = "return document.querySelector(arguments[0])?.innerText ?? ''";
        self.script(read, vec![json!(by_test_id(id))]).await
    }

    /// All text in the window.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn text(&self) -> Result<String> {
        self.script("return document.body.innerText", vec![]).await
    }

    /// Takes a picture of the window as PNG, or of the whole display while there is no window.
    ///
    /// # Errors
    /// When `ImageMagick` is missing or the file cannot be written.
    pub fn picture(&self, file: &Path) -> Result<()> {
        display::picture(&self.display, file)
    }

    /// Gives the window another size, in pixels, and waits until the page has it.
    ///
    /// # Errors
    /// When the window does not follow.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        display::Windows::of(&self.display)?.resize(width, height)?;
        let follows = format!("innerWidth === {width} && innerHeight === {height}");
        self.wait_for("the window to have its new size", &follows)
            .await
    }

    /// Closes the window as a person does, and waits until the app has ended.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn close(self) -> Result<()> {
        display::Windows::of(&self.display)?.close()?;
        let until = Instant::now() + PATIENCE;
        while self.app.is_alive() {
            if Instant::now() > until {
                return Err(self.too_late("the app to end", PATIENCE).await);
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Ends the app at once, as a crash or a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// When it had ended before.
    pub async fn crash(self) -> Result<()> {
        self.app.kill()?;
        while self.app.is_alive() {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    async fn too_late(&self, what: &str, after: Duration) -> Error {
        let seen = self
            .text()
            .await
            .unwrap_or_else(|error| format!("nothing ({error})"));
        let file = evidence();
        let picture = match self.picture(&file) {
            Ok(()) => file.display().to_string(),
            Err(error) => error.to_string(),
        };
        Error::TimedOut {
            waiting_for: what.to_owned(),
            after,
            seen,
            picture,
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        for process in self.app.family() {
            // One that has ended by itself is as good.
            drop(process.kill());
        }
    }
}

/// Where the next picture of a failure goes.
fn evidence() -> PathBuf {
    let number = PICTURES.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("dashdesk-e2e-{}-{number}.png", std::process::id()))
}
