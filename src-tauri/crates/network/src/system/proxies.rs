//! What the environment or a desktop says about proxies, and how a proxy's address is read.

use secrecy::SecretString;
use url::Url;

use crate::bypass::Bypass;
use crate::route::{ProxyScheme, ProxyServer, RouteSource};

/// What was found; `proxy` is for `https`, as nothing else ever leaves this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SystemProxies {
    /// Who says so.
    pub(crate) source: RouteSource,
    /// What to do.
    pub(crate) rule: SystemRule,
    /// Hosts that are asked straight.
    pub(crate) bypass: Bypass,
}

/// What to do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SystemRule {
    /// There is no proxy.
    Straight,
    /// This proxy.
    Through(ProxyServer),
    /// A script decides, which cannot be run here.
    Script,
    /// There is a proxy, but nobody can tell which.
    Unclear,
}

impl SystemProxies {
    pub(crate) fn of(source: RouteSource, rule: SystemRule) -> Self {
        Self {
            source,
            rule,
            bypass: Bypass::default(),
        }
    }

    pub(crate) fn except(self, bypass: Bypass) -> Self {
        Self { bypass, ..self }
    }
}

impl SystemRule {
    /// The proxy a text names; there is one, so a text without sense is no "straight".
    pub(crate) fn named(text: &str, scheme: ProxyScheme) -> Self {
        server(text, scheme).map_or(Self::Unclear, Self::Through)
    }
}

/// Reads `[scheme://][user[:password]@]host[:port]`, also with a space before the port as KDE
/// writes it. `scheme` is meant where none stands.
pub(crate) fn server(text: &str, scheme: ProxyScheme) -> Option<ProxyServer> {
    let text = text.trim();
    let (scheme, rest) = match text.split_once("://") {
        Some((name, rest)) => (ProxyScheme::named(name)?, rest),
        None => (scheme, text),
    };
    let rest = rest.trim_end_matches('/');
    let rest = match rest.rsplit_once(' ') {
        Some((host, port)) => format!("{}:{}", host.trim_end_matches(['/', ':', ' ']), port),
        None => rest.to_owned(),
    };
    // An http address, so that the one URL parser reads the host, the port and the escapes.
    let url = Url::parse(&format!("http://{rest}/")).ok()?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let explicit = explicit_port(&rest);
    let host = url.host_str()?;
    Some(ProxyServer {
        scheme,
        host: host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
        // The parser drops the port that is usual for http.
        port: url
            .port()
            .or(explicit.then_some(80))
            .unwrap_or_else(|| scheme.default_port()),
        user: (!url.username().is_empty()).then(|| unescaped(url.username())),
        password: url
            .password()
            .map(|word| SecretString::from(unescaped(word))),
    })
    .filter(|server| server.port != 0)
}

fn explicit_port(rest: &str) -> bool {
    let after = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    after
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
        && !after.ends_with(']')
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let escape = text
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escape.unwrap_or(*byte));
        at += if escape.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<(String, String)>)> {
        let server = server(text, ProxyScheme::Http)?;
        let credentials = server
            .credentials()
            .map(|(user, word)| (user.to_owned(), word.to_owned()));
        Some((format!("{server:?}"), credentials))
    }

    #[test]
    fn addresses_are_read_in_every_usual_form() {
        for (text, read_as) in [
            ("127.0.0.1:7890", "http://127.0.0.1:7890"),
            ("http://proxy", "http://proxy:80"),
            ("http://proxy:80/", "http://proxy:80"),
            ("https://proxy", "https://proxy:443"),
            ("https://proxy:80", "https://proxy:80"),
            ("SOCKS5://[::1]:9", "socks5://[::1]:9"),
            ("socks5h://proxy", "socks5h://proxy:1080"),
            ("socks://10.0.0.1 1080", "socks5h://10.0.0.1:1080"),
            ("http://127.0.0.1 7890", "http://127.0.0.1:7890"),
        ] {
            assert_eq!(read(text), Some((read_as.to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn p_10_name_and_password_are_taken_apart_and_not_printed() {
        let (shown, credentials) = read("http://us%40er:p%3Aw%E4%BD%A0@h:1").unwrap();
        assert_eq!(shown, "http://h:1");
        assert_eq!(credentials, Some(("us@er".to_owned(), "p:w你".to_owned())));
    }

    #[test]
    fn what_names_no_proxy_is_none() {
        for text in [
            "",
            "http://",
            "socks4://a:1",
            "ftp://a",
            "http://a:99999",
            "http://a:0",
            "http://a/b",
            "http://a?b",
            "a b c",
            "http://user@",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
