//! Answers in one piece: the list of models, and chats without a stream.
//! Streams are `stream`'s business.

use axum::body::Body;
use axum::response::Response;

use crate::call::{Call, Protocol};
use crate::exchange::Exchange;
use crate::faults;
use crate::frames::{Tally, sources_json, tool_calls_json};
use crate::ordered_json::{Object, list};
use crate::outlet::{Gone, Outlet, pause};
use crate::plan::Plan;
use crate::script::{BodyEnd, Fault, Script};
use crate::shape::Shape;

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
    pause(std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default()).await;
    let body = match call.protocol {
        Protocol::Compatible => compatible(&exchange, call, plan),
        Protocol::Native { multimodal } => native(&exchange, call, plan, multimodal),
    };
    send(exchange, script, body)
}

/// What a finished answer has used.
pub(crate) fn tally(plan: &Plan) -> Tally {
    let count = |tokens: &[String]| u64::try_from(tokens.len()).unwrap_or(0);
    let reasoning = count(&plan.thinking);
    let called = plan
        .tools
        .iter()
        .map(|call| call.arguments.as_deref().unwrap_or_default().len());
    let called = u64::try_from(called.sum::<usize>()).unwrap_or(0) / 4;
    Tally {
        input: plan.input_tokens,
        output: reasoning + count(&plan.text) + called,
        reasoning,
        image: plan.image_tokens,
    }
}

fn compatible(exchange: &Exchange, call: &Call, plan: &Plan) -> String {
    let message = Object::new()
        .field("role", "assistant")
        .field("content", &plan.text.concat());
    let message = match plan.thinking.as_slice() {
        [] => message,
        thinking => message.field("reasoning_content", &thinking.concat()),
    };
    let message = match plan.tools.as_slice() {
        [] => message,
        calls => message.raw("tool_calls", &tool_calls_json(calls)),
    };
    let choice = Object::new()
        .raw("message", &message.finish())
        .field("finish_reason", &plan.finish)
        .field("index", &0)
        .raw("logprobs", "null")
        .finish();
    let frames =
        super::stream::compatible_frames(&exchange.request_id, call, plan, &Script::default());
    let usage = crate::frames::Compatible {
        tally: tally(plan),
        ..frames
    }
    .usage_json();
    Object::new()
        .raw("choices", &list(&[choice]))
        .field("object", "chat.completion")
        .raw("usage", &usage)
        .field("created", &crate::stream::CREATED)
        .raw("system_fingerprint", "null")
        .field("model", &call.model.id)
        .field("id", &format!("chatcmpl-{}", exchange.request_id))
        .finish()
}

fn native(exchange: &Exchange, call: &Call, plan: &Plan, multimodal: bool) -> String {
    let frames = crate::stream::native_frames(&exchange.request_id, call, plan, &Script::default());
    let layout = frames.layout;
    let text = plan.text.concat();
    let output = if layout.message {
        let content = match (multimodal, text.is_empty()) {
            (true, true) => String::from("[]"),
            (true, false) => list(&[Object::new().field("text", &text).finish()]),
            (false, _) => crate::ordered_json::render(&text),
        };
        let message = Object::new()
            .field("role", "assistant")
            .raw("content", &content);
        let message = match plan.thinking.as_slice() {
            [] => message,
            thinking => message.field("reasoning_content", &thinking.concat()),
        };
        let message = match plan.tools.as_slice() {
            [] => message,
            calls => message.raw("tool_calls", &tool_calls_json(calls)),
        };
        let choice = Object::new()
            .field("finish_reason", &plan.finish)
            .raw("message", &message.finish())
            .finish();
        Object::new().raw("choices", &list(&[choice]))
    } else {
        Object::new()
            .field("finish_reason", &plan.finish)
            .field("text", &text)
    };
    let output = match plan.sources.as_slice() {
        [] => output,
        sources => {
            let info = Object::new().raw("search_results", &sources_json(sources));
            output.raw("search_info", &info.raw("extra_tool_info", "[]").finish())
        }
    };
    let usage = crate::frames::Native {
        tally: tally(plan),
        ..frames
    }
    .usage_json();
    Object::new()
        .raw("output", &output.finish())
        .raw("usage", usage.as_deref().unwrap_or("{}"))
        .field("request_id", &exchange.request_id)
        .finish()
}
