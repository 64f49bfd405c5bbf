//! The crate from outside: recordings, the wire's oddities, a loopback server, and the key.

#[path = "../../examples/replay.rs"]
#[expect(dead_code, reason = "its command line is for people")]
mod replay;

mod fixtures;
mod http;
mod keys;
mod native;
mod server;
mod timing;
mod wire;
