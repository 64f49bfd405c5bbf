use super::*;

fn fault(body: &str) -> Fault {
    Fault::from_body(body.as_bytes())
}

fn said(fault: &Fault) -> (Option<&str>, Option<&str>, Option<&str>) {
    (
        fault.code.as_deref(),
        fault.message.as_deref(),
        fault.request_id.as_deref(),
    )
}

#[test]
fn shape_a_is_a_flat_object() {
    let fault = fault(r#"{"code":"InvalidApiKey","message":"Invalid API-key.","request_id":"r"}"#);
    assert_eq!(
        said(&fault),
        (Some("InvalidApiKey"), Some("Invalid API-key."), Some("r"))
    );
}

#[test]
fn shape_b_is_an_event_stream_and_the_first_frame_with_a_code_counts() {
    let text = "id:1\nevent:error\n:HTTP_STATUS/400\ndata:{\"message\":\"only words\"}\nid:2\nevent:error\ndata:{\"code\":\"C\",\"message\":\"m\",\"request_id\":\"r\"}\n";
    assert_eq!(said(&fault(text)), (Some("C"), Some("m"), Some("r")));
    let words = fault("id:1\nevent:error\n:HTTP_STATUS/429\ndata:{\"message\":\"only words\"}\n\n");
    assert_eq!(said(&words), (None, Some("only words"), None));
    assert_eq!(words.status, Some(429));
    let without_blank_lines =
        fault("data:{\"message\":\"a\"}\ndata:{\"code\":\"C\",\"message\":\"b\"}");
    assert_eq!(said(&without_blank_lines), (Some("C"), Some("b"), None));
}

#[test]
fn shape_c_is_an_error_object_whose_fields_may_be_missing() {
    let full = r#"{"error":{"code":"c","param":null,"message":"m","type":"t"},"id":"chatcmpl-x","request_id":"r"}"#;
    assert_eq!(said(&fault(full)), (Some("c"), Some("m"), Some("r")));
    let bare = r#"{"error":{"code":null,"message":"m","type":"t"},"id":"chatcmpl-x"}"#;
    assert_eq!(said(&fault(bare)), (Some("t"), Some("m"), Some("x")));
    let number = fault(r#"{"error":{"code":400,"message":"m"},"id":null}"#);
    assert_eq!(said(&number), (Some("400"), Some("m"), None));
    assert_eq!(number.status, Some(400));
}

#[test]
fn shape_d_has_a_prefix() {
    let text = "\u{feff}data: {\"error\":{\"code\":\"c\",\"message\":\"m\"},\"request_id\":\"r\"}";
    assert_eq!(said(&fault(text)), (Some("c"), Some("m"), Some("r")));
}

#[test]
fn shape_e_is_an_error_inside_an_error() {
    let inner = r#"{\"error\":{\"code\":\"invalid_parameter_error\",\"message\":\"<400> InternalError.Algo.InvalidParameter: 'reasoning_effort' must be one of: none\"}}"#;
    let text = format!(
        "event:error\ndata:{{\"request_id\":\"r\",\"code\":\"InvalidParameter\",\"message\":\"data: {inner}\"}}\n\n"
    );
    let fault = fault(&text);
    let words = "'reasoning_effort' must be one of: none";
    assert_eq!(
        said(&fault),
        (Some("invalid_parameter_error"), Some(words), Some("r"))
    );
    assert_eq!(
        fault.wrapper.as_deref(),
        Some("InternalError.Algo.InvalidParameter")
    );
}

#[test]
fn shape_i_spells_the_request_id_differently() {
    let fault = fault(r#"{"requestId":"r","error":{"code":"NotFound","message":"m"}}"#);
    assert_eq!(said(&fault), (Some("NotFound"), Some("m"), Some("r")));
}

#[test]
fn shape_j_has_a_type_instead_of_a_code() {
    let fault_j =
        fault(r#"{"type":"error","error":{"type":"invalid_request_error","message":"m"}}"#);
    assert_eq!(
        said(&fault_j),
        (Some("invalid_request_error"), Some("m"), None)
    );
    assert_eq!(
        said(&fault(r#"{"message":"max_tokens: Field required"}"#)).1,
        Some("max_tokens: Field required")
    );
}

#[test]
fn shape_k_is_anything_else() {
    assert_eq!(fault(""), Fault::default());
    assert_eq!(
        said(&fault("upstream connect error")),
        (None, Some("upstream connect error"), None)
    );
    let page = fault("<html>\n<head><TITLE>\n 502 Bad\n Gateway </TITLE></head>");
    assert_eq!(said(&page), (None, Some("502 Bad Gateway"), None));
    assert!(page.is_page);
    assert_eq!(
        said(&fault(r#"{"error":"model \"x\" not found"}"#)).1,
        Some("model \"x\" not found")
    );
    assert_eq!(said(&fault("[1,2]")).1, Some("[1,2]"));
}

#[test]
fn only_a_real_wrapper_is_cut() {
    let message = |text: &str| Fault::from_text(text).message;
    assert_eq!(
        message("<400> A.B: words: more").as_deref(),
        Some("words: more")
    );
    assert_eq!(
        message("<400> two words: more").as_deref(),
        Some("<400> two words: more")
    );
    assert_eq!(message("<b> A: x").as_deref(), Some("<b> A: x"));
    assert_eq!(
        message("{\"a\":1}").as_deref(),
        Some("{\"a\":1}"),
        "json that is no error stays"
    );
}

#[test]
fn a_success_code_is_no_fault() {
    for text in [
        r#"{"code":"200"}"#,
        r#"{"code":""}"#,
        r#"{"code":null}"#,
        r#"{"code":0}"#,
        r#"{"code":"Success"}"#,
    ] {
        assert_eq!(json::parse(text).and_then(Fault::from_json), None, "{text}");
    }
}

#[test]
fn nothing_kept_is_longer_than_its_limit() {
    let long = "汉".repeat(10_000);
    let text = format!("{{\"code\":\"{long}\",\"message\":\"{long}\",\"request_id\":\"{long}\"}}");
    let fault = fault(&text);
    assert!(fault.code.unwrap().len() <= limits::IDENTIFIER_BYTES);
    assert!(fault.request_id.unwrap().len() <= limits::IDENTIFIER_BYTES);
    let message = fault.message.unwrap().len();
    assert!((limits::ERROR_MESSAGE_BYTES - 3..=limits::ERROR_MESSAGE_BYTES).contains(&message));
}

#[test]
fn errors_nested_without_end_are_left_alone() {
    let mut text = "\"deepest\"".to_owned();
    for _ in 0..8 {
        text = serde_json::to_string(&format!("{{\"code\":\"c\",\"message\":{text}}}")).unwrap();
    }
    let fault = fault(&format!("{{\"message\":{text}}}"));
    assert!(fault.message.unwrap().contains("deepest"));
}
