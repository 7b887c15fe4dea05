//! Serving connections until told to stop.

use super::Settings;
use super::router::{Site, router};
use std::io;
use tokio::net::TcpListener;

/// Serves the site on the listener until its token is cancelled, then lets the answers that are on their way
/// finish, for a while.
pub async fn serve(listener: TcpListener, site: Site) -> io::Result<()> {
    let Settings { drain_timeout, .. } = site.settings;
    let (stop, draining) = (site.stop.clone(), site.stop.clone());
    let serving = axum::serve(listener, router(site)).with_graceful_shutdown(stop.cancelled_owned());
    let patience = async {
        draining.cancelled().await;
        tokio::time::sleep(drain_timeout).await;
    };
    tokio::select! {
        served = serving => served,
        () = patience => {
            tracing::warn!("some connections were still busy and have been cut");
            Ok(())
        }
    }
}
