//! Reading the wire's JSON: leniently where servers are known to be careless, strictly where a wrong
//! type would lose text.
//!
//! It knows no field names.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// A value of a type that the protocol does not allow here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WrongType;

/// One of the things an event's data may hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    /// JSON.
    Value(Value),
    /// The end mark `[DONE]`.
    Done,
}

/// Reads an event's data: usually one document, but several where the separators between events
/// are missing. `None` when any of it is neither JSON nor the end mark.
pub(crate) fn documents(data: &str) -> Option<Vec<Document>> {
    match parse(data) {
        Some(value) => Some(vec![Document::Value(value)]),
        None => sequence(data).or_else(|| match mended(data) {
            Cow::Owned(mended) => sequence(&mended),
            Cow::Borrowed(_) => None,
        }),
    }
}

fn sequence(data: &str) -> Option<Vec<Document>> {
    let mut found = Vec::new();
    let mut rest = data.trim_start();
    while !rest.is_empty() {
        rest = if let Some(after) = rest.strip_prefix("[DONE]") {
            found.push(Document::Done);
            after
        } else {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter();
            found.push(Document::Value(values.next()?.ok()?));
            rest.get(values.byte_offset()..)?
        }
        .trim_start();
    }
    (!found.is_empty()).then_some(found)
}

/// Parses a JSON text; raw control characters inside strings and lone surrogate escapes, which strict
/// parsers refuse, are taken as the character itself and as U+FFFD.
pub(crate) fn parse(text: &str) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(_strict) => match mended(text) {
            Cow::Owned(mended) => serde_json::from_str(&mended).ok(),
            Cow::Borrowed(_) => None,
        },
    }
}

/// Takes a text field; absent and null are `None`.
pub(crate) fn take_text(
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<String>, WrongType> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(WrongType)
        }
    }
}

/// Takes a content field: null, a text, or a list of texts and of objects with a `text`. Parts of
/// other kinds are left out.
pub(crate) fn take_content(
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<String>, WrongType> {
    let parts = match object.remove(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => return Ok(Some(text)),
        Some(Value::Array(parts)) => parts,
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => return Err(WrongType),
    };
    let mut joined = String::new();
    for part in parts {
        match part {
            Value::String(text) => joined.push_str(&text),
            Value::Object(mut part) => {
                if let Some(text) = take_text(&mut part, "text")? {
                    joined.push_str(&text);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(WrongType);
            }
        }
    }
    Ok(Some(joined))
}

/// Takes a list; absent and null are empty.
pub(crate) fn take_list(
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Vec<Value>, WrongType> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Err(WrongType)
        }
    }
}

/// Takes an object; absent and null are `None`.
pub(crate) fn take_object(
    object: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<Map<String, Value>>, WrongType> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(inner)) => Ok(Some(inner)),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(WrongType)
        }
    }
}

/// A text that may be empty, for fields where a wrong type loses nothing.
pub(crate) fn text_or_none(object: &Map<String, Value>, name: &str) -> Option<String> {
    let text = object.get(name)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn mended(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut kept = 0;
    let mut inside = false;
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let (replacement, until) = match character {
            '"' => {
                inside = !inside;
                continue;
            }
            '\\' if inside => {
                let rest = text.get(at..).unwrap_or_default();
                let pair = surrogate_pair(rest);
                if !rest.starts_with("\\u") || pair == Surrogate::Not {
                    characters.next();
                    continue;
                }
                if pair == Surrogate::Pair {
                    characters.nth(10);
                    continue;
                }
                characters.nth(4);
                (String::from("\\ufffd"), at + 6)
            }
            control if inside && control < ' ' => {
                (format!("\\u{:04x}", u32::from(control)), at + 1)
            }
            _ => continue,
        };
        out.push_str(text.get(kept..at).unwrap_or_default());
        out.push_str(&replacement);
        kept = until;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(out)
}

#[derive(PartialEq, Eq)]
enum Surrogate {
    Not,
    Pair,
    Lone,
}

/// What a `\uXXXX` escape at the start of `rest` is.
fn surrogate_pair(rest: &str) -> Surrogate {
    let unit = |at: usize| {
        let escape = rest.get(at..at + 6)?;
        u16::from_str_radix(escape.strip_prefix("\\u")?, 16).ok()
    };
    match unit(0) {
        Some(0xd800..=0xdbff) => match unit(6) {
            Some(0xdc00..=0xdfff) => Surrogate::Pair,
            Some(_) | None => Surrogate::Lone,
        },
        Some(0xdc00..=0xdfff) => Surrogate::Lone,
        Some(_) | None => Surrogate::Not,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_newlines_and_lone_surrogates_are_mended() {
        let value = parse("{\"a\":\"x\ny\\ud800z\\udc00\\ud83d\\ude00\\\\u\",\n\"b\":1}").unwrap();
        assert_eq!(value["a"], "x\ny\u{fffd}z\u{fffd}😀\\u");
        assert_eq!(value["b"], 1);
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for text in ["", "{", "[DONE]", "{\"a\":\"\\ud8", "\u{0}", "{\"a\":\"\n"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn documents_may_follow_each_other() {
        let read = |data: &str| documents(data).map(|found| found.len());
        assert_eq!(read("{}"), Some(1));
        assert_eq!(read(" [DONE] "), Some(1));
        assert_eq!(read("{\"a\":\n1}\n{\"b\":\n\"x\ny\"}\n[DONE]\n"), Some(3));
        assert_eq!(documents("[DONE]"), Some(vec![Document::Done]));
        for bad in ["", " ", "{", "{}\n{", "{} x", "DONE"] {
            assert_eq!(read(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_escaped_nul_and_unpaired_high_before_an_escape_survive() {
        assert_eq!(parse(r#"["\u0000"]"#).unwrap()[0], "\u{0}");
        assert_eq!(parse(r#"["\ud800\n"]"#).unwrap()[0], "\u{fffd}\n");
        assert_eq!(parse(r#"["\ud800\ud83d\ude00"]"#).unwrap()[0], "\u{fffd}😀");
    }

    #[test]
    fn content_is_null_text_or_parts() {
        let read = |text: &str| {
            let mut value = parse(text).unwrap();
            take_content(value.as_object_mut().unwrap(), "c")
        };
        assert_eq!(read(r#"{"c":null}"#), Ok(None));
        assert_eq!(read(r#"{"c":"x"}"#), Ok(Some("x".to_owned())));
        assert_eq!(
            read(r#"{"c":[{"text":"a"},{"image":"u"},"b"]}"#),
            Ok(Some("ab".to_owned()))
        );
        assert_eq!(read(r#"{"c":[]}"#), Ok(Some(String::new())));
        assert_eq!(read(r#"{"c":7}"#), Err(WrongType));
        assert_eq!(read(r#"{"c":[{"text":true}]}"#), Err(WrongType));
    }
}
