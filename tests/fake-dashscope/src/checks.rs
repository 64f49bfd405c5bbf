//! What the service refuses in a chat, in the order it is looked at here.
//! How a refusal looks is `shape`'s business.

use serde_json::Value;

use crate::call::{Call, Protocol};
use crate::directive::SCENARIO_MODELS;
use crate::exchange::Exchange;
use crate::models::NativePath;

mod messages;
mod parameters;

/// Why a chat is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// A row of the error table.
    pub(crate) name: &'static str,
    /// Replaces the row's message.
    pub(crate) message: Option<String>,
}

impl Problem {
    pub(crate) fn of(name: &'static str) -> Self {
        Self {
            name,
            message: None,
        }
    }

    fn saying(name: &'static str, message: String) -> Self {
        Self {
            name,
            message: Some(message),
        }
    }
}

/// `Err` with this row of the error table when `refused` holds.
fn refuse_if(refused: bool, name: &'static str) -> Result<(), Problem> {
    if refused {
        Err(Problem::of(name))
    } else {
        Ok(())
    }
}

/// Everything that the service checks before it answers.
pub(crate) fn check(exchange: &Exchange, call: &Call) -> Result<(), Problem> {
    envelope(exchange, call)?;
    messages::check(exchange, call)?;
    parameters::check(call)
}

fn envelope(exchange: &Exchange, call: &Call) -> Result<(), Problem> {
    let native = matches!(call.protocol, Protocol::Native { .. });
    let is_object = call.body.is_object();
    refuse_if(
        !is_object,
        if native {
            "400-illegal-input"
        } else {
            "400-body-invalid"
        },
    )?;
    let named = call
        .body
        .get("model")
        .and_then(Value::as_str)
        .is_some_and(|id| !id.is_empty());
    refuse_if(
        !named,
        if native {
            "400-empty-model"
        } else {
            "400-model-missing"
        },
    )?;
    let id = &call.model.id;
    let is_scenario = SCENARIO_MODELS.iter().any(|(name, _)| name == id);
    let known = is_scenario || exchange.app.options.models.contains(id);
    refuse_if(!known, "404-model")?;
    let Protocol::Native { multimodal } = call.protocol else {
        return Ok(());
    };
    refuse_if(
        !call.body.get("input").is_some_and(Value::is_object),
        "400-empty-input",
    )?;
    refuse_if(
        !call.body.get("parameters").is_some_and(Value::is_object),
        "400-empty-parameters",
    )?;
    refuse_if(
        exchange.header("x-dashscope-async") == "enable",
        "403-async",
    )?;
    let wrong = match call.model.path {
        NativePath::Text => multimodal,
        NativePath::Multimodal => !multimodal,
        NativePath::Any => false,
    };
    refuse_if(wrong, "400-url")
}
