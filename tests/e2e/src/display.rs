//! A display without a screen, and the windows on it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux,
    ConnectionExt as _, EventMask, MapState,
};
use x11rb::rust_connection::RustConnection;

use crate::program;
use crate::{Error, Result};

/// Wide enough for the window of 1200 x 800 that the app opens.
const SCREEN: &str = "1280x900x24";

/// A running X server of its own; ended when dropped.
#[derive(Debug)]
pub(crate) struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// Starts a server on the first free display number.
    ///
    /// # Errors
    /// When Xvfb is missing or does not come up.
    pub(crate) fn start() -> Result<Self> {
        let mut server = Command::new(program::XVFB.path()?)
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                SCREEN,
                "-nolisten",
                "tcp",
                "-noreset",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting Xvfb"))?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output)
                .read_line(&mut number)
                .map_err(Error::io("asking Xvfb"))?;
        }
        let display = Self {
            server,
            name: format!(":{}", number.trim()),
        };
        if number.trim().is_empty() {
            return Err(Error::Program {
                program: "Xvfb",
                said: "named no display".to_owned(),
            });
        }
        Ok(display)
    }

    /// The value of `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // A server that has ended by itself cannot be killed any more, which is as good.
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// Takes a picture of the app's window as PNG, or of the whole display while there is none.
///
/// # Errors
/// When `ImageMagick` is missing or cannot write the file.
pub(crate) fn picture(display: &str, file: &Path) -> Result<()> {
    let window = Windows::of(display)?.main();
    let window = window.map_or_else(|_absent| "root".to_owned(), |window| window.to_string());
    let said = Command::new(program::IMPORT.path()?)
        .args(["-silent", "-window", &window, "-display", display])
        .arg(file)
        .output()
        .map_err(Error::io("starting import"))?;
    if said.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    Err(Error::Program {
        program: program::IMPORT.name(),
        said,
    })
}

/// The windows of a display.
#[derive(Debug)]
pub(crate) struct Windows {
    connection: RustConnection,
    root: u32,
}

impl Windows {
    /// The windows of this display, watched from now on.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub(crate) fn of(display: &str) -> Result<Self> {
        let (connection, screen) =
            RustConnection::connect(Some(display)).map_err(Error::display("connecting"))?;
        let root = connection
            .setup()
            .roots
            .get(screen)
            .map(|screen| screen.root);
        let root = root.ok_or(Error::Display {
            doing: "connecting",
            said: "no screen".into(),
        })?;
        let watching = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        connection
            .change_window_attributes(root, &watching)
            .map_err(Error::display("watching"))?
            .check()
            .map_err(Error::display("watching"))?;
        Ok(Self { connection, root })
    }

    /// Waits for the app's window to be shown and returns the moment it was seen.
    ///
    /// # Errors
    /// When none appears within `limit`.
    pub(crate) fn appeared(&self, limit: Duration) -> Result<Instant> {
        let until = Instant::now() + limit;
        while Instant::now() < until {
            let event = self
                .connection
                .poll_for_event()
                .map_err(Error::display("listening"))?;
            let now = Instant::now();
            match event {
                Some(Event::MapNotify(shown)) if self.is_main(shown.window) => return Ok(now),
                Some(_) => {}
                None => std::thread::park_timeout(Duration::from_millis(1)),
            }
        }
        Err(Error::Display {
            doing: "waiting",
            said: "no window appeared".to_owned(),
        })
    }

    /// Asks the app's window to close, as the button in its corner does.
    ///
    /// # Errors
    /// When there is no such window.
    pub(crate) fn close(&self) -> Result<()> {
        let window = self.main()?;
        let protocols = self.atom("WM_PROTOCOLS")?;
        let data = [self.atom("WM_DELETE_WINDOW")?, 0, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, protocols, data);
        self.connection
            .send_event(false, window, EventMask::NO_EVENT, message)
            .map_err(Error::display("closing"))?
            .check()
            .map_err(Error::display("closing"))
    }

    /// Gives the app's window another size.
    ///
    /// # Errors
    /// When there is no such window.
    pub(crate) fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection
            .configure_window(self.main()?, &size)
            .map_err(Error::display("resizing"))?
            .check()
            .map_err(Error::display("resizing"))
    }

    /// How many windows of the app are shown.
    ///
    /// # Errors
    /// When the server does not say.
    pub(crate) fn count(&self) -> Result<usize> {
        Ok(self.shown()?.len())
    }

    fn main(&self) -> Result<u32> {
        let none = Error::Display {
            doing: "listing windows",
            said: "the app has none".to_owned(),
        };
        self.shown()?.first().copied().ok_or(none)
    }

    fn shown(&self) -> Result<Vec<u32>> {
        let tree = self
            .connection
            .query_tree(self.root)
            .map_err(Error::display("listing windows"))?
            .reply()
            .map_err(Error::display("listing windows"))?;
        let windows = tree.children.into_iter();
        Ok(windows
            .filter(|window| self.is_shown(*window) && self.is_main(*window))
            .collect())
    }

    /// Helper windows of GTK carry no title of ours.
    fn is_main(&self, window: u32) -> bool {
        let title =
            self.connection
                .get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64);
        let title = title.ok().and_then(|cookie| cookie.reply().ok());
        title.is_some_and(|title| title.value.starts_with(b"DashDesk"))
    }

    fn is_shown(&self, window: u32) -> bool {
        let attributes = self.connection.get_window_attributes(window);
        let attributes = attributes.ok().and_then(|cookie| cookie.reply().ok());
        attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    fn atom(&self, name: &str) -> Result<u32> {
        let reply = self
            .connection
            .intern_atom(false, name.as_bytes())
            .map_err(Error::display("naming"))?
            .reply()
            .map_err(Error::display("naming"))?;
        Ok(reply.atom)
    }
}
