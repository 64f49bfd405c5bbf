//! KDE's `kioslaverc`.

use std::collections::HashMap;

use crate::bypass::{Bare, Bypass};
use crate::route::{ProxyScheme, RouteSource};

use super::proxies::{SystemProxies, SystemRule};

/// Reads the file.
pub(crate) fn read(text: &str) -> SystemProxies {
    let settings = section(text, "Proxy Settings");
    let of = |key| {
        let value = settings.get(key).copied();
        value.filter(|value: &&str| !value.is_empty())
    };
    let rule = match of("ProxyType") {
        Some("1") => match (of("httpsProxy"), of("socksProxy")) {
            (Some(proxy), _) => SystemRule::named(proxy, ProxyScheme::Http),
            (None, Some(proxy)) => SystemRule::named(proxy, ProxyScheme::Socks5h),
            (None, None) => SystemRule::Straight,
        },
        Some("2" | "3") => SystemRule::Script,
        // 4 stands for the environment, which was asked already.
        Some(_) | None => SystemRule::Straight,
    };
    let entries = of("NoProxyFor").unwrap_or_default().split(',');
    let inverted = of("ReversedException") == Some("true");
    let bypass = Bypass::new(entries, Bare::Domain).inverted(inverted);
    SystemProxies::of(RouteSource::System, rule).except(bypass)
}

fn section<'a>(text: &'a str, name: &str) -> HashMap<&'a str, &'a str> {
    let mut inside = false;
    let mut found = HashMap::new();
    for line in text.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[') {
            inside = title.trim_end_matches(']') == name;
        } else if let (true, Some((key, value))) = (inside, line.split_once('=')) {
            // `ProxyType[$e]=1` marks a value that may hold variables.
            let key = key.split('[').next().unwrap_or(key);
            found.insert(key.trim(), value.trim());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> String {
        format!("{:?}", read(text).rule)
    }

    #[test]
    fn p_01_manual_settings_name_the_proxy() {
        let text = "[A]\nProxyType=2\n[Proxy Settings]\nNoProxyFor=localhost,.aliyuncs.com\n\
                    ProxyType=1\nhttpsProxy=http://127.0.0.1 7890\nsocksProxy=socks://b 1\n";
        assert_eq!(rule(text), "Through(http://127.0.0.1:7890)");
        let origin = "https://dashscope.aliyuncs.com".parse().unwrap();
        assert!(read(text).bypass.covers(&origin));
        let only = text.replace("ProxyType=1", "ProxyType=1\nReversedException=true");
        assert!(!read(&only).bypass.covers(&origin));
        let socks = text.replace("httpsProxy=http://127.0.0.1 7890\n", "");
        assert_eq!(rule(&socks), "Through(socks5h://b:1)");
    }

    #[test]
    fn p_09_a_script_is_named() {
        assert_eq!(rule("[Proxy Settings]\nProxyType=2\n"), "Script");
        assert_eq!(rule("[Proxy Settings]\nProxyType[$e]=3\n"), "Script");
    }

    #[test]
    fn nothing_is_straight() {
        for text in [
            "",
            "[Proxy Settings]\nProxyType=0",
            "[Proxy Settings]\nProxyType=1",
        ] {
            assert_eq!(rule(text), "Straight", "{text}");
        }
    }
}
