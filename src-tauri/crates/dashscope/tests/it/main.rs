//! The crate from outside: recordings, the wire's oddities, a loopback server, and the key.

#[path = "../../examples/replay.rs"]
#[expect(dead_code, reason = "its command line is for people")]
mod replay;

#[cfg(test)]
mod decode;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod http;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod native;
#[cfg(test)]
mod server;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod timing;
#[cfg(test)]
mod wire;
