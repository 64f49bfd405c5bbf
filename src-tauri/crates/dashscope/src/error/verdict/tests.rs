use super::*;
use crate::Error;

fn judged(code: &str, message: &str, status: u16) -> Error {
    let fault = Fault {
        code: (!code.is_empty()).then(|| code.to_owned()),
        ..Fault::from_text(message)
    };
    Error::from_fault(fault, status)
}

/// Status, code, words, then what they mean: "no", "change" or "wait".
const CASES: &[(u16, &str, &str, ErrorKind, &str)] = &[
    (
        401,
        "InvalidApiKey",
        "Invalid API-key provided.",
        ErrorKind::KeyRefused,
        "no",
    ),
    (
        401,
        "invalid_api_key",
        "Incorrect API key provided.",
        ErrorKind::KeyRefused,
        "no",
    ),
    (
        401,
        "NOT AUTHORIZED",
        "You are not authorized to access this workspace.",
        ErrorKind::WorkspaceRefused,
        "no",
    ),
    (
        401,
        "",
        "invalid access token or token expired",
        ErrorKind::TokenExpired,
        "no",
    ),
    (
        403,
        "AccessDenied",
        "Access denied.",
        ErrorKind::AccessDenied,
        "no",
    ),
    (403, "access_denied", "", ErrorKind::AccessDenied, "no"),
    (
        403,
        "AccessDenied",
        "Current user api does not support asynchronous calls.",
        ErrorKind::InvalidRequest,
        "change",
    ),
    (
        403,
        "AccessDenied",
        "Policy expired.",
        ErrorKind::MediaRejected,
        "change",
    ),
    (
        403,
        "AccessDenied.Unpurchased",
        "x",
        ErrorKind::NotActivated,
        "no",
    ),
    (
        403,
        "Model.AccessDenied",
        "Model access denied.",
        ErrorKind::ModelAccessDenied,
        "no",
    ),
    (
        403,
        "App.AccessDenied",
        "x",
        ErrorKind::WorkspaceRefused,
        "no",
    ),
    (
        403,
        "AllocationQuota.FreeTierOnly",
        "x",
        ErrorKind::FreeQuotaUsed,
        "no",
    ),
    (
        403,
        "",
        "{\"message\":\"Error api key\"}",
        ErrorKind::KeyRefused,
        "no",
    ),
    (
        404,
        "ModelNotFound",
        "Model can not be found.",
        ErrorKind::ModelNotFound,
        "no",
    ),
    (
        404,
        "model_not_supported",
        "Unsupported model `x` for OpenAI compatibility mode.",
        ErrorKind::UnsupportedByModel,
        "change",
    ),
    (
        404,
        "WorkSpaceNotFound",
        "x",
        ErrorKind::WorkspaceRefused,
        "no",
    ),
    (
        400,
        "InvalidParameter",
        "Model not exist.",
        ErrorKind::ModelNotFound,
        "no",
    ),
    (
        400,
        "Arrearage",
        "Access denied, please make sure your account is in good standing.",
        ErrorKind::Arrears,
        "no",
    ),
    (
        400,
        "DataInspectionFailed",
        "Output data may contain inappropriate content.",
        ErrorKind::ContentRejected,
        "no",
    ),
    (
        400,
        "",
        "<400> InternalError.Algo.DataInspectionFailed: moderated",
        ErrorKind::ContentRejected,
        "no",
    ),
    (
        400,
        "InvalidParameter.DataInspection",
        "Unable to download the media resource during the data inspection process.",
        ErrorKind::MediaRejected,
        "change",
    ),
    (
        400,
        "IPInfringementSuspect",
        "x",
        ErrorKind::ContentRejected,
        "no",
    ),
    (
        400,
        "InvalidParameter",
        "Range of input length should be [1, 30720]",
        ErrorKind::ContextTooLong,
        "change",
    ),
    (
        400,
        "invalid_parameter_error",
        "Range of max_tokens should be [1, 8192]",
        ErrorKind::InvalidRequest,
        "change",
    ),
    (
        400,
        "InvalidParameter",
        "parameter.enable_thinking must be set to false for non-streaming calls",
        ErrorKind::UnsupportedByModel,
        "change",
    ),
    (
        400,
        "InvalidParameter",
        "The value of the enable_thinking parameter is restricted to True.",
        ErrorKind::UnsupportedByModel,
        "change",
    ),
    (
        400,
        "InvalidParameter.NotSupportEnableThinking",
        "x",
        ErrorKind::UnsupportedByModel,
        "change",
    ),
    (
        400,
        "invalid_parameter_error",
        "developer is not one of ['system', 'assistant', 'user', 'tool', 'function'] - 'messages.[0].role'",
        ErrorKind::InvalidRequest,
        "change",
    ),
    (
        400,
        "InvalidParameter",
        "url error, please check url!",
        ErrorKind::InvalidRequest,
        "change",
    ),
    (
        400,
        "InvalidParameter",
        "Exceeded limit on max bytes per data-uri item : 10485760",
        ErrorKind::MediaRejected,
        "change",
    ),
    (
        400,
        "InternalError.Algo.InvalidParameter",
        "Repetitive tool calls detected",
        ErrorKind::InvalidRequest,
        "no",
    ),
    (
        400,
        "InvalidParameter",
        "File parsing in progress, try again later.",
        ErrorKind::ServerBusy,
        "wait",
    ),
    (
        400,
        "BadRequest.EmptyInput",
        "x",
        ErrorKind::InvalidRequest,
        "no",
    ),
    (
        400,
        "invalid_request_error",
        "you must provide a model parameter",
        ErrorKind::InvalidRequest,
        "no",
    ),
    (
        403,
        "",
        "Coding Plan is currently only available for Coding Agents",
        ErrorKind::PlanOnlyForAgents,
        "no",
    ),
    (409, "Conflict", "x", ErrorKind::ServerBusy, "wait"),
    (413, "", "", ErrorKind::ContextTooLong, "change"),
    (
        429,
        "Throttling",
        "Requests throttling triggered.",
        ErrorKind::RateLimited,
        "wait",
    ),
    (
        429,
        "limit_burst_rate",
        "Request rate increased too quickly.",
        ErrorKind::RateLimited,
        "wait",
    ),
    (
        429,
        "Throttling.AllocationQuota",
        "Allocated quota exceeded, please increase your quota limit.",
        ErrorKind::TokensPerMinute,
        "wait",
    ),
    (
        429,
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
        ErrorKind::TokensPerMinute,
        "wait",
    ),
    (
        429,
        "insufficient_quota",
        "Free allocated quota exceeded.",
        ErrorKind::FreeQuotaUsed,
        "no",
    ),
    (
        429,
        "insufficient_quota",
        "week allocated quota exceeded.",
        ErrorKind::PlanQuotaUsed,
        "no",
    ),
    (
        429,
        "PrepaidBillOverdue",
        "The prepaid bill is overdue.",
        ErrorKind::Arrears,
        "no",
    ),
    (
        429,
        "CommodityNotPurchased",
        "x",
        ErrorKind::NotActivated,
        "no",
    ),
    (
        500,
        "InternalError",
        "An internal error has occurred.",
        ErrorKind::ServerFault,
        "wait",
    ),
    (
        500,
        "InternalError.Algo",
        "inference internal error",
        ErrorKind::ServerFault,
        "wait",
    ),
    (
        500,
        "InternalError.Algo",
        "list index out of range",
        ErrorKind::InvalidRequest,
        "change",
    ),
    (
        500,
        "InternalError.Algo",
        "Missing Content-Length of multimodal url.",
        ErrorKind::MediaRejected,
        "change",
    ),
    (500, "InternalError.Timeout", "x", ErrorKind::Timeout, "no"),
    (
        500,
        "RequestTimeOut",
        "Request timed out, please try again later.",
        ErrorKind::Timeout,
        "change",
    ),
    (
        503,
        "ModelServingError",
        "Too many requests. Your requests are being throttled due to system capacity limits.",
        ErrorKind::ServerBusy,
        "wait",
    ),
    (503, "ModelUnavailable", "x", ErrorKind::ServerBusy, "wait"),
    (504, "GatewayTimeout", "x", ErrorKind::Timeout, "wait"),
    (
        200,
        "SomethingNew",
        "words nobody knows",
        ErrorKind::ServerFault,
        "wait",
    ),
    (
        400,
        "SomethingNew",
        "words nobody knows",
        ErrorKind::InvalidRequest,
        "no",
    ),
    (429, "SomethingNew", "", ErrorKind::RateLimited, "wait"),
    (302, "", "", ErrorKind::Redirected { host: None }, "no"),
];

#[test]
fn codes_and_words_decide_before_the_status() {
    for (status, code, message, kind, retry) in CASES {
        let error = judged(code, message, *status);
        assert_eq!(error.kind(), kind, "{status} {code} {message}");
        let advice = match error.retry() {
            Retry::No => "no",
            Retry::AfterChange => "change",
            Retry::Wait(_) => "wait",
        };
        assert_eq!(advice, *retry, "{status} {code} {message}");
    }
}

#[test]
fn a_token_limit_clears_within_the_minute() {
    let error = judged(
        "insufficient_quota",
        "You exceeded your current quota.",
        429,
    );
    assert_eq!(error.retry(), Retry::Wait(Duration::from_mins(1)));
}

#[test]
fn the_limit_is_read_from_the_words() {
    assert_eq!(
        limit_in("Range of input length should be [1, 30720]"),
        Some(30_720)
    );
    let budget = "thinking_budget parameter must be a positive integer and not greater than 81920";
    assert_eq!(limit_in(budget), Some(81_920));
    assert_eq!(limit_in("[1,]"), None);
    assert_eq!(limit_in("[1, 99999999999999999999999]"), None);
}

#[test]
fn pages_are_judged_by_their_status_only() {
    let page = |status| {
        let body = b"<title>You exceeded your current quota</title>";
        Error::from_fault(Fault::from_body(body), status)
            .kind()
            .clone()
    };
    assert_eq!(page(403), ErrorKind::UnexpectedContent);
    assert_eq!(
        page(407),
        ErrorKind::Proxy(ProxyProblem::AuthenticationRequired)
    );
    assert_eq!(page(502), ErrorKind::ServerBusy);
}

#[test]
fn every_row_can_be_reached() {
    for (position, row) in ROWS.iter().enumerate() {
        assert!(
            !row.codes.is_empty() || !row.words.is_empty(),
            "row {position} matches all"
        );
        for code in row.codes {
            assert_eq!(
                plain(code),
                **code,
                "row {position} is written in plain form"
            );
            let first = ROWS
                .iter()
                .position(|row| row.matches(&[(*code).to_owned()], ""));
            assert_eq!(first, Some(position), "{code} is decided by an earlier row");
        }
        for words in row.words {
            assert_eq!(
                words.to_lowercase(),
                **words,
                "row {position} is written in lower case"
            );
        }
    }
}

#[test]
fn neither_display_nor_debug_quotes_the_message() {
    let error = judged("InvalidParameter", "the prompt was: secret words", 400);
    assert_eq!(error.message(), Some("the prompt was: secret words"));
    for printed in [format!("{error}"), format!("{error:?}")] {
        assert!(!printed.contains("secret"), "{printed}");
        assert!(printed.contains("InvalidParameter"), "{printed}");
    }
}
