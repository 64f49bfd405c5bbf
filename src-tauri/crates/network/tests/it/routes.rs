//! Proxies and root certificates come from the environment, so each test runs itself again in a
//! process that has the environment it needs.

use std::process::Command;

#[cfg(target_os = "linux")]
use network::RouteChoice;
use network::{ErrorKind, Origin, ProxyProblem, ProxyScheme, Route, RouteSource};
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
pub(crate) async fn passes_in_child(test: &str, environment: Vec<(&'static str, String)>) {
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
        let expected = match target.query() {
            Some("407") => ProxyProblem::AuthenticationRequired,
            _ => ProxyProblem::Refused { status: Some(502) },
        };
        assert_eq!(*error.kind(), ErrorKind::Proxy(expected));
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
                format!(
                    "https://no-such-host.invalid/secret?{}",
                    status.split(' ').next().unwrap_or_default()
                ),
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
        // Asked by the request, and once more for the cause.
        assert_eq!(requests.len(), 2);
        for request in requests {
            let asked = request.starts_with("CONNECT no-such-host.invalid:443 ");
            assert!(asked, "{request:?}");
            assert!(!request.contains("secret"), "the proxy sees the host only");
        }
    }
}

#[tokio::test]
async fn p_07_dead_proxy_is_named() {
    if let Some(target) = target() {
        let error = failure(get(&target)).await;
        assert_eq!(*error.kind(), ErrorKind::Proxy(ProxyProblem::Unreachable));
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

const NEVER: &str = "https://model.test/";

fn model() -> Origin {
    "https://model.test".parse().expect("an origin")
}

#[tokio::test]
async fn p_01_the_environments_proxy_is_taken_and_named() {
    if target().is_some() {
        let Ok(Route::Proxy {
            scheme,
            address,
            source,
        }) = client().route_to(&model()).await
        else {
            panic!("a proxy is set");
        };
        assert_eq!(
            (scheme, source),
            (ProxyScheme::Socks5h, RouteSource::Environment)
        );
        assert_eq!(address, "127.0.0.1:7890");
        return;
    }
    let environment = vec![
        (TARGET, NEVER.to_owned()),
        ("all_proxy", "socks5h://user:word@127.0.0.1:7890".to_owned()),
    ];
    passes_in_child(
        "routes::p_01_the_environments_proxy_is_taken_and_named",
        environment,
    )
    .await;
}

#[tokio::test]
async fn p_03_what_no_proxy_names_goes_straight() {
    if target().is_some() {
        let client = client();
        let official = "https://dashscope.aliyuncs.com".parse().expect("an origin");
        assert_eq!(client.route_to(&official).await, Ok(Route::Direct));
        assert_ne!(client.route_to(&model()).await, Ok(Route::Direct));
        return;
    }
    let environment = vec![
        (TARGET, NEVER.to_owned()),
        ("HTTPS_PROXY", "http://127.0.0.1:9".to_owned()),
        ("NO_PROXY", ".aliyuncs.com".to_owned()),
    ];
    passes_in_child(
        "routes::p_03_what_no_proxy_names_goes_straight",
        environment,
    )
    .await;
}

#[tokio::test]
async fn a_proxy_that_cannot_be_understood_is_not_passed_by() {
    if target().is_some() {
        let error = client().send(get(&Url::parse(NEVER).expect("a url"))).await;
        let error = error.expect_err("no way");
        assert_eq!(*error.kind(), ErrorKind::Proxy(ProxyProblem::Unclear));
        assert!(!format!("{error} {error:?}").contains("canary"));
        return;
    }
    let environment = vec![
        (TARGET, NEVER.to_owned()),
        (
            "HTTPS_PROXY",
            "socks4://canary:canary@127.0.0.1:9".to_owned(),
        ),
    ];
    let test = "routes::a_proxy_that_cannot_be_understood_is_not_passed_by";
    passes_in_child(test, environment).await;
}

/// A desktop whose settings the test writes: its `gsettings` prints a file.
#[cfg(target_os = "linux")]
struct Desktop(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Desktop {
    fn new(text: &str) -> Self {
        use std::os::unix::fs::PermissionsExt as _;
        let desktop = Self(tempfile::tempdir().expect("a folder"));
        let script = desktop.0.path().join("gsettings");
        let said = desktop.0.path().join("said");
        std::fs::create_dir(desktop.0.path().join("dconf")).expect("a folder");
        std::fs::write(&script, format!("#!/bin/sh\ncat '{}'\n", said.display())).expect("written");
        let runs = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&script, runs).expect("a program");
        say(desktop.0.path(), text);
        desktop
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let folder = self.0.path().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        vec![
            (TARGET, NEVER.to_owned()),
            ("PATH", format!("{folder}:{path}")),
            ("XDG_CONFIG_HOME", folder),
            ("XDG_CURRENT_DESKTOP", "GNOME".to_owned()),
        ]
    }
}

/// Changes the settings as the desktop does: what they say, and the time of their file.
#[cfg(target_os = "linux")]
fn say(folder: &std::path::Path, text: &str) {
    std::fs::write(folder.join("said"), text).expect("written");
    std::fs::write(folder.join("dconf/user"), text).expect("written");
}

#[cfg(target_os = "linux")]
fn manual_settings(port: u16) -> String {
    format!(
        "org.gnome.system.proxy mode 'manual'\n\
         org.gnome.system.proxy.https host '127.0.0.1'\n\
         org.gnome.system.proxy.https port {port}\n"
    )
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn p_08_a_proxy_that_is_switched_is_taken_without_a_restart() {
    if target().is_some() {
        let folder = std::env::var_os("XDG_CONFIG_HOME").expect("a folder");
        let client = client();
        let through = |port| {
            Ok(Route::Proxy {
                scheme: ProxyScheme::Http,
                address: format!("127.0.0.1:{port}"),
                source: RouteSource::System,
            })
        };
        assert_eq!(client.route_to(&model()).await, through(7001));
        say(folder.as_ref(), &manual_settings(9));
        later(6).await;
        assert_eq!(client.route_to(&model()).await, through(9));
        // A failed connection looks again at once, whatever the time of the file says.
        std::fs::write(std::path::Path::new(&folder).join("said"), "").expect("written");
        let sent = client.send(get(&Url::parse(NEVER).expect("a url"))).await;
        let unreachable = ErrorKind::Proxy(ProxyProblem::Unreachable);
        assert_eq!(*sent.expect_err("nobody there").kind(), unreachable);
        assert_eq!(client.route_to(&model()).await, Ok(Route::Direct));
        return;
    }
    let desktop = Desktop::new(&manual_settings(7001));
    let test = "routes::p_08_a_proxy_that_is_switched_is_taken_without_a_restart";
    passes_in_child(test, desktop.environment()).await;
}

/// Lets time pass for the client, without waiting.
#[cfg(target_os = "linux")]
async fn later(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn p_09_a_script_is_named_and_nothing_is_sent() {
    if target().is_some() {
        let client = client();
        let sent = client.send(get(&Url::parse(NEVER).expect("a url"))).await;
        let error = sent.expect_err("nobody can tell the proxy");
        assert_eq!(*error.kind(), ErrorKind::Proxy(ProxyProblem::Script));
        assert!(client.system_has_script().await);
        assert_eq!(error.route(), None);
        // A choice of the person's own needs no script.
        client.set_route(RouteChoice::Direct);
        assert_eq!(client.route_to(&model()).await, Ok(Route::Direct));
        assert!(client.system_has_script().await, "it is told all the same");
        return;
    }
    let desktop = Desktop::new("org.gnome.system.proxy mode 'auto'\n");
    let test = "routes::p_09_a_script_is_named_and_nothing_is_sent";
    passes_in_child(test, desktop.environment()).await;
}
