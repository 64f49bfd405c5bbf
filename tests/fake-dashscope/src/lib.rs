//! A loopback server that speaks both DashScope wire protocols, with scripted faults.
//! It is for tests and for people who want to see a client at work; it holds no model.
//!
//! ```
//! use fake_dashscope::{FakeServer, Options};
//!
//! let server = FakeServer::start(Options::default());
//! assert!(server.compatible_base().starts_with("http://127.0.0.1:"));
//! ```

mod answer;
mod call;
mod chat;
mod checks;
mod connection;
mod directive;
mod document;
mod errors;
mod event;
mod exchange;
mod faults;
mod frames;
mod model_list;
mod models;
mod odd;
mod ordered_json;
mod outlet;
mod pace;
mod plan;
mod player;
mod random;
mod record;
mod routes;
mod script;
mod server;
mod shape;
mod stream;
mod whole;

pub use directive::{SCENARIO_MODELS, ScriptError};
pub use document::{Document, Kind};
pub use errors::{ErrorRow, all_errors, find_error};
pub use pace::Stretch;
pub use record::RecordedRequest;
pub use script::{BodyEnd, Fault, Framing, LineEnd, Oddity, Oversize, Point, Script};
pub use server::{FakeServer, Options, StartError};
pub use shape::Shape;
