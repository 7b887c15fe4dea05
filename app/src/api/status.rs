//! The HTTP side of an error: the status a page is answered with, and the error a plain form post brings back.

use crate::ApiError;
use leptos::prelude::*;
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
    use leptos::server_fn::axum_export::http::{header::ACCEPT, request::Parts};

    let called_by_wasm = use_context::<Parts>().is_some_and(|request| {
        let accept = request.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
        request.uri.path().starts_with("/fn/") && !accept.is_some_and(|accept| accept.contains("text/html"))
    });
    answer.inspect_err(|error| {
        if called_by_wasm {
            answer_with_status(error);
        }
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
