//! The order of the migrations and the marks that make the file recognisable.
//!
//! The SQL of a table is in that table's module. Migrations are numbered by their position and
//! never change once released; all pending ones run in one transaction.

use rusqlite_migration::{M, Migrations};

use crate::{account, conversation, delta, document, message, setting};

/// `PRAGMA application_id` of our files: `DDsk` in ASCII.
pub(crate) const APPLICATION_ID: u32 = 0x4444_736b;

/// The schema version this program writes: the number of migrations.
#[expect(clippy::cast_possible_truncation, reason = "a handful of migrations")]
pub const SCHEMA_VERSION: u32 = STEPS.len() as u32;

const STEPS: &[M<'static>] = &[
    M::up(setting::CREATE),
    M::up(account::CREATE),
    M::up(conversation::CREATE),
    M::up(message::CREATE).foreign_key_check(),
    M::up(delta::CREATE).foreign_key_check(),
    M::up(document::CREATE).foreign_key_check(),
    M::up(message::COVER_SHAPE),
    M::up(message::NOTE_CONNECTION),
    M::up(account::ALLOW_FILE),
];

/// All migrations, oldest first.
pub(crate) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::connections::open_writer;
    use crate::folder::{DATABASE_FILE, open_private};
    use crate::{Access, Store};

    /// The tables and indexes of a database as SQL, in the order in which they were made.
    fn schema(connection: &Connection) -> String {
        let mut statement = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            .unwrap();
        let rows = statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap();
        rows.map(|sql| sql.unwrap() + ";\n").collect()
    }

    #[test]
    fn the_migrations_are_valid_and_give_the_recorded_schema() {
        MIGRATIONS.validate().unwrap();
        let mut connection = Connection::open_in_memory().unwrap();
        MIGRATIONS.to_latest(&mut connection).unwrap();
        // A released migration never changes: a difference here needs a new migration, and the
        // file then takes over what this prints.
        assert_eq!(schema(&connection), include_str!("../tests/schema.sql"));
    }

    #[test]
    fn every_old_schema_is_brought_up_to_date_with_its_rows() {
        for version in 0..=STEPS.len() {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join(DATABASE_FILE);
            drop(open_private(&database).unwrap());
            let mut old = open_writer(&database).unwrap();
            old.pragma_update(None, "application_id", APPLICATION_ID)
                .unwrap();
            if version > 0 {
                MIGRATIONS.to_version(&mut old, version).unwrap();
                old.execute("INSERT INTO setting VALUES ('kept', 'yes')", [])
                    .unwrap();
            }
            if version > 1 {
                old.execute_batch(
                    "INSERT INTO account VALUES
                     (7, 'one', 'n', 'a', 'p', 'r', 'o', 'h', 'session', 3, 11)",
                )
                .unwrap();
            }
            drop(old);

            let store = Store::open(folder.path()).unwrap();
            assert_eq!(store.access(), Access::ReadWrite);
            let kept = (version > 0).then(|| "yes".to_owned());
            assert_eq!(store.setting("kept"), Ok(kept), "from version {version}");
            let kept: Vec<_> = if version > 1 {
                vec![crate::Account {
                    id: "one".to_owned(),
                    name: "n".to_owned(),
                    address: "a".to_owned(),
                    protocol: "p".to_owned(),
                    region: Some("r".to_owned()),
                    origin: "o".to_owned(),
                    key_hint: Some("h".to_owned()),
                    key_place: "session".to_owned(),
                    model_count: Some(3),
                    created_ms: 11,
                }]
            } else {
                vec![]
            };
            assert_eq!(store.accounts(), Ok(kept), "from version {version}");
            drop(store);
            let new = Connection::open(&database).unwrap();
            assert_eq!(
                schema(&new),
                include_str!("../tests/schema.sql"),
                "from {version}"
            );
            let reached: u32 = new
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            assert_eq!(reached, SCHEMA_VERSION);
        }
    }

    #[test]
    fn d_02_a_migration_that_fails_at_any_page_leaves_the_old_schema_whole() {
        let mut failures = 0;
        for spare_pages in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join(DATABASE_FILE);
            drop(open_private(&database).unwrap());
            let mut old = open_writer(&database).unwrap();
            MIGRATIONS.to_version(&mut old, 1).unwrap();
            old.execute("INSERT INTO setting VALUES ('kept', 'yes')", [])
                .unwrap();
            let before = schema(&old);
            let pages: u32 = old
                .query_row("PRAGMA page_count", [], |row| row.get(0))
                .unwrap();
            old.pragma_update_and_check(None, "max_page_count", pages + spare_pages, |_| Ok(()))
                .unwrap();

            if MIGRATIONS.to_latest(&mut old).is_ok() {
                assert_eq!(schema(&old), include_str!("../tests/schema.sql"));
                break;
            }
            failures += 1;
            assert_eq!(schema(&old), before, "with {spare_pages} spare pages");
            let version: u32 = old
                .query_row("PRAGMA user_version", [], |row| row.get(0))
                .unwrap();
            assert_eq!(version, 1);
            old.pragma_update(None, "application_id", APPLICATION_ID)
                .unwrap();
            drop(old);
            let store = Store::open(folder.path()).unwrap();
            assert_eq!(store.setting("kept"), Ok(Some("yes".to_owned())));
        }
        assert!(
            failures > 5,
            "the migration must fail at several pages, {failures} did"
        );
    }
}
