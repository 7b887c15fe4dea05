//! The worker's mailbox: remote-control requests and the answers to them.

use super::Shared;
use crate::control::commands;
use crate::protocol::control::{Reply, Request};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(
    shared: Arc<Shared>,
    mut requests: mpsc::Receiver<Arc<Request>>,
    stop: CancellationToken,
) {
    loop {
        let request = tokio::select! {
            () = stop.cancelled() => return,
            request = requests.recv() => request,
        };
        let Some(request) = request else { return };
        let node = shared.speaker.hostname();
        if !request.is_for(node) {
            continue;
        }
        // A verb that is never answered is not answered with nothing either.
        let Some(value) = commands::answer(&shared, &request).await else { continue };
        if let Some(error) = value.get("error") {
            tracing::warn!(method = request.method, %error, "failed to obey a remote-control request");
        }
        if let Some(ticket) = &request.ticket {
            let reply = Reply { ticket: ticket.clone(), node: node.to_owned(), value };
            shared.bus.reply(Arc::clone(&request), reply).await;
        }
    }
}
