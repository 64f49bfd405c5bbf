//! What a certificate says of itself, fit to be shown: a stranger wrote it.

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

/// Characters of a name that are kept.
const LONGEST_NAME: usize = 120;

/// The common name of the issuer, else the organisation; `None` for bytes that make no sense.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let (_rest, certificate) = X509Certificate::from_der(certificate).ok()?;
    let issuer = certificate.issuer();
    let mut names = issuer.iter_common_name().chain(issuer.iter_organization());
    let name = shown(names.find_map(|name| name.as_str().ok())?);
    (!name.trim().is_empty()).then_some(name)
}

/// A name without what cannot be seen, and not longer than anybody reads.
pub(crate) fn shown(name: &str) -> String {
    name.chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_NAME)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    fn certificate(names: &[(DnType, &str)]) -> Vec<u8> {
        let mut parameters = CertificateParams::new(vec!["a.test".to_owned()]).unwrap();
        parameters.distinguished_name = DistinguishedName::new();
        for (kind, value) in names {
            parameters.distinguished_name.push(kind.clone(), *value);
        }
        let key = KeyPair::generate().unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn t_01_the_issuer_is_named() {
        let both = [
            (DnType::OrganizationName, "公司"),
            (DnType::CommonName, "Office Proxy CA"),
        ];
        assert_eq!(
            issuer(&certificate(&both)).as_deref(),
            Some("Office Proxy CA")
        );
        assert_eq!(issuer(&certificate(&both[..1])).as_deref(), Some("公司"));
        assert_eq!(issuer(&certificate(&[])), None);
        let long = [(DnType::CommonName, &*"x\n".repeat(500))];
        assert_eq!(issuer(&certificate(&long)), Some("x".repeat(LONGEST_NAME)));
    }

    #[test]
    fn bytes_that_are_no_certificate_name_nobody() {
        let whole = certificate(&[(DnType::CommonName, "A")]);
        for end in 0..whole.len() {
            let _none_panics = issuer(&whole[..end]);
            let mut bent = whole.clone();
            bent[end] ^= 0xff;
            let _none_panics = issuer(&bent);
        }
        assert_eq!(issuer(b"-----BEGIN"), None);
    }
}
