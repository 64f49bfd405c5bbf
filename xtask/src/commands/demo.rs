//! `cargo xtask demo`: the real app under Xvfb, talking to a loopback server.

use std::fs;

use super::expect_none;
use crate::checkout::{Checkout, Profile, Regions};
use crate::failure::Failure;
use crate::page;
use crate::system::{self, Purpose};

/// Builds the app, asks it one question and leaves a screenshot and a transcript.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    expect_none(rest)?;
    system::install(Purpose::Test)?;
    page::build(checkout)?;
    let app = checkout.build_app(Profile::Debug, Regions::Loopback)?;
    let output = checkout.root().join("target/demo");
    fs::create_dir_all(&output).map_err(|source| Failure::File {
        path: output.clone(),
        source,
    })?;
    checkout
        .cargo("run --quiet --locked --package e2e --bin demo")
        .env("DASHDESK_BINARY", app)
        .env("DASHDESK_DEMO_DIR", &output)
        .run()?;
    eprintln!(
        "\nThe screenshot and the transcript are in {}",
        output.display()
    );
    Ok(())
}
