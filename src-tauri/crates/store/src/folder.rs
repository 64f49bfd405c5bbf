//! The data folder: its files, their names and who may read them.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The database's name inside the data folder.
pub const DATABASE_FILE: &str = "dashdesk.db";

/// The lock's name inside the data folder.
pub const LOCK_FILE: &str = "lock";

/// What SQLite puts behind the database's name for the files beside it.
pub(crate) const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Creates the folder if it is missing, for its owner alone, and resolves links in its path.
pub(crate) fn prepare(folder: &Path) -> io::Result<PathBuf> {
    create_private(folder)?;
    let folder = fs::canonicalize(folder)?;
    if !fs::metadata(&folder)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    if let Err(error) = restrict_folder(&folder) {
        tracing::warn!(kind = %error.kind(), "the data folder could not be made private");
    }
    Ok(folder)
}

/// Opens a file for reading and writing, creating it if missing, for its owner alone.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    restrict_file(&file)?;
    Ok(file)
}

/// The path of a file whose name is that of `database` with something behind it.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether new files can be made in the folder.
pub(crate) fn check_writable(folder: &Path) -> io::Result<()> {
    let trial = folder.join("write-test");
    let made = open_private(&trial).map(drop);
    made.and_then(|()| fs::remove_file(&trial))
}

/// The `file:` address of an absolute path: <https://sqlite.org/uri.html>.
pub(crate) fn file_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in uri_path(path) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b':') {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _written = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(unix)]
fn uri_path(path: &Path) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
}

#[cfg(not(unix))]
fn uri_path(path: &Path) -> Vec<u8> {
    let text = path.to_string_lossy().replace('\\', "/");
    // A resolved path starts with the verbatim mark, which an address cannot hold.
    let text = text.strip_prefix("//?/").unwrap_or(&text);
    format!("///{text}").into_bytes()
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// A folder with the sticky bit, such as `/tmp`, is shared on purpose and stays as it is.
#[cfg(unix)]
fn restrict_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    const STICKY: u32 = 0o1000;
    let mode = fs::metadata(folder)?.permissions().mode();
    if mode & STICKY != 0 || mode & 0o777 == mode & 0o700 {
        return Ok(());
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(mode & 0o700))
}

#[cfg(not(unix))]
fn restrict_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn restrict_file(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;

    if file.metadata()?.permissions().mode() & 0o777 == 0o600 {
        return Ok(());
    }
    file.set_permissions(fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict_file(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn an_address_escapes_what_an_address_would_read_differently() {
        let path = Path::new("/home/a b/千问/100%?#x/dashdesk.db");
        assert_eq!(
            file_uri(path),
            "file:/home/a%20b/%E5%8D%83%E9%97%AE/100%25%3F%23x/dashdesk.db"
        );
    }
}
