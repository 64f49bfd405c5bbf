//! The built app in a real window, against a loopback DashScope, with a real keychain.

mod canary;
mod chat;
mod commands;
mod demo;
mod endpoints;
mod errors;
mod files;
mod first_run;
mod isolation;
mod keychain;
mod recovery;
