//! Token counts, read from either protocol's names.
//!
//! It adds nothing up: a count the server left out stays unknown.

use serde_json::Value;

/// What a reply cost. Every field is what the server said, or `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens read, cached ones included.
    pub input_tokens: Option<u64>,
    /// Tokens written, thinking included.
    pub output_tokens: Option<u64>,
    /// Both; some multimodal models leave it out.
    pub total_tokens: Option<u64>,
    /// Tokens of thinking, a part of `output_tokens`.
    pub reasoning_tokens: Option<u64>,
    /// Tokens read from the cache, a part of `input_tokens`.
    pub cached_tokens: Option<u64>,
    /// Tokens that images took, a part of `input_tokens`.
    pub image_tokens: Option<u64>,
}

impl Usage {
    /// Reads a `usage` object; `None` when it is absent, null or says nothing.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let count = |paths: &[&str]| {
            paths
                .iter()
                .find_map(|path| value.pointer(path).and_then(Value::as_u64))
        };
        let usage = Self {
            input_tokens: count(&["/input_tokens", "/prompt_tokens"]),
            output_tokens: count(&["/output_tokens", "/completion_tokens"]),
            total_tokens: count(&["/total_tokens"]),
            reasoning_tokens: count(&[
                "/output_tokens_details/reasoning_tokens",
                "/completion_tokens_details/reasoning_tokens",
            ]),
            cached_tokens: count(&[
                "/prompt_tokens_details/cached_tokens",
                "/input_tokens_details/cached_tokens",
                "/cached_tokens",
            ]),
            image_tokens: count(&[
                "/image_tokens",
                "/input_tokens_details/image_tokens",
                "/prompt_tokens_details/image_tokens",
            ]),
        };
        (usage != Self::default()).then_some(usage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_families_of_names_are_read() {
        let native = json!({"input_tokens": 9, "output_tokens": 5, "image_tokens": 3,
            "output_tokens_details": {"reasoning_tokens": 2}});
        let compatible = json!({"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 4}});
        let native = Usage::read(&native).unwrap();
        let compatible = Usage::read(&compatible).unwrap();
        assert_eq!(native.input_tokens, compatible.input_tokens);
        assert_eq!(native.output_tokens, compatible.output_tokens);
        assert_eq!(native.total_tokens, None, "a missing total is not made up");
        assert_eq!(native.reasoning_tokens, Some(2));
        assert_eq!(compatible.cached_tokens, Some(4));
    }

    #[test]
    fn empty_and_odd_objects_say_nothing() {
        for odd in [
            json!({}),
            json!(null),
            json!([1]),
            json!({"input_tokens": "9"}),
            json!(-1),
        ] {
            assert_eq!(Usage::read(&odd), None, "{odd}");
        }
        let details = json!({"input_tokens": 1, "prompt_tokens_details": null});
        assert!(Usage::read(&details).is_some());
    }
}
