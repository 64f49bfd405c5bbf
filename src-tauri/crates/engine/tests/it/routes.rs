//! What is chosen of routes: where it is kept, whom it is for, and what it comes to.

use crate::desk::{Desk, desk};
use engine::{FailureKind, PasswordChange, PasswordPlace, ProxySetting, RouteMode, RouteSetting};
use network::{ProxyScheme, Route, RouteSource};
use secrecy::ExposeSecret as _;

const KEEP: PasswordChange = PasswordChange::Keep;
const CANARY: &str = "canary-word";

fn manual(host: &str, port: u16) -> RouteSetting {
    RouteSetting {
        mode: RouteMode::Manual,
        proxy: Some(ProxySetting {
            scheme: ProxyScheme::Socks5h,
            host: host.to_owned(),
            port,
            user: Some("user".to_owned()),
            bypass: vec![".aliyuncs.com".to_owned()],
            password: PasswordPlace::None,
        }),
    }
}

fn word() -> PasswordChange {
    PasswordChange::typed(Some(CANARY.to_owned())).unwrap()
}

async fn place(desk: &Desk) -> PasswordPlace {
    let settings = desk.engine.route_settings(None).await.unwrap();
    settings
        .app
        .proxy
        .map(|proxy| proxy.password)
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn p_06_the_password_is_in_the_keychain_and_nowhere_else() {
    let desk = desk();
    let engine = &desk.engine;
    let setting = manual("127.0.0.1", 7890);
    engine
        .set_route(None, Some(setting.clone()), word())
        .await
        .unwrap();
    let stored = engine.vault().read("proxy").await.unwrap();
    assert_eq!(stored.secret.expose_secret(), CANARY);
    assert_eq!(stored.origin, "socks5h://127.0.0.1:7890");
    let settings = engine.store().settings().unwrap();
    assert!(!format!("{settings:?}").contains(CANARY));
    assert_eq!(place(&desk).await, PasswordPlace::Keychain);

    engine
        .set_route(None, Some(setting.clone()), KEEP)
        .await
        .unwrap();
    assert_eq!(
        place(&desk).await,
        PasswordPlace::Keychain,
        "left alone, it stays"
    );
    let none = PasswordChange::typed(Some(String::new())).unwrap();
    engine.set_route(None, Some(setting), none).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::None);
    assert!(engine.vault().read("proxy").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_a_password_is_kept_until_the_end_or_in_the_file_for_keys() {
    let desk = desk();
    let engine = &desk.engine;
    desk.keychain.begin_outage(credentials::Error::Unavailable);
    let setting = || Some(manual("127.0.0.1", 7890));
    engine.set_route(None, setting(), word()).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::Session);
    engine.set_route(None, setting(), KEEP).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::Session, "it stays");

    // The setting outlives the memory it speaks of.
    let begun_anew = desk.begin_anew();
    let settings = begun_anew.route_settings(None).await.unwrap();
    let proxy = settings.app.proxy.unwrap();
    assert_eq!(proxy.password, PasswordPlace::None);
    let client = begun_anew.client_for(None).await;
    assert!(client.is_ok(), "the proxy will ask for it");

    let none = || PasswordChange::typed(Some(String::new())).unwrap();
    engine.set_route(None, setting(), none()).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::None);

    // What a person opened for a key takes it too, and nothing of it can be read there.
    let passphrase = "correct horse".to_owned().into();
    let vault = engine.vault();
    vault
        .save_in_file(
            "key",
            &"sk-1".to_owned().into(),
            "https://a.test",
            1,
            Some(passphrase),
        )
        .await
        .unwrap();
    engine.set_route(None, setting(), word()).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::File);
    let sealed = std::fs::read(desk.folder.path().join("keys.sealed")).unwrap();
    let canary = CANARY.as_bytes();
    assert!(!sealed.windows(canary.len()).any(|part| part == canary));
    let locked = desk.begin_anew().client_for(None).await.err().unwrap();
    assert_eq!(locked.kind, FailureKind::PassphraseNeeded);

    desk.keychain.end_outage();
    vault.reconnect().await.unwrap();
    engine.set_route(None, setting(), word()).await.unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::Keychain);
    engine.set_route(None, setting(), none()).await.unwrap();
    assert!(engine.vault().read("proxy").await.is_err(), "it is nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_does_not_follow_to_another_proxy() {
    let desk = desk();
    let engine = &desk.engine;
    engine
        .set_route(None, Some(manual("127.0.0.1", 1)), word())
        .await
        .unwrap();
    engine
        .set_route(None, Some(manual("127.0.0.2", 1)), KEEP)
        .await
        .unwrap();
    assert_eq!(place(&desk).await, PasswordPlace::None);
    assert!(engine.vault().read("proxy").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_a_route_of_its_own_until_it_is_taken_back_or_deleted() {
    let desk = desk();
    let engine = &desk.engine;
    let id = desk.account().await;
    engine
        .set_route(Some(&id), Some(manual("a.test", 1)), word())
        .await
        .unwrap();
    let item = format!("proxy:{id}");
    assert!(engine.vault().read(&item).await.is_ok());
    let settings = engine.route_settings(Some(&id)).await.unwrap();
    assert_eq!(settings.app, RouteSetting::default());
    assert_eq!(settings.account.unwrap().mode, RouteMode::Manual);
    assert_eq!(
        settings.effective,
        Ok(Route::Loopback),
        "its server is here"
    );

    let client = engine.client_for(Some(&id)).await.unwrap();
    let elsewhere = "https://elsewhere.test".parse().unwrap();
    let route = client.network().route_to(&elsewhere).await.unwrap();
    let expected = Route::Proxy {
        scheme: ProxyScheme::Socks5h,
        address: "a.test:1".to_owned(),
        source: RouteSource::Account,
    };
    assert_eq!(route, expected);
    let official = "https://dashscope.aliyuncs.com".parse().unwrap();
    let excepted = client.network().route_to(&official).await;
    assert_eq!(excepted, Ok(Route::Direct));

    engine.set_route(Some(&id), None, KEEP).await.unwrap();
    assert!(engine.vault().read(&item).await.is_err());
    let settings = engine.route_settings(Some(&id)).await.unwrap();
    assert_eq!(settings.account, None);

    engine
        .set_route(Some(&id), Some(manual("a.test", 1)), word())
        .await
        .unwrap();
    engine.delete_account(&id).await.unwrap();
    assert!(
        engine.vault().read(&item).await.is_err(),
        "k_12 nothing stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn p_08_a_choice_holds_for_the_next_request() {
    let desk = desk();
    let engine = &desk.engine;
    let elsewhere = "https://elsewhere.test".parse().unwrap();
    for (mode, direct) in [(RouteMode::Manual, false), (RouteMode::Direct, true)] {
        let setting = RouteSetting {
            mode,
            ..manual("b.test", 2)
        };
        engine.set_route(None, Some(setting), KEEP).await.unwrap();
        let client = engine.client_for(None).await.unwrap();
        let route = client.network().route_to(&elsewhere).await.unwrap();
        assert_eq!(route == Route::Direct, direct, "{route}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_makes_no_sense_is_refused_and_changes_nothing() {
    let desk = desk();
    let engine = &desk.engine;
    let long = "x".repeat(300);
    for (host, port) in [
        ("", 1),
        ("a b", 1),
        ("a/b", 1),
        ("u@a", 1),
        ("a:1:2", 1),
        ("a", 0),
    ] {
        let refused = engine
            .set_route(None, Some(manual(host, port)), word())
            .await;
        assert_eq!(
            refused.unwrap_err().kind,
            FailureKind::InvalidInput,
            "{host}:{port}"
        );
    }
    let without = RouteSetting {
        proxy: None,
        ..manual("a", 1)
    };
    let refused = engine.set_route(None, Some(without), KEEP).await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::InvalidInput);
    let mut wordy = manual("a", 1);
    wordy.proxy.as_mut().unwrap().user = Some(long.clone());
    let refused = engine.set_route(None, Some(wordy), KEEP).await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::InputTooLong);
    let refused = PasswordChange::typed(Some(long));
    assert_eq!(refused.unwrap_err().kind, FailureKind::InputTooLong);
    let settings = engine.route_settings(None).await.unwrap();
    assert_eq!(settings.app, RouteSetting::default());
    assert!(engine.vault().read("proxy").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_certificates_is_checked_before_it_is_kept() {
    let desk = desk();
    let engine = &desk.engine;
    let file = desk.folder.path().join("own.pem");
    std::fs::write(&file, "nothing").unwrap();
    let path = Some(file.display().to_string());
    let refused = engine.set_extra_certificates(path).await.unwrap_err();
    assert_eq!(refused.kind, FailureKind::ExtraCertificatesInvalid);
    let gone = engine
        .set_extra_certificates(Some("/no/such/file".to_owned()))
        .await;
    let gone = gone.unwrap_err();
    assert_eq!(gone.kind, FailureKind::ExtraCertificatesUnreadable);
    assert!(
        !format!("{gone:?} {gone}").contains("such"),
        "no path in an error"
    );
    let settings = engine.route_settings(None).await.unwrap();
    assert!(settings.extra_certificates.is_none());
    engine.set_extra_certificates(None).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn warming_leaves_this_computer_alone() {
    let desk = desk();
    let id = desk.account().await;
    let asked = desk.server.requests().len();
    desk.engine.warm(&id).await.unwrap();
    assert_eq!(desk.server.requests().len(), asked);
    let nobody = desk.engine.warm("nobody").await.unwrap_err();
    assert_eq!(nobody.kind, FailureKind::NoAccount);
}
