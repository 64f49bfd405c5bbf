//! A client as plain as can be: it shows bytes, times and the way a connection ended.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use fake_dashscope::FakeServer;
use serde_json::{Value, json};

pub(crate) const COMPATIBLE: &str = "/compatible-mode/v1/chat/completions";
pub(crate) const TEXT: &str = "/api/v1/services/aigc/text-generation/generation";
pub(crate) const MULTIMODAL: &str = "/api/v1/services/aigc/multimodal-generation/generation";

/// How long a test waits for bytes before it gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the bytes of an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// In order, as far as HTTP is concerned.
    Whole,
    /// The connection closed before HTTP's end of the body.
    Cut,
    Reset,
    /// Nothing came for as long as the test was willing to wait.
    Silent,
}

/// An answer with everything a test may ask about it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The head as it came.
    pub(crate) head: String,
    /// Each chunk of the body with the time it arrived.
    pub(crate) pieces: Vec<(Instant, Vec<u8>)>,
    pub(crate) end: End,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        lines
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.pieces
            .iter()
            .flat_map(|(_, piece)| piece.clone())
            .collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text())
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The JSON of every `data:` line.
    pub(crate) fn events(&self) -> Vec<Value> {
        let text = self.text();
        let data = text
            .lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .map(str::trim);
        data.filter_map(|data| serde_json::from_str(data).ok())
            .collect()
    }

    /// The words of a compatible stream.
    pub(crate) fn words(&self) -> String {
        let events = self.events();
        let contents = events
            .iter()
            .map(|event| &event["choices"][0]["delta"]["content"]);
        contents.filter_map(Value::as_str).collect()
    }
}

/// A chat that a test builds up and sends.
#[derive(Clone)]
pub(crate) struct Chat {
    path: &'static str,
    key: Option<String>,
    headers: Vec<String>,
    pub(crate) body: Value,
    patience: Duration,
}

impl Chat {
    /// A streamed chat of the compatible protocol with this prompt.
    pub(crate) fn compatible(prompt: &str) -> Self {
        let body = json!({
            "model": "qwen-plus",
            "stream": true,
            "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": prompt}],
        });
        Self::to(COMPATIBLE, body)
    }

    /// A streamed chat of the native protocol with this prompt.
    pub(crate) fn native(prompt: &str) -> Self {
        let body = json!({
            "model": "qwen-plus",
            "input": {"messages": [{"role": "user", "content": prompt}]},
            "parameters": {"result_format": "message", "incremental_output": true},
        });
        Self::to(TEXT, body).header("X-DashScope-SSE: enable")
    }

    pub(crate) fn to(path: &'static str, body: Value) -> Self {
        let key = Some(FakeServer::KEY.to_owned());
        Self {
            path,
            key,
            headers: Vec::new(),
            body,
            patience: PATIENCE,
        }
    }

    pub(crate) fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    pub(crate) fn key(mut self, key: Option<&str>) -> Self {
        self.key = key.map(str::to_owned);
        self
    }

    /// Gives up after this much silence.
    pub(crate) fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sets a field of the body.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.body[name] = value;
        self
    }

    /// Sets a field of the native `parameters`.
    pub(crate) fn parameter(mut self, name: &str, value: Value) -> Self {
        self.body["parameters"][name] = value;
        self
    }

    /// Without a stream.
    pub(crate) fn whole(mut self) -> Self {
        self.headers.clear();
        if let Some(body) = self.body.as_object_mut() {
            body.remove("stream");
            body.remove("stream_options");
        }
        if let Some(parameters) = self.body["parameters"].as_object_mut() {
            parameters.remove("incremental_output");
        }
        self
    }

    /// Sends the chat and leaves the answer to be read.
    pub(crate) fn open(&self, server: &FakeServer) -> TcpStream {
        let mut headers = self.headers.clone();
        headers.push(String::from("Content-Type: application/json"));
        headers.extend(
            self.key
                .as_ref()
                .map(|key| format!("Authorization: Bearer {key}")),
        );
        let lines: Vec<&str> = headers.iter().map(String::as_str).collect();
        send(
            server,
            "POST",
            self.path,
            &lines,
            self.body.to_string().as_bytes(),
        )
    }

    pub(crate) fn send(&self, server: &FakeServer) -> Answer {
        let stream = self.open(server);
        read(stream, self.patience)
    }
}

/// A request without a body.
pub(crate) fn get(server: &FakeServer, path: &str, headers: &[&str]) -> Answer {
    read(send(server, "GET", path, headers, b""), PATIENCE)
}

/// A request with any method.
pub(crate) fn request(server: &FakeServer, method: &str, path: &str, headers: &[&str]) -> Answer {
    read(send(server, method, path, headers, b""), PATIENCE)
}

fn send(server: &FakeServer, method: &str, path: &str, headers: &[&str], body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\n", server.address());
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    head.push_str("Connection: close\r\nContent-Length: ");
    head.push_str(&body.len().to_string());
    head.push_str("\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    stream
}

/// Reads an answer until it ends, one way or another.
pub(crate) fn read(stream: TcpStream, patience: Duration) -> Answer {
    read_at_most(stream, patience, usize::MAX)
}

/// Reads an answer until it ends, or until this many bytes have come.
pub(crate) fn read_at_most(mut stream: TcpStream, patience: Duration, limit: usize) -> Answer {
    stream.set_read_timeout(Some(patience)).unwrap();
    let mut raw: Vec<u8> = Vec::new();
    let mut arrivals: Vec<(Instant, usize)> = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let ending = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break None,
            Ok(count) => {
                raw.extend_from_slice(&buffer[..count]);
                arrivals.push((Instant::now(), raw.len()));
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break Some(End::Reset),
            Err(_) => break Some(End::Silent),
        }
        if raw.len() >= limit {
            break Some(End::Cut);
        }
    };
    parse(&raw, &arrivals, ending)
}

fn parse(raw: &[u8], arrivals: &[(Instant, usize)], ending: Option<End>) -> Answer {
    let head_end = raw
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .map(|at| at + 4);
    let Some(head_end) = head_end else {
        let end = ending.unwrap_or(End::Cut);
        return Answer {
            status: 0,
            head: String::new(),
            pieces: Vec::new(),
            end,
        };
    };
    let head = String::from_utf8_lossy(&raw[..head_end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let answer = Answer {
        status,
        head,
        pieces: Vec::new(),
        end: End::Cut,
    };
    let (pieces, whole) = if answer.header("transfer-encoding") == Some("chunked") {
        chunked(raw, head_end, arrivals)
    } else {
        let length: Option<usize> = answer.header("content-length").and_then(|n| n.parse().ok());
        let body = raw[head_end..].to_vec();
        let whole = length.is_none_or(|length| length == body.len());
        let last = arrivals.last().map_or_else(Instant::now, |(at, _)| *at);
        (vec![(last, body)], whole)
    };
    let end = ending.unwrap_or(if whole { End::Whole } else { End::Cut });
    Answer {
        pieces,
        end,
        ..answer
    }
}

/// The chunks of a body, and whether the closing chunk was there.
fn chunked(
    raw: &[u8],
    start: usize,
    arrivals: &[(Instant, usize)],
) -> (Vec<(Instant, Vec<u8>)>, bool) {
    let mut pieces = Vec::new();
    let mut at = start;
    while let Some(line) = raw[at..].windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&raw[at..at + line]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return (pieces, true);
        }
        let from = at + line + 2;
        let Some(piece) = raw.get(from..from + size) else {
            break;
        };
        let arrived = arrivals.iter().find(|(_, total)| *total >= from + size);
        pieces.push((
            arrived.map_or_else(Instant::now, |(at, _)| *at),
            piece.to_vec(),
        ));
        at = from + size + 2;
        if at >= raw.len() {
            break;
        }
    }
    (pieces, false)
}
