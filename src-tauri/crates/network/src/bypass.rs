//! Which hosts are asked straight although there is a proxy.

use std::net::IpAddr;

use crate::origin::Origin;

/// A list of hosts; the first rule that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bypass {
    rules: Vec<(Rule, Option<u16>)>,
    /// The list names the hosts that do go through the proxy.
    inverted: bool,
}

/// What a name without a star stands for, which systems differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bare {
    /// The host and everything below it.
    Domain,
    /// That host alone.
    Host,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Everything,
    /// A name without a dot.
    Local,
    /// The name and everything below it.
    Domain(String),
    Pattern(String),
    Range(IpAddr, u8),
}

impl Bypass {
    /// Reads the entries of a list; what cannot be understood fits nothing.
    pub(crate) fn new<'a>(entries: impl IntoIterator<Item = &'a str>, bare: Bare) -> Self {
        let rules = entries
            .into_iter()
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| rule(entry, bare));
        Self {
            rules: rules.collect(),
            inverted: false,
        }
    }

    /// The same list, naming the hosts that do go through the proxy.
    pub(crate) fn inverted(self, inverted: bool) -> Self {
        Self { inverted, ..self }
    }

    /// This list, and another's entries as well.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.rules.extend(other.rules.iter().cloned());
        self
    }

    /// Whether this origin is asked straight.
    pub(crate) fn covers(&self, origin: &Origin) -> bool {
        let fits = self.rules.iter().any(|(rule, port)| {
            port.is_none_or(|port| port == origin.port()) && rule.fits(origin.host())
        });
        fits != self.inverted
    }
}

impl Rule {
    fn fits(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match self {
            Self::Everything => true,
            Self::Local => !bare.contains(['.', ':']),
            Self::Domain(name) => {
                bare == name
                    || bare
                        .strip_suffix(name.as_str())
                        .is_some_and(|above| above.ends_with('.'))
            }
            Self::Pattern(pattern) => matches(pattern.as_bytes(), bare.as_bytes()),
            Self::Range(network, bits) => bare
                .parse()
                .is_ok_and(|address| in_range(address, *network, *bits)),
        }
    }
}

fn rule(entry: &str, bare: Bare) -> (Rule, Option<u16>) {
    let entry = entry.to_ascii_lowercase();
    match entry.as_str() {
        "*" => return (Rule::Everything, None),
        "<local>" => return (Rule::Local, None),
        _ => {}
    }
    // Windows writes a scheme before some of its entries.
    let entry = entry
        .split_once("://")
        .map_or(entry.as_str(), |(_, rest)| rest);
    if let Some(range) = range(entry) {
        return (range, None);
    }
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            (name, port.parse().ok())
        }
        Some(_) | None => (entry, None),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = name.parse::<IpAddr>() {
        return (Rule::Range(address, width(address)), port);
    }
    let domain = name.strip_prefix("*.").or_else(|| name.strip_prefix('.'));
    let rule = match domain {
        Some(domain) if !domain.contains('*') => Rule::Domain(domain.to_owned()),
        _ if name.contains('*') || bare == Bare::Host => Rule::Pattern(name.to_owned()),
        _ => Rule::Domain(name.to_owned()),
    };
    (rule, port)
}

/// `10.0.0.0/8`, `fd00::/8`, and the short `169.254/16` of macOS.
fn range(entry: &str) -> Option<Rule> {
    let (base, bits) = entry.split_once('/')?;
    let bits: u8 = bits.parse().ok()?;
    let mut base = base.to_owned();
    if !base.contains(':') {
        while base.split('.').count() < 4 {
            base.push_str(".0");
        }
    }
    let base: IpAddr = base.parse().ok()?;
    (bits <= width(base)).then_some(Rule::Range(base, bits))
}

fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn in_range(address: IpAddr, base: IpAddr, bits: u8) -> bool {
    match (address.to_canonical(), base.to_canonical()) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == base.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == base.to_bits() & mask
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Whether a text fits a pattern in which `*` stands for anything. Never more than one step back,
/// so a hostile pattern costs no more than its length times the text's.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while seen < text.len() {
        match (pattern.get(at), back) {
            (Some(b'*'), _) => {
                back = Some((at, seen));
                at += 1;
            }
            (Some(letter), _) if text.get(seen) == Some(letter) => {
                at += 1;
                seen += 1;
            }
            (_, Some((star, from))) => {
                back = Some((star, from + 1));
                at = star + 1;
                seen = from + 1;
            }
            (_, None) => return false,
        }
    }
    pattern
        .get(at..)
        .is_none_or(|rest| rest.iter().all(|letter| *letter == b'*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(entries: &[&str], bare: Bare, origin: &str) -> bool {
        Bypass::new(entries.iter().copied(), bare).covers(&origin.parse().unwrap())
    }

    #[test]
    fn p_03_domains_addresses_ranges_and_ports_are_understood() {
        for (entry, inside, outside) in [
            (
                ".aliyuncs.com",
                "https://dashscope.aliyuncs.com",
                "https://aliyuncs.com.evil.com",
            ),
            (
                "aliyuncs.com",
                "https://dashscope.aliyuncs.com",
                "https://notaliyuncs.com",
            ),
            (
                "*.aliyuncs.com",
                "https://a.b.aliyuncs.com",
                "https://aliyun.com",
            ),
            ("*", "https://example.com", ""),
            ("10.0.0.0/8", "https://10.1.2.3", "https://11.1.2.3"),
            ("0.0.0.0/0", "https://11.1.2.3", "https://example.com"),
            ("169.254/16", "https://169.254.9.9", "https://169.253.9.9"),
            ("fd00::/8", "https://[fd00::1]", "https://[fe80::1]"),
            ("192.168.*", "https://192.168.1.1", "https://192.169.1.1"),
            (
                "example.com:8443",
                "https://example.com:8443",
                "https://example.com",
            ),
            ("<local>", "https://intranet", "https://example.com"),
            (
                "https://example.com",
                "https://example.com",
                "https://example.org",
            ),
            ("::1", "https://[::1]", "https://[::2]"),
        ] {
            assert!(covers(&[entry], Bare::Domain, inside), "{entry} {inside}");
            if !outside.is_empty() {
                assert!(
                    !covers(&[entry], Bare::Domain, outside),
                    "{entry} {outside}"
                );
            }
        }
    }

    #[test]
    fn where_a_name_is_one_host_what_is_below_it_is_not_covered() {
        assert!(covers(&["a.com"], Bare::Host, "https://a.com"));
        assert!(!covers(&["a.com"], Bare::Host, "https://b.a.com"));
        assert!(covers(&["*.a.com"], Bare::Host, "https://b.a.com"));
    }

    #[test]
    fn what_is_no_entry_fits_nothing() {
        for entry in ["", " ", "10.0.0.0/99", "[", ":", "a/b", "999.1/8", "***x"] {
            assert!(
                !covers(&[entry], Bare::Domain, "https://example.com"),
                "{entry}"
            );
        }
    }

    #[test]
    fn a_hostile_pattern_ends() {
        let pattern = "*a".repeat(5_000);
        let host = format!("https://{}b.com", "a".repeat(60));
        assert!(!covers(&[&pattern], Bare::Domain, &host));
    }
}
