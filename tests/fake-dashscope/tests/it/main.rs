//! The server as a client sees it: bytes, refusals, faults, pace and records.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "functions shared by tests fail the test by panicking"
)]

mod access;
mod bytes;
mod documents;
mod errors;
mod faults;
mod framing;
mod messages;
mod pace;
mod parameters;
mod records;
mod refused;
mod wire;
