//! The overview.

#[cfg(feature = "ssr")]
use super::status::with_status;
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::view::{Overview, Span};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The picture of the whole over one span of time.
#[server(prefix = "/fn", endpoint = "get_overview", input = GetUrl, output = Json)]
pub async fn get_overview(span: Span) -> Result<Overview, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.overview.get(span).await)
}
