//! What vendor codes and messages mean, as data: the first row that matches decides.
//!
//! From the vendor's error page as of mid 2026 and from reports of client authors. How a row is
//! chosen is in [`super::verdict`].

use super::ErrorKind;

/// One meaning. Both lists must match where they are not empty.
pub(super) struct Row {
    /// Codes in lower case without `_` and spaces, and without `internalerror.algo.` in front.
    pub(super) codes: &'static [&'static str],
    /// Parts of the message in lower case; one is enough.
    pub(super) words: &'static [&'static str],
    pub(super) kind: ErrorKind,
    pub(super) retry: Advice,
}

/// Retry advice of a row.
#[derive(Clone, Copy)]
pub(super) enum Advice {
    No,
    Change,
    /// After this many seconds.
    Wait(u64),
}

/// The wire's words for "this model is served on the other native path".
pub(super) const WRONG_PATH: &str = "url error, please check";

/// Texts first, as several codes stand for many different things.
pub(super) static ROWS: &[Row] = &[
    row(
        &[],
        &[
            "range of input length should be",
            "maximum context length",
            "exceeds the available context size",
            "context length exceeded",
            "request body is too large",
        ],
        ErrorKind::ContextTooLong,
        Advice::Change,
    ),
    row(
        &[],
        &[
            "free tier of the model has been exhausted",
            "free allocated quota exceeded",
        ],
        ErrorKind::FreeQuotaUsed,
        Advice::No,
    ),
    row(
        &[],
        &[
            "hour allocated quota exceeded",
            "week allocated quota exceeded",
            "month allocated quota exceeded",
        ],
        ErrorKind::PlanQuotaUsed,
        Advice::No,
    ),
    row(
        &[],
        &["only available for coding agents"],
        ErrorKind::PlanOnlyForAgents,
        Advice::No,
    ),
    row(
        &[],
        &["account is in good standing"],
        ErrorKind::Arrears,
        Advice::No,
    ),
    row(
        &[],
        &["invalid access token or token expired"],
        ErrorKind::TokenExpired,
        Advice::No,
    ),
    row(
        &[],
        &["not authorized to access this workspace"],
        ErrorKind::WorkspaceRefused,
        Advice::No,
    ),
    row(
        &[],
        &["eligible for using the model"],
        ErrorKind::NotActivated,
        Advice::No,
    ),
    row(
        &[],
        &[
            "does not support asynchronous calls",
            "does not support synchronous calls",
        ],
        ErrorKind::InvalidRequest,
        Advice::Change,
    ),
    row(
        &[],
        &["policy expired"],
        ErrorKind::MediaRejected,
        Advice::Change,
    ),
    row(
        &[],
        &["may contain inappropriate content"],
        ErrorKind::ContentRejected,
        Advice::No,
    ),
    row(
        &[],
        &[
            "download the media resource",
            "max bytes per data-uri item",
            "multimodal file size is too large",
            "image length and width do not meet",
            "failed to decode the image",
            "wrong content-type of multimodal url",
            "failed to download multimodal content",
            "provided url does not appear to be valid",
            "missing content-length of multimodal url",
        ],
        ErrorKind::MediaRejected,
        Advice::Change,
    ),
    row(
        &[],
        &["file parsing in progress"],
        ErrorKind::ServerBusy,
        Advice::Wait(5),
    ),
    row(
        &[],
        &["throttled due to system capacity"],
        ErrorKind::ServerBusy,
        Advice::Wait(5),
    ),
    row(
        &[],
        &[
            "for openai compatibility mode",
            "enable_thinking must be set to false",
            "only support stream call",
            "only support stream mode",
            "does not support http call",
            "only support with stream=true",
            "incremental_output parameter must be",
            "cannot be set to false",
            "enable_thinking parameter is restricted",
            "does not support enable_thinking",
            "result_format parameter must be",
            "json mode response is not supported",
            "does not support enable_search",
            "the tool call is not supported",
            "does not support tools",
            "input content must be a string",
            "unexpected item type in content",
            "'reasoning_effort' must be one of",
        ],
        ErrorKind::UnsupportedByModel,
        Advice::Change,
    ),
    row(
        &[],
        &["repetitive tool calls detected"],
        ErrorKind::InvalidRequest,
        Advice::No,
    ),
    row(
        &[],
        &[
            WRONG_PATH,
            "range of max_tokens",
            "thinking_budget parameter must be",
            "must contain the word 'json'",
            "tool names are not allowed",
            "tool_choice is one of",
            "must be a response to a preceding message",
            "content field is a required field",
            "role must be",
            "is too short",
            "do not contain elements with the role of user",
            "is not one of ['system'",
            "reasoning_content must be passed back",
            "temperature should be in",
            "top_p should be",
            "top_k be greater",
            "repetition_penalty",
            "presence_penalty",
            "range of n ",
            "range of seed",
            "minimum of 0 - 'seed'",
            "list index out of range",
            "expecting ',' delimiter",
        ],
        ErrorKind::InvalidRequest,
        Advice::Change,
    ),
    row(
        &[],
        &[
            "model not exist",
            "model can not be found",
            "does not exist or you do not have access",
        ],
        ErrorKind::ModelNotFound,
        Advice::No,
    ),
    row(
        &[],
        &["model access denied"],
        ErrorKind::ModelAccessDenied,
        Advice::No,
    ),
    row(
        &[],
        &[
            "tpm(",
            "allocated quota exceeded",
            "you exceeded your current quota",
        ],
        ErrorKind::TokensPerMinute,
        Advice::Wait(60),
    ),
    row(
        &[],
        &[
            "requests throttling triggered",
            "too many requests",
            "current requests list",
            "requests rate limit exceeded",
            "request rate increased too quickly",
            "rpm(",
        ],
        ErrorKind::RateLimited,
        Advice::Wait(3),
    ),
    row(
        &[],
        &[
            "error api key",
            "invalid api-key",
            "incorrect api key",
            "invalid api key",
        ],
        ErrorKind::KeyRefused,
        Advice::No,
    ),
    row(
        &["invalidapikey", "authenticationerror", "unauthorized"],
        &[],
        ErrorKind::KeyRefused,
        Advice::No,
    ),
    row(
        &[
            "notauthorized",
            "workspacenotfound",
            "workspace.accessdenied",
            "app.accessdenied",
        ],
        &[],
        ErrorKind::WorkspaceRefused,
        Advice::No,
    ),
    row(
        &["accessdenied.unpurchased", "commoditynotpurchased"],
        &[],
        ErrorKind::NotActivated,
        Advice::No,
    ),
    row(
        &["model.accessdenied"],
        &[],
        ErrorKind::ModelAccessDenied,
        Advice::No,
    ),
    row(
        &["allocationquota.freetieronly"],
        &[],
        ErrorKind::FreeQuotaUsed,
        Advice::No,
    ),
    row(
        &["accessdenied", "permissiondeniederror", "permissionerror"],
        &[],
        ErrorKind::AccessDenied,
        Advice::No,
    ),
    row(
        &["modelnotfound", "model.notexist", "model.notfound"],
        &[],
        ErrorKind::ModelNotFound,
        Advice::No,
    ),
    row(
        &["modelnotsupported"],
        &[],
        ErrorKind::UnsupportedByModel,
        Advice::Change,
    ),
    row(
        &["arrearage", "prepaidbilloverdue", "postpaidbilloverdue"],
        &[],
        ErrorKind::Arrears,
        Advice::No,
    ),
    row(
        &[
            "datainspectionfailed",
            "faqruleblocked",
            "customroleblocked",
            "ipinfringementsuspect",
            "contentfilter",
        ],
        &[],
        ErrorKind::ContentRejected,
        Advice::No,
    ),
    row(
        &["invalidparameter.datainspection"],
        &[],
        ErrorKind::MediaRejected,
        Advice::Change,
    ),
    row(
        &["invalidparameter.notsupportenablethinking"],
        &[],
        ErrorKind::UnsupportedByModel,
        Advice::Change,
    ),
    row(
        &[
            "requesttoolarge",
            "requesttoolargeerror",
            "contextlengthexceeded",
            "badrequest.toolarge",
        ],
        &[],
        ErrorKind::ContextTooLong,
        Advice::Change,
    ),
    row(
        &["throttling.allocationquota", "insufficientquota"],
        &[],
        ErrorKind::TokensPerMinute,
        Advice::Wait(60),
    ),
    row(
        &[
            "throttling",
            "throttling.ratequota",
            "throttling.burstrate",
            "throttling.concurrency",
            "limitrequests",
            "limitburstrate",
            "ratelimiterror",
            "ratelimitexceeded",
        ],
        &[],
        ErrorKind::RateLimited,
        Advice::Wait(3),
    ),
    row(&["conflict"], &[], ErrorKind::ServerBusy, Advice::Wait(3)),
    row(
        &[
            "modelservingerror",
            "modelunavailable",
            "serviceunavailable",
            "serviceunavailableerror",
            "overloadederror",
        ],
        &[],
        ErrorKind::ServerBusy,
        Advice::Wait(5),
    ),
    row(
        &["internalerror.timeout"],
        &[],
        ErrorKind::Timeout,
        Advice::No,
    ),
    row(
        &["requesttimeout", "responsetimeout"],
        &[],
        ErrorKind::Timeout,
        Advice::Change,
    ),
    row(
        &["gatewaytimeout", "gatewaytimeouterror"],
        &[],
        ErrorKind::Timeout,
        Advice::Wait(3),
    ),
    row(
        &[
            "internalerror",
            "internalerror.algo",
            "internalservererror",
            "systemerror",
            "servererror",
            "apierror",
            "modelservicefailed",
            "rewritefailed",
            "retrievalfailed",
            "invokepluginfailed",
        ],
        &[],
        ErrorKind::ServerFault,
        Advice::Wait(2),
    ),
    row(
        &[
            "badrequest.emptyinput",
            "badrequest.emptyparameters",
            "badrequest.emptymodel",
            "badrequest.illegalinput",
            "badrequest.inputdownloadfailed",
            "badrequest.unsupportedfileformat",
            "invalidparameter",
            "invalidparametererror",
            "invalidrequesterror",
            "badrequesterror",
            "unsupportedoperation",
            "clientdisconnect",
            "notfound",
            "notfounderror",
        ],
        &[],
        ErrorKind::InvalidRequest,
        Advice::No,
    ),
];

const fn row(
    codes: &'static [&'static str],
    words: &'static [&'static str],
    kind: ErrorKind,
    retry: Advice,
) -> Row {
    Row {
        codes,
        words,
        kind,
        retry,
    }
}
