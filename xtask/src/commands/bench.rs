//! `cargo xtask bench`: measures a release build and prints JSON on standard output.

use crate::checkout::{Checkout, Profile, Regions};
use crate::failure::Failure;
use crate::page::{self, npm_in};
use crate::system::{self, Purpose};

/// Where the pages are that the app's rendering is compared with.
const COMPARED: &str = "tests/e2e/bench-page";

/// Builds the app and the bench for release and runs it.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    let (purpose, mode) = match rest {
        [] => (Purpose::Test, ""),
        ["render"] => (Purpose::Bench, " -- render"),
        _ => {
            let usage = "`cargo xtask bench` takes nothing or `render`";
            return Err(Failure::Usage(usage.to_owned()));
        }
    };
    system::install(purpose)?;
    page::build(checkout)?;
    if purpose == Purpose::Bench {
        // They import the app's own page, so they are built after its packages are there.
        npm_in(
            checkout,
            COMPARED,
            "ci --ignore-scripts --no-audit --no-fund",
        )
        .prepare()?;
        npm_in(checkout, COMPARED, "run build").prepare()?;
    }
    let app = checkout.build_app(Profile::Release, Regions::Loopback)?;
    let bench = "run --quiet --release --locked --package e2e --bin bench";
    checkout
        .cargo(&format!("{bench}{mode}"))
        .env("DASHDESK_BINARY", app)
        .run()
}
