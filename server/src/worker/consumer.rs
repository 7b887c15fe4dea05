//! Takes as many messages as there are free slots, and no more: what waits stays in the broker, where priorities
//! and other workers can still get at it.

use super::Shared;
use super::execute::Job;
use super::gate::{self, Gate};
use super::settle::{End, Finished};
use crate::broker::Delivery;
use crate::client::describe;
use crate::protocol::EventKind;
use crate::protocol::time::to_epoch;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long to wait for a hint before looking anyway. A broker that promises hints keeps its promise; this is for
/// the one that is lost on the way.
const LOOK: Duration = Duration::from_secs(15);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        let free = tokio::select! {
            () = stop.cancelled() => return,
            free = free_slots(&shared) => free,
        };
        match shared.broker.reserve(&shared.settings.queues, free).await {
            Ok(deliveries) => {
                pause = FIRST_PAUSE;
                let nothing = deliveries.is_empty();
                accept(&shared, deliveries).await;
                if nothing {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = shared.broker.ready(&shared.settings.queues, LOOK) => {}
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "failed to take messages; trying again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = shared.clock.sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Waits for a free slot and tells how many there are. They are not taken yet.
async fn free_slots(shared: &Shared) -> usize {
    // Only this loop takes slots, so what is free stays free.
    match shared.slots.acquire().await {
        Ok(permit) => {
            drop(permit);
            shared.slots.available_permits().max(1)
        }
        Err(_) => std::future::pending().await,
    }
}

/// Tells the bus of all deliveries at once, then starts what may start.
async fn accept(shared: &Arc<Shared>, deliveries: Vec<Delivery>) {
    if deliveries.is_empty() {
        return;
    }
    let now = shared.clock.now();
    let timestamp = to_epoch(now);
    let mut events = Vec::with_capacity(deliveries.len() * 2);
    let mut jobs = Vec::with_capacity(deliveries.len());
    let mut ends = Vec::new();
    for delivery in deliveries {
        let headers = &delivery.message.headers;
        let registered = shared.tasks.get(&headers.task).cloned();
        let verdict = gate::judge(headers, now, shared.revoked.contains(&headers.id), registered.is_some());
        let mut tell = |kind| events.push(shared.speaker.event_at(timestamp, kind));
        if !matches!(verdict, Gate::Hold(_) | Gate::Revoked | Gate::Expired) {
            let info = describe(&delivery.message, shared.settings.body_limit);
            tell(EventKind::TaskReceived(Box::new(info)));
            shared.stats.received(&headers.task);
        }
        match (verdict, registered) {
            (Gate::Run, Some(registered)) => {
                tell(EventKind::TaskStarted { uuid: headers.id.clone() });
                jobs.push(Job::new(shared, delivery, registered, now));
            }
            (verdict, _) => ends.push(Finished::without_run(delivery, End::of_gate(verdict))),
        }
    }
    shared.bus.publish(events).await;
    for job in jobs {
        // The slot is taken here and given back when the task has ended, whatever its end.
        if let Ok(slot) = shared.slots.try_acquire() {
            slot.forget();
        }
        shared.pool.run(job);
    }
    for end in ends {
        if shared.finished.send(end).await.is_err() {
            return;
        }
    }
}
