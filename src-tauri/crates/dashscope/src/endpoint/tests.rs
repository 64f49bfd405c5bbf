use super::*;

fn endpoint(text: &str) -> Endpoint {
    Endpoint::parse(text, &Regions::official()).unwrap()
}

fn bases(text: &str) -> (String, Option<String>) {
    let endpoint = endpoint(text);
    assert_eq!(endpoint.address(), endpoint.compatible_base().to_string());
    (
        endpoint.address(),
        endpoint.native_base().map(Url::to_string),
    )
}

#[test]
fn official_hosts_accept_any_path() {
    let expected = (
        "https://dashscope.aliyuncs.com/compatible-mode/v1".to_owned(),
        Some("https://dashscope.aliyuncs.com/api/v1".to_owned()),
    );
    for typed in [
        "https://dashscope.aliyuncs.com",
        "dashscope.aliyuncs.com",
        " \u{feff}\"https://dashscope.aliyuncs.com/compatible-mode/v1/\" ",
        "HTTPS://DashScope.AliyunCS.com./compatible-mode/v1/chat/completions",
        "https://dashscope.aliyuncs.com:443/api/v1",
        "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation",
        "https://dashscope.aliyuncs.com/compatible-mode/v1/v1/models",
        "https://dashscope.aliyuncs.com/apps/anthropic",
        "dashscope.aliyuncs.com/v1",
    ] {
        assert_eq!(bases(typed), expected, "{typed}");
        assert_eq!(endpoint(typed).kind(), EndpointKind::Official, "{typed}");
        assert_eq!(
            endpoint(typed).region().unwrap().as_str(),
            "cn-beijing",
            "{typed}"
        );
    }
}

#[test]
fn kinds_and_regions_are_told_by_the_host() {
    let cases = [
        (
            "https://dashscope-intl.aliyuncs.com",
            EndpointKind::Official,
            Some("ap-southeast-1"),
        ),
        (
            "https://cn-hongkong.dashscope.aliyuncs.com",
            EndpointKind::Official,
            Some("cn-hongkong"),
        ),
        (
            "https://llm-1.eu-central-1.maas.aliyuncs.com",
            EndpointKind::Workspace,
            Some("eu-central-1"),
        ),
        (
            "https://trial.cn-beijing.maas.aliyuncs.com",
            EndpointKind::Official,
            Some("cn-beijing"),
        ),
        (
            "https://coding-intl.dashscope.aliyuncs.com/v1",
            EndpointKind::CodingPlan,
            Some("coding-plan-intl"),
        ),
        (
            "https://token-plan.cn-beijing.maas.aliyuncs.com",
            EndpointKind::TokenPlan,
            Some("token-plan-cn-beijing"),
        ),
        ("http://localhost:11434", EndpointKind::Local, None),
        ("http://[::1]:1", EndpointKind::Local, None),
        (
            "https://dashscope.aliyuncs.com:8443",
            EndpointKind::Custom,
            None,
        ),
        (
            "https://llm-1.cn-beijing.maas.aliyuncs.com:8443",
            EndpointKind::Custom,
            None,
        ),
        (
            "https://dashscope.aliyuncs.com.evil.example",
            EndpointKind::Custom,
            None,
        ),
    ];
    for (typed, kind, region) in cases {
        let endpoint = endpoint(typed);
        assert_eq!(endpoint.kind(), kind, "{typed}");
        assert_eq!(endpoint.region().map(RegionId::as_str), region, "{typed}");
        assert_eq!(endpoint.needs_key(), kind != EndpointKind::Local, "{typed}");
    }
}

#[test]
fn plans_have_their_own_paths_and_no_native_protocol() {
    let coding = "https://coding.dashscope.aliyuncs.com/v1";
    assert_eq!(
        bases("coding.dashscope.aliyuncs.com/apps/anthropic"),
        (coding.to_owned(), None)
    );
    let token = "https://token-plan.ap-southeast-1.maas.aliyuncs.com/compatible-mode/v1";
    assert_eq!(
        bases("https://token-plan.ap-southeast-1.maas.aliyuncs.com"),
        (token.to_owned(), None)
    );
}

#[test]
fn local_and_custom_paths_are_mended() {
    let cases = [
        ("localhost:11434", "http://localhost:11434/v1", None),
        ("127.0.0.1:8080/", "http://127.0.0.1:8080/v1", None),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", None),
        (
            "http://127.0.0.1:1/v1/chat/completions",
            "http://127.0.0.1:1/v1",
            None,
        ),
        ("http://127.0.0.1:1/v1/v1/", "http://127.0.0.1:1/v1", None),
        (
            "http://127.0.0.1:1/api/v1",
            "http://127.0.0.1:1/compatible-mode/v1",
            Some("http://127.0.0.1:1/api/v1"),
        ),
        (
            "https://proxy.example/qwen//compatible-mode/v1",
            "https://proxy.example/qwen/compatible-mode/v1",
            Some("https://proxy.example/qwen/api/v1"),
        ),
        (
            "proxy.example/api/v1/services/aigc/multimodal-generation/generation",
            "https://proxy.example/compatible-mode/v1",
            Some("https://proxy.example/api/v1"),
        ),
        (
            "https://gateway.example/openai/models",
            "https://gateway.example/openai",
            None,
        ),
        ("例子.example", "https://xn--fsqu00a.example/v1", None),
    ];
    for (typed, compatible, native) in cases {
        assert_eq!(
            bases(typed),
            (compatible.to_owned(), native.map(str::to_owned)),
            "{typed}"
        );
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_the_reason() {
    let cases = [
        ("", EndpointProblem::Empty),
        (" \"\" ", EndpointProblem::Empty),
        (
            "ftp://dashscope.aliyuncs.com",
            EndpointProblem::UnsupportedScheme,
        ),
        (
            "wss://dashscope.aliyuncs.com",
            EndpointProblem::UnsupportedScheme,
        ),
        ("javascript:alert(1)", EndpointProblem::NotAUrl),
        ("https://", EndpointProblem::NotAUrl),
        ("not a url", EndpointProblem::NotAUrl),
        ("https://exa mple.com", EndpointProblem::NotAUrl),
        ("https://host:99999", EndpointProblem::NotAUrl),
        ("http://dashscope.aliyuncs.com", EndpointProblem::NotHttps),
        ("http://192.168.1.2:8000", EndpointProblem::NotHttps),
        ("http://localhost.evil.example", EndpointProblem::NotHttps),
        (
            "https://user:pass@dashscope.aliyuncs.com",
            EndpointProblem::HasUserInfo,
        ),
        (
            "https://@dashscope.aliyuncs.com",
            EndpointProblem::HasUserInfo,
        ),
        (
            "dashscope.aliyuncs.com@evil.example",
            EndpointProblem::HasUserInfo,
        ),
        (
            "https://dashscope.aliyuncs.com\\@evil.example",
            EndpointProblem::NotAUrl,
        ),
        ("https://a.example/v1?key=sk-1", EndpointProblem::HasQuery),
        ("https://a.example/v1#x", EndpointProblem::HasQuery),
    ];
    for (typed, problem) in cases {
        let found = Endpoint::parse(typed, &Regions::official());
        assert_eq!(found, Err(problem), "{typed}");
    }
}

#[test]
fn an_address_reads_back_as_itself() {
    for typed in [
        "dashscope.aliyuncs.com",
        "localhost:1",
        "https://a.example/x",
        "coding.dashscope.aliyuncs.com",
    ] {
        let once = endpoint(typed);
        assert_eq!(endpoint(&once.address()), once, "{typed}");
    }
}

/// Every path of up to four of these pieces.
#[test]
fn whatever_is_pasted_twice_over_reads_back_as_itself() {
    let pieces = [
        "/v1",
        "/x",
        "/chat",
        "/completions",
        "/models",
        "/services/y",
        "/api/alibaba",
        "/api/v1",
        "/compatible-mode/v1",
    ];
    let mut paths = vec![String::new()];
    let mut longest = paths.clone();
    for _ in 0..4 {
        let longer = |path: &String| pieces.map(|piece| format!("{path}{piece}"));
        longest = longest.iter().flat_map(longer).collect();
        paths.extend(longest.iter().cloned());
    }
    assert_eq!(paths.len(), 1 + 9 + 81 + 729 + 6_561);
    for path in paths {
        let once = endpoint(&format!("https://a.example{path}"));
        let again = endpoint(&once.address());
        assert_eq!(once, again, "{path}");
    }
}

#[test]
fn regions_with_a_shared_host_give_an_endpoint() {
    let regions = Regions::official();
    for region in regions.all() {
        let endpoint = Endpoint::of_region(region);
        assert_eq!(endpoint.is_some(), region.shared.is_some(), "{}", region.id);
        if let Some(endpoint) = endpoint {
            assert_eq!(endpoint.region(), Some(&region.id));
            assert_eq!(Some(endpoint.origin()), region.shared.as_ref());
            let parsed = Endpoint::parse(&endpoint.address(), &regions);
            assert_eq!(parsed, Ok(endpoint), "{}", region.id);
        }
    }
}

#[test]
fn what_was_changed_is_told() {
    use AddressChange::{
        DecorationRemoved, OperationRemoved, PathAdded, PathReplaced, SchemeAdded, SlashRemoved,
        VersionFolded, WebProxyRemoved,
    };
    let compatible = || "/compatible-mode/v1".to_owned();
    let https = || SchemeAdded { scheme: "https" };
    let cases = [
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            vec![],
        ),
        (
            "https://dashscope.aliyuncs.com/compatible-mode/v1/chat/completions",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            vec![OperationRemoved],
        ),
        (
            "dashscope.aliyuncs.com",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            vec![https(), PathAdded { path: compatible() }],
        ),
        (
            "https://dashscope.aliyuncs.com/apps/anthropic",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            vec![PathReplaced { path: compatible() }],
        ),
        (
            "\u{201c}https://example.com/v1/v1/\u{201d}",
            "https://example.com/v1",
            vec![DecorationRemoved, VersionFolded, SlashRemoved],
        ),
        (
            "https://example.com/api/alibaba",
            "https://example.com/v1",
            vec![WebProxyRemoved],
        ),
        (
            "https://example.com/api/alibaba/compatible-mode/v1/chat/completions",
            "https://example.com/compatible-mode/v1",
            vec![OperationRemoved, WebProxyRemoved],
        ),
    ];
    for (typed, used, expected) in cases {
        let (endpoint, changes) = Endpoint::explain(typed, &Regions::official()).unwrap();
        assert_eq!(endpoint.address(), used, "{typed}");
        assert_eq!(changes, expected, "{typed}");
    }
}

#[test]
fn a_local_server_gets_the_path_of_its_kind() {
    let (endpoint, changes) = Endpoint::explain("localhost:11434", &Regions::official()).unwrap();
    assert_eq!(endpoint.address(), "http://localhost:11434/v1");
    let path = "/v1".to_owned();
    assert_eq!(
        changes,
        [
            AddressChange::SchemeAdded { scheme: "http" },
            AddressChange::PathAdded { path }
        ]
    );
    let own = "https://example.com/api/alibabas/v1";
    let (endpoint, changes) = Endpoint::explain(own, &Regions::official()).unwrap();
    assert_eq!(endpoint.address(), own);
    assert!(
        changes.is_empty(),
        "a path that only begins so is one's own"
    );
}
