//! The whole site on fake ports, asked the way a browser asks.

use crate::ports::Fixed;
use app::backend::Backend;
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos::server_fn::axum_export::Router;
use leptos::server_fn::axum_export::body::{Body, to_bytes};
use leptos::server_fn::axum_export::http::{Request, header};
use leptos_axum::{AxumRouteListing, LeptosRoutes, generate_route_list};
use std::sync::{Arc, OnceLock};
use tower::ServiceExt;

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

/// The route table. While it is made, no resource anywhere in the process loads its data, so it is made once and
/// before any page; a server does the same.
fn routes() -> Vec<AxumRouteListing> {
    static ROUTES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();
    ROUTES.get_or_init(|| generate_route_list(app::App)).clone()
}

/// Serves the site once, on these rows.
async fn ask(fixed: &Arc<Fixed>, request: Request<Body>) -> Reply {
    let options = LeptosOptions::builder().output_name("umbel").build();
    let backend: Backend = fixed.backend();
    let (document, fallback_document) = (options.clone(), options.clone());
    let fallback_backend = backend.clone();
    let router = Router::new()
        .leptos_routes_with_context(
            &options,
            routes(),
            move || provide_context(backend.clone()),
            move || app::shell(document.clone()),
        )
        .fallback(leptos_axum::render_app_async_with_context(
            move || provide_context(fallback_backend.clone()),
            move || app::shell(fallback_document.clone()),
        ))
        .with_state(options);
    let response = router.oneshot(request).await.expect("the router never fails");
    let location =
        response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let status = response.status().as_u16();
    let bytes = to_bytes(response.into_body(), 16 << 20).await.expect("the page is rendered to its end");
    Reply { status, location, body: String::from_utf8(bytes.to_vec()).expect("the page is UTF-8") }
}

/// Opens a page.
pub(crate) async fn open(fixed: &Arc<Fixed>, path: &str) -> Reply {
    let request = Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty());
    ask(fixed, request.expect("the test's path is a path")).await
}

/// Posts a form as a browser without wasm does, from the page at `from`.
pub(crate) async fn post(fixed: &Arc<Fixed>, path: &str, from: &str, form: &str) -> Reply {
    let request = Request::post(path)
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .header(header::REFERER, format!("http://localhost:5555{from}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.to_owned()));
    ask(fixed, request.expect("the test's path is a path")).await
}

/// Calls a server function as the browser's half does.
pub(crate) async fn call(fixed: &Arc<Fixed>, path: &str) -> Reply {
    let request = Request::get(path).header(header::ACCEPT, "application/json").body(Body::empty());
    ask(fixed, request.expect("the test's path is a path")).await
}
