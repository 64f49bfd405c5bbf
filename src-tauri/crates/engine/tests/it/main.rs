//! The engine against a loopback server, a real database and an in-memory keychain.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what it expects and stops there"
)]

mod attaching;
mod content;
mod desk;
mod doctor;
mod reading;
mod replies;
mod resuming;
mod retrying;
mod routes;
mod stopping;
mod verification;
