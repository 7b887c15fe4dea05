//! All routes, and the order of what stands before them.
//!
//! From the outside in:
//!
//! 1. tracing: every request and what it was answered, for who asks with `log_level = "info,tower_http=debug"`. Failures
//!    are logged where they happen, with their cause; here they would only be numbers.
//! 2. `headers`: around all that answers, because every answer carries them, a refusal's and a panic's too.
//! 3. `panics`: around everything that could panic.
//! 4. `host`: before anything that looks at the request more closely; a rebound name learns nothing.
//! 5. `origin`: before a body is read, so that another site's page costs us no work.
//! 6. `deadline`: around all work, reading a slow body included.
//! 7. `size`: next to the handlers, because it wraps the body they read.

use crate::clock::SharedClock;
use crate::web::api::{self, Api};
use crate::web::assets::Assets;
use crate::web::error::{Audience, Refusal};
use crate::web::guard::{deadline, host, origin, panics, size};
use crate::web::health::{self, Part, Parts};
use crate::web::live::{self, LiveSource, Streams};
use crate::web::{Settings, headers, pages};
use app::backend::Backend;
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tower_http::trace::TraceLayer;

/// What the routes serve, behind the ports.
#[derive(Clone)]
pub struct Site {
    pub backend: Backend,
    /// What "the last hour" of a request is counted from.
    pub clock: SharedClock,
    pub live: Arc<dyn LiveSource>,
    /// What `/readyz` asks.
    pub parts: Vec<Arc<dyn Part>>,
    pub assets: Assets,
    pub settings: Settings,
    /// The address listened on, whose name requests may carry.
    pub bound: SocketAddr,
    /// Ends the live streams.
    pub stop: CancellationToken,
}

/// Puts everything together.
pub fn router(site: Site) -> Router {
    let Site { backend, clock, live, parts, assets, settings, bound, stop } = site;
    let api = Api {
        backend: backend.clone(),
        clock,
        body_limit: settings.body_limit,
        batch_limit: settings.batch_limit,
    };
    let streams = Streams::new(live, settings.stream_limit, stop);
    pages::router(backend, assets)
        .merge(api::router(api))
        .merge(Router::new().route("/events", get(live::events)).with_state(streams))
        .merge(Router::new().route("/readyz", get(health::ready)).with_state(Parts(parts.into())))
        .route("/healthcheck", get(health::alive))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(settings.body_limit, size::bound))
        .layer(from_fn_with_state(settings.request_timeout, deadline::keep))
        .layer(from_fn(origin::prove))
        .layer(from_fn_with_state(host::Hosts::new(bound, &settings.host_names), host::expect))
        .layer(from_fn(panics::catch))
        .layer(from_fn(headers::add))
        .layer(TraceLayer::new_for_http().on_failure(()))
}

pub(crate) async fn wrong_method(request: Request) -> Response {
    let sentence = format!("This address does not take {}.", request.method());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", sentence)
        .answer(Audience::of(request.uri().path()))
}
