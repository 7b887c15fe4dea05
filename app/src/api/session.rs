//! What every page knows about where it is.

#[cfg(feature = "ssr")]
use super::status::with_status;
use super::wire::Json;
use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::backend::Backend;
use crate::view::{BrokerStanding, Session};
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// The app, the broker, and the names known by now.
#[server(prefix = "/fn", endpoint = "get_session", input = GetUrl, output = Json)]
pub async fn get_session() -> Result<Session, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.session.get().await)
}

/// Where messages live, and whether that can be reached.
#[server(prefix = "/fn", endpoint = "get_broker", input = GetUrl, output = Json)]
pub async fn get_broker() -> Result<BrokerStanding, ApiError> {
    let backend = expect_context::<Backend>();
    with_status(backend.session.broker().await)
}
