//! The dashboard's part of the composition; the only one that a headless build leaves out.

use super::StartError;
use super::parts::Parts;
use crate::beat::Beat;
use crate::config::Config;
use crate::monitor::Monitor;
use crate::service::Services;
use crate::task::Tasks;
use crate::web;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

pub(super) async fn listen(config: &Config) -> Result<TcpListener, StartError> {
    let address = SocketAddr::new(config.http.host, config.http.port);
    web::bind(address).await.map_err(|error| StartError::Listen { reason: error.to_string() })
}

pub(super) fn serve(
    services: &Services,
    config: &Config,
    parts: &Parts,
    tasks: &Tasks,
    (monitor, beat): (Monitor, Option<Beat>),
    listener: TcpListener,
) {
    let listing = tasks.iter().map(|task| web::TaskListing {
        name: task.name.clone(),
        queue: task.options.queue.clone().unwrap_or_else(|| config.task_default_queue.clone()),
        parameters: task.parameters.clone(),
        summary: task.summary.clone(),
        example: Some(task.example.clone()),
    });
    let site = web::Web {
        monitor,
        beat,
        client: parts.client.clone(),
        control: parts.control.clone(),
        admin: Arc::clone(&parts.seams.admin),
        results: Arc::clone(&parts.seams.results),
        reach: parts.seams.reach.clone(),
        tasks: listing.collect(),
        clock: Arc::clone(&parts.clock),
        info: web::Info {
            app: config.app_name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            broker: parts.seams.place.clone(),
            demo: config.demo.enabled,
        },
    };
    let settings = web::Settings {
        host_names: config.http.allowed_hosts.clone(),
        body_limit: config.http.body_limit,
        ..web::Settings::default()
    };
    services.start("dashboard", |stop| async move {
        if let Err(error) = web::serve(listener, site, settings, stop).await {
            tracing::error!(%error, "the dashboard has ended");
        }
    });
}
