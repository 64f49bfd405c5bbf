//! One file for each command of xtask.

pub(crate) mod bench;
pub(crate) mod bundle;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod run;
pub(crate) mod test;

use crate::failure::Failure;

/// Refuses arguments to a command that takes none.
fn expect_none(rest: &[&str]) -> Result<(), Failure> {
    match rest.first() {
        None => Ok(()),
        Some(word) => Err(Failure::Usage(format!(
            "`{word}` means nothing here; see `cargo xtask help`"
        ))),
    }
}
