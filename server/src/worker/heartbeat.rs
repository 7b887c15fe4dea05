//! Tells that this worker lives: to everybody by an event, to the broker by renewing its leases.

use super::Shared;
use crate::protocol::{EventKind, WorkerInfo};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub(super) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let mut online = info(&shared);
    online.registered = shared.tasks.iter().map(|task| task.name.clone()).collect();
    tell(&shared, EventKind::WorkerOnline(online)).await;
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = shared.clock.sleep(shared.settings.heartbeat) => {}
        }
        tell(&shared, EventKind::WorkerHeartbeat(info(&shared))).await;
    }
    tell(&shared, EventKind::WorkerOffline(info(&shared))).await;
}

/// Renews the leases until told to stop, which is when nothing is in hand any more.
pub(super) async fn keep(shared: Arc<Shared>, stop: CancellationToken) {
    // A third of the lease leaves room for two missed renewals, however seldom the heart beats.
    let rhythm = shared.settings.lease / 3;
    loop {
        renew(&shared).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.clock.sleep(rhythm) => {}
        }
    }
}

async fn renew(shared: &Shared) {
    let mut tags = shared.hand.tags();
    tags.extend(shared.room.tags());
    if let Err(error) = shared.broker.extend(tags).await {
        tracing::warn!(%error, "failed to renew the leases of running tasks");
        return;
    }
    match shared.broker.recover().await {
        Ok(0) => {}
        Ok(count) => {
            tracing::warn!(messages = count, "gave back messages whose owner showed no sign of life");
        }
        Err(error) => tracing::warn!(%error, "failed to look for lost messages"),
    }
}

async fn tell(shared: &Shared, kind: EventKind) {
    shared.bus.publish(vec![shared.speaker.event(kind)]).await;
}

pub(crate) fn info(shared: &Shared) -> WorkerInfo {
    WorkerInfo {
        freq: shared.settings.heartbeat.as_secs_f64(),
        active: Some(u32::try_from(shared.hand.len()).unwrap_or(u32::MAX)),
        processed: Some(shared.stats.processed()),
        loadavg: loadavg(),
        sw_ident: "umbel".to_owned(),
        sw_ver: env!("CARGO_PKG_VERSION").to_owned(),
        sw_sys: sw_sys(),
        slots: u32::try_from(shared.slots.size()).ok(),
        queues: shared.queues.now().names.clone(),
        pool: Some("tasks".to_owned()),
        registered: Vec::new(),
    }
}

/// The kernel counts load in units of 1/65536.
#[cfg(target_os = "linux")]
fn loadavg() -> Option<[f64; 3]> {
    let hundredths = |load: u64| (load as f64 / 65_536.0 * 100.0).round() / 100.0;
    Some(rustix::system::sysinfo().loads.map(hundredths))
}

#[cfg(not(target_os = "linux"))]
fn loadavg() -> Option<[f64; 3]> {
    None
}

/// `Linux`, `Darwin`: as Python's `platform.system()` says.
fn sw_sys() -> String {
    rustix::system::uname().sysname().to_string_lossy().into_owned()
}
