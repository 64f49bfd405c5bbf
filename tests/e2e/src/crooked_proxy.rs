//! A proxy on loopback that can be made to fail in every way a proxy, or what stands behind it, does.
//!
//! It is named by `HTTPS_PROXY`, takes every host to one server here, and speaks TLS in that server's
//! place with certificates of an authority that only this computer knows.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::{Error, Result};

/// The host that is asked through the proxy; reserved (RFC 6761), so it is found nowhere else.
pub const HOST: &str = "dashscope.test";

/// What the proxy does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crook {
    /// Passes everything on.
    Honest,
    /// Answers `CONNECT` with this status line.
    Refuses(&'static str),
    /// Closes the connection where the TLS handshake would begin.
    HangsUp,
    /// Speaks TLS with this certificate.
    Shows(Certificate),
    /// Answers every request with these bytes, in place of the server.
    Answers(&'static str),
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Nobody knows who signed it.
    Unknown,
    /// It ran out.
    Expired,
    /// It begins in the future.
    Future,
    /// It is for another host.
    OfAnother,
}

/// The proxy; it is gone when this is dropped.
#[derive(Debug)]
pub struct CrookedProxy {
    address: SocketAddr,
    crook: watch::Sender<Crook>,
    authority: PathBuf,
    task: JoinHandle<()>,
}

struct Authority(Issuer<'static, KeyPair>);

impl CrookedProxy {
    /// An honest proxy that takes everybody to `server`; the authority's certificate is put into
    /// `folder`.
    ///
    /// # Errors
    /// When nothing can be listened on or signed.
    pub async fn start(server: SocketAddr, folder: &Path) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(Error::io("listening"))?;
        let address = listener.local_addr().map_err(Error::io("listening"))?;
        let (authority, pem) = Authority::new()?;
        let file = folder.join("authority.pem");
        fs::write(&file, pem).map_err(Error::io("writing a certificate"))?;
        let (crook, turns) = watch::channel(Crook::Honest);
        let authority = Arc::new(authority);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (authority, mut turns) = (Arc::clone(&authority), turns.clone());
                tokio::spawn(async move {
                    let crook = *turns.borrow_and_update();
                    tokio::select! {
                        _served = authority.serve(client, crook, server) => {}
                        // What was opened before a turn is not used after it.
                        _turned = turns.changed() => {}
                    }
                });
            }
        });
        Ok(Self {
            address,
            crook,
            authority: file,
            task,
        })
    }

    /// Behaves like this from now on, towards open connections too.
    pub fn turn(&self, crook: Crook) {
        self.crook.send_replace(crook);
    }

    /// Its `host:port`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// What a computer has to know to use it, and to trust what it shows.
    pub fn variables(&self) -> Vec<(String, String)> {
        let trusted = self.authority.display().to_string();
        vec![
            ("HTTPS_PROXY".to_owned(), format!("http://{}", self.address)),
            ("SSL_CERT_FILE".to_owned(), trusted),
        ]
    }
}

impl Drop for CrookedProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Authority {
    fn new() -> Result<(Self, String)> {
        let mut parameters = CertificateParams::new(Vec::new()).map_err(unsigned)?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut parameters.distinguished_name;
        name.push(DnType::CommonName, "Company Inspection");
        let key = KeyPair::generate().map_err(unsigned)?;
        let pem = parameters.self_signed(&key).map_err(unsigned)?.pem();
        Ok((Self(Issuer::new(parameters, key)), pem))
    }

    async fn serve(&self, mut client: TcpStream, crook: Crook, server: SocketAddr) -> Result<()> {
        let broken = || Error::io("serving a client");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.map_err(broken())?);
        }
        if let Crook::Refuses(status) = crook {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            return client.write_all(answer.as_bytes()).await.map_err(broken());
        }
        let joined = b"HTTP/1.1 200 Connection established\r\n\r\n";
        client.write_all(joined).await.map_err(broken())?;
        let acceptor = match crook {
            Crook::HangsUp => return Ok(()),
            Crook::Shows(certificate) => self.acceptor(Some(certificate))?,
            Crook::Honest | Crook::Refuses(_) | Crook::Answers(_) => self.acceptor(None)?,
        };
        let mut client = acceptor.accept(client).await.map_err(broken())?;
        if let Crook::Answers(answer) = crook {
            let mut bytes = [0; 4096];
            while client.read(&mut bytes).await.map_err(broken())? > 0 {
                client
                    .write_all(answer.as_bytes())
                    .await
                    .map_err(broken())?;
            }
            return Ok(());
        }
        let mut server = TcpStream::connect(server).await.map_err(broken())?;
        let copied = copy_bidirectional(&mut client, &mut server).await;
        copied.map(drop).map_err(broken())
    }

    fn acceptor(&self, fault: Option<Certificate>) -> Result<TlsAcceptor> {
        let host = if fault == Some(Certificate::OfAnother) {
            "portal.test"
        } else {
            HOST
        };
        let mut parameters = CertificateParams::new(vec![host.to_owned()]).map_err(unsigned)?;
        match fault {
            Some(Certificate::Expired) => parameters.not_after = date_time_ymd(2021, 1, 1),
            Some(Certificate::Future) => parameters.not_before = date_time_ymd(2090, 1, 1),
            Some(Certificate::Unknown | Certificate::OfAnother) | None => {}
        }
        let key = KeyPair::generate().map_err(unsigned)?;
        let stranger;
        let issuer = if fault == Some(Certificate::Unknown) {
            stranger = Self::new()?.0;
            &stranger.0
        } else {
            &self.0
        };
        let signed = parameters.signed_by(&key, issuer).map_err(unsigned)?;
        let secret = PrivateKeyDer::try_from(key.serialize_der());
        let secret = secret.map_err(|error| Error::Unexpected(error.to_owned()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unsigned)?
            .with_no_client_auth()
            .with_single_cert(vec![signed.der().clone()], secret)
            .map_err(unsigned)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn unsigned(error: impl std::fmt::Display) -> Error {
    Error::Unexpected(format!("making a certificate: {error}"))
}
