//! The list of models an endpoint offers.
//!
//! What is known about a model is in [`crate::catalogue`].

use serde_json::Value;

use crate::error::fault::{self, Fault};
use crate::error::{Error, ErrorKind};
use crate::json;

/// Reads `data[].id` of the OpenAI-compatible list. The vendor does not document this list, so
/// everything else in it is ignored.
pub(crate) fn read(body: &[u8]) -> Result<Vec<String>, Error> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::new(ErrorKind::EmptyAnswer));
    }
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}');
    let Some(Value::Object(mut object)) = json::parse(text) else {
        let error = Error::new(ErrorKind::UnexpectedContent);
        return Err(if fault::is_page(text) {
            error.of_page(fault::page_title(text))
        } else {
            error
        });
    };
    if object.get("data").is_none_or(Value::is_null)
        && let Some(fault) = Fault::from_json(Value::Object(object.clone()))
    {
        return Err(Error::from_fault(fault, 200));
    }
    // Some servers without models send null instead of an empty list.
    let is_list = object.get("object").and_then(Value::as_str) == Some("list");
    if !object.contains_key("data") && !is_list {
        return Err(Error::new(ErrorKind::UnexpectedContent));
    }
    let models = json::take_list(&mut object, "data")
        .map_err(|_wrong_type| Error::new(ErrorKind::ProtocolViolation))?;
    Ok(models
        .iter()
        .filter_map(|model| model.get("id").and_then(Value::as_str))
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_and_everything_else_is_ignored() {
        let body =
            br#"{"object":"list","data":[{"id":"qwen-plus","x":1},{"id":""},{},7,{"id":"b"}]}"#;
        assert_eq!(read(body).unwrap(), ["qwen-plus", "b"]);
        assert_eq!(read(br#"{"object":"list","data":null}"#).unwrap(), [""; 0]);
    }

    #[test]
    fn other_answers_are_typed_errors() {
        let kind = |body: &[u8]| read(body).unwrap_err().kind().clone();
        assert_eq!(kind(b" \n"), ErrorKind::EmptyAnswer);
        assert_eq!(kind(b"<html>"), ErrorKind::UnexpectedContent);
        assert_eq!(kind(br#"{"models":[]}"#), ErrorKind::UnexpectedContent);
        assert_eq!(kind(br#"{"data":7}"#), ErrorKind::ProtocolViolation);
        let refused = br#"{"code":"InvalidApiKey","message":"Invalid API-key provided."}"#;
        assert_eq!(kind(refused), ErrorKind::KeyRefused);
    }
}
