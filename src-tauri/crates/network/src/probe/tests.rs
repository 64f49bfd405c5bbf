mod proxies;
mod servers;

use super::*;
use crate::connect::Way as Connected;
use servers::{Authority, tls_server};
use std::sync::Arc;
use std::time::Instant;

/// A probe of `https://host:port` by this way, without asking what the system's proxies are.
fn probe_of(host: &str, port: u16, way: Connected) -> Probe {
    let url = Url::parse(&format!("https://{host}:{port}/")).unwrap();
    let client = Client::new(crate::ClientOptions::default()).unwrap();
    let route = match &way {
        Connected::Through(server) => Route::Proxy {
            scheme: server.scheme,
            address: server.address(),
            source: crate::RouteSource::Manual,
        },
        Connected::Straight | Connected::Fixed(_) => Route::Direct,
    };
    Probe {
        origin: Origin::of(&url).unwrap(),
        decision: Ok(Decision { route, way }),
        client,
        extra_roots: Vec::new(),
    }
}

fn proxy(scheme: ProxyScheme, port: u16, login: Option<(&str, &str)>) -> ProxyServer {
    ProxyServer {
        scheme,
        host: "127.0.0.1".to_owned(),
        port,
        user: login.map(|(user, _)| user.to_owned()),
        password: login.map(|(_, password)| password.into()),
    }
}

/// What the handshake with a server of this certificate comes to, its authority trusted or not.
async fn shaken(
    authority: &Authority,
    trusted: bool,
    made: impl FnOnce(&mut rcgen::CertificateParams),
) -> Result<Certificate, ProbeError> {
    let port = tls_server(authority.issue(made)).await;
    let mut probe = probe_of("127.0.0.1", port, Connected::Straight);
    if trusted {
        probe = probe.trusting(authority.certificate());
    }
    let addresses = probe.resolve().await?;
    let connection = probe.connect(&addresses).await?;
    probe.handshake(connection).await
}

#[tokio::test]
async fn t_01_an_issuer_nobody_knows_is_named() {
    let authority = Authority::new("Corner Cafe CA");
    let refused = shaken(&authority, false, |_| {}).await;
    let issuer = "Corner Cafe CA".to_owned();
    assert_eq!(
        refused,
        Err(ProbeError::Tls(TlsFault::UnknownIssuer { issuer }))
    );
}

#[tokio::test]
async fn t_02_a_certificate_outside_its_time_says_by_how_many_days() {
    let authority = Authority::new("Some CA");
    let expired = shaken(&authority, true, |leaf| {
        leaf.not_before = rcgen::date_time_ymd(2020, 1, 1);
        leaf.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    assert!(
        matches!(expired.await, Err(ProbeError::Tls(TlsFault::Expired { days })) if days > 1700)
    );
    let early = shaken(&authority, true, |leaf| {
        leaf.not_before = rcgen::date_time_ymd(2090, 1, 1);
        leaf.not_after = rcgen::date_time_ymd(2091, 1, 1);
    });
    assert!(
        matches!(early.await, Err(ProbeError::Tls(TlsFault::NotYetValid { days })) if days > 10_000)
    );
}

#[tokio::test]
async fn t_03_a_certificate_of_another_host_names_it() {
    let authority = Authority::new("Some CA");
    let wrong = shaken(&authority, true, |leaf| {
        leaf.subject_alt_names = vec![rcgen::SanType::DnsName(
            "login.cafe.example".try_into().unwrap(),
        )];
        leaf.distinguished_name = rcgen::DistinguishedName::new();
    });
    let subject = "login.cafe.example".to_owned();
    assert_eq!(
        wrong.await,
        Err(ProbeError::Tls(TlsFault::WrongHost { subject }))
    );
}

#[tokio::test]
async fn t_04_a_private_authority_the_computer_trusts_works_and_is_named() {
    let authority = Authority::new("Example Corp Inspection");
    let certificate = shaken(&authority, true, |_| {}).await.unwrap();
    assert_eq!(certificate.issuer, "Example Corp Inspection");
    assert_eq!(certificate.subject, "127.0.0.1");
    assert!(!certificate.is_public);
    assert_eq!(certificate.version, "TLS 1.3");
    assert!(certificate.days_left > 365);
    let public = Authority::new("GlobalSign RSA OV SSL CA 2018");
    let certificate = shaken(&public, true, |_| {}).await.unwrap();
    assert!(certificate.is_public, "a name is all there is to go by");
}

#[tokio::test]
async fn t_05_a_server_of_outdated_versions_is_named() {
    // A fatal alert, protocol_version, as a server without TLS 1.2 sends it.
    let port = servers::plain_server(b"\x15\x03\x01\x00\x02\x02\x46").await;
    let probe = probe_of("127.0.0.1", port, Connected::Straight);
    let connection = probe
        .connect(&probe.resolve().await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        probe.handshake(connection).await,
        Err(ProbeError::Tls(TlsFault::TooOld))
    );
}

#[tokio::test]
async fn t_06_a_handshake_that_stalls_ends_at_its_deadline() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let probe = probe_of("127.0.0.1", port, Connected::Straight);
    let connection = probe
        .connect(&probe.resolve().await.unwrap())
        .await
        .unwrap();
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    assert_eq!(probe.handshake(connection).await, Err(ProbeError::Timeout));
    assert!(began.elapsed() <= Duration::from_secs(10));
}

#[tokio::test]
async fn p_11_a_name_that_does_not_exist_is_told_apart() {
    let probe = probe_of("no-such-host.invalid", 443, Connected::Straight);
    assert_eq!(probe.resolve().await, Err(ProbeError::NameNotFound));
}

#[tokio::test]
async fn p_02_this_computer_is_asked_past_every_proxy() {
    let client = Client::new(crate::ClientOptions::default()).unwrap();
    client.set_route(crate::RouteChoice::Manual(crate::ManualProxy {
        server: proxy(ProxyScheme::Http, 9, None),
        bypass: vec!["example.org".to_owned()],
    }));
    let way = async |url: &str| {
        let probe = client.probe(&Url::parse(url).unwrap()).await.unwrap();
        (probe.way(), probe.reach_proxy().await)
    };
    assert_eq!(
        way("http://localhost:4430").await,
        (Way::ThisComputer, Ok(()))
    );
    assert_eq!(way("https://example.org").await, (Way::Direct, Ok(())));
    let dead = Way::Proxy {
        address: "http://127.0.0.1:9".to_owned(),
        resolves_names: true,
    };
    assert_eq!(
        way("https://example.com").await,
        (dead, Err(ProbeError::ProxyUnreachable))
    );
}

#[tokio::test]
async fn p_09_a_proxy_that_cannot_be_used_is_never_passed_by() {
    for (problem, way) in [
        (ProxyProblem::Script, Way::Script),
        (ProxyProblem::Unclear, Way::Unclear),
    ] {
        let mut probe = probe_of("127.0.0.1", 9, Connected::Straight);
        probe.decision = Err(problem);
        assert_eq!(probe.way(), way);
        assert_eq!(probe.reach_proxy().await, Err(ProbeError::ProxyUnusable));
        assert_eq!(
            probe.connect(&[]).await.unwrap_err(),
            ProbeError::ProxyUnusable
        );
    }
}

#[tokio::test]
async fn p_10_nothing_prints_the_credentials_of_a_proxy() {
    for scheme in [ProxyScheme::Https, ProxyScheme::Socks5h] {
        let server = proxy(scheme, 7890, Some(("canary", "canary")));
        let probe = probe_of("example.com", 443, Connected::Through(server));
        let said = format!("{probe:?} {:?}", probe.way());
        assert!(!said.contains("canary"), "{said}");
        assert!(said.contains("127.0.0.1:7890"), "{said}");
    }
}

/// Asserts that the connection leads to a TLS server whose certificate can be seen.
async fn assert_leads_to_tls(probe: &Probe, addresses: &[SocketAddr]) {
    let connection = probe.connect(addresses).await.unwrap();
    let refused = probe.handshake(connection).await.unwrap_err();
    let issuer = "Behind the proxy".to_owned();
    assert_eq!(refused, ProbeError::Tls(TlsFault::UnknownIssuer { issuer }));
}

async fn behind() -> u16 {
    tls_server(Authority::new("Behind the proxy").issue(|_| {})).await
}

fn counted(seen: &Arc<std::sync::Mutex<Vec<String>>>) -> Vec<String> {
    seen.lock().unwrap().clone()
}

fn within(limit: Duration, started: Instant) {
    let took = started.elapsed();
    assert!(took < limit, "took {took:?}, at most {limit:?}");
}
