//! The proxy variables: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, in either case.

use crate::bypass::{Bare, Bypass};
use crate::route::{ProxyScheme, RouteSource};

use super::proxies::{SystemProxies, SystemRule};

/// What the variables say; `None` when they name no proxy.
pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Option<SystemProxies> {
    let named = either(&variable, "HTTPS_PROXY").or_else(|| either(&variable, "ALL_PROXY"))?;
    let rule = SystemRule::named(&named, ProxyScheme::Http);
    let found = SystemProxies::of(RouteSource::Environment, rule);
    Some(found.except(exceptions(variable)))
}

/// The hosts of `NO_PROXY`, which hold for a desktop's proxy as well.
pub(crate) fn exceptions(variable: impl Fn(&str) -> Option<String>) -> Bypass {
    let list = either(&variable, "NO_PROXY").unwrap_or_default();
    Bypass::new(list.split([',', ' ']), Bare::Domain)
}

fn either(variable: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    [name.to_owned(), name.to_ascii_lowercase()]
        .iter()
        .filter_map(|name| variable(name))
        .find(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(variables: &[(&str, &str)]) -> Option<SystemProxies> {
        read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn proxy(variables: &[(&str, &str)]) -> Option<String> {
        let rule = read_from(variables)?.rule;
        if let SystemRule::Through(server) = &rule {
            return Some(format!("{server:?}"));
        }
        Some(format!("{rule:?}"))
    }

    #[test]
    fn the_variable_for_https_comes_before_the_one_for_all() {
        let all = ("all_proxy", "socks5h://b:2");
        assert_eq!(proxy(&[all]).as_deref(), Some("socks5h://b:2"));
        assert_eq!(
            proxy(&[all, ("https_proxy", "a:1")]).as_deref(),
            Some("http://a:1")
        );
        assert_eq!(
            proxy(&[("HTTPS_PROXY", " "), all]).as_deref(),
            Some("socks5h://b:2")
        );
        assert_eq!(proxy(&[("HTTP_PROXY", "a:1"), ("NO_PROXY", "*")]), None);
    }

    #[test]
    fn p_03_no_proxy_is_kept() {
        let found = read_from(&[("HTTPS_PROXY", "a:1"), ("no_proxy", "b.com, .aliyuncs.com")]);
        let origin = "https://dashscope.aliyuncs.com".parse().unwrap();
        assert!(found.unwrap().bypass.covers(&origin));
    }

    #[test]
    fn a_proxy_that_makes_no_sense_is_not_taken_for_none() {
        assert_eq!(
            proxy(&[("HTTPS_PROXY", "socks4://a:1")]).as_deref(),
            Some("Unclear")
        );
    }
}
