//! The optional part of a request, and which of it a model takes.
//!
//! Left out on purpose: `n`, `logprobs` and `top_logprobs`, since a reply here is one text, and
//! `skill`, which makes files.

use serde::Serialize;
use serde_json::Value;

use crate::catalogue::{Model, Thinking};
use crate::error::{Error, ErrorKind};

pub use crate::catalogue::Effort;

/// Parameters of a chat request under the vendor's names; `None` means the model's own default.
///
/// Fields are sent only when the catalogue says that the model takes them. Models that are not in
/// the catalogue get the fields of the OpenAI protocol and nothing of DashScope's own.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Parameters {
    /// At least 0, below 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Above 0, at most 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// Above 100 switches it off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u32>,
    /// Tokens of the answer without thinking; from 1, cut to the model's maximum.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Tokens of the answer with thinking; from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u32>,
    /// 0 to 2^31-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// Texts that end the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
    /// Above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repetition_penalty: Option<f64>,
    /// -2 to 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<f64>,
    /// Thinking on or off, for models that can do both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_thinking: Option<bool>,
    /// Tokens of thinking; from 1, cut to the model's maximum. Left out beside `reasoning_effort`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_budget: Option<u32>,
    /// Keep the thinking of earlier turns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preserve_thinking: Option<bool>,
    /// How much to think, for the few models that take it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<Effort>,
    /// Let the model search the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_search: Option<bool>,
    /// How to search; left out unless `enable_search` is true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_options: Option<SearchOptions>,
    /// Let the model mix images into its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_text_image_mixed: Option<bool>,
    /// Let the model run code; needs thinking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_code_interpreter: Option<bool>,
    /// Functions the model may call; never sent empty, which servers refuse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// Which function to call; left out without tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// Several calls at once; left out without tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// Stream array and object arguments in pieces; left out without tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_stream: Option<bool>,
    /// The form of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// Read images at up to 16,777,216 pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vl_high_resolution_images: Option<bool>,
    /// Report image sizes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vl_enable_image_hw_output: Option<bool>,
    /// Kinds of output of omni models, as in `["text", "audio"]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modalities: Vec<String>,
    /// The voice of omni models; left out without `modalities`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioOutput>,
    /// Options of OCR models, passed on as they are: their fields differ by task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocr_options: Option<Value>,
    /// Options of translation models, passed on as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation_options: Option<Value>,
    /// Options of speech models, passed on as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asr_options: Option<Value>,
    /// Native only: whether each frame holds only what is new, which is the default here. With
    /// `false` each frame repeats all text.
    #[serde(skip)]
    pub incremental_output: Option<bool>,
}

/// How to search the web; sources come back over the native protocol only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SearchOptions {
    /// Return the pages that were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_source: Option<bool>,
    /// Put marks into the text; needs `enable_source`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_citation: Option<bool>,
    /// `[<number>]` or `[ref_<number>]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation_format: Option<String>,
    /// Search even when the model sees no need.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forced_search: Option<bool>,
    /// `turbo`, `max`, `agent` or `agent_max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_strategy: Option<String>,
    /// Search vertical domains too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_search_extension: Option<bool>,
    /// Send the sources in a first frame of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prepend_search_result: Option<bool>,
    /// Only pages of the last so many days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freshness: Option<u32>,
    /// Only these sites.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assigned_site_list: Vec<String>,
}

/// A function the model may call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", content = "function", rename_all = "snake_case")]
pub enum Tool {
    /// The only kind there is.
    Function {
        /// Letters, digits, `_` and `-`, at most 64, and not `search`.
        name: String,
        /// What it does, for the model.
        description: String,
        /// JSON schema of the arguments.
        parameters: Value,
    },
}

/// Which function to call; the vendor knows no `required`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    /// The model decides.
    Auto,
    /// None.
    None,
    /// This one; not while thinking.
    Function(String),
}

/// The form of the answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Free text.
    Text,
    /// A JSON object; the prompt must contain the word "json".
    JsonObject,
    /// JSON of this shape.
    JsonSchema {
        /// The shape.
        json_schema: JsonSchema,
    },
}

/// A named JSON schema.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JsonSchema {
    /// A name for the model.
    pub name: String,
    /// The schema.
    pub schema: Value,
    /// Whether the answer must match exactly.
    pub strict: bool,
}

/// The voice of omni models.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudioOutput {
    /// As in `Cherry`.
    pub voice: String,
    /// `wav`.
    pub format: String,
}

impl Serialize for ToolChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::None => serializer.serialize_str("none"),
            Self::Function(name) => {
                serde_json::json!({"type": "function", "function": {"name": name}})
                    .serialize(serializer)
            }
        }
    }
}

impl Parameters {
    /// The parameters this model takes, cut to its limits.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`] naming the first parameter that is out of range.
    pub(crate) fn for_model(&self, id: &str, model: Option<&Model>) -> Result<Self, Error> {
        self.check()?;
        let mut fit = self.clone();
        fit.fit_thinking(model);
        fit.fit_limits(model);
        fit.fit_tools(model);
        fit.fit_features(model);
        fit.fit_special_models(id);
        Ok(fit)
    }

    fn check(&self) -> Result<(), Error> {
        let within = |value: Option<f64>, test: fn(f64) -> bool| value.is_none_or(test);
        let checks = [
            (
                within(self.temperature, |value| (0.0..2.0).contains(&value)),
                "temperature must be at least 0 and below 2",
            ),
            (
                within(self.top_p, |value| value > 0.0 && value <= 1.0),
                "top_p must be above 0 and at most 1",
            ),
            (
                within(self.presence_penalty, |value| (-2.0..=2.0).contains(&value)),
                "presence_penalty must be between -2 and 2",
            ),
            (
                within(self.repetition_penalty, |value| {
                    value > 0.0 && value.is_finite()
                }),
                "repetition_penalty must be above 0",
            ),
            (
                self.max_tokens != Some(0) && self.max_completion_tokens != Some(0),
                "max_tokens must be at least 1",
            ),
            (
                self.thinking_budget != Some(0),
                "thinking_budget must be at least 1",
            ),
            (
                self.seed.is_none_or(|seed| i32::try_from(seed).is_ok()),
                "seed must be below 2147483648",
            ),
            (
                self.tools.iter().all(Tool::has_valid_name),
                "a tool name holds letters, digits, _ and - only, and is not \"search\"",
            ),
        ];
        match checks.iter().find(|(holds, _)| !holds) {
            Some((_, message)) => Err(Error::new(ErrorKind::InvalidRequest).with_message(*message)),
            None => Ok(()),
        }
    }

    fn fit_thinking(&mut self, model: Option<&Model>) {
        let thinking = model.map_or(Thinking::Unknown, |model| model.thinking);
        // Models that always or never think answer the flag with an error.
        if !matches!(thinking, Thinking::HybridOn | Thinking::HybridOff) {
            self.enable_thinking = None;
        }
        let thinks = self.thinks(thinking);
        self.reasoning_effort = self
            .reasoning_effort
            .filter(|effort| model.is_some_and(|model| model.takes_effort(*effort)));
        let most = model.and_then(|model| model.max_thinking_tokens);
        self.thinking_budget = self
            .thinking_budget
            .filter(|_| thinks && self.reasoning_effort.is_none())
            .map(|budget| most.map_or(budget, |most| budget.min(most)));
        if !model.is_some_and(|model| model.preserve_thinking) {
            self.preserve_thinking = None;
        }
        if !thinks {
            self.enable_code_interpreter = None;
        }
    }

    fn fit_limits(&mut self, model: Option<&Model>) {
        if let Some(most) = model.and_then(|model| model.max_output_tokens) {
            self.max_tokens = self.max_tokens.map(|tokens| tokens.min(most));
        }
        if !model.is_some_and(|model| model.max_completion_tokens) {
            self.max_completion_tokens = None;
        }
        if model.is_none() {
            self.top_k = None;
            self.repetition_penalty = None;
        }
    }

    fn fit_tools(&mut self, model: Option<&Model>) {
        if model.is_some_and(|model| model.tools == Some(false)) {
            self.tools.clear();
        }
        if self.tools.is_empty() {
            self.tool_choice = None;
            self.parallel_tool_calls = None;
            self.tool_stream = None;
        }
        if model.is_none() {
            self.tool_stream = None;
        }
        let thinks = self.thinks(model.map_or(Thinking::Unknown, |model| model.thinking));
        if thinks && matches!(self.tool_choice, Some(ToolChoice::Function(_))) {
            self.tool_choice = None;
        }
    }

    fn fit_features(&mut self, model: Option<&Model>) {
        let has = |test: fn(&Model) -> bool| model.is_some_and(test);
        if !has(|model| model.web_search == Some(true)) {
            self.enable_search = None;
        }
        if self.enable_search != Some(true) {
            self.search_options = None;
            self.enable_text_image_mixed = None;
        }
        if !has(|model| model.vision == Some(true)) {
            self.vl_high_resolution_images = None;
            self.vl_enable_image_hw_output = None;
        }
        if matches!(
            self.response_format,
            Some(ResponseFormat::JsonSchema { .. })
        ) && !has(|model| model.json_schema)
        {
            self.response_format = None;
        }
        if !has(|model| model.family.contains("omni")) {
            self.modalities.clear();
        }
        if self.modalities.is_empty() {
            self.audio = None;
        }
    }

    /// Models that are not for chat are in no catalogue; their ids tell them apart.
    fn fit_special_models(&mut self, id: &str) {
        if !id.contains("-ocr") {
            self.ocr_options = None;
        }
        if !id.starts_with("qwen-mt-") {
            self.translation_options = None;
        }
        if !id.contains("-asr") {
            self.asr_options = None;
        }
    }

    /// Whether the reply will think, as far as the catalogue knows.
    fn thinks(&self, thinking: Thinking) -> bool {
        match thinking {
            Thinking::Always => true,
            Thinking::Never | Thinking::Unknown => false,
            Thinking::HybridOn => {
                self.enable_thinking != Some(false) && self.reasoning_effort != Some(Effort::None)
            }
            Thinking::HybridOff => self.enable_thinking == Some(true),
        }
    }
}

impl Tool {
    fn has_valid_name(&self) -> bool {
        let Self::Function { name, .. } = self;
        let allowed = |character: char| {
            character.is_ascii_alphanumeric() || character == '_' || character == '-'
        };
        (1..=64).contains(&name.len()) && name.chars().all(allowed) && name != "search"
    }
}

#[cfg(test)]
mod tests;
