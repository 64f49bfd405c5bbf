//! Proxies and root certificates come from the environment, so each test runs itself again in a
//! process that has the environment it needs.

use std::process::Command;

use network::ErrorKind;
use url::Url;

use crate::listener::Listener;
use crate::{client, failure, get};

const TARGET: &str = "NETWORK_TEST_TARGET";
const PROXIES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Runs one test of this binary in a child process and returns whether it passed.
async fn passes_in_child(test: &str, environment: Vec<(&'static str, String)>) {
    let mut child = Command::new(std::env::current_exe().expect("this test binary"));
    child.args(["--exact", test, "--nocapture"]);
    for name in PROXIES {
        child.env_remove(name);
    }
    child.envs(environment);
    let output = tokio::task::spawn_blocking(move || child.output())
        .await
        .expect("the wait ends")
        .expect("the child runs");
    let report = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}\n{errors}");
    assert!(
        report.contains("1 passed"),
        "the child ran no test: {report}"
    );
}

/// What the parent wants asked for, when this is the child.
fn target() -> Option<Url> {
    let target = std::env::var(TARGET).ok()?;
    Some(Url::parse(&target).expect("a url"))
}

#[tokio::test]
async fn p_02_loopback_never_goes_through_a_proxy() {
    if let Some(target) = target() {
        let response = client().send(get(&target)).await.expect("a direct answer");
        assert_eq!(response.read_whole().await.expect("a body"), "direct");
        return;
    }
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n";
    let server = Listener::with_answer(format!("{answer}direct")).await;
    let proxy = Listener::with_answer(format!("{answer}proxy!")).await;
    let proxy_url = format!("http://127.0.0.1:{}", proxy.port());
    for host in ["127.0.0.1", "localhost"] {
        let target = format!("http://{host}:{}/", server.port());
        let mut environment = vec![(TARGET, target)];
        environment.extend(
            ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]
                .map(|name| (name, proxy_url.clone())),
        );
        passes_in_child(
            "routes::p_02_loopback_never_goes_through_a_proxy",
            environment,
        )
        .await;
    }
    assert_eq!(server.requests().len(), 2);
    assert!(
        proxy.requests().is_empty(),
        "the proxy saw {:?}",
        proxy.requests()
    );
}

#[tokio::test]
async fn p_06_proxy_that_refuses_is_named_without_its_password() {
    if let Some(target) = target() {
        let error = failure(get(&target)).await;
        assert_eq!(*error.kind(), ErrorKind::Proxy);
        let host = error.host().expect("the proxy's host");
        assert!(host.starts_with("127.0.0.1:"), "{host}");
        assert!(!format!("{error} {error:?} {:?}", client()).contains("canary"));
        return;
    }
    for status in ["407 Proxy Authentication Required", "502 Bad Gateway"] {
        let proxy = Listener::with_answer(format!("HTTP/1.1 {status}\r\n\r\n")).await;
        let environment = vec![
            (
                TARGET,
                String::from("https://no-such-host.invalid/secret?q=canary"),
            ),
            (
                "HTTPS_PROXY",
                format!("http://user:canary@127.0.0.1:{}", proxy.port()),
            ),
        ];
        passes_in_child(
            "routes::p_06_proxy_that_refuses_is_named_without_its_password",
            environment,
        )
        .await;
        let requests = proxy.requests();
        assert_eq!(requests.len(), 1);
        assert!(
            requests[0].starts_with("CONNECT no-such-host.invalid:443 "),
            "{requests:?}"
        );
        assert!(
            !requests[0].contains("secret"),
            "the proxy sees the host only"
        );
    }
}

#[tokio::test]
async fn p_07_dead_proxy_is_named() {
    if let Some(target) = target() {
        let error = failure(get(&target)).await;
        assert_eq!(*error.kind(), ErrorKind::Proxy);
        assert_eq!(error.host(), Some("127.0.0.1:9"));
        return;
    }
    let environment = vec![
        (TARGET, String::from("https://no-such-host.invalid/")),
        ("HTTPS_PROXY", String::from("http://127.0.0.1:9")),
    ];
    passes_in_child("routes::p_07_dead_proxy_is_named", environment).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn system_without_root_certificates_still_reaches_this_computer() {
    if let Some(target) = target() {
        let response = client().send(get(&target)).await.expect("a direct answer");
        assert_eq!(response.read_whole().await.expect("a body"), "ok");
        return;
    }
    let server = Listener::with_answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
    let environment = vec![
        (TARGET, server.url().to_string()),
        ("SSL_CERT_FILE", String::from("/dev/null")),
    ];
    passes_in_child(
        "routes::system_without_root_certificates_still_reaches_this_computer",
        environment,
    )
    .await;
}
