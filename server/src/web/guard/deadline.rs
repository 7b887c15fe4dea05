//! No request is worked on for ever. The live stream, whose answer begins at once and never ends, is not affected:
//! what is measured is the time until an answer begins.

use crate::web::error::{Audience, Refusal};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use std::time::Duration;

pub(crate) async fn keep(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    let audience = Audience::of(request.uri().path());
    let path = request.uri().path().to_owned();
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!(http.path = path, "a request took too long");
            let sentence = format!("This took longer than {} seconds and was given up.", limit.as_secs());
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "timeout", sentence).answer(audience)
        }
    }
}
