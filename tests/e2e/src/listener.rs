//! A loopback listener that counts who comes: a page without a network never does.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::{Error, Result};

/// Answers every request with an empty page that any origin may read.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// A listener; its thread ends with the process of the test.
#[derive(Clone, Debug)]
pub struct Listener {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// Starts to listen on a free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub fn start() -> Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listening"))?;
        let address = socket.local_addr().map_err(Error::io("listening"))?;
        let listener = Self {
            address,
            heard: Arc::default(),
        };
        let heard = Arc::clone(&listener.heard);
        thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                // Coming counts, even without a word.
                let mut entries = heard.lock().unwrap_or_else(PoisonError::into_inner);
                let place = entries.len();
                entries.push(String::new());
                drop(entries);
                let said = answer(stream);
                let mut entries = heard.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(entry) = entries.get_mut(place) {
                    *entry = said;
                }
            }
        });
        Ok(listener)
    }

    /// `http://127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `127.0.0.1:PORT`.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The beginning of each request that came; an empty one came without a word.
    pub fn heard(&self) -> Vec<String> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn answer(mut stream: TcpStream) -> String {
    let mut head = [0; 4096];
    // A caller that says nothing has been heard all the same.
    let limit = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let length = limit.and_then(|()| stream.read(&mut head)).unwrap_or(0);
    drop(stream.write_all(ANSWER));
    String::from_utf8_lossy(head.get(..length).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_heard() {
        let listener = Listener::start().unwrap();
        let mut stream = TcpStream::connect(listener.address).unwrap();
        stream.write_all(b"GET /seen HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"));
        while listener.heard().concat().is_empty() {
            thread::yield_now();
        }
        assert!(listener.heard().concat().starts_with("GET /seen "));
    }
}
