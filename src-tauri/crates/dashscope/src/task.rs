//! What became of a task that runs on the server, as the image models use.
//!
//! It starts and polls nothing.

use serde_json::Value;

use crate::error::Error;
use crate::error::fault::Fault;
use crate::json;

/// The body of `GET /api/v1/tasks/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Where it stands.
    pub status: TaskStatus,
    /// Results that hold an address; valid for 24 hours.
    pub images: Vec<String>,
    /// Results that hold an error instead: a task may succeed in part.
    pub failed: usize,
    /// Why the whole task failed.
    pub error: Option<Error>,
    /// The vendor's id of this request, not of the task.
    pub request_id: Option<String>,
}

/// Where a task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskStatus {
    /// Waiting.
    Pending,
    /// Under way.
    Running,
    /// Held.
    Suspended,
    /// Done.
    Succeeded,
    /// Not done.
    Failed,
    /// Given up by the user.
    Canceled,
    /// There is no such task; final.
    Unknown,
    /// A word this program does not know.
    Other(String),
}

impl Task {
    /// Reads a task body; `None` when it is something else.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let value = json::parse(text.trim_start_matches('\u{feff}'))?;
        let output = value.get("output")?;
        let status = TaskStatus::read(output.get("task_status")?.as_str()?);
        let results = output.get("results").and_then(Value::as_array);
        let results = results.map(Vec::as_slice).unwrap_or_default();
        let url = |result: &Value| result.get("url").and_then(Value::as_str).map(str::to_owned);
        let request_id = value
            .get("request_id")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let error = Fault::from_json(output.clone())
            .filter(|fault| fault.code.is_some())
            .map(|fault| Error::from_fault(fault, 200).with_request_id(request_id.as_deref()));
        Some(Self {
            status,
            images: results.iter().filter_map(url).collect(),
            failed: results
                .iter()
                .filter(|result| result.get("code").is_some())
                .count(),
            error,
            request_id,
        })
    }
}

impl TaskStatus {
    fn read(word: &str) -> Self {
        match word {
            "PENDING" => Self::Pending,
            "RUNNING" => Self::Running,
            "SUSPENDED" => Self::Suspended,
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            "CANCELED" => Self::Canceled,
            "UNKNOWN" => Self::Unknown,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The wire's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Suspended => "SUSPENDED",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Canceled => "CANCELED",
            Self::Unknown => "UNKNOWN",
            Self::Other(word) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_task_that_failed_says_why() {
        let body = br#"{"request_id":"r","output":{"task_status":"FAILED","code":"DataInspectionFailed","message":"Input data may contain inappropriate content."}}"#;
        let task = Task::read(body).unwrap();
        assert_eq!(task.status, TaskStatus::Failed);
        let error = task.error.unwrap();
        assert_eq!(error.kind(), &ErrorKind::ContentRejected);
        assert_eq!(error.request_id(), Some("r"));
    }

    #[test]
    fn other_bodies_are_no_task() {
        for body in [
            "",
            "{}",
            "[]",
            r#"{"output":{"text":"x"}}"#,
            r#"{"output":{"task_status":7}}"#,
        ] {
            assert_eq!(Task::read(body.as_bytes()), None, "{body}");
        }
    }
}
