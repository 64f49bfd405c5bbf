//! Reads the issuer's name out of a certificate that was refused.

/// The common name of the issuer, else the organisation. The bytes are a stranger's: everything is
/// bounded and what makes no sense is `None`.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (body, _) = element(certificate, SEQUENCE)?;
    let rest = match element(body, VERSION) {
        Some((_, rest)) => rest,
        None => body,
    };
    let (_serial, rest) = element(rest, INTEGER)?;
    let (_algorithm, rest) = element(rest, SEQUENCE)?;
    let (mut names, _) = element(rest, SEQUENCE)?;
    let mut organisation = None;
    while let Some((set, rest)) = element(names, SET) {
        names = rest;
        let Some((pair, _)) = element(set, SEQUENCE) else {
            continue;
        };
        let Some((kind, value)) = element(pair, OBJECT) else {
            continue;
        };
        match kind {
            COMMON_NAME => return text(value),
            ORGANISATION => organisation = organisation.or_else(|| text(value)),
            _ => {}
        }
    }
    organisation
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OBJECT: u8 = 0x06;
const VERSION: u8 = 0xa0;
const BMP_STRING: u8 = 0x1e;
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANISATION: &[u8] = &[0x55, 4, 10];
const MOST_CHARACTERS: usize = 100;

/// The content of the first element if it has this tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x83 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .fold(0, |length, digit| (length << 8) | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (*found == tag).then_some((content, rest))
}

fn text(value: &[u8]) -> Option<String> {
    let tag = *value.first()?;
    let (content, _) = element(value, tag)?;
    let text = if tag == BMP_STRING {
        let units = content.chunks_exact(2).map(|pair| match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => 0,
        });
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    } else {
        String::from_utf8_lossy(content).into_owned()
    };
    let text: String = text
        .chars()
        .filter(|character| !character.is_control())
        .take(MOST_CHARACTERS)
        .collect();
    (!text.trim().is_empty()).then_some(text)
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
        assert_eq!(
            issuer(&certificate(&long)),
            Some("x".repeat(MOST_CHARACTERS))
        );
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
