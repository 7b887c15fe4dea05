//! Serving connections until told to stop.

use super::Settings;
use super::backend::Web;
use super::router::{Site, router};
use axum::serve::ListenerExt;
use std::io;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves the dashboard of these parts on the listener until the token is cancelled.
pub async fn serve(
    listener: TcpListener,
    web: Web,
    settings: Settings,
    stop: CancellationToken,
) -> io::Result<()> {
    let bound = listener.local_addr()?;
    let (site, depths) = web.into_site(bound, settings, stop.clone());
    let (served, ()) = tokio::join!(serve_site(listener, site), depths.run(stop));
    served
}

/// Serves a site, then lets the answers that are on their way finish, for a while.
pub async fn serve_site(listener: TcpListener, site: Site) -> io::Result<()> {
    let drain_timeout = site.settings.drain_timeout;
    let (stop, draining) = (site.stop.clone(), site.stop.clone());
    // A frame of the live stream is a small write of its own and must not wait for the reader's acknowledgement.
    let listener = listener.tap_io(|socket| {
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its small writes back");
        }
    });
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
