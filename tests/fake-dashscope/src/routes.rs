//! The paths the server knows. It answers no preflight, exactly like the service.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{get, post};
use http::Method;

use crate::call::Protocol;
use crate::chat;
use crate::exchange::Exchange;
use crate::model_list;
use crate::server::App;

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/compatible-mode/v1/models", get(model_list::compatible))
        .route("/v1/models", get(model_list::compatible))
        .route("/api/v1/models", get(model_list::native))
        .route(
            "/compatible-mode/v1/chat/completions",
            post(compatible_chat),
        )
        .route("/v1/chat/completions", post(compatible_chat))
        .route(
            "/api/v1/services/aigc/text-generation/generation",
            post(text_generation),
        )
        .route(
            "/api/v1/services/aigc/multimodal-generation/generation",
            post(multimodal_generation),
        )
        .fallback(elsewhere)
        .method_not_allowed_fallback(elsewhere)
        .with_state(app)
}

async fn compatible_chat(exchange: Exchange) -> Response {
    chat::answer(exchange, Protocol::Compatible).await
}

async fn text_generation(exchange: Exchange) -> Response {
    chat::answer(exchange, Protocol::Native { multimodal: false }).await
}

async fn multimodal_generation(exchange: Exchange) -> Response {
    chat::answer(exchange, Protocol::Native { multimodal: true }).await
}

/// Any other path or method. A preflight is refused; the gateway answers the rest with an empty
/// 404, its own base path included.
async fn elsewhere(mut exchange: Exchange) -> Response {
    exchange.watch.settle();
    if exchange.head.method == Method::OPTIONS {
        return exchange.respond(403, "text/plain", Body::from("Invalid CORS request"));
    }
    exchange.respond(404, "text/plain", Body::empty())
}
