//! A handshake of our own, so that the certificate can be looked at whether it is trusted or not.
//!
//! It trusts exactly what a real request trusts: the watching verifier hands every question on to
//! the system's.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, ProtocolVersion,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::FromDer as _;

use super::{ProbeError, TlsFault};
use crate::connect::shown;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// Organisations behind the public roots that systems ship, as their certificates spell them. The
/// vendor's own hosts have had certificates of the first two. Somebody else's root may be just as
/// public: so what is not here is named, never refused.
const PUBLIC_AUTHORITIES: &[&str] = &[
    "globalsign",
    "digicert",
    "let's encrypt",
    "internet security research group",
    "isrg",
    "google trust services",
    "sectigo",
    "comodo",
    "the usertrust network",
    "amazon",
    "microsoft corporation",
    "apple inc",
    "entrust",
    "godaddy",
    "starfield technologies",
    "ssl corporation",
    "zerossl",
    "identrust",
    "cybertrust",
    "baltimore",
    "quovadis",
    "secom trust",
    "certum",
    "unizeto",
    "asseco",
    "actalis",
    "buypass",
    "hellenic academic",
    "telia",
    "swisssign",
    "d-trust",
    "certigna",
    "china financial certification authority",
    "itruschina",
    "trustasia",
    "wotrus",
    "shanghai electronic certification authority",
    "unitrust",
    "global digital cybersecurity authority",
    "emudhra",
    "emsign",
];

/// A certificate that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Days until it ends.
    pub days_left: i64,
    /// As in `TLS 1.3`.
    pub version: &'static str,
    /// Whether a public authority we know stands in its chain.
    pub is_public: bool,
}

/// Keeps what the server showed and lets the system judge it.
#[derive(Debug)]
struct Watching {
    system: Verifier,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

/// What a certificate says of itself.
struct Seen {
    subject: String,
    issuer: String,
    begins: i64,
    ends: i64,
    is_public: bool,
}

/// Shakes hands over `stream` and reports on the certificate.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    host: &str,
    extra_roots: Vec<CertificateDer<'static>>,
) -> Result<Certificate, ProbeError> {
    let failed = |fault| ProbeError::Tls(fault);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let system = if extra_roots.is_empty() {
        Verifier::new(Arc::clone(&provider))
    } else {
        Verifier::new_with_extra_roots(extra_roots, Arc::clone(&provider))
    };
    let watching = Arc::new(Watching {
        system: system.map_err(|_no_roots| failed(TlsFault::Handshake))?,
        shown: Mutex::default(),
    });
    let verifier: Arc<dyn ServerCertVerifier> = Arc::<Watching>::clone(&watching);
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|_versions| failed(TlsFault::Handshake))?
        // Named so because a verifier of one's own may do anything; this one asks the system.
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name =
        ServerName::try_from(bare.to_owned()).map_err(|_name| failed(TlsFault::Handshake))?;
    let shaken = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    let seen = watching.seen();
    match shaken {
        Ok(stream) => {
            let version = match stream.get_ref().1.protocol_version() {
                Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
                _ => "TLS 1.3",
            };
            let seen = seen.ok_or(ProbeError::Tls(TlsFault::Handshake))?;
            Ok(Certificate {
                subject: seen.subject,
                issuer: seen.issuer,
                days_left: (seen.ends - now()) / SECONDS_PER_DAY,
                version,
                is_public: seen.is_public,
            })
        }
        Err(error) => Err(judge(&error, seen)),
    }
}

fn judge(error: &io::Error, seen: Option<Seen>) -> ProbeError {
    let Some(cause) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    else {
        return ProbeError::Lost;
    };
    let fault = match (cause, seen) {
        (rustls::Error::InvalidCertificate(refusal), Some(seen)) => refused(refusal, seen),
        (
            rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
            | rustls::Error::PeerIncompatible(_),
            _,
        ) => TlsFault::TooOld,
        _ => TlsFault::Handshake,
    };
    ProbeError::Tls(fault)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the systems' verifiers each have their own words for an issuer nobody knows"
)]
fn refused(refusal: &CertificateError, seen: Seen) -> TlsFault {
    let days = |seconds: i64| seconds.max(0) / SECONDS_PER_DAY;
    match refusal {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => TlsFault::Expired {
            days: days(now() - seen.ends),
        },
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            TlsFault::NotYetValid {
                days: days(seen.begins - now()),
            }
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFault::WrongHost {
                subject: seen.subject,
            }
        }
        _ => TlsFault::UnknownIssuer {
            issuer: seen.issuer,
        },
    }
}

impl Watching {
    /// What the certificate the server showed says; nothing when it cannot be read.
    fn seen(&self) -> Option<Seen> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let chain: Vec<X509Certificate<'_>> = shown
            .iter()
            .filter_map(|der| X509Certificate::from_der(der).ok())
            .map(|(_rest, certificate)| certificate)
            .collect();
        let leaf = chain.first()?;
        Some(Seen {
            subject: subject_of(leaf),
            issuer: issuer_of(leaf),
            begins: leaf.validity().not_before.timestamp(),
            ends: leaf.validity().not_after.timestamp(),
            is_public: chain.iter().any(|certificate| {
                let issuer = certificate.issuer();
                let names = issuer
                    .iter_organization()
                    .chain(issuer.iter_common_name())
                    .filter_map(|name| name.as_str().ok());
                names.map(str::to_lowercase).any(|name| is_public(&name))
            }),
        })
    }
}

fn is_public(name: &str) -> bool {
    PUBLIC_AUTHORITIES
        .iter()
        .any(|authority| name.starts_with(authority))
}

fn subject_of(certificate: &X509Certificate<'_>) -> String {
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let first = alternative.and_then(|names| {
        let mut names = names.value.general_names.iter();
        names.find_map(|name| {
            if let GeneralName::DNSName(name) = name {
                Some(*name)
            } else {
                None
            }
        })
    });
    let common = certificate.subject().iter_common_name().next();
    let name = common.and_then(|name| name.as_str().ok()).or(first);
    shown(name.unwrap_or_default())
}

/// The organisation and the common name, as far as there are any.
fn issuer_of(certificate: &X509Certificate<'_>) -> String {
    let issuer = certificate.issuer();
    let organisation = issuer.iter_organization().next();
    let common = issuer.iter_common_name().next();
    let mut names: Vec<&str> = [common, organisation]
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().ok())
        .collect();
    names.dedup();
    shown(&names.join(", "))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.clear();
        shown.push(end_entity.clone().into_owned());
        shown.extend(intermediates.iter().map(|der| der.clone().into_owned()));
        drop(shown);
        self.system
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.system
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}
