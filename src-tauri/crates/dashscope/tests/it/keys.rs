//! A key reaches no origin but those it was saved for.

use dashscope::{Endpoint, ErrorKind, Protocol, Regions};
use network::Origin;
use proptest::prelude::*;

use crate::server::{Server, client, events, json, key, question, region};

#[tokio::test]
async fn k_14_a_key_of_another_origin_is_refused_and_no_request_leaves() {
    let other = Server::start(vec![events("data: [DONE]\n\n")]).await;
    let regions = || Regions::new(vec![region("here", &other)]);
    let endpoint = Endpoint::parse(&other.address, &regions()).unwrap();
    let client = client(regions());
    for bound in [
        "https://dashscope.aliyuncs.com",
        "http://127.0.0.1:1",
        "http://localhost",
        &other.address.replace("http:", "https:"),
    ] {
        let key = key(bound);
        for protocol in [Protocol::Compatible, Protocol::Native] {
            let request = question("qwen-plus");
            let result = client.chat(&endpoint, Some(&key), protocol, &request).await;
            assert_eq!(
                result.unwrap_err().kind(),
                &ErrorKind::KeyNotForEndpoint,
                "{bound}"
            );
        }
        let error = client.models(&endpoint, Some(&key)).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::KeyNotForEndpoint);
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert!(
        other.asked().is_empty(),
        "a request left without its key being allowed"
    );
    let right = key(&other.address);
    let error = client.models(&endpoint, Some(&right)).await.unwrap_err();
    assert_eq!(
        error.kind(),
        &ErrorKind::UnexpectedContent,
        "the right key does go out"
    );
    assert_eq!(other.asked().len(), 1);
}

#[tokio::test]
async fn a_missing_key_stops_the_request_except_on_this_computer() {
    let server = Server::start(vec![json("200 OK", r#"{"object":"list","data":[]}"#)]).await;
    let official = Regions::new(vec![region("here", &server)]);
    let endpoint = Endpoint::parse(&server.address, &official).unwrap();
    let error = client(official).models(&endpoint, None).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::KeyMissing);
    assert!(server.asked().is_empty());
    let local = Endpoint::parse(&server.address, &Regions::official()).unwrap();
    let models = client(Regions::official()).models(&local, None).await;
    assert_eq!(models.unwrap().len(), 0);
    let asked = server.asked();
    assert!(asked[0].starts_with("GET /v1/models "), "{}", asked[0]);
    assert!(!asked[0].to_ascii_lowercase().contains("authorization"));
}

#[test]
fn a_key_prints_nothing() {
    let key = key("https://dashscope.aliyuncs.com");
    assert_eq!(format!("{key:?}"), "[REDACTED]");
}

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

#[test]
fn hosts_of_one_region_are_one_group_and_others_are_not() {
    let regions = Regions::official();
    let together = |left: &str, right: &str| {
        let (left, right) = (origin(left), origin(right));
        let result = regions.same_group(&left, &right);
        assert_eq!(
            result,
            regions.same_group(&right, &left),
            "the rule has no direction"
        );
        result
    };
    let shared = "https://dashscope.aliyuncs.com";
    let workspace = "https://llm-abc.cn-beijing.maas.aliyuncs.com";
    assert!(together(shared, workspace));
    assert!(together(
        workspace,
        "https://llm-other.cn-beijing.maas.aliyuncs.com"
    ));
    assert!(together(
        workspace,
        "https://trial.cn-beijing.maas.aliyuncs.com"
    ));
    assert!(together(shared, "https://DashScope.aliyuncs.com.:443"));
    for stranger in [
        "https://dashscope-intl.aliyuncs.com",
        "https://llm-abc.ap-southeast-1.maas.aliyuncs.com",
        "https://coding.dashscope.aliyuncs.com",
        "https://token-plan.cn-beijing.maas.aliyuncs.com",
        "https://cn-beijing.maas.aliyuncs.com",
        "https://a.b.cn-beijing.maas.aliyuncs.com",
        "https://xcn-beijing.maas.aliyuncs.com",
        "https://-x.cn-beijing.maas.aliyuncs.com",
        "https://llm-abc.cn-beijing.maas.aliyuncs.com:8443",
        "https://llm-abc.cn-beijing.maas.aliyuncs.com.evil.example",
        "https://dashscope.aliyuncs.com.evil.example",
        "https://evil-dashscope.aliyuncs.com",
        "https://dashscope.aliyuncs.com:444",
        "http://dashscope.aliyuncs.com",
        "http://llm-abc.cn-beijing.maas.aliyuncs.com",
        "http://dashscope.aliyuncs.com:443",
    ] {
        assert!(!together(shared, stranger), "{stranger}");
        assert!(!together(workspace, stranger), "{stranger}");
        assert!(
            together(stranger, stranger),
            "an origin may always have its own key"
        );
    }
}

proptest! {
    /// Whatever surrounds an official name, it joins the group only as one label before the dot of
    /// the suffix, over https on port 443.
    #[test]
    fn k_14_no_lookalike_joins_a_group(
        before in "[a-z0-9.-]{0,12}",
        after in prop::sample::select(vec!["", ".", ".evil.example", "evil.example", "-x"]),
        host in prop::sample::select(vec![
            "dashscope.aliyuncs.com", "DASHSCOPE.aliyuncs.com", "cn-beijing.maas.aliyuncs.com",
            "Cn-Beijing.Maas.Aliyuncs.Com", "ap-southeast-1.maas.aliyuncs.com",
        ]),
        port in prop::sample::select(vec!["", ":443", ":80", ":8443"]),
        scheme in prop::sample::select(vec!["https", "http", "HTTPS"]),
        user in prop::sample::select(vec!["", "dashscope.aliyuncs.com@", "a:b@"]),
    ) {
        let text = format!("{scheme}://{user}{before}{host}{after}{port}/compatible-mode/v1");
        let Ok(url) = url::Url::parse(&text) else { return Ok(()) };
        let Some(found) = Origin::of(&url) else { return Ok(()) };
        let regions = Regions::official();
        let beijing = origin("https://dashscope.aliyuncs.com");
        let name = format!("{before}{host}{after}").to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let label = name.strip_suffix(".cn-beijing.maas.aliyuncs.com");
        let is_workspace = label.is_some_and(|label| {
            !label.is_empty() && !label.contains('.') && !label.starts_with('-') && label != "token-plan"
        });
        let secure = scheme != "http" && (port.is_empty() || port == ":443");
        let expected = secure && (name == "dashscope.aliyuncs.com" || is_workspace);
        prop_assert_eq!(regions.same_group(&beijing, &found), expected, "{}", text);
        let problem = Endpoint::parse(&text, &regions);
        if !user.is_empty() {
            prop_assert!(problem.is_err(), "{} holds user information", text);
        }
    }
}
