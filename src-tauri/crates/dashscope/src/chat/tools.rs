//! Tool-call fragments: reads them from a frame and passes on what is new, by index.
//!
//! It executes nothing and leaves malformed arguments as they are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::decoder::Output;
use super::event::ToolCallDelta;
use crate::json::{self, WrongType};
use crate::limits;

/// What one frame says about one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fragment {
    pub(super) index: u32,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: String,
}

/// The calls of a reply so far.
#[derive(Debug)]
pub(super) struct ToolLanes {
    output: Output,
    calls: BTreeMap<u32, Call>,
}

/// More calls than a reply may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

#[derive(Debug, Default)]
struct Call {
    id: Option<String>,
    name: bool,
    /// Bytes of arguments passed on.
    passed: usize,
    /// The arguments themselves, kept only while the kind of frames is unknown.
    arguments: String,
}

impl Fragment {
    /// Takes the fragments of a delta or a message.
    pub(super) fn list(message: &mut Map<String, Value>) -> Result<Vec<Self>, WrongType> {
        json::take_list(message, "tool_calls")?
            .into_iter()
            .enumerate()
            .map(|(position, value)| Self::read(position, value))
            .collect()
    }

    fn read(position: usize, value: Value) -> Result<Self, WrongType> {
        let Value::Object(mut call) = value else {
            return Err(WrongType);
        };
        let position = u64::try_from(position).unwrap_or(u64::MAX);
        let index = call
            .get("index")
            .and_then(Value::as_u64)
            .unwrap_or(position);
        let mut function = json::take_object(&mut call, "function")?.unwrap_or_default();
        let arguments = match function.remove("arguments") {
            // Some servers for this computer send the object instead of its text.
            Some(Value::Object(arguments)) => Value::Object(arguments).to_string(),
            Some(arguments) => {
                function.insert("arguments".to_owned(), arguments);
                json::take_text(&mut function, "arguments")?.unwrap_or_default()
            }
            None => String::new(),
        };
        Ok(Self {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            id: json::take_text(&mut call, "id")?.filter(|id| !id.is_empty()),
            name: json::take_text(&mut function, "name")?.filter(|name| !name.is_empty()),
            arguments,
        })
    }
}

impl ToolLanes {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            calls: BTreeMap::new(),
        }
    }

    /// What a fragment adds, or nothing.
    pub(super) fn add(&mut self, fragment: Fragment) -> Result<Option<ToolCallDelta>, TooMany> {
        let is_new = !self.calls.contains_key(&fragment.index);
        if is_new && self.calls.len() >= limits::TOOL_CALLS {
            return Err(TooMany);
        }
        let call = self.calls.entry(fragment.index).or_default();
        let arguments = call.new_arguments(self.output, &fragment);
        let name = fragment.name.filter(|_| !call.name);
        call.name |= name.is_some();
        // The id comes once; later fragments repeat it or leave it empty.
        let id = fragment.id.filter(|_| call.id.is_none());
        if let Some(id) = &id {
            call.id = Some(id.clone());
        }
        if !is_new && id.is_none() && name.is_none() && arguments.is_empty() {
            return Ok(None);
        }
        Ok(Some(ToolCallDelta {
            index: fragment.index,
            id,
            name,
            arguments,
        }))
    }
}

impl Call {
    fn new_arguments(&mut self, output: Output, fragment: &Fragment) -> String {
        let text = &fragment.arguments;
        let repeats = match output {
            Output::Incremental => false,
            Output::Cumulative => true,
            // Cumulative frames name the call again each time.
            Output::Detect => {
                fragment.id.is_some()
                    && fragment.id == self.id
                    && text.starts_with(self.arguments.as_str())
            }
        };
        let new = if repeats {
            text.get(self.passed..).unwrap_or_default().to_owned()
        } else {
            text.clone()
        };
        self.passed += new.len();
        if output == Output::Detect {
            self.arguments.push_str(&new);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ToolCalls;

    fn merged(output: Output, frames: &[&str]) -> Vec<(String, String, String)> {
        let mut lanes = ToolLanes::new(output);
        let mut calls = ToolCalls::default();
        for frame in frames {
            let mut message = serde_json::from_str(&format!("{{\"tool_calls\":{frame}}}")).unwrap();
            for fragment in Fragment::list(&mut message).unwrap() {
                if let Some(delta) = lanes.add(fragment).unwrap() {
                    calls.add(&delta);
                }
            }
        }
        calls
            .into_calls()
            .into_iter()
            .map(|call| (call.id, call.name, call.arguments))
            .collect()
    }

    fn call(id: &str, name: &str, arguments: &str) -> (String, String, String) {
        (id.to_owned(), name.to_owned(), arguments.to_owned())
    }

    #[test]
    fn fragments_merge_by_index_also_two_in_one_frame() {
        let frames = [
            r#"[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"id":"b","function":{"name":"g"}}]"#,
            r#"[{"index":1,"id":"","function":{"arguments":null}},{"index":0,"id":"","function":{"arguments":":1}"}}]"#,
        ];
        let expected = [call("a", "f", "{\"x\":1}"), call("b", "g", "{}")];
        assert_eq!(merged(Output::Incremental, &frames), expected);
        assert_eq!(merged(Output::Detect, &frames), expected);
    }

    #[test]
    fn a_repeated_id_and_name_make_no_second_call() {
        let frames = [
            r#"[{"index":0,"id":"a","function":{"name":"get_weather","arguments":"{\"c\":"}}]"#,
            r#"[{"index":0,"id":"a","function":{"name":"get_weather","arguments":"1}"}}]"#,
        ];
        let expected = [call("a", "get_weather", "{\"c\":1}")];
        assert_eq!(merged(Output::Incremental, &frames), expected);
    }

    #[test]
    fn cumulative_calls_are_passed_on_once_and_the_list_may_grow() {
        let frames = [
            r#"[{"id":"a","function":{"name":"f","arguments":"{\"x\""}}]"#,
            r#"[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]"#,
            r#"[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]"#,
        ];
        let expected = [call("a", "f", "{\"x\":1}"), call("b", "g", "{}")];
        assert_eq!(merged(Output::Cumulative, &frames), expected);
        assert_eq!(merged(Output::Detect, &frames), expected);
    }

    #[test]
    fn malformed_arguments_stay_text_and_wrong_types_are_named() {
        let frames = [r#"[{"index":0,"id":"a","function":{"name":"f","arguments":"{oops"}}]"#];
        assert_eq!(
            merged(Output::Incremental, &frames),
            [call("a", "f", "{oops")]
        );
        for wrong in [
            r"[7]",
            r#"[{"id":7}]"#,
            r#"[{"function":{"arguments":true}}]"#,
            "7",
        ] {
            let mut message = serde_json::from_str(&format!("{{\"tool_calls\":{wrong}}}")).unwrap();
            assert_eq!(Fragment::list(&mut message), Err(WrongType), "{wrong}");
        }
    }

    #[test]
    fn a_reply_holds_a_limited_number_of_calls() {
        let mut lanes = ToolLanes::new(Output::Incremental);
        let mut add = |index| {
            lanes.add(Fragment {
                index,
                ..Fragment::default()
            })
        };
        for index in 0..u32::try_from(limits::TOOL_CALLS).unwrap() {
            assert!(add(index).is_ok());
        }
        assert_eq!(add(u32::MAX), Err(TooMany));
    }
}
