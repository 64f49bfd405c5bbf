//! Starts a streamed answer in the layout that the request asked for.
//! Its course, faults included, is `player`'s business.

use axum::body::Body;
use axum::response::Response;
use serde_json::Value;

use crate::call::{Call, Protocol};
use crate::exchange::Exchange;
use crate::faults;
use crate::frames::{Compatible, Frames, Layout, Native, Placed, Said, Tally};
use crate::outlet::Outlet;
use crate::plan::Plan;
use crate::player::{Names, Player};
use crate::script::{Fault, Oddity, Oversize, Script};
use crate::shape::Shape;

/// The creation time every chunk tells, in seconds since 1970. It is fixed so that equal seeds
/// give equal bytes.
pub(crate) const CREATED: u64 = 1_767_683_986;

/// Starts a streamed answer.
pub(crate) fn reply(exchange: Exchange, script: Script, call: &Call, plan: Plan) -> Response {
    let (content_type, frames): (_, Box<dyn Frames>) = match call.protocol {
        Protocol::Compatible => {
            let frames = compatible_frames(&exchange.request_id, call, &plan, &script);
            ("text/event-stream", Box::new(frames))
        }
        Protocol::Native { .. } => {
            let frames = native_frames(&exchange.request_id, call, &plan, &script);
            ("text/event-stream;charset=UTF-8", Box::new(frames))
        }
    };
    let response = exchange.respond(200, content_type, Body::empty());
    let response = faults::dress(&exchange, &script, response);
    let mut laid_out = script.clone();
    laid_out.framing.gzip |= script.fault == Some(Fault::Oversize(Oversize::GzipBomb));
    let options = &exchange.app.options;
    let (outlet, body) = Outlet::new(
        exchange.socket,
        exchange.watch,
        laid_out,
        options.stamp_chunks,
        options.seed,
    );
    let usual = match call.protocol {
        Protocol::Compatible => Shape::F,
        Protocol::Native { .. } => Shape::B,
    };
    let request_id = exchange.request_id;
    let model = call.model.id.clone();
    tokio::spawn(
        Player::new(
            outlet,
            frames,
            script,
            plan,
            Names {
                model,
                request_id,
                usual,
            },
        )
        .play(),
    );
    response.map(|_| body)
}

/// The chunks of the compatible protocol for this call.
pub(crate) fn compatible_frames(
    request_id: &str,
    call: &Call,
    plan: &Plan,
    script: &Script,
) -> Compatible {
    let include = call
        .parameter("stream_options")
        .and_then(|options| options.get("include_usage"));
    let wanted = include.and_then(Value::as_bool).unwrap_or(false);
    Compatible {
        request_id: request_id.to_owned(),
        model: call.model.id.clone(),
        created: CREATED,
        thinks: !plan.thinking.is_empty(),
        opens_with_tools: !plan.tools.is_empty() && !script.has(Oddity::Together),
        include_usage: wanted && !script.has(Oddity::NoUsage),
        null_usage: script.has(Oddity::NullUsage),
        array_content: script.has(Oddity::ArrayContent),
        tally: start_of(plan),
        said: Said::new(script.has(Oddity::Cumulative)),
        number: 0,
    }
}

/// The frames of the native protocol for this call.
pub(crate) fn native_frames(request_id: &str, call: &Call, plan: &Plan, script: &Script) -> Native {
    let layout = native_layout(call, plan, script);
    let options = call.parameter("search_options");
    let first = options.and_then(|options| options.get("prepend_search_result")?.as_bool());
    Native {
        request_id: request_id.to_owned(),
        layout,
        sources: plan.sources.clone(),
        placed: if first == Some(true) {
            Placed::First
        } else {
            Placed::Frame(3)
        },
        no_usage: script.has(Oddity::NoUsage),
        tally: start_of(plan),
        said: Said::new(layout.cumulative),
        called: Vec::new(),
        number: 0,
    }
}

/// The layout that the request asked for.
pub(crate) fn native_layout(call: &Call, plan: &Plan, script: &Script) -> Layout {
    let thinks = !plan.thinking.is_empty();
    let multimodal = call.protocol == Protocol::Native { multimodal: true };
    let multimodal = multimodal || script.has(Oddity::ArrayContent);
    let format = call.parameter("result_format").and_then(Value::as_str);
    let message = format.map_or(call.model.incremental_by_default, |format| {
        format == "message"
    });
    let incremental = call.flag("incremental_output");
    let incremental = incremental.unwrap_or(thinks || call.model.incremental_by_default);
    Layout {
        multimodal,
        message: message || multimodal || thinks || !plan.tools.is_empty(),
        cumulative: !incremental || script.has(Oddity::Cumulative),
        thinks,
    }
}

fn start_of(plan: &Plan) -> Tally {
    Tally {
        input: plan.input_tokens,
        image: plan.image_tokens,
        ..Tally::default()
    }
}
