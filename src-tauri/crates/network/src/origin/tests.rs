use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use url::Url;

use super::Origin;

fn origin(url: &str) -> Option<Origin> {
    Origin::of(&Url::parse(url).ok()?)
}

#[test]
fn spellings_of_one_server_are_one_origin() {
    let plain = origin("https://example.com").expect("an origin");
    for spelling in [
        "https://example.com/",
        "https://example.com:443/v1/chat?q=1#top",
        "HTTPS://EXAMPLE.com",
        "https://example.com.",
        "https://example.com.:443",
        "https://user:word@example.com/",
        "https://other.test@example.com/",
        "https:\\\\example.com\\path",
        "https://ex%61mple.com/",
        "https://ｅｘａｍｐｌｅ.com/",
    ] {
        assert_eq!(origin(spelling).as_ref(), Some(&plain), "{spelling}");
    }
}

#[test]
fn other_servers_are_other_origins() {
    let plain = origin("https://example.com").expect("an origin");
    for other in [
        "http://example.com",
        "https://example.com:8443",
        "https://example.com:80",
        "https://example.com.evil.test",
        "https://evil-example.com",
        "https://a.example.com",
        "https://example.com@evil.test/",
        "https://еxample.com/",
    ] {
        let other = origin(other).expect("an origin");
        assert_ne!(other, plain);
    }
}

#[test]
fn names_become_ascii() {
    assert_eq!(
        origin("https://Bücher.example").expect("an origin").host(),
        "xn--bcher-kva.example"
    );
    assert_eq!(
        origin("https://通义.example")
            .expect("an origin")
            .to_string(),
        "https://xn--7iq871n.example"
    );
}

#[test]
fn what_is_no_web_server_has_no_origin() {
    for url in [
        "ftp://example.com",
        "file:///etc/passwd",
        "data:text/html,x",
        "javascript:1",
        "ws://example.com",
        "https://.",
        "https://example.com..",
    ] {
        assert_eq!(origin(url), None, "{url}");
    }
}

#[test]
fn loopback_is_decided_by_literal() {
    for url in [
        "http://127.0.0.1",
        "http://127.255.255.254:9",
        "http://127.1",
        "http://0x7f.1",
        "http://[::1]",
        "http://localhost",
        "https://LOCALHOST.:8000",
    ] {
        assert!(
            origin(url).is_some_and(|origin| origin.is_loopback()),
            "{url}"
        );
    }
    for url in [
        "http://126.0.0.1",
        "http://128.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://[::ffff:127.0.0.1]",
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "http://notlocalhost",
        "http://10.0.0.1",
    ] {
        assert!(
            origin(url).is_some_and(|origin| !origin.is_loopback()),
            "{url}"
        );
    }
}

#[test]
fn text_with_more_than_an_origin_is_refused() {
    for text in [
        "",
        "example.com",
        "https://",
        "https://example.com/v1",
        "https://example.com?",
        "https://example.com#",
        "https://user@example.com",
        "https://@example.com",
        "https://example.com\\v1",
        " https://example.com",
        "https://exa\nmple.com",
        "ftp://example.com",
        "https://example.com:70000",
    ] {
        assert!(text.parse::<Origin>().is_err(), "{text:?}");
    }
}

fn scheme() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("http"), Just("https"), Just("HTTPS"), Just("HtTp")]
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?(\\.[a-z][a-z0-9]{0,8}){0,3}",
        "[A-Za-z]{1,8}\\.[A-Z]{2,5}",
        "[阿里云百炼通义千问äöüßéñ]{1,6}\\.(cn|example)",
        any::<Ipv4Addr>().prop_map(|address| address.to_string()),
        any::<Ipv6Addr>().prop_map(|address| format!("[{address}]")),
        Just(String::from("localhost")),
    ]
}

proptest! {
    #[test]
    fn display_reads_back_as_the_same_origin(scheme in scheme(), host in host(), port in proptest::option::of(1_u16..)) {
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        if let Some(origin) = origin(&format!("{scheme}://{host}{port}")) {
            prop_assert_eq!(origin.to_string().parse::<Origin>(), Ok(origin));
        }
    }

    #[test]
    fn only_scheme_host_and_port_count(
        host in host(), upper in any::<bool>(), dot in any::<bool>(), port in any::<bool>(),
        user in "([a-z]{1,5}(:[a-z]{0,5})?@)?", tail in "(/[a-z0-9/]{0,9}(\\?[a-z=&]{0,9})?(#[a-z]{0,5})?)?",
    ) {
        let plain = origin(&format!("https://{host}"));
        let is_name = !host.starts_with('[');
        let shown = if upper { host.to_uppercase() } else { host };
        let dot = if dot && is_name { "." } else { "" };
        let port = if port { ":443" } else { "" };
        let url = format!("https://{user}{shown}{dot}{port}{tail}");
        // "ß" has no single capital letter: that spelling names another host.
        prop_assume!(!shown.contains("SS"));
        prop_assert_eq!(origin(&url), plain, "{}", url);
    }

    #[test]
    fn another_port_or_scheme_is_another_origin(host in host(), port in 1_u16..) {
        prop_assume!(port != 443 && port != 80);
        let secure = origin(&format!("https://{host}"));
        prop_assume!(secure.is_some());
        prop_assert_ne!(&secure, &origin(&format!("http://{host}")));
        prop_assert_ne!(&secure, &origin(&format!("https://{host}:{port}")));
        prop_assert_ne!(&secure, &origin(&format!("https://{host}:80")));
    }

    #[test]
    fn user_information_never_names_the_server(user in "[a-z.]{1,12}", host in "[a-z]{1,8}\\.test") {
        let made = origin(&format!("https://{user}@{host}/")).expect("an origin");
        prop_assert_eq!(made.host(), host.as_str());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,64}") {
        if let Ok(origin) = text.parse::<Origin>() {
            prop_assert_eq!(origin.to_string().parse::<Origin>(), Ok(origin));
        }
    }
}
