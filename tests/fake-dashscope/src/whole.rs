//! Answers in one piece: the list of models, and chats without a stream.
//! Streams are `stream`'s business.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;

use crate::answer::token_count;
use crate::call::{Call, Protocol};
use crate::exchange::Exchange;
use crate::faults;
use crate::frames::{Tally, native_content, search_info, tool_calls_json};
use crate::ordered_json::{Object, list, render};
use crate::outlet::{Gone, Outlet, pause};
use crate::plan::Plan;
use crate::script::{BodyEnd, Fault, Oddity, Script};
use crate::shape::Shape;
use crate::stream::{CREATED, native_layout};

/// Sends a JSON body as the script wants it, unless a fault takes its place.
pub(crate) async fn reply(
    mut exchange: Exchange,
    script: Script,
    shape: Shape,
    model: &str,
    body: String,
) -> Response {
    if let Some(response) = faults::instead(&mut exchange, &script, shape, model, false).await {
        return response;
    }
    send(exchange, script, body)
}

/// Sends a JSON body, cut or slowed as the script wants it.
pub(crate) fn send(mut exchange: Exchange, script: Script, body: String) -> Response {
    let framing = script.framing;
    let is_plain = script.fault.is_none()
        && script.drip.is_none()
        && !(framing.split || framing.gzip || framing.close_delimited);
    if is_plain {
        exchange.watch.settle();
        let response = exchange.respond(200, "application/json", Body::from(body));
        return faults::dress(&exchange, &script, response);
    }
    let seed = exchange.app.options.seed;
    let response = exchange.respond(200, "application/json", Body::empty());
    let response = faults::dress(&exchange, &script, response);
    let fault = script.fault.clone();
    let (outlet, stream) = Outlet::new(exchange.socket, exchange.watch, script, false, seed);
    tokio::spawn(play(outlet, fault, body));
    response.map(|_| stream)
}

async fn play(mut outlet: Outlet, fault: Option<Fault>, body: String) -> Result<(), Gone> {
    let half = body.as_bytes().get(..body.len() / 2).unwrap_or_default();
    match fault {
        Some(Fault::Stall(_)) => {
            outlet.bytes(half).await?;
            outlet.stall().await.map(|_| ())
        }
        Some(Fault::Reset(_)) => {
            outlet.bytes(half).await?;
            outlet.reset().await
        }
        Some(Fault::Truncate { end, .. }) => {
            outlet.bytes(half).await?;
            if end == BodyEnd::Clean {
                outlet.close().await
            } else {
                outlet.cut().await
            }
        }
        _ => {
            outlet.bytes(body.as_bytes()).await?;
            outlet.close().await
        }
    }
}

/// The answer to a chat without a stream, after the time its tokens take.
pub(crate) async fn chat(exchange: Exchange, script: Script, call: &Call, plan: &Plan) -> Response {
    let tokens = plan.thinking.len() + plan.text.len();
    let seconds = u32::try_from(tokens).map_or(f64::MAX, f64::from) / script.rate;
    pause(Duration::try_from_secs_f64(seconds).unwrap_or_default()).await;
    let body = match call.protocol {
        Protocol::Compatible => compatible(&exchange, &script, call, plan),
        Protocol::Native { .. } => native(&exchange, &script, call, plan),
    };
    send(exchange, script, body)
}

/// What a finished answer has used.
fn tally(plan: &Plan) -> Tally {
    let count = |tokens: &[String]| u64::try_from(tokens.len()).unwrap_or(0);
    let reasoning = count(&plan.thinking);
    let arguments = plan
        .tools
        .iter()
        .filter_map(|call| call.arguments.as_deref());
    let called: u64 = arguments.map(token_count).sum();
    Tally {
        input: plan.input_tokens,
        output: reasoning + count(&plan.text) + called,
        reasoning,
        image: plan.image_tokens,
    }
}

fn compatible(exchange: &Exchange, script: &Script, call: &Call, plan: &Plan) -> String {
    let message = message(plan, &render(&plan.text.concat()));
    let choice = Object::new()
        .raw("message", &message)
        .field("finish_reason", &plan.finish)
        .field("index", &0)
        .raw("logprobs", "null")
        .finish();
    Object::new()
        .raw("choices", &list(&[choice]))
        .field("object", "chat.completion")
        .when(!script.has(Oddity::NoUsage), |body| {
            body.raw("usage", &tally(plan).compatible())
        })
        .field("created", &CREATED)
        .raw("system_fingerprint", "null")
        .field("model", &call.model.id)
        .field("id", &format!("chatcmpl-{}", exchange.request_id))
        .finish()
}

fn native(exchange: &Exchange, script: &Script, call: &Call, plan: &Plan) -> String {
    let layout = native_layout(call, plan, script);
    let text = plan.text.concat();
    let output = if layout.message {
        let message = message(plan, &native_content(layout.multimodal, &text));
        let choice = Object::new()
            .field("finish_reason", &plan.finish)
            .raw("message", &message)
            .finish();
        Object::new().raw("choices", &list(&[choice]))
    } else {
        Object::new()
            .field("finish_reason", &plan.finish)
            .field("text", &text)
    };
    let output = output.when(!plan.sources.is_empty(), |output| {
        output.raw("search_info", &search_info(&plan.sources))
    });
    Object::new()
        .raw("output", &output.finish())
        .when(!script.has(Oddity::NoUsage), |body| {
            body.raw("usage", &tally(plan).native())
        })
        .field("request_id", &exchange.request_id)
        .finish()
}

fn message(plan: &Plan, content: &str) -> String {
    Object::new()
        .field("role", "assistant")
        .raw("content", content)
        .when(!plan.thinking.is_empty(), |message| {
            message.field("reasoning_content", &plan.thinking.concat())
        })
        .when(!plan.tools.is_empty(), |message| {
            message.raw("tool_calls", &tool_calls_json(&plan.tools))
        })
        .finish()
}
