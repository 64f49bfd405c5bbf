//! The settings every open database has, read back through a connection of our own.

use rusqlite::Connection;
use store::{DATABASE_FILE, Store};

#[test]
fn the_file_keeps_the_settings_that_live_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let connection = Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    let read = |pragma: &str| -> i64 {
        connection
            .query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(
        read("auto_vacuum"),
        2,
        "incremental, set before the first table"
    );
    assert_eq!(read("application_id"), 0x4444_736b);
    assert_eq!(read("user_version"), i64::from(store::SCHEMA_VERSION));
    let journal: String = connection
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(journal, "wal");
    let loose: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(loose, Vec::<String>::new(), "every table is strict");
    drop(store);
}

#[test]
fn opening_a_database_that_is_up_to_date_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("dashdesk.db-wal");
    let written = || std::fs::metadata(&log).unwrap().len();
    let store = Store::open(folder.path()).unwrap();
    assert!(written() > 0, "a new database is written");
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(written(), 0);
    store.set_setting("theme", "dark").unwrap();
    assert!(written() > 0, "and a write is seen here");
}
