//! The pages, the server functions, and what the browser loads beside them.

use crate::web::assets::Assets;
use crate::web::error::{Audience, Refusal};
use crate::web::{function, headers, router};
use app::backend::Backend;
use app::{App, shell};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use leptos::WasmSplitManifest;
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{ArcStoredValue, provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list, render_app_async_with_context,
};
use std::sync::LazyLock;

/// Where the site keeps its scripts and style.
const PKG: &str = "pkg";
/// Addresses below these are files; a missing one is not a page.
const FILE_FOLDERS: [&str; 2] = ["/pkg/", "/fonts/"];

pub(crate) fn router(backend: Backend, assets: Assets) -> Router {
    let options = LeptosOptions::builder().output_name(assets.output_name()).site_pkg_dir(PKG).build();
    let parts = parts(&assets);
    let context = move || {
        provide_context(backend.clone());
        provide_context(parts.clone());
        announce_policy();
    };
    let document = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let lost = render_app_async_with_context(context.clone(), document.clone());
    let fallback = move |request: Request| {
        let (assets, lost) = (assets.clone(), lost.clone());
        async move {
            let path = request.uri().path();
            if let Some(file) = assets.answer(path, request.headers()).await {
                return file;
            }
            if FILE_FOLDERS.iter().any(|folder| path.starts_with(folder))
                || Audience::of(path) != Audience::Person
            {
                return Refusal::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
                    .answer(Audience::of(path));
            }
            not_found(lost(request).await)
        }
    };
    Router::new()
        .leptos_routes_with_context(&options, routes(), context, document)
        .fallback_service(get(fallback).fallback(router::wrong_method))
        .layer(from_fn(function::tell_status))
        .with_state(options)
}

/// By this Leptos writes into a page which parts of the browser's program it needs, so that they are fetched together
/// with the main part and not after it.
fn parts(assets: &Assets) -> WasmSplitManifest {
    let loader = format!("{}_parts.js", assets.output_name());
    WasmSplitManifest(ArcStoredValue::new((format!("/{PKG}"), assets.parts().clone(), loader)))
}

/// The addresses of the pages. They are listed once for the whole process: Leptos finds them by walking through the
/// app, and pages that are rendered at that moment by somebody else may then never finish.
fn routes() -> Vec<AxumRouteListing> {
    static ROUTES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));
    ROUTES.clone()
}

/// A page for an address without one.
fn not_found(mut page: Response) -> Response {
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

/// Announces the policy that lets this page's own inline scripts run: those with the nonce Leptos made for it.
/// Server functions have no nonce and keep the closed policy.
fn announce_policy() {
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce())
        && let Ok(policy) = HeaderValue::from_str(&headers::page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
