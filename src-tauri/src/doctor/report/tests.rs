use super::*;
use engine::doctor::{BrowserVerdict, Finding, Fix, StepId};

fn private() -> Private {
    Private {
        home: Some("/home/lihua".to_owned()),
        user: Some("lihua".to_owned()),
    }
}

/// A run in which everything that comes from outside tries to carry something private.
fn diagnosis() -> Diagnosis {
    let step = |id, state, finding, fix| Step {
        id,
        state,
        milliseconds: Some(3),
        finding: Some(finding),
        fix,
        costs_tokens: false,
    };
    Diagnosis {
        at_ms: 1_795_415_400_000,
        passed: false,
        stopped: false,
        milliseconds: 12,
        host: "dashscope.aliyuncs.com".to_owned(),
        region: Some("cn-beijing".to_owned()),
        model: "qwen-plus".to_owned(),
        steps: vec![
            step(
                StepId::Tls,
                StepState::Warned,
                Finding::Inspected {
                    issuer: "proxy of lihua at /home/lihua/ca, Bearer sk-0123456789abcdef"
                        .to_owned(),
                },
                None,
            ),
            step(
                StepId::Http,
                StepState::Failed,
                Finding::Portal {
                    host: None,
                    title: Some("see http://lihua:secret@10.0.0.1/login".to_owned()),
                },
                Some(Fix::OpenSignInPage),
            ),
        ],
        browser: Some(BrowserVerdict {
            would_fail: true,
            status: Some(403),
            allow_origin: None,
            allow_headers: None,
            origin: "https://chat.example.com".to_owned(),
        }),
    }
}

#[test]
fn both_reports_hold_nothing_private() {
    let text = private().without(&written(&diagnosis(), Language::En));
    let value = private().without_in(serde_json::to_value(diagnosis()).unwrap());
    for report in [text.clone(), value.to_string()] {
        for secret in ["lihua", "0123456789abcdef", "secret"] {
            assert!(!report.contains(secret), "{secret} is in {report}");
        }
        assert!(
            report.contains("10.0.0.1/login"),
            "the host stays: {report}"
        );
    }
    assert!(
        text.contains("[FAILED] Service: this network wants a sign-in"),
        "{text}"
    );
    assert!(
        text.contains("-> Sign in to this network in a browser."),
        "{text}"
    );
    assert!(text.contains("Failed to fetch"), "{text}");
    assert!(text.contains("2026-11-23 06:30:00 UTC"), "{text}");
}

#[test]
fn both_languages_say_the_same_steps() {
    let [en, zh] = [Language::En, Language::ZhCn].map(|language| written(&diagnosis(), language));
    assert_eq!(en.lines().count(), zh.lines().count());
    assert!(zh.contains("此网络需要登录"), "{zh}");
}

#[test]
fn a_run_that_passes_with_a_remark_does_not_call_all_well() {
    let mut run = diagnosis();
    run.passed = true;
    run.steps.pop();
    assert!(written(&run, Language::En).contains("what is marked is worth knowing"));
    run.steps.pop();
    assert!(written(&run, Language::En).contains("Everything works. "));
}

#[test]
fn a_name_inside_a_word_and_an_address_without_a_user_stay() {
    let kept = private().without("lihuali at https://example.com/a@b sends lihua.");
    assert_eq!(kept, "lihuali at https://example.com/a@b sends ….");
}

#[test]
fn days_of_the_calendar() {
    assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
    assert_eq!(utc(951_827_696_000), "2000-02-29 12:34:56 UTC");
    assert_eq!(utc(-1), "1969-12-31 23:59:59 UTC");
}
