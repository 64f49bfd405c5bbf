//! The client against hand-made listeners on loopback, one misbehaviour each.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test ends where it fails"
)]

mod answers;
mod authority;
mod bodies;
mod chosen;
mod http2;
mod listener;
mod proxies;
mod requests;
mod routes;
mod secrets;
mod tls;

use std::time::Duration;

use network::{Client, ClientOptions, Error, Request, Response};
use url::Url;

/// Deadlines short enough to wait for, long enough for a busy machine.
fn client() -> Client {
    Client::new(ClientOptions {
        connect: Duration::from_secs(2),
        silence: Duration::from_millis(400),
        ..ClientOptions::default()
    })
    .expect("a client")
}

fn get(url: &Url) -> Request {
    Request {
        method: http::Method::GET,
        url: url.clone(),
        headers: http::HeaderMap::new(),
        body: None,
        first_byte: Duration::from_secs(5),
        earlier_tries: 0,
    }
}

async fn failure(request: Request) -> Error {
    match client().send(request).await {
        Ok(Response { .. }) => panic!("an answer came where an error was expected"),
        Err(error) => error,
    }
}
