//! What the server knows about each model id: its native path, its thinking, its limits.
//! The facts are a data file; ids it does not hold get permissive ones.

use std::sync::LazyLock;

/// The native path a model answers on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NativePath {
    Text,
    Multimodal,
    Any,
}

/// Whether a model thinks before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thinking {
    Never,
    Off,
    On,
    Always,
}

/// The facts about one model.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) path: NativePath,
    pub(crate) thinking: Thinking,
    pub(crate) thinks_without_stream: bool,
    pub(crate) stream_only: bool,
    pub(crate) takes_images: bool,
    pub(crate) takes_tools: bool,
    pub(crate) incremental_by_default: bool,
    pub(crate) max_input_tokens: u64,
    pub(crate) max_output_tokens: u64,
}

static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    include_str!("../data/models.txt")
        .lines()
        .filter_map(parse)
        .collect()
});

/// Every model of the data file, in its order.
pub(crate) fn all() -> &'static [Model] {
    &MODELS
}

/// The facts about `id`, permissive ones when the data file does not hold it.
pub(crate) fn of(id: &str) -> Model {
    all()
        .iter()
        .find(|model| model.id == id)
        .cloned()
        .unwrap_or_else(|| Model {
            id: id.to_owned(),
            path: NativePath::Any,
            thinking: Thinking::Off,
            thinks_without_stream: true,
            stream_only: false,
            takes_images: true,
            takes_tools: true,
            incremental_by_default: false,
            max_input_tokens: 1_000_000,
            max_output_tokens: 1_000_000,
        })
}

fn parse(line: &str) -> Option<Model> {
    if line.starts_with('#') {
        return None;
    }
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let [
        id,
        path,
        thinking,
        without_stream,
        answers,
        input,
        tools,
        output,
        max_in,
        max_out,
    ] = columns.try_into().ok()?;
    Some(Model {
        id: id.to_owned(),
        path: match path {
            "text" => NativePath::Text,
            "multimodal" => NativePath::Multimodal,
            _ => NativePath::Any,
        },
        thinking: match thinking {
            "never" => Thinking::Never,
            "on" => Thinking::On,
            "always" => Thinking::Always,
            _ => Thinking::Off,
        },
        thinks_without_stream: without_stream == "yes",
        stream_only: answers == "stream",
        takes_images: input == "image",
        takes_tools: tools == "tools",
        incremental_by_default: output == "incremental",
        max_input_tokens: max_in.parse().ok()?,
        max_output_tokens: max_out.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_parses_and_ids_are_unique() {
        let rows = include_str!("../data/models.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), all().len());
        let ids: HashSet<&str> = all().iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), all().len());
        assert!(all().len() > 100);
    }

    #[test]
    fn the_families_have_the_thinking_they_are_known_for() {
        assert_eq!(of("qwen-plus").thinking, Thinking::Off);
        assert_eq!(of("qwen-max").thinking, Thinking::Never);
        assert_eq!(of("qwq-plus").thinking, Thinking::Always);
        assert_eq!(of("qwen3.5-plus").thinking, Thinking::On);
        assert_eq!(of("qwen3.5-plus").path, NativePath::Multimodal);
        assert!(of("qwq-plus").stream_only);
    }
}
