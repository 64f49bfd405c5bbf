//! The route a person chose: what the proxy hears, and what answers and errors say of it.

use std::time::{Duration, Instant};

use network::{
    Client, ClientOptions, ErrorKind, ProxyProblem, ProxyScheme, Route, RouteChoice, RouteSource,
};
use tokio::net::TcpListener;
use url::Url;

use crate::authority::{Authority, OK};
use crate::get;
use crate::proxies::{Proxy, manual};

const HOST: &str = "https://model.test/path?q=canary";

fn url() -> Url {
    Url::parse(HOST).expect("a url")
}

async fn answer(client: &Client) -> Route {
    let response = client.send(get(&url())).await.expect("an answer");
    let route = response.route().cloned().expect("a route");
    assert_eq!(response.read_whole().await.expect("a body"), "ok");
    route
}

fn through(scheme: ProxyScheme, port: u16, source: RouteSource) -> Route {
    Route::Proxy {
        scheme,
        address: format!("127.0.0.1:{port}"),
        source,
    }
}

#[tokio::test]
async fn p_01_a_chosen_proxy_sees_the_host_and_the_answer_names_the_proxy() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let proxy = Proxy::connect(server).await;
    let client = authority.client();
    client.set_route(proxy.choice(ProxyScheme::Http));
    let expected = through(ProxyScheme::Http, proxy.port, RouteSource::Manual);
    assert_eq!(answer(&client).await, expected);
    let heard = proxy.heard.all();
    assert_eq!(heard.len(), 1);
    assert!(
        heard[0].starts_with("CONNECT model.test:443 HTTP/1.1\r\n"),
        "{heard:?}"
    );
    assert!(
        !heard[0].contains("canary") && !heard[0].contains("path"),
        "{heard:?}"
    );
}

#[tokio::test]
async fn p_05_socks_signs_in_and_the_proxy_resolves_the_name() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let proxy = Proxy::socks(server, Some("user:word")).await;
    let client = authority.client();
    client.set_route(manual(
        ProxyScheme::Socks5h,
        proxy.port,
        Some("user:word"),
        &[],
    ));
    let expected = through(ProxyScheme::Socks5h, proxy.port, RouteSource::Manual);
    // The name is reserved and resolves nowhere, so nobody here can have asked for it.
    assert_eq!(answer(&client).await, expected);
    assert_eq!(proxy.heard.all(), ["name model.test 443"]);

    client.set_route(manual(
        ProxyScheme::Socks5h,
        proxy.port,
        Some("user:wrong"),
        &[],
    ));
    let error = client.send(get(&url())).await.expect_err("a refusal");
    let refused = ErrorKind::Proxy(ProxyProblem::AuthenticationRequired);
    assert_eq!(*error.kind(), refused);
    assert_eq!(proxy.heard.all().len(), 1);

    client.set_route(proxy.choice(ProxyScheme::Socks5));
    let error = client
        .send(get(&url()))
        .await
        .expect_err("no such name here");
    assert_eq!(*error.kind(), ErrorKind::Dns);
}

#[tokio::test]
async fn p_02_a_chosen_proxy_never_sees_this_computer() {
    let authority = Authority::new();
    let server = authority.answering(&["127.0.0.1"], OK).await;
    let proxy = Proxy::connect(server).await;
    let client = authority.client();
    client.set_route(proxy.choice(ProxyScheme::Http));
    let here = Url::parse(&format!("https://127.0.0.1:{server}/")).expect("a url");
    let response = client.send(get(&here)).await.expect("an answer");
    assert_eq!(response.route(), Some(&Route::Loopback));
    assert!(proxy.heard.all().is_empty());
}

#[tokio::test]
async fn p_07_a_proxy_that_says_nothing_is_named_within_three_seconds() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = silent.local_addr().expect("an address").port();
    let client = Authority::new().client();
    for scheme in [ProxyScheme::Socks5h, ProxyScheme::Http] {
        client.set_route(manual(scheme, port, None, &[]));
        let began = Instant::now();
        let error = client.send(get(&url())).await.expect_err("no proxy");
        assert_eq!(*error.kind(), ErrorKind::Proxy(ProxyProblem::Unreachable));
        assert_eq!(error.host(), Some(&*format!("127.0.0.1:{port}")));
        let expected = through(scheme, port, RouteSource::Manual);
        assert_eq!(error.route(), Some(&expected));
        let took = began.elapsed();
        assert!(took < Duration::from_secs(4), "{scheme:?}: {took:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_takes_its_time_with_the_host_is_waited_for() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let proxy = Proxy::connect_after(server, Duration::from_secs(4)).await;
    let client = authority.client();
    client.set_route(proxy.choice(ProxyScheme::Http));
    let expected = through(ProxyScheme::Http, proxy.port, RouteSource::Manual);
    assert_eq!(answer(&client).await, expected);
    let heard = proxy.heard.all();
    assert!(
        heard.iter().any(|head| head.starts_with("GET / ")),
        "{heard:?}"
    );
}

#[tokio::test]
async fn a_living_proxy_that_never_reaches_the_host_leaves_the_host_to_blame() {
    let nobody = 1;
    let proxy = Proxy::connect_after(nobody, Duration::from_hours(1)).await;
    let client = Client::new(ClientOptions {
        connect: Duration::from_secs(4),
        ..ClientOptions::default()
    });
    let client = client.expect("a client");
    client.set_route(proxy.choice(ProxyScheme::Http));
    let error = client.send(get(&url())).await.expect_err("no host");
    assert_eq!(*error.kind(), ErrorKind::ConnectTimeout);
    assert_eq!(error.host(), Some("model.test"));
}

#[tokio::test]
async fn p_08_a_change_holds_from_the_next_request_on_for_every_clone() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let (one, other) = (
        Proxy::connect(server).await,
        Proxy::socks(server, None).await,
    );
    let client = authority.client();
    let clone = client.clone();
    client.set_route(one.choice(ProxyScheme::Http));
    answer(&clone).await;
    client.set_route(other.choice(ProxyScheme::Socks5h));
    let expected = through(ProxyScheme::Socks5h, other.port, RouteSource::Manual);
    assert_eq!(answer(&clone).await, expected);
    assert_eq!((one.heard.all().len(), other.heard.all().len()), (1, 1));
}

#[tokio::test]
async fn an_account_goes_its_own_way_and_exceptions_go_straight() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let (app, own) = (Proxy::connect(server).await, Proxy::connect(server).await);
    let client = authority.client();
    client.set_route(app.choice(ProxyScheme::Http));
    let account = client.routed(own.choice(ProxyScheme::Http), RouteSource::Account);
    let expected = through(ProxyScheme::Http, own.port, RouteSource::Account);
    assert_eq!(answer(&account).await, expected);
    assert!(app.heard.all().is_empty());

    let origin = "https://model.test".parse().expect("an origin");
    client.set_route(manual(ProxyScheme::Http, app.port, None, &["*.test"]));
    assert_eq!(client.route_to(&origin).await, Ok(Route::Direct));
    client.set_route(RouteChoice::Direct);
    assert_eq!(client.route_to(&origin).await, Ok(Route::Direct));
    assert_eq!(
        answer(&account).await,
        expected,
        "its connection is still there"
    );
}

#[tokio::test]
async fn p_10_no_value_prints_the_password() {
    let choice = manual(ProxyScheme::Http, 9, Some("canary-user:canary-word"), &[]);
    let client = Authority::new().client();
    client.set_route(choice.clone());
    let error = client.send(get(&url())).await.expect_err("a dead proxy");
    let shown = format!("{choice:?} {choice:#?} {client:?} {error:?} {error}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn only_the_request_that_waited_is_told_what_connecting_took() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test", "127.0.0.1"], OK).await;
    let proxy = Proxy::connect(server).await;
    let client = authority.client();
    client.set_route(proxy.choice(ProxyScheme::Http));
    let mut seen = Vec::new();
    for _ in 0..2 {
        let response = client.send(get(&url())).await.expect("an answer");
        seen.push(response.timings());
        response.read_whole().await.expect("a body");
    }
    assert_eq!(seen[0].dns, None, "the proxy is a literal address");
    assert!(seen[0].connect.is_some() && seen[0].tls.is_some());
    assert_eq!((seen[1].connect, seen[1].tls), (None, None));
    assert!(seen.iter().all(|timings| timings.first_byte.is_some()));
    assert_eq!(proxy.heard.all().len(), 1);
}

#[tokio::test]
async fn a_connection_opened_in_advance_is_used_and_dropped_ones_are_not() {
    let authority = Authority::new();
    let server = authority.answering(&["model.test"], OK).await;
    let proxy = Proxy::connect(server).await;
    let client = authority.client();
    client.set_route(proxy.choice(ProxyScheme::Http));
    let origin = "https://model.test".parse().expect("an origin");
    client.warm(&origin).await.expect("a connection");
    let response = client.send(get(&url())).await.expect("an answer");
    assert_eq!(response.timings().connect, None, "nobody waited for it");
    response.read_whole().await.expect("a body");
    assert_eq!(proxy.heard.all().len(), 1);
    client.drop_connections();
    answer(&client).await;
    assert_eq!(proxy.heard.all().len(), 2);

    let plain = "http://model.test".parse().expect("an origin");
    let error = client.warm(&plain).await.expect_err("no http to others");
    assert_eq!(*error.kind(), ErrorKind::NotHttps);
}
