//! Faults between this computer and the service's first answer.

use super::clinic::{Clinic, clinic, closed_port, now_ms, region, server_saying};
use engine::doctor::{Finding, Fix, StepId, StepState};
use fake_dashscope::{FakeServer, Options};
use network::{ManualProxy, ProxyScheme, ProxyServer, RouteChoice};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_endpoint_passes_within_a_second() {
    let server = FakeServer::start(Options::default());
    let mut clinic = clinic(
        &server.compatible_base(),
        vec![region("cn-beijing", &server.base_url())],
    )
    .await;
    clinic.checkup.ask = true;
    let started = Instant::now();
    let found = clinic.examine().await;
    assert!(started.elapsed() < Duration::from_secs(1));
    assert!(found.0.passed, "{:#?}", found.0.steps);
    for step in &found.0.steps {
        let expected = if step.id == StepId::Tls {
            StepState::Skipped
        } else {
            StepState::Passed
        };
        assert_eq!(step.state, expected, "{step:?}");
    }
    assert!(matches!(
        found.step(StepId::Stream).finding,
        Some(Finding::Streamed { .. })
    ));
    assert_eq!(found.0.region.as_deref(), Some("cn-beijing"));
    let verdict = found.browser();
    assert!(verdict.would_fail, "the endpoint answers no preflight");
    assert_eq!(
        (verdict.status, verdict.allow_origin.as_deref()),
        (Some(403), None)
    );
    let preflight = server
        .requests()
        .into_iter()
        .find(|request| request.method == "OPTIONS")
        .unwrap();
    assert_eq!(preflight.header("authorization"), None);
    assert_eq!(
        preflight.header("access-control-request-headers"),
        Some("authorization, content-type")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_the_model_is_not_asked() {
    let server = FakeServer::start(Options::default());
    let clinic = clinic(&server.local_base(), vec![]).await;
    let found = clinic.examine().await;
    assert!(found.0.passed);
    assert_eq!(found.step(StepId::Stream).finding, Some(Finding::NotAsked));
    assert!(found.step(StepId::Stream).costs_tokens);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.method != "POST")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_port_is_named() {
    let port = closed_port().await;
    let found = clinic(&format!("http://127.0.0.1:{port}/v1"), vec![])
        .await
        .examine()
        .await;
    found.assert_broken(
        StepId::Connection,
        &Finding::ConnectionRefused {
            host: "127.0.0.1".to_owned(),
        },
        Some(&Fix::ChangeAddress),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn p_11_a_name_that_does_not_exist_is_named() {
    let found = clinic("https://no-such-host.invalid/v1", vec![])
        .await
        .examine()
        .await;
    found.assert_broken(
        StepId::Names,
        &Finding::NameNotFound {
            host: "no-such-host.invalid".to_owned(),
        },
        Some(&Fix::ChangeAddress),
    );
}

/// A clinic whose requests all go through an HTTP proxy on this computer.
async fn behind_proxy(port: u16) -> Clinic {
    let clinic = clinic("https://dashscope.example/v1", vec![]).await;
    let server = ProxyServer {
        scheme: ProxyScheme::Http,
        host: "127.0.0.1".to_owned(),
        port,
        user: Some("user".to_owned()),
        password: Some("canary-password".into()),
    };
    let bypass = Vec::new();
    let choice = RouteChoice::Manual(ManualProxy { server, bypass });
    clinic.doctor.client.network().set_route(choice);
    clinic
}

#[tokio::test(flavor = "multi_thread")]
async fn p_07_a_dead_proxy_is_named_within_three_seconds() {
    let port = closed_port().await;
    let started = Instant::now();
    let found = behind_proxy(port).await.examine().await;
    assert!(started.elapsed() < Duration::from_secs(3));
    found.assert_broken(
        StepId::Proxy,
        &Finding::ProxyUnreachable {
            address: format!("127.0.0.1:{port}"),
        },
        Some(&Fix::UseDirectOnce),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn p_06_a_proxy_that_wants_other_credentials_is_the_broken_hop() {
    let base = server_saying("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
    let port = base.rsplit(':').next().unwrap().parse().unwrap();
    let found = behind_proxy(port).await.examine().await;
    let said = format!("{:?}", found.0);
    assert!(!said.contains("canary"), "{said}");
    found.assert_broken(
        StepId::Proxy,
        &Finding::ProxyAuthentication {
            address: format!("127.0.0.1:{port}"),
        },
        Some(&Fix::OpenProxySettings),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_cannot_reach_the_host_breaks_the_connection() {
    let base = server_saying("HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
    let port = base.rsplit(':').next().unwrap().parse().unwrap();
    behind_proxy(port).await.examine().await.assert_broken(
        StepId::Connection,
        &Finding::ProxyRefused {
            address: format!("127.0.0.1:{port}"),
            status: Some(502),
        },
        Some(&Fix::OpenProxySettings),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_computer_without_a_network_is_told_so_first() {
    let mut clinic = clinic("https://no-such-host.invalid/v1", vec![]).await;
    clinic.doctor.has_network = || false;
    clinic.examine().await.assert_broken(
        StepId::Network,
        &Finding::NoNetwork,
        Some(&Fix::CheckNetwork),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t_01_a_server_that_speaks_no_tls_breaks_at_the_handshake() {
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}/v1", plain.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let found = clinic(&address, vec![]).await.examine().await;
    found.assert_broken(StepId::Tls, &Finding::TlsFailed, Some(&Fix::ChangeAddress));
}

#[tokio::test(flavor = "multi_thread")]
async fn p_15_a_redirect_at_an_official_host_is_a_portal() {
    let base = server_saying(
        "HTTP/1.1 302 Found\r\nlocation: http://login.cafe.example/?mac=1\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let official = vec![region("cn-beijing", &base)];
    let found = clinic(&base, official).await.examine().await;
    found.assert_broken(
        StepId::Http,
        &Finding::Portal {
            host: Some("login.cafe.example".to_owned()),
            title: None,
        },
        Some(&Fix::OpenSignInPage),
    );
    let found = clinic(&format!("{base}/v1"), vec![]).await.examine().await;
    found.assert_broken(
        StepId::Http,
        &Finding::Redirected {
            host: Some("login.cafe.example".to_owned()),
        },
        Some(&Fix::ChangeAddress),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn w_20_a_page_at_an_official_host_is_a_portal_with_its_title() {
    const PAGE: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 46\r\n\r\n\
        <html><title>Hotel <b>Wi-Fi</title></html>....";
    let base = server_saying(PAGE).await;
    let official = vec![region("cn-beijing", &base)];
    clinic(&base, official).await.examine().await.assert_broken(
        StepId::Http,
        &Finding::Portal {
            host: None,
            title: Some("Hotel <b>Wi-Fi".to_owned()),
        },
        Some(&Fix::OpenSignInPage),
    );
    let own = clinic(&format!("{base}/v1"), vec![]).await;
    own.examine().await.assert_broken(
        StepId::Http,
        &Finding::NotTheService,
        Some(&Fix::ChangeAddress),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_is_not_the_network() {
    let base = server_saying("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").await;
    let official = vec![region("cn-beijing", &base)];
    clinic(&base, official).await.examine().await.assert_broken(
        StepId::Http,
        &Finding::ServerFault { status: 502 },
        Some(&Fix::RunAgain),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn t_02_a_clock_that_is_off_is_told_in_minutes() {
    const ANSWER: &str = "HTTP/1.1 401 Unauthorized\r\ndate: Mon, 23 Nov 2026 06:30:00 GMT\r\n\
        content-length: 0\r\n\r\n";
    let base = server_saying(ANSWER).await;
    let server_ms = 1_795_415_400_000;
    for (ahead, expected) in [
        (90 * 60_000, Some(90)),
        (-3 * 60_000, Some(-3)),
        (30_000, None),
    ] {
        let mut clinic = clinic(&format!("{base}/v1"), vec![]).await;
        clinic.doctor.clock = Arc::new(move || server_ms + ahead);
        let found = clinic.examine().await;
        let clock = found.step(StepId::Clock);
        match expected {
            Some(minutes) => {
                assert_eq!(clock.finding, Some(Finding::ClockOff { minutes }));
                assert_eq!(
                    (clock.state, &clock.fix),
                    (StepState::Warned, &Some(Fix::CheckClock))
                );
            }
            None => assert_eq!(clock.finding, Some(Finding::ClockRight)),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_permits_a_browser_is_told_apart() {
    let base = server_saying(
        "HTTP/1.1 204 No Content\r\naccess-control-allow-origin: *\r\n\
         access-control-allow-headers: authorization, content-type\r\n\r\n",
    )
    .await;
    let found = clinic(&format!("{base}/v1"), vec![]).await.examine().await;
    let verdict = found.browser();
    assert!(!verdict.would_fail, "{verdict:?}");
    assert_eq!(verdict.allow_origin.as_deref(), Some("*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_it_at_once() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", silent.local_addr().unwrap());
    let clinic = clinic(&address, vec![]).await;
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stopper.cancel();
    });
    let started = Instant::now();
    let diagnosis = clinic.doctor.examine(&clinic.checkup, &stop, |_| {}).await;
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(diagnosis.stopped && !diagnosis.passed);
    assert!(
        diagnosis
            .steps
            .iter()
            .all(|step| !matches!(step.state, StepState::Running | StepState::Waiting))
    );
    assert!(diagnosis.at_ms <= now_ms());
}
