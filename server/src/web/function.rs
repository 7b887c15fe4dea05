//! The status of a server function that failed.
//!
//! Leptos answers every error of a server function with 500; ours know better, and proxies, logs and tests read the
//! status and not the body.

use app::ApiError;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// An error is a sentence, so its body is small.
const LARGEST_ERROR: usize = 64 * 1024;

/// Leptos marks the answers of server functions that failed.
const FAILED: HeaderName = HeaderName::from_static("serverfnerror");

pub(crate) async fn tell_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    // A plain form that failed is led back to its page instead, and that is not an error.
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(FAILED) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ERROR).await else {
        return parts.status.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<ApiError>(&bytes) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(parts.status);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Response::from_parts(parts, Body::from(bytes))
}
