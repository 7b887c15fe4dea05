//! Runs one task to its end, whichever that is: a value, an error, a panic, a limit or a cancellation all come out
//! as the same kind of value.

use super::Shared;
use super::hand::Running;
use super::settle::{End, Finished};
use crate::broker::Delivery;
use crate::client::Within;
use crate::protocol::Body;
use crate::task::{Call, Context, ContextParts, Registered, TaskError};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Everything a slot needs to run a task.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) running: Arc<Running>,
    pub(super) registered: Arc<Registered>,
    pub(super) ticket: Arc<Ticket>,
    pub(super) limit: Option<Duration>,
    redelivered: bool,
}

/// The right to say how a task ended. It can be used once: by the task itself, or by the watchdog for a task that
/// blocks its thread and will never say anything.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) started: Duration,
    delivery: Mutex<Option<Delivery>>,
    /// Knows what the task sends.
    within: Arc<Within>,
    /// The watchdog has noticed that it blocks its thread.
    known_stuck: AtomicBool,
}

impl Job {
    /// Puts the delivery into the worker's hand.
    pub(super) fn new(
        shared: &Arc<Shared>,
        delivery: Delivery,
        registered: Arc<Registered>,
        now: DateTime<Utc>,
    ) -> Self {
        let headers = &delivery.message.headers;
        let limit = headers.timelimit.0.filter(|seconds| *seconds > 0.0);
        let limit = limit.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let running = Arc::new(Running {
            id: headers.id.clone(),
            name: headers.task.clone(),
            started: now,
            cancel: shared.abandon_child(),
        });
        shared.hand.add(delivery.tag, Arc::clone(&running));
        // Only now: whoever reads this may count on the task being in hand.
        tracing::debug!(task.name = running.name, task.id = %running.id, "task received");
        Self {
            limit: limit.or(registered.options.time_limit),
            redelivered: delivery.redelivered,
            ticket: Arc::new(Ticket {
                started: shared.clock.elapsed(),
                within: Arc::new(Within::new(&delivery.message.headers)),
                delivery: Mutex::new(Some(delivery)),
                known_stuck: AtomicBool::new(false),
            }),
            shared: Arc::clone(shared),
            running,
            registered,
        }
    }

    /// Runs the task and reports its end.
    pub(super) async fn run(self) {
        let end = self.end().await;
        self.ticket.finish(&self.shared, end).await;
    }

    async fn end(&self) -> End {
        let (headers, queue, body) = {
            let delivery = self.ticket.delivery.lock().expect("nobody panics while holding this lock");
            let Some(delivery) = delivery.as_ref() else { return End::GivenBack };
            let message = &delivery.message;
            (Arc::new(message.headers.clone()), message.queue.clone(), message.body.clone())
        };
        let body = match Body::decode(&body) {
            Ok(body) => body,
            Err(error) => return End::Undecodable(error.to_string()),
        };
        let context = Context::new(ContextParts {
            deadline: self.deadline(),
            headers,
            queue,
            redelivered: self.redelivered,
            updates: self.shared.updates.clone(),
            cancel: self.running.cancel.clone(),
            client: Some(self.shared.client.within(Arc::clone(&self.ticket.within))),
        });
        let call = Call { args: body.args, kwargs: body.kwargs, embed: body.embed };
        let handler = AssertUnwindSafe(async { self.registered.run(call, context).await }).catch_unwind();
        let out_of_time = async {
            match self.limit {
                Some(limit) => {
                    self.shared.clock.sleep(limit).await;
                    limit
                }
                None => std::future::pending().await,
            }
        };
        // The handler is polled first: one that listens for its cancellation may still answer.
        tokio::select! {
            biased;
            outcome = handler => match outcome {
                // Whatever a task says because it was told to stop is not a failure of its own.
                Ok(outcome) if self.running.cancel.is_cancelled() && !outcome.is_success() => self.interrupted(),
                Ok(outcome) => End::Outcome(outcome),
                Err(panic) => End::Outcome(TaskError::from_panic(panic).into()),
            },
            () = self.running.cancel.cancelled() => self.interrupted(),
            limit = out_of_time => End::TimeLimit(limit),
        }
    }

    /// Cancelled by a person, or because the worker stops and its patience has ended.
    pub(super) fn interrupted(&self) -> End {
        if self.shared.is_abandoning() { End::GivenBack } else { End::Terminated }
    }

    fn deadline(&self) -> Option<DateTime<Utc>> {
        let limit = TimeDelta::from_std(self.limit?).ok()?;
        self.running.started.checked_add_signed(limit)
    }
}

impl Ticket {
    /// Says how the task ended, unless that was said before, and frees its slot.
    pub(super) async fn finish(&self, shared: &Shared, end: End) {
        let delivery = self.delivery.lock().expect("nobody panics while holding this lock").take();
        let Some(delivery) = delivery else { return };
        let runtime = shared.clock.elapsed().saturating_sub(self.started);
        // The slot is free only once the end has a place in the queue: that is what slows a worker down whose
        // results cannot be written as fast as its tasks run.
        let children = self.within.take_children();
        let _ = shared.finished.send(Finished { delivery, end, runtime: Some(runtime), children }).await;
        shared.slots.add_permits(1);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.delivery.lock().expect("nobody panics while holding this lock").is_none()
    }

    /// Notes that the task is known to block its thread; true the first time.
    pub(super) fn note_stuck(&self) -> bool {
        !self.known_stuck.swap(true, Ordering::Relaxed)
    }
}

impl Shared {
    fn abandon_child(&self) -> CancellationToken {
        self.abandon.child_token()
    }

    fn is_abandoning(&self) -> bool {
        self.abandon.is_cancelled()
    }
}
