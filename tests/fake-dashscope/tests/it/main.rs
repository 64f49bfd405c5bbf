//! The server as a client sees it: bytes, refusals, faults, pace and records.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "functions shared by tests fail the test by panicking"
)]

mod access;
mod bytes;
mod checks;
mod documents;
mod errors;
mod faults;
mod pace;
mod records;
mod wire;
