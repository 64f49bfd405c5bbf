//! Every refusal by name, with its status, in every shape.

use fake_dashscope::{FakeServer, Options, Shape, all_errors, find_error};
use serde_json::{Value, json};

use crate::wire::Chat;

fn server() -> FakeServer {
    FakeServer::start(Options::default())
}

#[test]
fn every_row_of_the_table_comes_with_its_status_code_and_message() {
    let server = server();
    for row in all_errors() {
        let prompt = format!("/fake error={}", row.name);
        let compatible = Chat::compatible(&prompt).send(&server);
        assert_eq!(compatible.status, row.status, "{}", row.name);
        let id = compatible.header("x-request-id").unwrap();
        let expected = json!({
            "error": {
                "code": row.compatible_code,
                "param": null,
                "message": row.compatible_message.replace("{model}", "qwen-plus"),
                "type": row.compatible_type,
            },
            "id": format!("chatcmpl-{id}"),
            "request_id": id,
        });
        assert_eq!(compatible.json(), expected, "{}", row.name);

        let native = Chat::native(&prompt).whole().send(&server);
        assert_eq!(native.status, row.status, "{}", row.name);
        let id = native.header("x-request-id").unwrap();
        let message = row.native_message.replace("{model}", "qwen-plus");
        let mut expected = json!({"message": message, "request_id": id});
        if let Some(code) = &row.native_code {
            expected["code"] = json!(code);
        }
        assert_eq!(native.json(), expected, "{}", row.name);
    }
}

/// Every code that the service documents, one a line.
const CODES: &str = "
InvalidApiKey
invalid_api_key
NOT AUTHORIZED
AccessDenied
access_denied
AccessDenied.Unpurchased
Model.AccessDenied
Workspace.AccessDenied
App.AccessDenied
AllocationQuota.FreeTierOnly
ModelNotFound
model_not_found
model_not_supported
WorkSpaceNotFound
NotFound
Arrearage
DataInspectionFailed
data_inspection_failed
InternalError.Algo.DataInspectionFailed
InvalidParameter.DataInspection
FaqRuleBlocked
CustomRoleBlocked
IPInfringementSuspect
InvalidParameter
InvalidParameter.NotSupportEnableThinking
InternalError.Algo.InvalidParameter
ServiceUnavailableError
invalid_parameter_error
BadRequest.EmptyInput
BadRequest.EmptyParameters
BadRequest.EmptyModel
BadRequest.IllegalInput
BadRequest.TooLarge
BadRequest.InputDownloadFailed
BadRequest.UnsupportedFileFormat
invalid_request_error
UnsupportedOperation
ClientDisconnect
Conflict
request_too_large
Throttling
Throttling.RateQuota
LimitRequests
limit_requests
Throttling.BurstRate
limit_burst_rate
Throttling.AllocationQuota
insufficient_quota
Throttling.Concurrency
CommodityNotPurchased
PrepaidBillOverdue
PostpaidBillOverdue
InternalError
internal_error
InternalError.Algo
SystemError
ModelServiceFailed
RewriteFailed
RetrievalFailed
InvokePluginFailed
InternalError.Timeout
RequestTimeOut
ResponseTimeout
ModelServingError
ModelUnavailable
ServiceUnavailable
GatewayTimeout
";

#[test]
fn every_documented_code_has_a_row() {
    for code in CODES.lines().filter(|line| !line.is_empty()) {
        assert!(find_error(code).is_some(), "{code}");
    }
}

const NATIVE: &str = r#"{"code":"Throttling.RateQuota","message":"You exceeded your current requests list.","request_id":"ID"}"#;
const COMPATIBLE: &str = r#"{"error":{"code":"limit_requests","param":null,"message":"You exceeded your current requests list.","type":"limit_requests"},"id":"chatcmpl-ID","request_id":"ID"}"#;
const BARE: &str =
    r#"{"error":{"message":"You exceeded your current requests list.","type":"limit_requests"}}"#;
const NUMBERED: &str = r#"{"error":{"code":429,"message":"You exceeded your current requests list.","type":"limit_requests"},"id":null}"#;
const CAMEL: &str = r#"{"requestId":"ID","error":{"code":"Throttling.RateQuota","message":"You exceeded your current requests list."}}"#;
const TYPED: &str = r#"{"type":"error","error":{"type":"limit_requests","message":"You exceeded your current requests list."}}"#;
const MESSAGE: &str = r#"{"message":"You exceeded your current requests list."}"#;

/// The status and body of the refusal `429-rate` in this shape, with `ID` for the request id.
fn expected(shape: &str) -> (u16, String) {
    match shape {
        "A" => (429, NATIVE.to_owned()),
        "B" => (
            200,
            format!("id:1\nevent:error\n:HTTP_STATUS/429\ndata:{NATIVE}\n\n"),
        ),
        "B2" => (429, format!("data:{NATIVE}\n")),
        "C" | "G" | "G-json" => (429, COMPATIBLE.to_owned()),
        "C-bare" => (429, BARE.to_owned()),
        "C-number" => (429, NUMBERED.to_owned()),
        "D" => (429, format!("data: {COMPATIBLE}\n\n")),
        "E" => {
            let inner = json!(format!("data: {COMPATIBLE}"));
            let outer =
                format!(r#"{{"request_id":"ID","code":"InvalidParameter","message":{inner}}}"#);
            (400, format!("event:error\ndata:{outer}\n\n"))
        }
        "F" => (200, format!("data: {COMPATIBLE}\n\n")),
        "H" => (200, NATIVE.to_owned()),
        "I" => (404, CAMEL.to_owned()),
        "J" => (429, TYPED.to_owned()),
        "J-message" => (429, MESSAGE.to_owned()),
        "K-empty" => (429, String::new()),
        "K-message" => (429, String::from(r#"{"message":"Error api key"}"#)),
        other => panic!("no expectation for {other}"),
    }
}

#[test]
fn every_shape_before_an_answer() {
    let server = server();
    let ask = |shape: &str| {
        Chat::compatible(&format!("/fake error=429-rate shape={shape}")).send(&server)
    };
    for (shape, _) in Shape::all().iter().filter(|(shape, _)| *shape != "K") {
        let answer = ask(shape);
        let (status, body) = expected(shape);
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(answer.status, status, "{shape}");
        assert_eq!(answer.text(), body.replace("ID", id), "{shape}");
        let streams = matches!(*shape, "B" | "B2" | "D" | "E" | "F");
        let content_type = answer.header("content-type").unwrap();
        assert_eq!(
            content_type.starts_with("text/event-stream"),
            streams,
            "{shape}"
        );
    }
    let page = ask("K");
    assert_eq!(
        (page.status, page.header("content-type")),
        (429, Some("text/html; charset=utf-8"))
    );
    assert!(page.text().starts_with("<!DOCTYPE html>"));
}

#[test]
fn refusals_in_mid_stream_keep_what_was_said() {
    let server = server();
    let refused = |directive: &str| {
        Chat::compatible(&format!("/fake flood tokens=30 midstream {directive}")).send(&server)
    };
    let usual = refused("at=5");
    let events = usual.events();
    assert_eq!(events.len(), 7, "an opening, five words and the refusal");
    assert_eq!(events[6]["error"]["code"], "data_inspection_failed");
    assert!(!usual.text().contains("[DONE]"));

    let finished = refused("shape=G at=5").events();
    let choice = &finished[6]["choices"][0];
    assert_eq!(choice["finish_reason"], "error_finish");
    assert_eq!(
        choice["delta"]["content"],
        "Output data may contain inappropriate content."
    );

    let nested = refused("shape=G-json at=2").events();
    let content = nested[3]["choices"][0]["delta"]["content"]
        .as_str()
        .unwrap();
    let inner: Value = serde_json::from_str(content).unwrap();
    assert_eq!(inner["error"]["code"], "400");

    let named = Chat::compatible("/fake flood tokens=30 midstream=429-tpm at=1")
        .send(&server)
        .events();
    assert_eq!(named[2]["error"]["code"], "insufficient_quota");

    let native = Chat::native("/fake flood tokens=30 midstream at=2")
        .send(&server)
        .text();
    assert!(
        native.contains(
            "id:3\nevent:error\n:HTTP_STATUS/400\ndata:{\"code\":\"DataInspectionFailed\""
        )
    );
}

#[test]
fn a_refusal_can_tell_how_long_to_wait() {
    let server = server();
    let answer = Chat::compatible("/fake error=429 retry-after=7").send(&server);
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("7"))
    );
    assert_eq!(
        Chat::compatible("/fake error=429")
            .send(&server)
            .header("retry-after"),
        None
    );
}

#[test]
fn a_directive_with_a_mistake_says_so() {
    let server = server();
    for prompt in [
        "/fake tokns=5",
        "/fake rate=0",
        "/fake error=no-such",
        "/fake stall=before",
    ] {
        let answer = Chat::compatible(prompt).send(&server);
        assert_eq!(answer.status, 400, "{prompt}");
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.starts_with("this is the test server"), "{message}");
    }
    // A word that only begins like a directive is none.
    assert_eq!(
        Chat::compatible("/faker flood")
            .whole()
            .send(&server)
            .status,
        200
    );
}
