//! The vault against a scripted keychain, and on Linux against the real Secret Service.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where it fails"
)]

#[cfg(target_os = "linux")]
mod daemon;
mod passphrase;
mod scripted;
#[cfg(target_os = "linux")]
mod secret_service;
mod vault;
mod waiting;
