//! `cargo xtask check`: the gates that need no test run, for use before each commit.

use super::expect_none;
use crate::checkout::Checkout;
use crate::failure::Failure;
use crate::stage::{self, Stage};

/// Runs the quick stages of `test`.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    expect_none(rest)?;
    stage::run_all(
        checkout,
        &[Stage::Format, Stage::Lint, Stage::Deny, Stage::Page],
    )
}
