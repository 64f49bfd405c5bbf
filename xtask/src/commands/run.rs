//! `cargo xtask run`: from a bare machine to the open window.

use std::env;

use crate::checkout::{Checkout, Profile, Regions};
use crate::failure::Failure;
use crate::page;
use crate::process::Call;
use crate::system::{self, Purpose};

/// Installs what is missing, builds the page and the app, and opens it.
pub(crate) fn run(checkout: &Checkout, rest: &[&str]) -> Result<(), Failure> {
    let profile = match rest {
        [] => Profile::Debug,
        ["--release"] => Profile::Release,
        _ => {
            let text = "`cargo xtask run` takes nothing or `--release`";
            return Err(Failure::Usage(text.to_owned()));
        }
    };
    let display = has_display();
    if !display {
        eprintln!(
            "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so DashDesk will \
             be built and not opened. `cargo xtask demo` runs it without one."
        );
    }
    system::install(Purpose::Build)?;
    page::build(checkout)?;
    let app = checkout.build_app(profile, Regions::Official)?;
    if !display {
        eprintln!(
            "\nBuilt {}. No display: try `cargo xtask demo`.",
            app.display()
        );
        return Ok(());
    }
    Call::new(app).folder(checkout.root()).run()
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
