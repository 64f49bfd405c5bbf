//! A CONNECT proxy and a SOCKS proxy on loopback that take every host to one port here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use network::{ManualProxy, ProxyScheme, ProxyServer, RouteChoice};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a proxy heard before it passed anything on.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub(crate) fn all(&self) -> Vec<String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }

    fn note(&self, words: String) {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(words);
    }
}

pub(crate) struct Proxy {
    pub(crate) port: u16,
    pub(crate) heard: Heard,
}

impl Proxy {
    pub(crate) async fn connect(target: u16) -> Self {
        Self::connect_after(target, Duration::ZERO).await
    }

    /// Connects to a host only after this long; what is meant for the proxy itself is refused at once.
    pub(crate) async fn connect_after(target: u16, pause: Duration) -> Self {
        Self::start(move |mut client, heard| async move {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await?);
            }
            heard.note(String::from_utf8_lossy(&head).into_owned());
            if !head.starts_with(b"CONNECT ") {
                return client.write_all(b"HTTP/1.1 400 No\r\n\r\n").await;
            }
            tokio::time::sleep(pause).await;
            client
                .write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
                .await?;
            join(client, target).await
        })
        .await
    }

    /// Wants a name and a password when `word` is some, as `user:password`.
    pub(crate) async fn socks(target: u16, word: Option<&'static str>) -> Self {
        Self::start(move |mut client, heard| async move {
            let _version = client.read_u8().await?;
            let mut methods = vec![0; usize::from(client.read_u8().await?)];
            client.read_exact(&mut methods).await?;
            client
                .write_all(&[5, if word.is_some() { 2 } else { 0 }])
                .await?;
            if let Some(word) = word {
                let _version = client.read_u8().await?;
                let given = format!(
                    "{}:{}",
                    words(&mut client).await?,
                    words(&mut client).await?
                );
                client.write_all(&[1, u8::from(given != word)]).await?;
            }
            let mut request = [0; 4];
            client.read_exact(&mut request).await?;
            let host = match request[3] {
                3 => format!("name {}", words(&mut client).await?),
                kind => {
                    let mut address = vec![0; if kind == 1 { 4 } else { 16 }];
                    client.read_exact(&mut address).await?;
                    format!("address {address:?}")
                }
            };
            heard.note(format!("{host} {}", client.read_u16().await?));
            client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
            join(client, target).await
        })
        .await
    }

    async fn start<F>(serve: impl Fn(TcpStream, Heard) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = std::io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Heard::default();
        let record = heard.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, record.clone()));
            }
        });
        Self { port, heard }
    }

    pub(crate) fn choice(&self, scheme: ProxyScheme) -> RouteChoice {
        manual(scheme, self.port, None, &[])
    }
}

/// A typed proxy on this computer; `word` is `user:password`.
pub(crate) fn manual(
    scheme: ProxyScheme,
    port: u16,
    word: Option<&str>,
    bypass: &[&str],
) -> RouteChoice {
    let (user, password) = word.and_then(|word| word.split_once(':')).unzip();
    RouteChoice::Manual(ManualProxy {
        server: ProxyServer {
            scheme,
            host: String::from("127.0.0.1"),
            port,
            user: user.map(str::to_owned),
            password: password.map(Into::into),
        },
        bypass: bypass.iter().map(|entry| (*entry).to_owned()).collect(),
    })
}

async fn words(client: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

async fn join(mut client: TcpStream, target: u16) -> std::io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", target)).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server)
        .await
        .map(drop)
}
