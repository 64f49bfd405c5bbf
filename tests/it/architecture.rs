//! The rules of ARCHITECTURE.md that a machine can check, over `cargo metadata` and the sources.
//!
//! Each rule is a function from a set of files to the places that break it. It is tried twice: on
//! the repository, where it must find nothing, and on a few lines that break it, where it must.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where the repository is not as it must be"
)]

mod arrows;
mod claims;
mod ipc;
mod page;
mod rust;
mod sources;
mod window;

use sources::Sources;

/// Fails with every place named, so that one run shows them all.
fn assert_obeyed(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// Fails when a rule does not see what it is there to see.
fn assert_seen(rule: impl Fn(&Sources) -> Vec<String>, files: &[(&str, &str)], times: usize) {
    let broken = rule(&Sources::of(files));
    assert_eq!(broken.len(), times, "in {files:?} the rule sees {broken:?}");
}
