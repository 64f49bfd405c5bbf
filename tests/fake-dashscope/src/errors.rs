//! Every refusal the service is known to send, as rows of a data file that are asked for by name.
//! How a row looks on the wire is `shape`'s business.

use std::sync::LazyLock;

/// One known refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    /// The name a script asks for, such as `429-tpm`.
    pub name: String,
    /// The HTTP status it comes with.
    pub status: u16,
    /// The code of the native protocol, when it has one.
    pub native_code: Option<String>,
    /// The code of the compatible protocol, when it has one.
    pub compatible_code: Option<String>,
    /// The `type` of the compatible protocol.
    pub compatible_type: String,
    /// The message of the native protocol.
    pub native_message: String,
    /// The message of the compatible protocol.
    pub compatible_message: String,
}

static ROWS: LazyLock<Vec<ErrorRow>> = LazyLock::new(|| {
    include_str!("../data/errors.txt")
        .lines()
        .filter_map(parse)
        .collect()
});

/// Every known refusal, in the order of the data file.
pub fn all_errors() -> &'static [ErrorRow] {
    &ROWS
}

/// The row with this name, or the first one with this code in either protocol.
pub fn find_error(name_or_code: &str) -> Option<&'static ErrorRow> {
    let has_code = |code: &Option<String>| code.as_deref() == Some(name_or_code);
    ROWS.iter()
        .find(|row| row.name == name_or_code)
        .or_else(|| {
            ROWS.iter()
                .find(|row| has_code(&row.native_code) || has_code(&row.compatible_code))
        })
}

fn parse(line: &str) -> Option<ErrorRow> {
    if line.starts_with('#') {
        return None;
    }
    let mut columns = line.splitn(6, '|').map(str::trim);
    let name = columns.next()?.to_owned();
    let status = columns.next()?.parse().ok()?;
    let native_code = code(columns.next()?);
    let compatible_code = code(columns.next()?);
    let compatible_type = columns.next()?.to_owned();
    let message = columns.next()?;
    let (native, compatible) = message.split_once(" ~ ").unwrap_or((message, message));
    Some(ErrorRow {
        name,
        status,
        native_code,
        compatible_code,
        compatible_type,
        native_message: native.to_owned(),
        compatible_message: compatible.to_owned(),
    })
}

fn code(column: &str) -> Option<String> {
    (column != "-").then(|| column.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_parses_and_names_are_unique() {
        let rows = include_str!("../data/errors.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), all_errors().len());
        let names: HashSet<&str> = all_errors().iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names.len(), all_errors().len());
        assert!(
            all_errors()
                .iter()
                .all(|row| (400..600).contains(&row.status))
        );
        assert!(
            all_errors()
                .iter()
                .all(|row| !row.native_message.is_empty())
        );
    }

    #[test]
    fn a_row_is_found_by_name_and_by_both_codes() {
        let by_name = find_error("429-tpm").expect("the row exists");
        assert_eq!(find_error("insufficient_quota"), Some(by_name));
        assert_eq!(find_error("Throttling.AllocationQuota"), Some(by_name));
        assert_ne!(by_name.native_message, by_name.compatible_message);
        assert_eq!(find_error("no such row"), None);
    }
}
