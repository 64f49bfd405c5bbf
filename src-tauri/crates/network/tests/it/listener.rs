//! A loopback listener that records each request and then does what the test says.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) struct Listener {
    url: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// Hands each connection to `answer` once a request head has been read and recorded.
    pub(crate) async fn start<F>(answer: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_head(&mut stream).await;
                record
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(request);
                tokio::spawn(answer(stream));
            }
        });
        let url = Url::parse(&format!("http://{address}/path")).expect("a url");
        Self { url, requests }
    }

    /// Writes `answer` and closes.
    pub(crate) async fn with_answer(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |stream| {
            let answer = Arc::clone(&answer);
            async move { write(stream, &answer).await }
        })
        .await
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn port(&self) -> u16 {
        self.url.port().expect("a port")
    }

    /// Heads (and bodies, as far as they came with the head) of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Writes as far as the client lets it, then closes in order.
pub(crate) async fn write(mut stream: TcpStream, bytes: &[u8]) {
    if stream.write_all(bytes).await.is_ok() {
        drop(stream.shutdown().await);
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
