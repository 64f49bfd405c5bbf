//! What `gsettings list-recursively org.gnome.system.proxy` prints.

use std::collections::HashMap;

use crate::bypass::{Bare, Bypass};
use crate::route::{ProxyScheme, ProxyServer, RouteSource, host_and_port};

use super::proxies::{SystemProxies, SystemRule, server};

/// Reads the settings of GNOME and of desktops that keep theirs in the same place.
pub(crate) fn read(text: &str) -> SystemProxies {
    let settings: HashMap<(&str, &str), &str> = text
        .lines()
        .filter_map(|line| {
            let (schema, rest) = line.trim().split_once(' ')?;
            let (key, value) = rest.split_once(' ')?;
            let part = schema.strip_prefix("org.gnome.system.proxy")?;
            Some(((part.trim_start_matches('.'), key), value.trim()))
        })
        .collect();
    let of = |part, key| settings.get(&(part, key)).copied().map(unquoted);
    let rule = match of("", "mode").as_deref() {
        Some("auto") => SystemRule::Script,
        Some("manual") => named(&of, "https", ProxyScheme::Http)
            .or_else(|| named(&of, "socks", ProxyScheme::Socks5h))
            .map_or(SystemRule::Straight, SystemRule::Through),
        Some(_) | None => SystemRule::Straight,
    };
    let ignored = settings.get(&("", "ignore-hosts")).copied();
    let list = ignored.unwrap_or_default();
    let entries = list.split('\'').skip(1).step_by(2);
    SystemProxies::of(RouteSource::System, rule).except(Bypass::new(entries, Bare::Domain))
}

fn named(
    of: &impl Fn(&'static str, &'static str) -> Option<String>,
    part: &'static str,
    scheme: ProxyScheme,
) -> Option<ProxyServer> {
    let host = of(part, "host").filter(|host| !host.is_empty())?;
    let number: u16 = of(part, "port")?.parse().ok()?;
    server(&host_and_port(&host, number), scheme)
}

fn unquoted(value: &str) -> String {
    let inner = value
        .strip_prefix('\'')
        .and_then(|value| value.strip_suffix('\''));
    inner.unwrap_or(value).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANUAL: &str = "\
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.aliyuncs.com']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http host '10.0.0.1'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.https host '127.0.0.1'
org.gnome.system.proxy.https port 7890
org.gnome.system.proxy.socks host '127.0.0.2'
org.gnome.system.proxy.socks port 1080
";

    fn rule(text: &str) -> String {
        format!("{:?}", read(text).rule)
    }

    #[test]
    fn p_01_manual_settings_name_the_proxy() {
        assert_eq!(rule(MANUAL), "Through(http://127.0.0.1:7890)");
        let origin = "https://dashscope.aliyuncs.com".parse().unwrap();
        assert!(read(MANUAL).bypass.covers(&origin));
        let socks = MANUAL.replace("https host '127.0.0.1'", "https host ''");
        assert_eq!(rule(&socks), "Through(socks5h://127.0.0.2:1080)");
    }

    #[test]
    fn p_09_a_script_is_named() {
        assert_eq!(rule(&MANUAL.replace("'manual'", "'auto'")), "Script");
    }

    #[test]
    fn no_proxy_and_no_settings_are_straight() {
        assert_eq!(rule(&MANUAL.replace("'manual'", "'none'")), "Straight");
        assert_eq!(rule("No such schema “org.gnome.system.proxy”"), "Straight");
        assert_eq!(rule(""), "Straight");
    }
}
