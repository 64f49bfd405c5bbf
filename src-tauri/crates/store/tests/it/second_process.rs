//! Two processes and one folder: one of them writes.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use store::{DATABASE_FILE, LOCK_FILE, OpenError, SCHEMA_VERSION, Store};

use crate::child;
use crate::crash::Random;

/// The test that, run as a child, keeps the folder open until its input ends.
pub(crate) const HOLDER: &str = "second_process::a_holder_keeps_every_other_opening_out";

const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn a_holder_keeps_every_other_opening_out() {
    if let Some(folder) = child::given_folder() {
        let store = Store::open(&folder).unwrap();
        store.set_setting("holder", "here").unwrap();
        child::tell_parent("ready");
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let owner = Some(process::id());
    let refused = OpenError::AlreadyOpen { process: owner };
    assert_eq!(Store::open(folder.path()).unwrap_err(), refused);
    let clone = store.clone();
    drop(store);
    assert_eq!(
        Store::open(folder.path()).unwrap_err(),
        refused,
        "a clone still holds it"
    );
    assert_eq!(
        clone.setting("any").unwrap(),
        None,
        "the refusals broke nothing"
    );
    drop(clone);
    Store::open(folder.path()).unwrap();
}

#[test]
fn d_08_a_second_process_is_refused_and_a_killed_one_frees_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child::command(HOLDER, folder.path()).spawn().unwrap();
    assert_eq!(
        child::lines_of(&mut holder).next().as_deref(),
        Some("ready")
    );

    let refused = OpenError::AlreadyOpen {
        process: Some(holder.id()),
    };
    assert_eq!(Store::open(folder.path()).unwrap_err(), refused);
    let aside = Store::set_damaged_aside(folder.path(), 1);
    assert_eq!(
        aside.unwrap_err(),
        refused,
        "nothing is renamed under a running process"
    );

    holder.kill().unwrap();
    holder.wait().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.setting("holder").unwrap().as_deref(), Some("here"));
    let owner = fs::read_to_string(folder.path().join(LOCK_FILE)).unwrap();
    assert_eq!(owner.trim(), process::id().to_string());
}

#[test]
fn d_08_a_lock_file_left_behind_locks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(LOCK_FILE), "4194304\n").unwrap();
    Store::open(folder.path()).unwrap();
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the moment of the kill, on a thread of its own"
)]
fn d_02_a_kill_while_the_database_is_made_leaves_the_old_schema_or_the_new() {
    let mut random = Random(2);
    let (mut none, mut whole) = (0, 0);
    let start_time = time_to_ready();
    for _ in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let mut holder = child::command(HOLDER, folder.path()).spawn().unwrap();
        // From before the process has found the folder until after the database is ready.
        thread::sleep(start_time.mul_f64(f64::from(random.percent()) / 50.0));
        holder.kill().unwrap();
        holder.wait().unwrap();

        let database = folder.path().join(DATABASE_FILE);
        if fs::metadata(&database).is_ok_and(|file| file.len() > 0) {
            let found = Connection::open(&database).unwrap();
            let version: u32 = found
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            let tables: u32 = found
                .query_row(
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table'",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(
                [(0, 0), (SCHEMA_VERSION, 6)].contains(&(version, tables)),
                "version {version} with {tables} tables"
            );
            whole += u32::from(version == SCHEMA_VERSION);
        } else {
            none += 1;
        }
        let store = Store::open(folder.path()).unwrap();
        store.set_setting("usable", "yes").unwrap();
    }
    assert!(
        none > 0 && whole > 0,
        "kills must fall on both sides: {none} before, {whole} after"
    );
}

/// How long a process takes on this machine from its start to an open database.
fn time_to_ready() -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let started = Instant::now();
    let mut holder = child::command(HOLDER, folder.path()).spawn().unwrap();
    assert_eq!(
        child::lines_of(&mut holder).next().as_deref(),
        Some("ready")
    );
    let elapsed = started.elapsed();
    holder.kill().unwrap();
    holder.wait().unwrap();
    elapsed
}

#[test]
fn a_closed_folder_is_free_at_once_even_while_other_processes_are_started() {
    let folder = tempfile::tempdir().unwrap();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                let program = std::env::current_exe().unwrap();
                Command::new(program)
                    .arg("--list")
                    .stdout(Stdio::null())
                    .status()
                    .unwrap();
            }
        });
        let openings: Vec<_> = (0..200)
            .map(|_| Store::open(folder.path()).map(drop))
            .collect();
        is_done.store(true, Ordering::Relaxed);
        assert_eq!(openings, vec![Ok(()); 200]);
    });
}

/// Opens the folder as soon as it is free, writes a setting and leaves.
#[expect(
    clippy::disallowed_methods,
    reason = "waits for another process, on a thread of its own"
)]
fn open_when_free(folder: &Path) -> String {
    let started = Instant::now();
    let store = loop {
        match Store::open(folder) {
            Ok(store) => break store,
            Err(OpenError::AlreadyOpen { .. }) if started.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => panic!("neither open nor refused: {error}"),
        }
    };
    let name = format!("process {}", process::id());
    store.set_setting(&name, "was here").unwrap();
    name
}

#[test]
fn an_opening_succeeds_once_the_folder_is_free() {
    if let Some(folder) = child::given_folder() {
        child::tell_parent(&open_when_free(&folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let path = folder.path().to_owned();
    let waiting = thread::spawn(move || open_when_free(&path));
    store.set_setting("first", "done").unwrap();
    drop(store);
    let name = waiting.join().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.setting("first").unwrap().as_deref(), Some("done"));
    assert_eq!(store.setting(&name).unwrap().as_deref(), Some("was here"));
}

#[test]
fn two_processes_that_migrate_at_once_both_get_a_whole_database() {
    let test = "second_process::an_opening_succeeds_once_the_folder_is_free";
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let mut children: Vec<_> = (0..3)
            .map(|_| child::command(test, folder.path()).spawn().unwrap())
            .collect();
        let told: Vec<String> = children
            .iter_mut()
            .map(|child| child::lines_of(child).collect::<Vec<_>>().join("\n"))
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "{told:?}");
        }
        let store = Store::open(folder.path()).unwrap();
        let mut expected: Vec<(String, String)> = told
            .into_iter()
            .map(|name| (name, "was here".to_owned()))
            .collect();
        expected.sort();
        assert_eq!(
            store.settings().unwrap(),
            expected,
            "each process's write is there"
        );
    }
}
