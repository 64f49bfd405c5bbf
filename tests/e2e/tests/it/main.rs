//! The built app in a real window, against a loopback DashScope, with a real keychain.
#![expect(
    clippy::indexing_slicing,
    reason = "a missing part of a JSON value reads as null"
)]
#![expect(clippy::print_stdout, reason = "what was measured is worth a look")]

mod accessibility;
mod canary;
mod chat;
mod commands;
mod demo;
mod desk;
mod doctor;
mod elsewhere;
mod endpoints;
mod errors;
mod files;
mod first_run;
mod flood;
mod hidden;
mod history;
mod hops;
mod hostile;
mod images;
mod isolation;
mod keychain;
mod links;
mod offline;
mod passphrase;
mod payloads;
mod pretending;
mod recovery;
mod selection;
mod ways;
