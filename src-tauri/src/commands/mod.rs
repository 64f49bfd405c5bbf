//! What the page may ask for: one file per feature, thin wrappers around the engine.

#![expect(
    clippy::unreachable,
    clippy::needless_pass_by_value,
    reason = "the command macro writes the one, and asks for the other"
)]

pub(crate) mod accounts;
pub(crate) mod app;
pub(crate) mod chat;
pub(crate) mod content;
pub(crate) mod doctor;
pub(crate) mod keys;
pub(crate) mod library;
pub(crate) mod models;
pub(crate) mod routes;
pub(crate) mod settings;
