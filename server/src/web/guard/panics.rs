//! A handler that panics answers 500 with an id; the panic itself stands in the log under that id.

use crate::web::error::{Audience, Refusal, defect};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;
use std::any::Any;
use std::panic::AssertUnwindSafe;

pub(crate) async fn catch(request: Request, next: Next) -> Response {
    let audience = Audience::of(request.uri().path());
    let path = request.uri().path().to_owned();
    // Nothing of the request outlives the unwinding: the response is built afresh.
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let cause = format!("{path}: {}", told(panic.as_ref()));
            Refusal::from(defect("a handler panicked", cause)).answer(audience)
        }
    }
}

fn told(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text")
}
