//! TLS: whom to trust, and what exactly was wrong with a certificate.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, NamedGroup,
    PeerIncompatible, SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::certificate::issuer;
use super::{Io, trace};
use crate::error::{ErrorKind, ProxyProblem, TlsProblem, chain};
use crate::limits;

/// Certificates of a person's own, trusted beside the system's.
pub(crate) type Certificates = Vec<CertificateDer<'static>>;

/// Shakes hands. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tls {
    to_host: Arc<ClientConfig>,
    to_proxy: Arc<ClientConfig>,
}

impl Tls {
    /// Trusts what the system trusts, and these certificates. A system without any root gets a
    /// client that trusts nobody, so that loopback works and everything else fails as what it is.
    pub(crate) fn new(extra: Certificates) -> Result<Self, ErrorKind> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let inner = Verifier::new_with_extra_roots(extra, Arc::clone(&provider)).ok();
        let verifier = Arc::new(Observed {
            inner,
            provider: Arc::clone(&provider),
        });
        let versions = &[&rustls::version::TLS13, &rustls::version::TLS12];
        let to_proxy = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .map_err(|_error| ErrorKind::Tls(TlsProblem::Handshake))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        let mut to_host = to_proxy.clone();
        to_host.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        to_host.resumption = Resumption::store(Arc::new(Sessions::default()));
        Ok(Self {
            to_host: Arc::new(to_host),
            to_proxy: Arc::new(to_proxy),
        })
    }

    /// What requests shake hands with.
    pub(crate) fn for_requests(&self) -> ClientConfig {
        (*self.to_host).clone()
    }

    /// The handshake with a proxy; a proxy that breaks it off does not answer.
    pub(super) async fn to_proxy<S: Io>(
        &self,
        host: &str,
        stream: S,
    ) -> Result<TlsStream<S>, ErrorKind> {
        let shaken = shake(&self.to_proxy, host, stream).await;
        let gone = ErrorKind::Proxy(ProxyProblem::Unreachable);
        shaken.map_err(|problem| problem.map_or(gone, ErrorKind::Tls))
    }
}

/// The error is `None` when the connection broke.
async fn shake<S: Io>(
    config: &Arc<ClientConfig>,
    host: &str,
    stream: S,
) -> Result<TlsStream<S>, Option<TlsProblem>> {
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|_name| Some(TlsProblem::Handshake))?;
    let shaken = TlsConnector::from(Arc::clone(config))
        .connect(name, stream)
        .await;
    shaken.map_err(|error| {
        let cause = chain(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
        cause.map(|cause| problem(cause, None))
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else there is, and will be, is a handshake that failed"
)]
pub(super) fn problem(error: &rustls::Error, issuer: Option<String>) -> TlsProblem {
    use rustls::Error as Tls;
    if let Tls::InvalidCertificate(error) = error {
        return problem_of_certificate(error, issuer);
    }
    match error {
        Tls::AlertReceived(AlertDescription::ProtocolVersion)
        | Tls::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => TlsProblem::ProtocolVersion,
        _ => TlsProblem::Handshake,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "whatever else there is, and will be, is a handshake that failed"
)]
fn problem_of_certificate(error: &CertificateError, issuer: Option<String>) -> TlsProblem {
    let hours = |from: &UnixTime, to: &UnixTime| {
        let seconds = to.as_secs().saturating_sub(from.as_secs());
        Some(seconds / 3600)
    };
    match error {
        CertificateError::Expired => TlsProblem::Expired { hours: None },
        CertificateError::ExpiredContext { time, not_after } => TlsProblem::Expired {
            hours: hours(not_after, time),
        },
        CertificateError::NotValidYet => TlsProblem::NotYetValid { hours: None },
        CertificateError::NotValidYetContext { time, not_before } => TlsProblem::NotYetValid {
            hours: hours(time, not_before),
        },
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsProblem::WrongHost
        }
        // A root that stands in for a host of its own is refused as "other".
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::ApplicationVerificationFailure
        | CertificateError::Other(_) => TlsProblem::UnknownIssuer { issuer },
        _ => TlsProblem::Handshake,
    }
}

/// Sessions to take up again. It is asked first of all in a handshake, which is the one sign reqwest
/// gives of where the connection ends and the handshake begins.
struct Sessions(ClientSessionMemoryCache);

impl Default for Sessions {
    fn default() -> Self {
        Self(ClientSessionMemoryCache::new(limits::TLS_SESSIONS))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sessions")
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(name, group);
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        trace::mark(|trace| trace.handshake(&name.to_str()));
        self.0.kx_hint(name)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(name, value);
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(name)
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.0.remove_tls12_session(name);
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.0.insert_tls13_ticket(name, value);
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(name)
    }
}

/// The system's verifier, which is never overruled: what it refuses is refused. This one notes who
/// issued a certificate, as its errors do not say.
#[derive(Debug)]
struct Observed {
    inner: Option<Verifier>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Observed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = match &self.inner {
            Some(inner) => {
                inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        if verdict.is_err() {
            // The last certificate that was sent is the nearest to whoever vouches for it.
            let last = intermediates.last().unwrap_or(end_entity);
            trace::mark(|trace| trace.issued_by(issuer(last)));
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
