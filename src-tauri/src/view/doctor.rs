//! What the page asks the doctor for.
//!
//! What the doctor says crosses as `engine` writes it: the report and the terminal say the same.

use engine::doctor::Checkup;
use serde::{Deserialize, Serialize};
use specta::Type;

/// What to look at, and what may be done for it.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DoctorRequest {
    /// The account; `null` for the one in use, or the first official region without a key.
    pub(crate) account: Option<String>,
    /// The model; `null` for the usual one.
    pub(crate) model: Option<String>,
    /// Thinking on or off, as it would be sent.
    pub(crate) thinking: Option<bool>,
    /// Consent to ask the other official regions for a key that was refused.
    pub(crate) other_regions: bool,
    /// Consent to ask the model one short question, which costs a few tokens.
    pub(crate) ask: bool,
}

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReportForm {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl From<DoctorRequest> for Checkup {
    fn from(request: DoctorRequest) -> Self {
        Self {
            account: request.account,
            model: request.model,
            thinking: request.thinking,
            other_regions: request.other_regions,
            ask: request.ask,
        }
    }
}
