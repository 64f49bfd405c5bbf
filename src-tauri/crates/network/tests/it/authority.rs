//! TLS servers on loopback, with certificates of an authority that only these tests know.

use std::sync::Arc;

use base64::Engine as _;
use network::{Client, ClientOptions, ExtraCertificates};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).expect("parameters");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut parameters.distinguished_name;
        name.push(DnType::CommonName, "Tests Only");
        let key = KeyPair::generate().expect("a key");
        let root = parameters.self_signed(&key).expect("a root").der().clone();
        Self {
            issuer: Issuer::new(parameters, key),
            root,
        }
    }

    pub(crate) fn pem(&self) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(&self.root);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    }

    /// A client that trusts this authority beside the system's.
    pub(crate) fn client(&self) -> Client {
        let client = Client::new(ClientOptions::default()).expect("a client");
        client.set_extra_certificates(self.certificates());
        client
    }

    pub(crate) fn certificates(&self) -> ExtraCertificates {
        ExtraCertificates::from_pem(self.pem().as_bytes()).expect("certificates")
    }

    /// A server for these names that hands each secured connection to `answer`.
    pub(crate) async fn serve<F>(
        &self,
        names: &[&str],
        protocol: &'static str,
        change: impl FnOnce(&mut CertificateParams),
        answer: impl Fn(TlsStream<TcpStream>) -> F + Send + Sync + 'static,
    ) -> u16
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut parameters = CertificateParams::new(names).expect("parameters");
        change(&mut parameters);
        let key = KeyPair::generate().expect("a key");
        let signed = parameters.signed_by(&key, &self.issuer).expect("signed");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![signed.der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            )
            .expect("a server");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    tokio::spawn(answer(stream));
                }
            }
        });
        port
    }

    /// A server that answers every request of HTTP/1.1 with these bytes.
    pub(crate) async fn answering(&self, names: &[&str], answer: &'static str) -> u16 {
        self.serve(
            names,
            "http/1.1",
            |_| {},
            move |stream| answer_all(stream, answer),
        )
        .await
    }
}

/// What a server without that page answers to `HEAD`.
const NOTHING_HERE: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\n\r\n";

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

async fn answer_all(mut stream: TlsStream<TcpStream>, answer: &'static str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.unwrap_or(0) > 0 {
        if request.ends_with(b"\r\n\r\n") {
            let asked_for_head = request.starts_with(b"HEAD ");
            request.clear();
            let answer = if asked_for_head { NOTHING_HERE } else { answer };
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }
}
