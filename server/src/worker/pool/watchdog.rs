//! Watches for tasks that block their thread. Their own future can neither see a cancellation nor a time limit, so
//! this is where both are kept for them.

use super::tasks::Watched;
use crate::worker::Shared;
use crate::worker::settle::End;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LOOK: Duration = Duration::from_secs(1);
/// A task that has not yielded for this long blocks its thread.
const PATIENCE: Duration = Duration::from_secs(2);

/// Looks once a second until told to stop.
pub(in crate::worker) async fn watch(shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.clock.sleep(LOOK) => {}
        }
        let mut lost_thread = false;
        for task in stuck(&shared) {
            if task.ticket.note_stuck() {
                lost_thread = true;
                tracing::warn!(
                    task.name = task.running.name,
                    task.id = %task.running.id,
                    "the task blocks its thread: it does not yield to the runtime"
                );
            }
            if let Some(end) = end_of(&shared, &task) {
                task.ticket.finish(&shared, end).await;
            }
        }
        if lost_thread {
            shared.pool.replace_runtime();
        }
    }
}

/// While stopping: gives back what will never end by itself.
pub(in crate::worker) async fn give_back_stuck(shared: &Shared) {
    for task in stuck(shared) {
        task.ticket.finish(shared, End::GivenBack).await;
    }
}

fn stuck(shared: &Shared) -> Vec<Watched> {
    let now = shared.clock.elapsed();
    let is_stuck =
        |task: &Watched| task.poll.since().is_some_and(|since| now.saturating_sub(since) > PATIENCE);
    shared.pool.alive().into_iter().filter(is_stuck).collect()
}

/// What its own future would have said by now, could it speak. A soft limit it cannot hear, so only the hard one
/// counts.
fn end_of(shared: &Shared, task: &Watched) -> Option<End> {
    if task.running.cancel.is_cancelled() {
        return Some(task.running.interrupted(shared));
    }
    let ran = shared.clock.elapsed().saturating_sub(task.ticket.started);
    task.limit.filter(|limit| ran > *limit).map(End::TimeLimit)
}
