//! The page in `ui/`: fetches its packages and builds it, each only when something changed.
//!
//! What the page is made of is Vite's business; this file knows only the scripts of package.json.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use crate::checkout::Checkout;
use crate::failure::Failure;
use crate::process::Call;

/// Made from other files, or no part of what the page is built from.
const NOT_SOURCES: [&str; 4] = ["node_modules", "dist", "paraglide", "coverage"];

/// The package-lock.json that `node_modules` was filled from.
const INSTALLED_FROM: &str = "node_modules/.installed-from";
/// The digest of the sources that `dist` was built from.
const BUILT_FROM: &str = "node_modules/.built-from";

/// Fetches the packages exactly as locked.
pub(crate) fn install(checkout: &Checkout) -> Result<(), Failure> {
    let folder = folder(checkout);
    let locked = read(&folder.join("package-lock.json"))?;
    let stamp = folder.join(INSTALLED_FROM);
    if fs::read(&stamp).is_ok_and(|installed| installed == locked) {
        return Ok(());
    }
    // No install scripts: a compromised package must not run on a developer's machine.
    npm(checkout, "ci --ignore-scripts --no-audit --no-fund").prepare()?;
    write(&stamp, &locked)
}

/// Builds `ui/dist`, which the app embeds.
pub(crate) fn build(checkout: &Checkout) -> Result<(), Failure> {
    install(checkout)?;
    let folder = folder(checkout);
    let digest = digest(&folder)?;
    let stamp = folder.join(BUILT_FROM);
    let page = folder.join("dist/index.html");
    if page.is_file() && fs::read(&stamp).is_ok_and(|built| built == digest.as_bytes()) {
        return Ok(());
    }
    npm(checkout, "run build").prepare()?;
    if !page.is_file() {
        return Err(Failure::NotBuilt(page));
    }
    write(&stamp, digest.as_bytes())
}

/// A call of npm in `ui/`, with arguments that hold no spaces.
pub(crate) fn npm(checkout: &Checkout, arguments: &str) -> Call {
    npm_in(checkout, "ui", arguments)
}

/// A call of npm in a folder of the checkout, with arguments that hold no spaces.
pub(crate) fn npm_in(checkout: &Checkout, folder: &str, arguments: &str) -> Call {
    Call::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .advice("DashDesk needs Node.js 20.19 or newer with npm")
        .args(arguments.split_whitespace())
        .folder(&checkout.root().join(folder))
        // Colours would hide the counts from us.
        .env("NO_COLOR", "1")
}

fn folder(checkout: &Checkout) -> PathBuf {
    checkout.root().join("ui")
}

/// A digest of every source file's path and content.
fn digest(folder: &Path) -> Result<String, Failure> {
    let mut files = BTreeMap::new();
    collect(folder, &mut files)?;
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Failure> {
    let failed = |source| Failure::File {
        path: folder.to_path_buf(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if NOT_SOURCES.iter().any(|other| name == *other) {
            continue;
        }
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&path, files)?;
        } else {
            let content = read(&path)?;
            files.insert(path, content);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|source| Failure::File {
        path: path.to_path_buf(),
        source,
    })
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    fs::write(path, content).map_err(|source| Failure::File {
        path: path.to_path_buf(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;
    use std::process;

    #[test]
    fn the_digest_sees_sources_and_only_sources() {
        let folder = env::temp_dir().join(format!("xtask-page-{}", process::id()));
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::create_dir_all(folder.join("dist")).unwrap();
        fs::write(folder.join("src/main.ts"), "1").unwrap();
        let before = digest(&folder).unwrap();

        fs::write(folder.join("dist/index.html"), "built").unwrap();
        assert_eq!(
            before,
            digest(&folder).unwrap(),
            "a built page is no source"
        );

        fs::write(folder.join("src/main.ts"), "2").unwrap();
        let edited = digest(&folder).unwrap();
        assert_ne!(before, edited, "an edit must rebuild the page");

        fs::rename(folder.join("src/main.ts"), folder.join("src/other.ts")).unwrap();
        assert_ne!(
            edited,
            digest(&folder).unwrap(),
            "a rename must rebuild the page"
        );
        fs::remove_dir_all(folder).unwrap();
    }
}
