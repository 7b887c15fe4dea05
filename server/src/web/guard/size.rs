//! Request bodies are bounded: one that says it is too large is refused unread, one that lies is cut off.

use crate::web::error::{Audience, Refusal};
use app::format::bytes;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::Limited;

pub(crate) async fn bound(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced =
        announced.and_then(|length| length.to_str().ok()).and_then(|length| length.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return too_large(limit).answer(Audience::of(request.uri().path()));
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
}

pub(crate) fn too_large(limit: usize) -> Refusal {
    let sentence = format!("A request may be at most {} large.", bytes(limit as u64));
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", sentence)
}
