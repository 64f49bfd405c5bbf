//! What is known about each model: one data file, one row a model, with source and date.
//!
//! It is a help, not a gate: a model that is not listed can be asked all the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The models this program knows.
#[derive(Debug, Default)]
pub struct Catalogue {
    models: Vec<Model>,
    by_id: HashMap<String, usize>,
}

/// What is known about one model; `None` means unknown, not absent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The id in requests; case-sensitive.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// Models of one family behave alike.
    pub family: String,
    /// Whether it thinks.
    pub thinking: Thinking,
    /// Whether it takes images.
    pub vision: Option<bool>,
    /// Whether it calls functions.
    pub tools: Option<bool>,
    /// Whether it searches the web.
    pub web_search: Option<bool>,
    /// Whether it takes a JSON schema for its answer.
    pub json_schema: bool,
    /// Whether it reads the thinking of earlier turns.
    pub preserve_thinking: bool,
    /// The values of `reasoning_effort` it takes.
    pub efforts: Vec<Effort>,
    /// Whether it takes `max_completion_tokens`, which counts thinking too.
    pub max_completion_tokens: bool,
    /// Input and output together.
    pub context_tokens: Option<u32>,
    /// Input; lower than the context.
    pub max_input_tokens: Option<u32>,
    /// Answer without thinking.
    pub max_output_tokens: Option<u32>,
    /// Thinking.
    pub max_thinking_tokens: Option<u32>,
    /// Where the native protocol serves it; each model answers on one path only.
    pub native_path: Option<NativePath>,
    /// Whether it refuses calls that are not streamed.
    pub stream_only: bool,
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// The announced last day, as `YYYY-MM-DD`.
    pub retires: Option<String>,
    /// Whether to show it first.
    pub recommended: bool,
    /// Where the row comes from.
    pub source: String,
    /// When the source was read or written, as `YYYY-MM` or `YYYY-MM-DD`.
    pub source_date: String,
}

/// Whether a model thinks before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thinking {
    /// Never; the flag is an error.
    Never,
    /// Always; switching it off is an error.
    Always,
    /// Unless switched off.
    HybridOn,
    /// When switched on.
    HybridOff,
    /// Not known, or its default is not.
    Unknown,
}

/// How much to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    /// Not at all.
    None,
    /// Hardly.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// Very much.
    Xhigh,
    /// As much as the model can.
    Max,
}

/// The path of the native protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NativePath {
    /// `text-generation`.
    Text,
    /// `multimodal-generation`.
    Multimodal,
}

static BUNDLED: LazyLock<Catalogue> = LazyLock::new(|| {
    // A test parses the same text, so the empty catalogue never ships.
    Catalogue::parse(include_str!("catalogue.json")).unwrap_or_default()
});

impl Catalogue {
    /// The catalogue this program was built with.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// What is known about a model.
    pub fn get(&self, id: &str) -> Option<&Model> {
        self.models.get(*self.by_id.get(id)?)
    }

    /// Every model, recommended ones first, newest families first.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut models: Vec<Model> = serde_json::from_str(text)?;
        models.sort_by_key(|model| !model.recommended);
        let by_id = models
            .iter()
            .enumerate()
            .map(|(position, model)| (model.id.clone(), position))
            .collect();
        Ok(Self { models, by_id })
    }
}

impl Model {
    /// Whether it takes this `reasoning_effort`.
    pub fn takes_effort(&self, effort: Effort) -> bool {
        self.efforts.contains(&effort)
    }
}

impl NativePath {
    /// The other one.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Text => Self::Multimodal,
            Self::Multimodal => Self::Text,
        }
    }

    /// Below the native base.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Text => "/services/aigc/text-generation/generation",
            Self::Multimodal => "/services/aigc/multimodal-generation/generation",
        }
    }
}

#[cfg(test)]
mod tests;
