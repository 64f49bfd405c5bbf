//! `cargo xtask`: the one entry to building, testing and packing DashDesk.
//!
//! It installs what a machine lacks, then drives cargo and npm. It has no dependencies and knows
//! nothing of the product: it must compile in seconds where nothing else compiles yet.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool speaks to its user there"
)]

mod checkout;
mod commands;
mod counts;
mod deny;
mod failure;
mod page;
mod process;
mod stage;
mod system;

use std::env;
use std::process::ExitCode;

use checkout::Checkout;
use failure::Failure;

const HELP: &str = "\
cargo xtask COMMAND, from the root of the repository

  run [--release]       install what is missing, build the app and open it
  test [--only A,B]     install what is missing, then format, lint, deny, page, ui, unit, e2e
  check                 the quick gates of `test`: format, lint, deny, page
  demo                  run the real app against a loopback server, without a display;
                        leaves a screenshot and a transcript in target/demo
  bench [render]        build for release, measure, print JSON on standard output; `render`
                        measures what showing a reply costs
  bundle [FORMAT,..]    build installers (Linux: deb,rpm)
  help                  this text

CARGO_TARGET_DIR moves the build folder.
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut words = arguments.iter().map(String::as_str);
    let command = words.next().unwrap_or("help");
    let rest: Vec<&str> = words.collect();
    match dispatch(command, &rest) {
        Ok(()) => ExitCode::SUCCESS,
        // The table has said it, and the counts must stay the last line.
        Err(Failure::Stages) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &str, rest: &[&str]) -> Result<(), Failure> {
    let checkout = Checkout::find()?;
    match command {
        "run" => commands::run::run(&checkout, rest),
        "test" => commands::test::run(&checkout, rest),
        "check" => commands::check::run(&checkout, rest),
        "demo" => commands::demo::run(&checkout, rest),
        "bench" => commands::bench::run(&checkout, rest),
        "bundle" => commands::bundle::run(&checkout, rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        unknown => Err(Failure::Usage(format!(
            "there is no command `{unknown}`; see `cargo xtask help`"
        ))),
    }
}
