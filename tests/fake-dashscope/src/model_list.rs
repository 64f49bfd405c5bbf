//! `GET /models` of both protocols.

use axum::response::Response;

use crate::errors::find_error;
use crate::exchange::Exchange;
use crate::ordered_json::{Object, list};
use crate::shape::{Refused, Shape};
use crate::whole;

/// When the listed models were created, in seconds since 1970; any fixed time serves.
const CREATED: u64 = 1_767_683_986;

pub(crate) async fn compatible(exchange: Exchange) -> Response {
    let rows = exchange.app.options.models.iter().map(|id| {
        Object::new()
            .field("id", id)
            .field("object", "model")
            .field("created", &CREATED)
            .field("owned_by", "system")
            .finish()
    });
    let body = Object::new()
        .field("object", "list")
        .raw("data", &list(&rows.collect::<Vec<_>>()));
    let body = body.finish();
    answer(exchange, Shape::C, body).await
}

pub(crate) async fn native(exchange: Exchange) -> Response {
    let models = &exchange.app.options.models;
    let rows = models
        .iter()
        .map(|id| Object::new().field("model", id).finish());
    let output = Object::new()
        .raw("models", &list(&rows.collect::<Vec<_>>()))
        .field("page_no", &1)
        .field("page_size", &models.len())
        .field("total", &models.len())
        .finish();
    let body = Object::new()
        .raw("output", &output)
        .field("request_id", &exchange.request_id);
    let body = body.finish();
    answer(exchange, Shape::A, body).await
}

async fn answer(mut exchange: Exchange, shape: Shape, body: String) -> Response {
    if let Some(row) = exchange.key_refusal().and_then(find_error) {
        let request_id = exchange.request_id.clone();
        let refused = Refused {
            row,
            message: None,
            model: "",
            request_id: &request_id,
        };
        return exchange.refuse(&refused, shape);
    }
    let script = exchange.app.next_models_script().unwrap_or_default();
    whole::reply(exchange, script, shape, "", body).await
}
