//! The clipboard of a display, as another program would use it.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

use crate::program::XCLIP;
use crate::{Error, Result};

/// A text on the clipboard. On X11 it lives as long as its owner, which is this.
#[derive(Debug)]
pub struct Clipboard {
    owner: Child,
}

impl Clipboard {
    /// Puts a text on the clipboard.
    pub(crate) fn holding(display: &str, text: &str) -> Result<Self> {
        let mut owner = Command::new(XCLIP.path()?)
            .args(["-selection", "clipboard", "-in", "-quiet"])
            .env("DISPLAY", display)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::io("starting xclip"))?;
        if let Some(mut input) = owner.stdin.take() {
            input
                .write_all(text.as_bytes())
                .map_err(Error::io("filling the clipboard"))?;
        }
        let clipboard = Self { owner };
        // The owner takes the clipboard some time after it has read its input.
        for _ in 0..200 {
            if Self::read(display)?.as_deref() == Some(text) {
                return Ok(clipboard);
            }
            std::thread::park_timeout(std::time::Duration::from_millis(10));
        }
        Err(Error::Program {
            program: XCLIP.name(),
            said: "the clipboard stayed as it was".into(),
        })
    }

    /// The text on the clipboard, if there is one.
    pub(crate) fn read(display: &str) -> Result<Option<String>> {
        let said = Command::new(XCLIP.path()?)
            .args(["-selection", "clipboard", "-out", "-target", "UTF8_STRING"])
            .env("DISPLAY", display)
            .output()
            .map_err(Error::io("starting xclip"))?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        Ok(said.status.success().then_some(text))
    }
}

impl Drop for Clipboard {
    fn drop(&mut self) {
        // It ends by itself when another program takes the clipboard.
        drop(self.owner.kill());
        drop(self.owner.wait());
    }
}
