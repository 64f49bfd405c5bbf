//! Certificates of a person's own, for networks that look into what is sent.

use std::path::Path;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::limits;

/// Certificates from a PEM file, checked; trusted beside the system's, never instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtraCertificates(pub(crate) Vec<CertificateDer<'static>>);

/// Why the file is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtraCertificatesProblem {
    /// It is not there, cannot be read, or is larger than
    /// [`crate::limits::CERTIFICATE_FILE_BYTES`].
    #[error("the file of certificates cannot be read")]
    Unreadable,
    /// It holds no certificate, or one that makes no sense.
    #[error("the file holds no usable certificates")]
    Invalid,
}

impl ExtraCertificates {
    /// Reads a file; blocks.
    ///
    /// # Errors
    /// See [`ExtraCertificatesProblem`].
    pub fn read(file: &Path) -> Result<Self, ExtraCertificatesProblem> {
        let facts = std::fs::metadata(file).map_err(|_io| ExtraCertificatesProblem::Unreadable)?;
        if !facts.is_file() || facts.len() > limits::CERTIFICATE_FILE_BYTES {
            return Err(ExtraCertificatesProblem::Unreadable);
        }
        let text = std::fs::read(file).map_err(|_io| ExtraCertificatesProblem::Unreadable)?;
        Self::from_pem(&text)
    }

    /// Reads PEM text.
    ///
    /// # Errors
    /// [`ExtraCertificatesProblem::Invalid`].
    pub fn from_pem(text: &[u8]) -> Result<Self, ExtraCertificatesProblem> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
        let certificates = read.map_err(|_pem| ExtraCertificatesProblem::Invalid)?;
        let mut roots = rustls::RootCertStore::empty();
        for certificate in &certificates {
            let usable = roots.add(certificate.clone());
            usable.map_err(|_der| ExtraCertificatesProblem::Invalid)?;
        }
        if certificates.is_empty() {
            return Err(ExtraCertificatesProblem::Invalid);
        }
        Ok(Self(certificates))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;

    fn pem(label: &str, bytes: &[u8]) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    }

    #[test]
    fn a_file_is_checked_before_it_is_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &[u8]| {
            let file = folder.path().join("a.pem");
            std::fs::write(&file, text).unwrap();
            ExtraCertificates::read(&file).map(|found| found.count())
        };
        let made = rcgen::generate_simple_self_signed(vec!["a.test".to_owned()]).unwrap();
        let key = pem("PRIVATE KEY", &made.signing_key.serialize_der());
        let pem = pem("CERTIFICATE", made.cert.der());
        assert_eq!(read(pem.as_bytes()), Ok(1));
        assert_eq!(read(format!("# ours\n{pem}\n{pem}").as_bytes()), Ok(2));
        let invalid = Err(ExtraCertificatesProblem::Invalid);
        assert_eq!(read(b""), invalid);
        assert_eq!(read(b"\xff\xfe nothing"), invalid);
        assert_eq!(read(key.as_bytes()), invalid);
        let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(read(hollow.as_bytes()), invalid);
        assert_eq!(read(format!("{pem}{hollow}").as_bytes()), invalid);
        let unreadable = Err(ExtraCertificatesProblem::Unreadable);
        let gone = ExtraCertificates::read(&folder.path().join("gone.pem"));
        assert_eq!(gone.map(|found| found.count()), unreadable);
        let folder = ExtraCertificates::read(folder.path());
        assert_eq!(folder.map(|found| found.count()), unreadable);
    }
}
