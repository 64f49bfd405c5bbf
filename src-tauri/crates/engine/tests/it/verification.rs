//! Where a key belongs, and that it goes nowhere else.

use crate::desk::{KEY, desk};
use engine::{FailureKind, Verification, VerificationProgress, VerificationScope};
use fake_dashscope::{FakeServer, Options};
use std::sync::Mutex;

fn verification(key: &str, scope: VerificationScope) -> Verification {
    Verification {
        key: Some(credentials::normalise(key).unwrap()),
        scope,
        account: None,
        keep: engine::Keep::Keychain,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h_02_a_key_of_another_region_is_found_there() {
    let desk = desk();
    let seen = Mutex::new(Vec::new());
    let report = |progress: VerificationProgress<'_>| {
        seen.lock().unwrap().push(match progress {
            VerificationProgress::Checking(endpoint) => {
                format!("ask {}", endpoint.region().unwrap())
            }
            VerificationProgress::Refused(_) => "refused".to_owned(),
            VerificationProgress::Unreachable(..) => "unreachable".to_owned(),
            VerificationProgress::Accepted(..) => "accepted".to_owned(),
            VerificationProgress::Stored(place) => place.to_owned(),
            VerificationProgress::Models(count) => format!("models {}", count > 0),
        });
    };
    let verified = desk
        .engine
        .verify(verification(KEY, VerificationScope::AllRegions), report)
        .await
        .unwrap();
    assert!(verified.models.is_some_and(|models| !models.is_empty()));
    let account = verified.account;
    assert_eq!(account.region.as_deref(), Some("ap-southeast-1"));
    assert_eq!(account.key_hint.as_deref(), Some("sk-••••cdef"));
    assert!(!desk.engine.needs_key(&account));
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "ask cn-beijing",
            "refused",
            "ask ap-southeast-1",
            "accepted",
            "keychain",
            "models true"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h_01_a_refused_key_is_not_stored() {
    let desk = desk();
    let wrong = "sk-ffffffffffffffffffffffffffffffff";
    let refused = desk
        .engine
        .verify(verification(wrong, VerificationScope::AllRegions), |_| {})
        .await
        .unwrap_err();
    assert_eq!(refused.kind, FailureKind::KeyRefused);
    assert!(desk.engine.store().accounts().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn beijing_only_asks_nobody_else() {
    let desk = desk();
    let refused = desk
        .engine
        .verify(verification(KEY, VerificationScope::FirstRegion), |_| {})
        .await
        .unwrap_err();
    assert_eq!(refused.kind, FailureKind::KeyRefused);
    assert!(
        desk.server.requests().is_empty(),
        "the second region never saw the key"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coding_plan_key_is_explained_instead_of_tried() {
    let desk = desk();
    let key = "sk-sp-0123456789abcdef0123456789abcdef";
    let refused = desk
        .engine
        .verify(verification(key, VerificationScope::AllRegions), |_| {})
        .await
        .unwrap_err();
    assert_eq!(refused.kind, FailureKind::CodingPlanKey);
    assert!(desk.server.requests().is_empty() && desk.elsewhere.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_endpoint_works_without_a_key() {
    let desk = desk();
    let local = FakeServer::start(Options {
        keyless: true,
        ..Options::default()
    });
    let scope = VerificationScope::Address(format!("{}/v1", local.base_url()));
    let verification = Verification {
        key: None,
        scope,
        account: None,
        keep: engine::Keep::Keychain,
    };
    let account = desk
        .engine
        .verify(verification, |_| {})
        .await
        .unwrap()
        .account;
    let mut sent = desk.send(&account.id, "/fake tokens=3 rate=2000").await;
    assert!(!sent.hear_out().await.blocks.is_empty());
    assert!(
        local
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k_14_an_address_changed_by_hand_never_gets_the_key() {
    let desk = desk();
    let id = desk.account().await;
    let evil = FakeServer::start(Options::default());
    let mut row = desk.engine.account(&id).await.unwrap();
    row.address = format!("{}/compatible-mode/v1", evil.base_url());
    row.origin = evil.base_url();
    desk.engine.store().save_account(&row).unwrap();
    let mut sent = desk.send(&id, "hello").await;
    let heard = sent.hear_out().await;
    assert_eq!(
        heard.outcome.failure.unwrap().kind,
        FailureKind::KeyNotForEndpoint
    );
    assert!(
        evil.requests().is_empty(),
        "no request left, so no header either"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn i_05_a_new_address_asks_for_the_key_again() {
    let desk = desk();
    let id = desk.account().await;
    let other = FakeServer::start(Options::default());
    let address = format!("{}/compatible-mode/v1", other.base_url());
    let row = desk.engine.set_address(&id, &address).await.unwrap();
    assert!(
        desk.engine.needs_key(&row),
        "the key stays bound to where it was saved for"
    );
    let mut sent = desk.send(&id, "hello").await;
    let heard = sent.hear_out().await;
    assert_eq!(
        heard.outcome.failure.unwrap().kind,
        FailureKind::KeyNotForEndpoint
    );
    assert!(other.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn k_12_a_deleted_account_leaves_no_key_behind() {
    let desk = desk();
    let id = desk.account().await;
    desk.engine.delete_account(&id).await.unwrap();
    assert!(desk.engine.store().accounts().unwrap().is_empty());
    assert_eq!(
        desk.engine.vault().read(&id).await.unwrap_err(),
        credentials::Error::Missing
    );
    assert!(desk.folder.path().exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn k_11_another_keychain_asks_for_the_key_again_and_the_history_opens() {
    let desk = desk();
    let id = desk.account().await;
    let mut sent = desk.send(&id, "/fake tokens=3 rate=2000").await;
    sent.hear_out().await;
    let (conversation, folder) = (sent.turn.conversation.id, desk.folder);
    let client = desk.engine.client().clone();
    desk.engine.close().await;
    drop((sent, desk.engine));

    let keychain = credentials::memory::MemoryBackend::default();
    let engine = engine::Engine::new(engine::Parts {
        store: store::Store::open(folder.path()).unwrap(),
        vault: credentials::Vault::with_backend(Box::new(keychain)),
        client,
        clock: std::sync::Arc::new(|| 1_700_000_000_000),
        jitter: std::sync::Arc::new(|longest| longest),
    });
    let history = engine.store().conversation(conversation).unwrap();
    assert!(!history.title.is_empty(), "the history needs no key");
    let asked = engine.check_key(&id).await.unwrap_err();
    assert_eq!(asked.kind, FailureKind::KeyMissing);

    let again = Verification {
        account: Some(id.clone()),
        ..verification(KEY, VerificationScope::AllRegions)
    };
    let account = engine.verify(again, |_| {}).await.unwrap().account;
    assert_eq!(account.id, id, "the same account, with its key again");
    assert!(engine.check_key(&id).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn t_07_an_address_that_makes_no_sense_says_why() {
    let desk = desk();
    for (typed, kind, code) in [
        ("http://example.com", FailureKind::NotHttps, "not_https"),
        (" ", FailureKind::EndpointInvalid, "empty"),
        (
            "https://me:pw@example.com",
            FailureKind::EndpointInvalid,
            "user_info",
        ),
        (
            "https://example.com/v1?key=1",
            FailureKind::EndpointInvalid,
            "query",
        ),
        ("ftp://example.com", FailureKind::EndpointInvalid, "scheme"),
        ("https://", FailureKind::EndpointInvalid, "not_a_url"),
    ] {
        let refused = desk.engine.preview_address(typed, None).await.unwrap_err();
        assert_eq!(
            (refused.kind, refused.code.as_deref()),
            (kind, Some(code)),
            "{typed}"
        );
    }
}
