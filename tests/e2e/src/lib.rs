//! Drives the built app in a real window, against a loopback DashScope, with a real keychain.
//!
//! Every test has a computer of its own: display, session bus, keyring, home and data folder. The
//! app is the one that `DASHDESK_BINARY` names; nothing here is linked into it.

mod app;
mod bridge;
mod browser;
mod clipboard;
mod cloud;
mod computer;
pub mod crooked_proxy;
mod display;
mod driver;
mod error;
mod journey;
mod listener;
mod pointer;
mod process;
mod program;
mod seed;
mod session_bus;
pub mod shown;
mod traces;
mod window;
mod without_network;

pub use app::{Launch, app_binary};
pub use bridge::Answer;
pub use browser::{Browser, Engine};
pub use cloud::Cloud;
pub use computer::{Bus, Computer};
pub use error::Error;
pub use journey::Reply;
pub use listener::Listener;
pub use pointer::Press;
pub use process::{Process, Usage};
pub use seed::{NEEDLE, seed_conversation};
pub use session_bus::Door;
pub use traces::Traces;
pub use window::{Window, by_test_id};
pub use without_network::without_network;

/// The result of everything that drives a window.
pub type Result<T, E = Error> = std::result::Result<T, E>;
