//! The order of the migrations and the marks that make the file recognisable.
//!
//! The SQL of a table is in that table's module. Migrations are numbered by their position and
//! never change once released; all pending ones run in one transaction.

use rusqlite_migration::{M, Migrations};

use crate::{account, conversation, delta, message, setting};

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
];

/// All migrations, oldest first.
pub(crate) const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);
