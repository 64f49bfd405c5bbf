//! What the service says about the key, the model and the question.

use super::clinic::{Clinic, clinic, clinic_with_key, region};
use crate::desk::{KEY, desk};
use dashscope::Region;
use engine::FailureKind;
use engine::doctor::{Finding, Fix, KeyFault, KeyPlan, StepId, StepState};
use fake_dashscope::{FakeServer, Options, RecordedRequest};

fn refusing() -> FakeServer {
    FakeServer::start(Options {
        accepted_keys: vec![],
        ..Options::default()
    })
}

fn carries_a_key(request: &RecordedRequest) -> bool {
    request.header("authorization").is_some()
}

/// A clinic at an official region whose server answers each question by this script.
async fn asking(server: &FakeServer, script: &str) -> Clinic {
    server.set_script(script.parse().unwrap());
    let mut clinic = clinic(
        &server.compatible_base(),
        vec![region("cn-beijing", &server.base_url())],
    )
    .await;
    clinic.checkup.ask = true;
    clinic
}

fn two_regions(here: &FakeServer, there: &FakeServer) -> Vec<Region> {
    vec![
        region("cn-beijing", &here.base_url()),
        region("ap-southeast-1", &there.base_url()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn h_02_the_region_of_a_refused_key_is_found_with_consent_only() {
    let (here, there) = (refusing(), FakeServer::start(Options::default()));
    let regions = two_regions(&here, &there);
    let mut clinic = clinic(&here.compatible_base(), regions).await;
    clinic.examine().await.assert_broken(
        StepId::KeyRegion,
        &Finding::KeyRefused { everywhere: false },
        Some(&Fix::FindRegion),
    );
    assert!(there.requests().is_empty(), "nobody agreed to that");

    clinic.checkup.other_regions = true;
    let region = "ap-southeast-1".to_owned();
    clinic.examine().await.assert_broken(
        StepId::KeyRegion,
        &Finding::KeyOfRegion {
            region: region.clone(),
        },
        Some(&Fix::SwitchRegion { region }),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h_01_a_key_that_nobody_takes_is_refused_everywhere() {
    let (here, there) = (refusing(), refusing());
    let regions = two_regions(&here, &there);
    let mut clinic = clinic(&here.compatible_base(), regions).await;
    clinic.checkup.other_regions = true;
    clinic.examine().await.assert_broken(
        StepId::KeyRegion,
        &Finding::KeyRefused { everywhere: true },
        Some(&Fix::ReplaceKey),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_an_address_of_ones_own_goes_nowhere_else() {
    let (own, official) = (refusing(), FakeServer::start(Options::default()));
    let regions = vec![region("cn-beijing", &official.base_url())];
    let mut clinic = clinic(&own.local_base(), regions).await;
    clinic.checkup.other_regions = true;
    clinic.examine().await.assert_broken(
        StepId::KeyRegion,
        &Finding::KeyRefused { everywhere: false },
        Some(&Fix::ReplaceKey),
    );
    assert!(official.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn k_14_the_doctor_sends_no_key_to_an_address_it_was_not_saved_for() {
    let (saved_for, evil) = (
        FakeServer::start(Options::default()),
        FakeServer::start(Options::default()),
    );
    let clinic = clinic(&saved_for.local_base(), vec![]).await;
    let mut row = clinic.store.accounts().unwrap().remove(0);
    row.address = evil.local_base();
    clinic.store.save_account(&row).unwrap();
    clinic.examine().await.assert_broken(
        StepId::KeyRegion,
        &Finding::KeyNotForEndpoint,
        Some(&Fix::EnterKey),
    );
    assert!(!evil.requests().iter().any(carries_a_key));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_moves_the_account_and_its_key() {
    let desk = desk();
    let id = desk.account().await;
    let before = desk.engine.vault().read(&id).await.unwrap().origin;
    let refused = desk.engine.switch_region(&id, "cn-beijing").await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::KeyRefused);
    let kept = desk.engine.vault().read(&id).await.unwrap().origin;
    assert_eq!(kept, before, "a refusal changes nothing");

    desk.elsewhere.set_accepted_keys(vec![KEY.to_owned()]);
    let row = desk.engine.switch_region(&id, "cn-beijing").await.unwrap();
    assert_eq!(row.region.as_deref(), Some("cn-beijing"));
    assert!(!desk.engine.needs_key(&row), "the key came along");
    assert_eq!(
        desk.engine.vault().read(&id).await.unwrap().origin,
        desk.elsewhere.base_url()
    );
    let nowhere = desk.engine.switch_region(&id, "mars").await;
    assert_eq!(nowhere.unwrap_err().kind, FailureKind::EndpointInvalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_address_of_ones_own_does_not_move() {
    let desk = desk();
    let id = desk.account().await;
    let own = FakeServer::start(Options::default());
    desk.engine
        .set_address(&id, &own.local_base())
        .await
        .unwrap();
    desk.server.forget_requests();
    let refused = desk.engine.switch_region(&id, "ap-southeast-1").await;
    assert_eq!(refused.unwrap_err().kind, FailureKind::EndpointInvalid);
    assert!(desk.server.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn k_10_a_plan_key_at_a_standard_host_is_not_sent() {
    let server = FakeServer::start(Options::default());
    let regions = vec![region("cn-beijing", &server.base_url())];
    let key = "sk-sp-0123456789abcdef0123456789abcdef";
    let found = clinic_with_key(&server.compatible_base(), regions, key)
        .await
        .examine()
        .await;
    let format = found.step(StepId::KeyFormat);
    assert_eq!(
        (format.state, &format.finding, &format.fix),
        (
            StepState::Failed,
            &Some(Finding::KeyOfPlan {
                plan: KeyPlan::Subscription
            }),
            &Some(Fix::ReplaceKey)
        )
    );
    assert_eq!(found.state(StepId::KeyRegion), StepState::Skipped);
    assert!(!server.requests().iter().any(carries_a_key));
}

#[tokio::test(flavor = "multi_thread")]
async fn k_10_what_is_no_key_is_named_and_not_sent() {
    let server = FakeServer::start(Options::default());
    for (stored, why) in [
        ("sk-0123456789abcdef\n", KeyFault::Spaces),
        ("sk-01234567 89abcdef", KeyFault::Spaces),
        ("https://dashscope.aliyuncs.com", KeyFault::Address),
        ("sk-密钥密钥密钥", KeyFault::NotAscii),
        ("sk-1", KeyFault::TooShort),
    ] {
        let found = clinic_with_key(&server.local_base(), vec![], stored)
            .await
            .examine()
            .await;
        let finding = Finding::KeyMalformed { why };
        assert_eq!(
            found.step(StepId::KeyFormat).finding,
            Some(finding),
            "{why:?}"
        );
    }
    assert!(!server.requests().iter().any(carries_a_key));
}

#[tokio::test(flavor = "multi_thread")]
async fn h_03_a_model_that_is_denied_or_unknown_is_named() {
    let server = FakeServer::start(Options::default());
    let model = "qwen-plus".to_owned();
    let clinic = asking(&server, "error=403-model").await;
    clinic.examine().await.assert_broken(
        StepId::Model,
        &Finding::ModelDenied {
            model: model.clone(),
        },
        Some(&Fix::ChooseModel),
    );
    server.set_script("error=404-model".parse().unwrap());
    clinic.examine().await.assert_broken(
        StepId::Model,
        &Finding::ModelUnknown { model },
        Some(&Fix::ChooseModel),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn h_05_arrears_lead_to_billing() {
    let server = FakeServer::start(Options::default());
    asking(&server, "error=400-arrears")
        .await
        .examine()
        .await
        .assert_broken(StepId::Model, &Finding::Arrears, Some(&Fix::OpenBilling));
}

#[tokio::test(flavor = "multi_thread")]
async fn h_07_too_many_requests_say_how_long_to_wait() {
    let server = FakeServer::start(Options::default());
    asking(&server, "error=429 retry-after=7")
        .await
        .examine()
        .await
        .assert_broken(
            StepId::Model,
            &Finding::RateLimited { seconds: 7 },
            Some(&Fix::Wait { seconds: 7 }),
        );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_refuses_the_thinking_flag_is_told_apart_from_a_missing_one() {
    let server = FakeServer::start(Options::default());
    asking(&server, "error=400-no-thinking")
        .await
        .examine()
        .await
        .assert_broken(
            StepId::Thinking,
            &Finding::ThinkingNotTaken,
            Some(&Fix::ThinkingDefault),
        );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_stays_silent_is_named() {
    let server = FakeServer::start(Options::default());
    for script in ["stall=headers", "stall=after:0 keepalive=50ms"] {
        asking(&server, script).await.examine().await.assert_broken(
            StepId::Stream,
            &Finding::SilentStream,
            Some(&Fix::RunAgain),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_is_asked_and_the_stream_is_closed_at_the_first_word() {
    let server = FakeServer::start(Options::default());
    let clinic = asking(&server, "tokens=4000 rate=50").await;
    let found = clinic.examine().await;
    assert!(found.0.passed, "{:#?}", found.0.steps);
    let asked: Vec<RecordedRequest> = server
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(found.0.model, "qwen-plus");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_is_not_listed_may_still_answer() {
    let server = FakeServer::start(Options {
        models: vec!["qwen-max".to_owned()],
        ..Options::default()
    });
    let regions = vec![region("cn-beijing", &server.base_url())];
    let found = clinic(&server.compatible_base(), regions)
        .await
        .examine()
        .await;
    let model = found.step(StepId::Model);
    assert_eq!(
        (model.state, &model.fix),
        (StepState::Warned, &Some(Fix::AskOnce))
    );
    assert!(found.0.passed, "a warning breaks nothing");
}
