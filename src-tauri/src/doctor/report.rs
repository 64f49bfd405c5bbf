//! The report of a run: one text for people, one for programs, both without anything private.
//!
//! What the doctor finds cannot hold a key or a prompt; the redactor is the last net for what a
//! server, a proxy or a certificate says.

use super::words;
use crate::logging::redact;
use crate::view::Language;
use engine::doctor::{Diagnosis, Step, StepState};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Shorter user names are parts of too many words to be replaced.
const SHORTEST_NAME: usize = 3;

/// The report for people.
pub(crate) fn text(diagnosis: &Diagnosis, language: Language) -> String {
    Private::of_this_computer().without(&written(diagnosis, language))
}

/// The report for programs: one JSON object.
pub(crate) fn json(diagnosis: &Diagnosis) -> String {
    let private = Private::of_this_computer();
    let mut report = json!({
        "program": "DashDesk",
        "version": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
    });
    if let (Some(report), Ok(Value::Object(found))) =
        (report.as_object_mut(), serde_json::to_value(diagnosis))
    {
        report.extend(found);
    }
    serde_json::to_string_pretty(&private.without_in(report)).unwrap_or_default()
}

fn written(diagnosis: &Diagnosis, language: Language) -> String {
    let mut text = format!(
        "DashDesk {} ({}), {}\n{}{}, {}\n\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        utc(diagnosis.at_ms),
        diagnosis.host,
        diagnosis
            .region
            .as_ref()
            .map(|region| format!(" ({region})"))
            .unwrap_or_default(),
        diagnosis.model,
    );
    for step in &diagnosis.steps {
        line(&mut text, step, language);
    }
    if let Some(verdict) = &diagnosis.browser {
        let _infallible = writeln!(text, "\n{}", words::browser(verdict).into(language));
    }
    let _infallible = write!(
        text,
        "\n{} ({} ms)",
        words::end(diagnosis).into(language),
        diagnosis.milliseconds
    );
    text
}

fn line(text: &mut String, step: &Step, language: Language) {
    let state = words::state(step.state).into(language);
    let name = words::step(step.id).into(language);
    let _infallible = write!(text, "[{state}] {name}");
    if let Some(finding) = &step.finding {
        let _infallible = write!(text, ": {}", words::finding(finding).into(language));
    }
    match step.milliseconds {
        Some(milliseconds) if step.state != StepState::Skipped => {
            let _infallible = writeln!(text, " ({milliseconds} ms)");
        }
        Some(_) | None => text.push('\n'),
    }
    if let Some(fix) = &step.fix {
        let _infallible = writeln!(text, "    -> {}", words::fix(fix).into(language));
    }
}

/// `2026-11-23 06:30:00 UTC`, by the days of the civil calendar
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn utc(at_ms: i64) -> String {
    let seconds = at_ms.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// What names the person in front of this computer.
struct Private {
    home: Option<String>,
    user: Option<String>,
}

impl Private {
    fn of_this_computer() -> Self {
        let home = dirs::home_dir().map(|home| home.display().to_string());
        let user = ["USER", "USERNAME", "LOGNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok());
        Self {
            home: home.filter(|home| home.len() > 1),
            user: user.filter(|user| user.chars().count() >= SHORTEST_NAME),
        }
    }

    /// The text without keys, credentials in addresses, the home folder and the user's name.
    fn without(&self, text: &str) -> String {
        let mut text = redact(text);
        if let Some(home) = &self.home {
            text = text.replace(home, "~");
        }
        text = without_user_information(&text);
        match &self.user {
            Some(user) => without_word(&text, user),
            None => text,
        }
    }

    fn without_in(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.without(&text)),
            Value::Array(values) => values
                .into_iter()
                .map(|value| self.without_in(value))
                .collect(),
            Value::Object(fields) => fields
                .into_iter()
                .map(|(name, value)| (name, self.without_in(value)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }
}

/// `//user:password@host` as `//host`.
fn without_user_information(text: &str) -> String {
    let mut pieces = text.split("//");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece
            .find(|character: char| character.is_whitespace() || "/\"'<>()".contains(character))
            .unwrap_or(piece.len());
        let (authority, rest) = piece.split_at(end);
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        kept.push_str("//");
        kept.push_str(host);
        kept.push_str(rest);
    }
    kept
}

/// The text without a word where it stands by itself.
fn without_word(text: &str, word: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, found) = rest.split_at(at);
        let (_, after) = found.split_at(word.len());
        let stands_alone = !before
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric)
            && !after.chars().next().is_some_and(char::is_alphanumeric);
        kept.push_str(before);
        kept.push_str(if stands_alone { "…" } else { word });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests;
