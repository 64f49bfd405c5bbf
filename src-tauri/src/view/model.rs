//! Models as the page sees them.

use dashscope::catalogue;
use serde::Serialize;
use specta::Type;

/// Whether a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Thinking {
    /// Never.
    Never,
    /// Always.
    Always,
    /// By choice, on unless switched off.
    HybridOn,
    /// By choice, off unless switched on.
    HybridOff,
    /// Not known.
    Unknown,
}

/// A model to choose.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Model {
    /// The id on the wire.
    pub(crate) id: String,
    /// The name to show.
    pub(crate) name: String,
    /// The family it belongs to.
    pub(crate) family: String,
    /// Whether it thinks.
    pub(crate) thinking: Thinking,
    /// Whether it reads images.
    pub(crate) vision: bool,
    /// Its context window, in tokens.
    pub(crate) context_tokens: Option<u32>,
    /// Whether the vendor retires it.
    pub(crate) deprecated: bool,
    /// Whether we would offer it first.
    pub(crate) recommended: bool,
    /// Whether the account's endpoint listed it; `null` before it was asked.
    pub(crate) available: Option<bool>,
}

impl Model {
    /// A model of the catalogue.
    pub(crate) fn known(model: &catalogue::Model, available: Option<bool>) -> Self {
        Self {
            id: model.id.clone(),
            name: model.name.clone(),
            family: model.family.clone(),
            thinking: match model.thinking {
                catalogue::Thinking::Never => Thinking::Never,
                catalogue::Thinking::Always => Thinking::Always,
                catalogue::Thinking::HybridOn => Thinking::HybridOn,
                catalogue::Thinking::HybridOff => Thinking::HybridOff,
                catalogue::Thinking::Unknown => Thinking::Unknown,
            },
            vision: model.vision.unwrap_or(false),
            context_tokens: model.context_tokens,
            deprecated: model.deprecated,
            recommended: model.recommended,
            available,
        }
    }

    /// A model that only the endpoint knows.
    pub(crate) fn unknown(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            family: String::new(),
            thinking: Thinking::Unknown,
            vision: false,
            context_tokens: None,
            deprecated: false,
            recommended: false,
            available: Some(true),
        }
    }

    /// The scripted guide.
    pub(crate) fn guide() -> Self {
        Self {
            name: "DashDesk".to_owned(),
            recommended: true,
            ..Self::unknown(engine::demo::MODEL)
        }
    }
}
