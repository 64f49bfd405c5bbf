//! Reads refusals, whatever their shape.

use serde_json::Value;

use crate::wire::Answer;

/// The code, status and message of a refusal, whatever its shape.
pub(crate) fn refusal(answer: &Answer) -> (u16, String, String) {
    let text = answer.text();
    let json = text
        .lines()
        .map(|line| line.trim_start_matches("data:").trim());
    let mut bodies = json.filter_map(|line| serde_json::from_str(line).ok());
    let body: Value = bodies.next().unwrap_or_default();
    let error = body.get("error").unwrap_or(&body);
    let words = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    (answer.status, words("code"), words("message"))
}

#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, status: u16, code: &str, message: &str) {
    let (got_status, got_code, got_message) = refusal(answer);
    assert_eq!(
        (got_status, got_code.as_str()),
        (status, code),
        "{}",
        answer.text()
    );
    assert!(
        got_message.contains(message),
        "{got_message} does not say {message}"
    );
}
