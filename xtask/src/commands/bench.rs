//! `cargo xtask bench`: measures a release build and prints JSON on standard output.

use super::expect_none;
use crate::checkout::{Checkout, Profile, Regions};
use crate::failure::Failure;
use crate::page;
use crate::system::{self, Purpose};

/// Builds the app and the bench for release and runs it.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    expect_none(rest)?;
    system::install(Purpose::Test)?;
    page::build(checkout)?;
    let app = checkout.build_app(Profile::Release, Regions::Loopback)?;
    checkout
        .cargo("run --quiet --release --locked --package e2e --bin bench")
        .env("DASHDESK_BINARY", app)
        .run()
}
