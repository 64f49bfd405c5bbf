//! The programs that tests start, and the packages they come from.

use std::path::PathBuf;

use crate::{Error, Result};

/// A program and the Debian package that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    name: &'static str,
    package: &'static str,
}

pub(crate) const XVFB: Program = Program {
    name: "Xvfb",
    package: "xvfb",
};
pub(crate) const WEB_DRIVER: Program = Program {
    name: "WebKitWebDriver",
    package: "webkit2gtk-driver",
};
pub(crate) const CHROME_DRIVER: Program = Program {
    name: "chromedriver",
    package: "chromium-driver",
};
pub(crate) const CHROMIUM: Program = Program {
    name: "chromium",
    package: "chromium",
};
pub(crate) const DBUS_DAEMON: Program = Program {
    name: "dbus-daemon",
    package: "dbus",
};
pub(crate) const DBUS_SEND: Program = Program {
    name: "dbus-send",
    package: "dbus",
};
pub(crate) const KEYRING: Program = Program {
    name: "gnome-keyring-daemon",
    package: "gnome-keyring",
};
pub(crate) const XCLIP: Program = Program {
    name: "xclip",
    package: "xclip",
};
pub(crate) const IMPORT: Program = Program {
    name: "import",
    package: "imagemagick",
};

impl Program {
    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    /// Where it is.
    ///
    /// # Errors
    /// [`Error::MissingProgram`], which names the package.
    pub(crate) fn path(self) -> Result<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path)
            .map(|folder| folder.join(self.name))
            .find(|candidate| candidate.is_file())
            .ok_or(Error::MissingProgram {
                program: self.name,
                package: self.package,
            })
    }
}
