//! Nobody but the owner may read the folder, whatever the process was started with.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use store::Store;

use crate::child;
use crate::second_process::HOLDER;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The names and modes of the files in a folder.
fn modes(folder: &Path) -> Vec<(String, u32)> {
    let mut modes: Vec<(String, u32)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                mode(&entry.path()),
            )
        })
        .collect();
    modes.sort();
    modes
}

/// Runs a process with umask 000 that holds `folder` open, and checks every mode meanwhile.
fn assert_private_with_umask_000(folder: &Path) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap());
    let mut holder = child::with_arguments(shell, HOLDER, folder)
        .spawn()
        .unwrap();
    assert_eq!(
        child::lines_of(&mut holder).next().as_deref(),
        Some("ready")
    );

    assert_eq!(mode(folder), 0o700);
    let expected = ["dashdesk.db", "dashdesk.db-shm", "dashdesk.db-wal", "lock"];
    assert_eq!(modes(folder), expected.map(|name| (name.to_owned(), 0o600)));

    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    assert_eq!(
        modes(folder),
        ["dashdesk.db", "lock"].map(|name| (name.to_owned(), 0o600))
    );
}

#[test]
fn f_01_a_new_folder_is_private_with_umask_000() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("parent").join("data");
    assert_private_with_umask_000(&folder);
    assert_eq!(mode(&place.path().join("parent")), 0o700);
}

#[test]
fn f_01_an_open_folder_is_made_private() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("data");
    drop(Store::open(&folder).unwrap());
    for (name, _) in modes(&folder) {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o666)).unwrap();
    }
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
    assert_private_with_umask_000(&folder);
}

#[test]
fn f_01_a_shared_folder_such_as_tmp_stays_open_to_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    drop(Store::open(folder.path()).unwrap());
    assert_eq!(mode(folder.path()), 0o777);
    assert_eq!(
        modes(folder.path()),
        ["dashdesk.db", "lock"].map(|name| (name.to_owned(), 0o600))
    );
}
