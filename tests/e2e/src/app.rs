//! The built app and how it is started.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::{fs, io};

use crate::{Error, Result};

/// How the app is started. The default is English, official regions and the usual log.
#[derive(Clone, Debug)]
pub struct Launch {
    /// What `DASHDESK_TEST_REGIONS` says: `region=address`, separated by commas.
    pub regions: Option<String>,
    /// The language of the computer, as `LANG` names it.
    pub language: &'static str,
    /// What `DASHDESK_LOG` says.
    pub log: Option<&'static str>,
    /// File modes the app's environment takes away, such as `077`; 0 takes nothing.
    pub umask: u16,
    /// Further variables of the app's environment.
    pub variables: Vec<(String, String)>,
}

impl Default for Launch {
    fn default() -> Self {
        Self {
            regions: None,
            language: "en_US.UTF-8",
            log: None,
            umask: 0o022,
            variables: Vec::new(),
        }
    }
}

impl Launch {
    /// The default, with these regions.
    pub fn with_regions(regions: impl Into<String>) -> Self {
        Self {
            regions: Some(regions.into()),
            ..Self::default()
        }
    }

    /// The same on a Chinese computer.
    #[must_use]
    pub fn in_chinese(self) -> Self {
        Self {
            language: "zh_CN.UTF-8",
            ..self
        }
    }

    pub(crate) fn environment(&self) -> Vec<(String, OsString)> {
        let log = self.log.map(|log| ("DASHDESK_LOG".to_owned(), log.into()));
        let regions = self.regions.as_ref();
        let regions = regions.map(|text| ("DASHDESK_TEST_REGIONS".to_owned(), text.into()));
        let more = self.variables.iter();
        let more = more.map(|(name, value)| (name.clone(), value.into()));
        log.into_iter().chain(regions).chain(more).collect()
    }
}

/// What only a build with the feature `loopback-regions` holds.
const MARK: &[u8] = b"DASHDESK_TEST_REGIONS";

/// The built app that `DASHDESK_BINARY` names.
///
/// # Errors
/// [`Error::NoApp`] when the variable is not set, names no file, or names a build that would ask
/// the real regions.
pub fn app_binary() -> Result<PathBuf> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    let named = std::env::var_os("DASHDESK_BINARY");
    let named = named.ok_or_else(|| Error::NoApp("the variable is not set".to_owned()))?;
    let told = |error: io::Error| Error::NoApp(format!("{}: {error}", named.display()));
    // Processes are found by the file they run, which /proc names without links.
    let path = PathBuf::from(&named).canonicalize().map_err(told)?;
    let program = fs::read(&path).map_err(told)?;
    if !program.windows(MARK.len()).any(|window| window == MARK) {
        return Err(Error::NoApp(format!(
            "{} lacks that feature",
            path.display()
        )));
    }
    Ok(FOUND.get_or_init(|| path).clone())
}
