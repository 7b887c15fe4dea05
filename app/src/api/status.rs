//! The HTTP side of an error: the status a page is answered with, and the error a plain form post brings back.

use crate::ApiError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::axum_export::http::{header::ACCEPT, request::Parts};
use leptos::server_fn::error::ServerFnUrlError;
use leptos_router::hooks::use_query_map;

/// Sets the response's status to the error's while a page renders on the server. Does nothing in the browser.
pub fn answer_with_status(error: &ApiError) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) = (
        use_context::<leptos_axum::ResponseOptions>(),
        leptos::server_fn::axum_export::http::StatusCode::from_u16(error.status()),
    ) {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = error;
}

/// Gives the answer of a port on, with its error's status when it goes straight to the browser's half. While a page
/// renders, the page decides about its own status; a form posted without wasm is redirected whatever happened.
#[cfg(feature = "ssr")]
pub(super) fn with_status<T>(answer: Result<T, ApiError>) -> Result<T, ApiError> {
    answer.inspect_err(|error| {
        if calls_function() && !is_form_post() {
            answer_with_status(error);
        }
    })
}

/// Leads a form posted without wasm back to `page` instead of the page it came from. The error travels the way
/// [`form_error`] reads it.
#[cfg(feature = "ssr")]
pub(super) fn lead_back(path: &str, page: &str, error: &ApiError) {
    if !is_form_post() {
        return;
    }
    // The error is written into whole addresses only; of this one, nothing but its path is used.
    let whole = format!("http://localhost{page}");
    if let Ok(url) = ServerFnUrlError::new(path, error.clone()).to_url(&whole) {
        leptos_axum::redirect(&format!("{}?{}", url.path(), url.query().unwrap_or_default()));
    }
}

/// The parameter by which a form that was posted without wasm brings back what came of it.
const TOLD: &str = "told";

/// Leads a form posted without wasm to `page` with a sentence, which [`form_told`] reads there.
#[cfg(feature = "ssr")]
pub(super) fn tell_form(page: &str, sentence: &str) {
    if is_form_post() {
        leptos_axum::redirect(&format!("{page}?{TOLD}={}", crate::query::encode(sentence)));
    }
}

/// The sentence that a form posted without wasm was redirected back with.
pub fn form_told() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|map| map.get(TOLD).filter(|told| !told.is_empty())))
}

#[cfg(feature = "ssr")]
fn calls_function() -> bool {
    use_context::<Parts>().is_some_and(|request| request.uri.path().starts_with("/fn/"))
}

/// A browser posts forms asking for HTML; wasm asks for data.
#[cfg(feature = "ssr")]
fn is_form_post() -> bool {
    calls_function()
        && use_context::<Parts>().is_some_and(|request| {
            let accept = request.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
            accept.is_some_and(|accept| accept.contains("text/html"))
        })
}

/// The error that a form posted without wasm was redirected back with, for the server function at `path`.
pub fn form_error(path: &'static str) -> Memo<Option<ApiError>> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|map| {
            let ours = map.get_str("__path").is_some_and(|at| at == path);
            map.get_str("__err").filter(|_| ours).map(ServerFnUrlError::<ApiError>::decode_err)
        })
    })
}
