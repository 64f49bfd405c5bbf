//! One chat from request to response: key, script, checks, answer.
//! Each of these is a module of its own.

use axum::response::Response;

use crate::call::{Call, Protocol};
use crate::checks::{self, Problem};
use crate::directive::ScriptError;
use crate::errors::find_error;
use crate::exchange::Exchange;
use crate::faults;
use crate::plan::Plan;
use crate::script::Script;
use crate::shape::{Refused, Shape};
use crate::{stream, whole};

/// Answers one chat.
pub(crate) async fn answer(mut exchange: Exchange, protocol: Protocol) -> Response {
    let call = Call::of(&exchange, protocol);
    let usual = match protocol {
        Protocol::Compatible => Shape::C,
        Protocol::Native { .. } => Shape::A,
    };
    if let Some(name) = exchange.key_refusal() {
        return refuse(&mut exchange, &call, usual, &Problem::of(name));
    }
    let script = match choose(&exchange, &call) {
        Ok(script) => script,
        Err(error) => {
            let message = format!("this is the test server, and your directive has an {error}");
            let problem = Problem {
                name: "400-body-invalid",
                message: Some(message),
            };
            return refuse(&mut exchange, &call, usual, &problem);
        }
    };
    let model = call.model.id.clone();
    let instead = faults::instead(&mut exchange, &script, usual, &model, call.stream).await;
    if let Some(response) = instead {
        return response;
    }
    if let Err(problem) = checks::check(&exchange, &call) {
        // Reported for refused parameters of streams: an event stream around the usual body.
        let shape = match (protocol, call.stream, problem.name.starts_with("400")) {
            (Protocol::Compatible, true, true) => Shape::D,
            (Protocol::Native { .. }, true, true) => Shape::B,
            _ => usual,
        };
        return refuse(&mut exchange, &call, shape, &problem);
    }
    let plan = Plan::of(&call, &script, exchange.app.options.seed);
    if call.stream {
        return stream::reply(exchange, script, &call, plan);
    }
    whole::chat(exchange, script, &call, &plan).await
}

/// A waiting script wins; else the prompt's directive over what the model's name stands for.
fn choose(exchange: &Exchange, call: &Call) -> Result<Script, ScriptError> {
    if let Some(script) = exchange.app.next_chat_script() {
        return Ok(script);
    }
    let base = Script::of_model(&call.model.id).unwrap_or_default();
    Script::from_prompt(&base, &call.prompt()).unwrap_or(Ok(base))
}

fn refuse(exchange: &mut Exchange, call: &Call, shape: Shape, problem: &Problem) -> Response {
    let row = find_error(problem.name).or_else(|| find_error("500"));
    let request_id = exchange.request_id.clone();
    match row {
        Some(row) => {
            let message = problem.message.as_deref();
            let model = &call.model.id;
            exchange.refuse(
                &Refused {
                    row,
                    message,
                    model,
                    request_id: &request_id,
                },
                shape,
            )
        }
        None => exchange.respond(500, "text/plain", axum::body::Body::empty()),
    }
}
