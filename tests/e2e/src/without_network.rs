//! A test on a computer that has no network but itself.

use std::process::Command;

use crate::{Error, Result};

/// Says to the second run of a test that it is on such a computer.
const MARK: &str = "DASHDESK_TEST_WITHOUT_NETWORK";

/// Brings up the loopback of the new computer, which starts without one, and goes on as the test.
const BEGIN: &str = "ip link set lo up && exec \"$@\"";

/// Runs a test of this program once more in a network namespace of its own, where only loopback is.
/// True in that second run, where the test goes on; false in the first once the second has passed.
///
/// # Errors
/// When there can be no such namespace, or the second run fails.
pub fn without_network(test: &str) -> Result<bool> {
    if std::env::var_os(MARK).is_some() {
        return Ok(true);
    }
    let program = std::env::current_exe().map_err(Error::io("finding this program"))?;
    let ran = Command::new("unshare")
        .args(["--map-root-user", "--net", "sh", "-c", BEGIN, "sh"])
        .arg(program)
        .args([test, "--exact", "--nocapture"])
        .env(MARK, "1")
        .output()
        .map_err(|_absent| Error::MissingProgram {
            program: "unshare",
            package: "util-linux",
        })?;
    let said = String::from_utf8_lossy(&ran.stdout);
    // A test that does not exist would pass as well.
    if ran.status.success() && said.contains("1 passed") {
        return Ok(false);
    }
    Err(Error::Program {
        program: "unshare",
        said: format!("{said}{}", String::from_utf8_lossy(&ran.stderr)),
    })
}
