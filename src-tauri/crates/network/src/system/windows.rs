//! What `reg query` prints of Windows' Internet settings.
//!
//! "Automatically detect settings" is not looked at: it is on where nobody ever set anything.

use std::collections::HashMap;

use crate::bypass::{Bare, Bypass};
use crate::route::{ProxyScheme, RouteSource};

use super::proxies::{SystemProxies, SystemRule};

/// Reads the settings of the person who is signed in.
pub(crate) fn read(text: &str) -> SystemProxies {
    let settings: HashMap<&str, &str> = text
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.trim().split_once("    ")?;
            let (_kind, value) = rest.trim().split_once("    ")?;
            Some((name.trim(), value.trim()))
        })
        .collect();
    let of = |key| {
        let value = settings.get(key).copied();
        value.filter(|value: &&str| !value.is_empty())
    };
    let enabled = of("ProxyEnable").is_some_and(|value| value != "0x0");
    let rule = if of("AutoConfigURL").is_some() {
        SystemRule::Script
    } else {
        match of("ProxyServer").filter(|_| enabled) {
            Some(server) => for_https(server),
            None => SystemRule::Straight,
        }
    };
    let entries = of("ProxyOverride").unwrap_or_default().split(';');
    SystemProxies::of(RouteSource::System, rule).except(Bypass::new(entries, Bare::Host))
}

/// One proxy for everything, or `http=a:1;https=b:2;socks=c:3`.
fn for_https(text: &str) -> SystemRule {
    if !text.contains('=') {
        return SystemRule::named(text, ProxyScheme::Http);
    }
    let of = |wanted: &str| {
        text.split([';', ' ']).find_map(|entry| {
            let (name, value) = entry.trim().split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then_some(value.trim())
        })
    };
    match (of("https"), of("socks")) {
        (Some(proxy), _) => SystemRule::named(proxy, ProxyScheme::Http),
        (None, Some(proxy)) => SystemRule::named(proxy, ProxyScheme::Socks5h),
        (None, None) => SystemRule::Straight,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(lines: &[(&str, &str)]) -> SystemProxies {
        let lines: Vec<String> = lines
            .iter()
            .map(|(name, value)| format!("    {name}    REG_SZ    {value}\r\n"))
            .collect();
        read(&format!(
            "\r\nHKEY_CURRENT_USER\\Software\\X\r\n{}\r\n",
            lines.concat()
        ))
    }

    fn rule(server: &str) -> String {
        let enabled = ("ProxyEnable", "0x1");
        format!("{:?}", registry(&[enabled, ("ProxyServer", server)]).rule)
    }

    #[test]
    fn p_04_the_proxy_for_https_is_found_among_those_of_each_scheme() {
        assert_eq!(rule("http=a:1;https=b:2;socks=c:3"), "Through(http://b:2)");
        assert_eq!(rule("HTTP=a:1; HTTPS=http://b:2"), "Through(http://b:2)");
        assert_eq!(rule("http=a:1;socks=c:3"), "Through(socks5h://c:3)");
        assert_eq!(rule("http=a:1"), "Straight");
        assert_eq!(rule("127.0.0.1:7890"), "Through(http://127.0.0.1:7890)");
        assert_eq!(rule("socks=::nonsense::"), "Unclear");
    }

    #[test]
    fn p_04_exceptions_and_the_switch_are_read() {
        let proxy = ("ProxyServer", "a:1");
        let except = ("ProxyOverride", "*.aliyuncs.com;10.*;<local>");
        let off = registry(&[("ProxyEnable", "0x0"), proxy, except]);
        assert_eq!(off.rule, SystemRule::Straight);
        let on = registry(&[("ProxyEnable", "0x1"), proxy, except]);
        for origin in [
            "https://dashscope.aliyuncs.com",
            "https://10.1.1.1",
            "https://pc",
        ] {
            assert!(on.bypass.covers(&origin.parse().unwrap()), "{origin}");
        }
        assert!(!on.bypass.covers(&"https://example.com".parse().unwrap()));
    }

    #[test]
    fn p_09_a_script_is_named() {
        let script = registry(&[("AutoConfigURL", "http://wpad/proxy.pac")]);
        assert_eq!(script.rule, SystemRule::Script);
        assert_eq!(registry(&[]).rule, SystemRule::Straight);
    }
}
