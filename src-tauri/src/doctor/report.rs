//! The report of a run: one text for people, one for programs, both without anything private.

use crate::view::Language;
use engine::doctor::Diagnosis;

/// The report for people.
pub(crate) fn text(diagnosis: &Diagnosis, _language: Language) -> String {
    json(diagnosis)
}

/// The report for programs: one JSON object.
pub(crate) fn json(diagnosis: &Diagnosis) -> String {
    serde_json::to_string_pretty(diagnosis).unwrap_or_default()
}
