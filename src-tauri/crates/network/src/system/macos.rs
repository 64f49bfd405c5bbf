//! What `scutil --proxy` prints.

use std::collections::HashMap;

use crate::bypass::{Bare, Bypass};
use crate::route::{ProxyScheme, ProxyServer, RouteSource, host_and_port};

use super::proxies::{SystemProxies, SystemRule, server};

/// Reads the settings of the network in use.
pub(crate) fn read(text: &str) -> SystemProxies {
    let mut settings: HashMap<&str, &str> = HashMap::new();
    let mut exceptions: Vec<&str> = Vec::new();
    let mut in_exceptions = false;
    for line in text.lines().map(str::trim) {
        if line == "}" {
            in_exceptions = false;
        } else if let Some((key, value)) = line.split_once(" : ") {
            if in_exceptions {
                exceptions.push(value);
            } else if value.starts_with("<array>") {
                in_exceptions = key == "ExceptionsList";
            } else {
                settings.insert(key, value);
            }
        }
    }
    let on = |key: &str| settings.get(key) == Some(&"1");
    let named = |prefix: &str, scheme| {
        if !on(&format!("{prefix}Enable")) {
            return None;
        }
        let host = settings.get(format!("{prefix}Proxy").as_str())?;
        let port: u16 = settings
            .get(format!("{prefix}Port").as_str())?
            .parse()
            .ok()?;
        server(&host_and_port(host, port), scheme)
    };
    let proxy: Option<ProxyServer> =
        named("HTTPS", ProxyScheme::Http).or_else(|| named("SOCKS", ProxyScheme::Socks5h));
    let rule = if on("ProxyAutoConfigEnable") || on("ProxyAutoDiscoveryEnable") {
        SystemRule::Script
    } else {
        proxy.map_or(SystemRule::Straight, SystemRule::Through)
    };
    if on("ExcludeSimpleHostnames") {
        exceptions.push("<local>");
    }
    SystemProxies::of(RouteSource::System, rule).except(Bypass::new(exceptions, Bare::Host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str = "<dictionary> {
  ExceptionsList : <array> {
    0 : *.aliyuncs.com
    1 : 169.254/16
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPSEnable : 1
  HTTPSPort : 7890
  HTTPSProxy : 127.0.0.1
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : ::1
}
";

    fn rule(text: &str) -> String {
        format!("{:?}", read(text).rule)
    }

    #[test]
    fn p_01_the_proxy_for_https_comes_before_socks() {
        assert_eq!(rule(BOTH), "Through(http://127.0.0.1:7890)");
        let socks = BOTH.replace("HTTPSEnable : 1", "HTTPSEnable : 0");
        assert_eq!(rule(&socks), "Through(socks5h://[::1]:1080)");
        for origin in [
            "https://dashscope.aliyuncs.com",
            "https://169.254.1.1",
            "https://mac",
        ] {
            assert!(
                read(BOTH).bypass.covers(&origin.parse().unwrap()),
                "{origin}"
            );
        }
        assert!(
            !read(BOTH)
                .bypass
                .covers(&"https://example.com".parse().unwrap())
        );
    }

    #[test]
    fn p_09_a_script_is_named() {
        let script = BOTH.replace("FTPPassive", "ProxyAutoConfigEnable");
        assert_eq!(rule(&script), "Script");
        let found = BOTH.replace("FTPPassive", "ProxyAutoDiscoveryEnable");
        assert_eq!(rule(&found), "Script");
    }

    #[test]
    fn nothing_is_straight() {
        assert_eq!(rule("<dictionary> {\n}\n"), "Straight");
        assert_eq!(rule(""), "Straight");
    }
}
