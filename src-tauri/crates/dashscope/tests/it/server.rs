//! A loopback server that plays back whole answers byte for byte and keeps what it was asked.
//!
//! It speaks no protocol: each test writes its own answers.

use std::sync::{Arc, Mutex};

use dashscope::{ApiKey, ChatRequest, Client, Endpoint, Part, Region, RegionId, Regions, Turn};
use network::{ClientOptions, Origin};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers the n-th request with the n-th text, and later ones with the last.
    pub(crate) async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = read_request(&mut socket).await;
                let position = {
                    let mut log = log.lock().unwrap();
                    log.push(request);
                    log.len() - 1
                };
                let answer = answers.get(position).or(answers.last()).unwrap();
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.shutdown().await.unwrap();
            }
        });
        Self { address, asked }
    }

    /// The requests so far, heads and bodies as they came.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn origin(&self) -> Origin {
        self.address.parse().unwrap()
    }

    /// The JSON body of the n-th request.
    pub(crate) fn body(&self, position: usize) -> serde_json::Value {
        let asked = self.asked();
        let (_, body) = asked[position].split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = socket.read(&mut buffer).await.unwrap();
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase()
                        .strip_prefix("content-length: ")?
                        .parse()
                        .ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        assert!(read > 0, "the request broke off: {text}");
    }
}

/// A whole answer that closes the connection.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &str) -> String {
    use std::fmt::Write as _;
    let mut answer = format!("HTTP/1.1 {status}\r\nConnection: close\r\n");
    for (name, value) in headers {
        write!(answer, "{name}: {value}\r\n").unwrap();
    }
    write!(answer, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    answer
}

pub(crate) fn json(status: &str, body: &str) -> String {
    answer(status, &[("Content-Type", "application/json")], body)
}

pub(crate) fn events(body: &str) -> String {
    answer("200 OK", &[("Content-Type", "text/event-stream")], body)
}

/// A region that lives on a server of the test.
pub(crate) fn region(id: &str, server: &Server) -> Region {
    Region {
        id: RegionId::new(id),
        shared: Some(server.origin()),
        workspace_suffix: None,
        probe: true,
    }
}

pub(crate) fn client(regions: Regions) -> Client {
    let network = network::Client::new(ClientOptions {
        user_agent: "dashscope-test".to_owned(),
        ..ClientOptions::default()
    });
    Client::new(network.unwrap(), Arc::new(regions))
}

/// The client, endpoint and key for one server that plays an official region.
pub(crate) fn official(server: &Server) -> (Client, Endpoint, ApiKey) {
    let regions = Regions::new(vec![region("test", server)]);
    let endpoint = Endpoint::parse(&server.address, &regions).unwrap();
    (client(regions), endpoint, key(&server.address))
}

pub(crate) fn key(bound: &str) -> ApiKey {
    let origin = Origin::of(&Url::parse(bound).unwrap()).unwrap();
    ApiKey::new(SecretString::from("sk-canary-0123456789"), origin)
}

pub(crate) fn question(model: &str) -> ChatRequest {
    ChatRequest {
        id: None,
        model: model.to_owned(),
        turns: vec![Turn::User(vec![Part::Text("1+1?".to_owned())])],
        ..ChatRequest::default()
    }
}
