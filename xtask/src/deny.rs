//! cargo-deny: installs the version we use, checks `deny.toml`, and skips advisories when offline.

use std::env::consts::EXE_SUFFIX;

use crate::checkout::Checkout;
use crate::failure::Failure;
use crate::process::Call;

/// The version CI uses; any release of the same series will do where one is installed.
const VERSION: &str = "0.20.2";
const SERIES: &str = "cargo-deny 0.20.";

/// Whether known vulnerabilities were looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Advisories {
    /// The database was fetched and every crate was looked up.
    Checked,
    /// The database could not be reached.
    Unreachable,
}

/// Checks licences, bans, sources and, when the database can be reached, advisories.
pub(crate) fn check(checkout: &Checkout) -> Result<Advisories, Failure> {
    let program = program(checkout)?;
    let deny = |what: &[&str]| {
        Call::new(&program)
            .args(["--locked", "check"])
            .args(what)
            .folder(checkout.root())
    };
    deny(&["bans", "licenses", "sources"]).run()?;
    let said = deny(&["advisories"]).ask()?;
    eprint!("{}", said.text);
    if said.succeeded {
        Ok(Advisories::Checked)
    } else if could_not_fetch(&said.text) {
        Ok(Advisories::Unreachable)
    } else {
        Err(Failure::Ended {
            line: "cargo-deny check advisories".to_owned(),
            code: None,
        })
    }
}

/// The path of cargo-deny, after installing it beside the build when there is none.
fn program(checkout: &Checkout) -> Result<String, Failure> {
    let tools = checkout.target().join("tools");
    let ours = tools.join("bin").join(format!("cargo-deny{EXE_SUFFIX}"));
    let ours = ours.to_string_lossy().into_owned();
    for candidate in [&ours, "cargo-deny"] {
        let said = Call::new(candidate).args(["--version"]).ask();
        if said.is_ok_and(|said| said.text.starts_with(SERIES)) {
            return Ok(candidate.to_owned());
        }
    }
    eprintln!("cargo-deny {VERSION} is not installed; building it once (some minutes):");
    let tools = tools.to_string_lossy();
    checkout
        .cargo("install cargo-deny --locked")
        .args(["--version", VERSION, "--root", &tools])
        .prepare()?;
    Ok(ours)
}

/// Tells a database that cannot be reached from one that names a vulnerable crate.
fn could_not_fetch(text: &str) -> bool {
    text.contains("failed to fetch advisory database")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failed_fetch_counts_as_offline() {
        assert!(could_not_fetch(
            "[ERROR] failed to fetch advisory database https://example"
        ));
        assert!(!could_not_fetch(
            "error[vulnerability]: a crate is vulnerable"
        ));
    }
}
