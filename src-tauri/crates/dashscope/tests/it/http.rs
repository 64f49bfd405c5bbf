//! Statuses and what they mean, through the client and a real socket.

use dashscope::{Endpoint, Error, ErrorKind, Event, FinishReason, Protocol, Regions, Retry};
use futures_util::StreamExt as _;

use crate::server::{Server, answer, client, events, json, key, official, question, region};

const HELLO: &str = "data: {\"id\":\"chatcmpl-r1\",\"model\":\"qwen-plus\",\"choices\":[{\"delta\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
const MODELS: &str = r#"{"object":"list","data":[{"id":"qwen-plus","object":"model"}]}"#;

async fn refused(protocol: Protocol, answer: String) -> Error {
    let server = Server::start(vec![answer]).await;
    let (client, endpoint, key) = official(&server);
    let request = question("qwen-plus");
    let result = client.chat(&endpoint, Some(&key), protocol, &request).await;
    let error = result.err().unwrap();
    assert_eq!(error.host(), Some("127.0.0.1"));
    error
}

#[tokio::test]
async fn a_reply_streams_over_the_compatible_protocol() {
    let server = Server::start(vec![events(HELLO)]).await;
    let (client, endpoint, key) = official(&server);
    let request = question("qwen-plus");
    let stream = client
        .chat(&endpoint, Some(&key), Protocol::Compatible, &request)
        .await
        .unwrap();
    let events: Vec<Event> = stream.collect().await;
    let expected = [
        Event::Started {
            request_id: Some("r1".to_owned()),
            model: Some("qwen-plus".to_owned()),
        },
        Event::Text("Hello".to_owned()),
        Event::Finished(FinishReason::Stop),
    ];
    assert_eq!(events, expected);
    let asked = server.asked();
    let head = asked[0].to_ascii_lowercase();
    assert!(
        head.starts_with("post /compatible-mode/v1/chat/completions http/1.1"),
        "{head}"
    );
    assert!(
        head.contains("\r\nauthorization: bearer sk-canary-0123456789\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\naccept: text/event-stream\r\n"), "{head}");
    assert!(
        head.contains("\r\nuser-agent: dashscope-test\r\n"),
        "{head}"
    );
    assert!(!head.contains("x-dashscope-sse"), "{head}");
    let body = server.body(0);
    assert_eq!(body["stream"], true);
    assert_eq!(body["stream_options"]["include_usage"], true);
    assert_eq!(body["messages"][0]["content"], "1+1?");
    assert_eq!(body.get("tools"), None);
}

#[tokio::test]
async fn h_01_a_refused_key_is_named_as_such_in_both_protocols() {
    let native =
        r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r3"}"#;
    let error = refused(Protocol::Native, json("401 Unauthorized", native)).await;
    assert_eq!(error.kind(), &ErrorKind::KeyRefused);
    assert_eq!(error.retry(), Retry::No);
    assert_eq!(
        (error.status(), error.request_id()),
        (Some(401), Some("r3"))
    );
    let compatible = r#"{"error":{"message":"Incorrect API key provided. ","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"request_id":"r4"}"#;
    let error = refused(Protocol::Compatible, json("401 Unauthorized", compatible)).await;
    assert_eq!(error.kind(), &ErrorKind::KeyRefused);
    assert_eq!(error.code(), Some("invalid_api_key"));
    let bare = refused(Protocol::Compatible, json("401 Unauthorized", "")).await;
    assert_eq!(bare.kind(), &ErrorKind::KeyRefused);
}

#[tokio::test]
async fn h_02_the_right_region_is_found_in_probe_order() {
    let wrong = Server::start(vec![json(
        "401 Unauthorized",
        "{\"code\":\"InvalidApiKey\",\"message\":\"x\"}",
    )])
    .await;
    let right = Server::start(vec![json("200 OK", MODELS)]).await;
    let regions = Regions::new(vec![region("beijing", &wrong), region("singapore", &right)]);
    let client = client(regions);
    let mut found = Vec::new();
    for place in client.regions().probe_order() {
        let endpoint = Endpoint::of_region(place).unwrap();
        // A key of unknown origin is bound to each place in turn, with the user's consent.
        let key = key(&endpoint.origin().to_string());
        match client.models(&endpoint, Some(&key)).await {
            Ok(models) => found.push((place.id.as_str(), models.len())),
            Err(error) => assert_eq!(error.kind(), &ErrorKind::KeyRefused),
        }
    }
    assert_eq!(found, [("singapore", 1)]);
    assert_eq!((wrong.asked().len(), right.asked().len()), (1, 1));
    assert!(right.asked()[0].starts_with("GET /compatible-mode/v1/models HTTP/1.1"));
}

#[tokio::test]
async fn h_03_missing_rights_are_told_apart() {
    let cases = [
        (
            "Model.AccessDenied",
            "Model access denied.",
            ErrorKind::ModelAccessDenied,
        ),
        (
            "AccessDenied.Unpurchased",
            "Not purchased. You are not eligible for using the model.",
            ErrorKind::NotActivated,
        ),
        ("AccessDenied", "Access denied.", ErrorKind::AccessDenied),
        (
            "Workspace.AccessDenied",
            "Workspace access denied.",
            ErrorKind::WorkspaceRefused,
        ),
        (
            "AllocationQuota.FreeTierOnly",
            "The free tier of the model has been exhausted.",
            ErrorKind::FreeQuotaUsed,
        ),
    ];
    for (code, message, kind) in cases {
        let body =
            format!("{{\"code\":\"{code}\",\"message\":\"{message}\",\"request_id\":\"r\"}}");
        let error = refused(Protocol::Native, json("403 Forbidden", &body)).await;
        assert_eq!(error.kind(), &kind, "{code}");
        assert_eq!(error.retry(), Retry::No, "{code}");
    }
}

#[tokio::test]
async fn h_04_moderation_is_not_retried() {
    let body = r#"{"error":{"code":"data_inspection_failed","message":"<400> InternalError.Algo.DataInspectionFailed: Input data may contain inappropriate content.","type":"data_inspection_failed"},"request_id":"r"}"#;
    let error = refused(Protocol::Compatible, json("400 Bad Request", body)).await;
    assert_eq!(error.kind(), &ErrorKind::ContentRejected);
    assert_eq!(error.retry(), Retry::No);
    assert_eq!(
        error.message(),
        Some("Input data may contain inappropriate content.")
    );
}

#[tokio::test]
async fn h_05_arrears_are_a_billing_matter_although_they_are_a_400() {
    let body = r#"{"error":{"code":"Arrearage","type":"Arrearage","message":"Access denied, please make sure your account is in good standing."}}"#;
    let error = refused(Protocol::Compatible, json("400 Bad Request", body)).await;
    assert_eq!(
        (error.kind(), error.retry()),
        (&ErrorKind::Arrears, Retry::No)
    );
    let body = r#"{"code":"PostpaidBillOverdue","message":"The postpaid bill is overdue."}"#;
    let error = refused(Protocol::Native, json("429 Too Many Requests", body)).await;
    assert_eq!(
        (error.kind(), error.retry()),
        (&ErrorKind::Arrears, Retry::No)
    );
}

#[tokio::test]
async fn h_06_an_unknown_model_is_named_in_all_its_spellings() {
    let bodies = [
        (
            "404 Not Found",
            r#"{"error":{"code":"model_not_found","message":"The model `x` does not exist or you do not have access to it."}}"#,
        ),
        (
            "404 Not Found",
            r#"{"code":"ModelNotFound","message":"Model can not be found."}"#,
        ),
        (
            "400 Bad Request",
            r#"{"code":"InvalidParameter","message":"Model not exist."}"#,
        ),
    ];
    for (status, body) in bodies {
        let error = refused(Protocol::Compatible, json(status, body)).await;
        assert_eq!(error.kind(), &ErrorKind::ModelNotFound, "{body}");
    }
}

#[tokio::test]
async fn h_07_retry_after_replaces_the_usual_wait() {
    let body = r#"{"error":{"code":"limit_requests","message":"You exceeded your current requests list."}}"#;
    let headers = [("Content-Type", "application/json"), ("Retry-After", "7")];
    let error = refused(
        Protocol::Compatible,
        answer("429 Too Many Requests", &headers, body),
    )
    .await;
    assert_eq!(error.kind(), &ErrorKind::RateLimited);
    assert_eq!(
        error.retry(),
        Retry::Wait(std::time::Duration::from_secs(7))
    );
    let headers = [("Retry-After", "soon"), ("x-request-id", "from-the-head")];
    let error = refused(
        Protocol::Compatible,
        answer("429 Too Many Requests", &headers, ""),
    )
    .await;
    assert!(matches!(error.retry(), Retry::Wait(_)));
    assert_eq!(error.request_id(), Some("from-the-head"));
}

#[tokio::test]
async fn h_11_a_redirect_is_an_error_and_its_target_hears_nothing() {
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let target = Server::start(vec![events(HELLO)]).await;
        let location = format!("{}/compatible-mode/v1/chat/completions", target.address);
        let error = refused(
            Protocol::Compatible,
            answer(status, &[("Location", &location)], ""),
        )
        .await;
        // The vendor's hosts never redirect: somebody on the way does.
        let host = Some("127.0.0.1".to_owned());
        assert_eq!(error.kind(), &ErrorKind::Portal { host }, "{status}");
        assert!(target.asked().is_empty(), "{status} was followed");
    }
}

#[tokio::test]
async fn h_12_an_empty_success_may_be_tried_again() {
    for answer in [events(""), json("200 OK", ""), answer("200 OK", &[], "")] {
        let error = refused(Protocol::Compatible, answer).await;
        assert_eq!(error.kind(), &ErrorKind::EmptyAnswer);
        assert!(matches!(error.retry(), Retry::Wait(_)));
    }
}

#[tokio::test]
async fn h_13_a_conversation_that_is_too_long_says_how_long_it_may_be() {
    let body = r#"{"error":{"code":"invalid_parameter_error","message":"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]"}}"#;
    let error = refused(Protocol::Compatible, json("400 Bad Request", body)).await;
    assert_eq!(error.kind(), &ErrorKind::ContextTooLong);
    assert_eq!(error.limit(), Some(129_024));
    assert_eq!(error.retry(), Retry::AfterChange);
}

#[tokio::test]
async fn h_16_a_huge_error_body_is_cut() {
    let body = format!(
        "{{\"code\":\"InvalidParameter\",\"message\":\"{}\"}}",
        "汉".repeat(10_000)
    );
    let error = refused(Protocol::Native, json("400 Bad Request", &body)).await;
    assert_eq!(error.code(), Some("InvalidParameter"));
    let kept = error.message().unwrap().len();
    assert!((8189..=8192).contains(&kept), "{kept} bytes");
    let page = "x".repeat(3 * 1024 * 1024);
    let error = refused(Protocol::Native, json("500 Internal Server Error", &page)).await;
    assert_eq!(error.kind(), &ErrorKind::ServerFault);
    assert_eq!(error.message().unwrap().len(), 8192);
}

#[tokio::test]
async fn a_connection_that_breaks_keeps_what_came() {
    let chunk = "data: {\"choices\":[{\"delta\":{\"content\":\"half\"}}]}\n\n";
    let broken = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n{chunk}"
    );
    let server = Server::start(vec![broken]).await;
    let (client, endpoint, key) = official(&server);
    let request = question("qwen-plus");
    let stream = client
        .chat(&endpoint, Some(&key), Protocol::Compatible, &request)
        .await
        .unwrap();
    let events: Vec<Event> = stream.collect().await;
    assert_eq!(events[1], Event::Text("half".to_owned()));
    let Some(Event::Failed(error)) = events.last() else {
        panic!("not failed: {events:?}");
    };
    assert_eq!(error.kind(), &ErrorKind::ConnectionLost);
    assert_eq!(error.host(), Some("127.0.0.1"));
}

#[tokio::test]
async fn the_model_list_fails_as_plainly_as_a_chat() {
    let cases = [
        (
            json(
                "401 Unauthorized",
                r#"{"error":{"code":"invalid_api_key","message":"x"}}"#,
            ),
            ErrorKind::KeyRefused,
        ),
        (json("404 Not Found", ""), ErrorKind::InvalidRequest),
        (
            json("200 OK", "<html><title>Sign in</title>"),
            ErrorKind::Portal { host: None },
        ),
        (json("200 OK", ""), ErrorKind::EmptyAnswer),
        (
            json("503 Service Unavailable", "<html>"),
            ErrorKind::ServerBusy,
        ),
    ];
    for (answer, kind) in cases {
        let server = Server::start(vec![answer]).await;
        let (client, endpoint, key) = official(&server);
        let error = client.models(&endpoint, Some(&key)).await.unwrap_err();
        assert_eq!(error.kind(), &kind);
    }
}

#[tokio::test]
async fn p_15_a_portal_is_one_on_an_official_host_and_a_wrong_address_elsewhere() {
    let login = [("Location", "https://login.portal.test/?from=x")];
    let title = "T".repeat(500);
    let page = format!("<!doctype html><title>{title}</title>");
    let html = [("Content-Type", "text/html")];
    let pointed = || Some("login.portal.test".to_owned());
    for (answer, official_kind, custom_kind) in [
        (
            answer("302 Found", &login, ""),
            ErrorKind::Portal { host: pointed() },
            ErrorKind::Redirected { host: pointed() },
        ),
        (
            answer("200 OK", &html, &page),
            ErrorKind::Portal { host: None },
            ErrorKind::UnexpectedContent,
        ),
        (
            answer("511 Network Authentication Required", &html, &page),
            ErrorKind::Portal { host: None },
            ErrorKind::ServerFault,
        ),
        (
            answer("502 Bad Gateway", &html, &page),
            ErrorKind::ServerBusy,
            ErrorKind::ServerBusy,
        ),
        (
            answer("403 Forbidden", &html, &page),
            ErrorKind::UnexpectedContent,
            ErrorKind::UnexpectedContent,
        ),
    ] {
        let server = Server::start(vec![answer]).await;
        let (client, endpoint, key) = official(&server);
        let custom = Endpoint::parse(&server.address, &Regions::official()).unwrap();
        let question = question("qwen-plus");
        let protocol = Protocol::Compatible;
        let chat = client
            .chat(&endpoint, Some(&key), protocol, &question)
            .await;
        let error = chat.unwrap_err();
        assert_eq!(error.kind(), &official_kind);
        assert_eq!(error.host(), Some("127.0.0.1"));
        assert_eq!(error.route(), Some(&network::Route::Loopback));
        if let Some(message) = error.message() {
            assert_eq!(message, "T".repeat(200), "w_20 the title alone, cut");
        }
        let models = client.models(&endpoint, Some(&key)).await.unwrap_err();
        assert_eq!(models.kind(), &official_kind);
        let other = client.chat(&custom, Some(&key), protocol, &question).await;
        assert_eq!(other.unwrap_err().kind(), &custom_kind);
    }
}

#[tokio::test]
async fn an_answer_says_its_route_and_its_timings() {
    let server = Server::start(vec![events(HELLO)]).await;
    let (client, endpoint, key) = official(&server);
    let question = question("qwen-plus");
    let stream = client.chat(&endpoint, Some(&key), Protocol::Compatible, &question);
    let stream = stream.await.unwrap();
    assert_eq!(stream.route(), Some(&network::Route::Loopback));
    let timings = stream.timings();
    assert!(timings.connect.is_some() && timings.first_byte.is_some());
    assert_eq!(
        (timings.dns, timings.tls),
        (None, None),
        "an address without TLS"
    );
}
