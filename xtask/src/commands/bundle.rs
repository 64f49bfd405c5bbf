//! `cargo xtask bundle`: installers for this system, made by the Tauri CLI of `ui/`.

use std::fs;
use std::path::Path;

use crate::checkout::Checkout;
use crate::failure::Failure;
use crate::page;
use crate::process::Call;
use crate::system::{self, Purpose};

/// What is built where no format is named.
const FORMATS: &str = if cfg!(target_os = "macos") {
    "app,dmg"
} else if cfg!(windows) {
    "nsis"
} else {
    "deb,rpm"
};

/// Builds the page, then the installers, and says where they are.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    let formats = match rest {
        [] => FORMATS,
        [formats] if !formats.starts_with('-') => formats,
        _ => {
            let text = "`cargo xtask bundle` takes nothing or formats, as in `deb,rpm`";
            return Err(Failure::Usage(text.to_owned()));
        }
    };
    system::install(Purpose::Build)?;
    page::build(checkout)?;
    let tauri = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    Call::new(checkout.root().join("ui/node_modules/.bin").join(tauri))
        .advice("it comes with `npm ci` in ui/")
        .args(["build", "--bundles", formats, "--", "--locked"])
        .folder(checkout.root())
        .env("CARGO_TARGET_DIR", checkout.target())
        .run()?;
    let folder = checkout.target().join("release/bundle");
    let mut found = 0;
    for format in formats.split(',') {
        for path in files_in(&folder.join(folder_of(format)))? {
            println!("{}", path.display());
            found += 1;
        }
    }
    if found == 0 {
        return Err(Failure::NotBuilt(folder));
    }
    Ok(())
}

/// The folder in which the Tauri CLI puts a format.
fn folder_of(format: &str) -> &str {
    if format == "app" { "macos" } else { format }
}

fn files_in(folder: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let failed = |source| Failure::File {
        path: folder.to_path_buf(),
        source,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        // The unpacked tree of a package lies beside it; on macOS the app is a folder itself.
        if path.is_file() || path.extension().is_some_and(|extension| extension == "app") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
