//! Runs one task to its end, whichever that is: a value, an error, a panic, a limit or a cancellation all come out
//! as the same kind of value.

use super::Shared;
use super::hand::{Running, SIGTERM};
use super::limits::TimeLimits;
use super::settle::{End, Finished};
use crate::broker::Delivery;
use crate::client::Within;
use crate::protocol::Body;
use crate::task::{Call, Context, ContextParts, Registered, TaskError};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Everything a slot needs to run a task.
pub(super) struct Job {
    pub(super) shared: Arc<Shared>,
    pub(super) running: Arc<Running>,
    pub(super) registered: Arc<Registered>,
    pub(super) ticket: Arc<Ticket>,
    pub(super) limits: TimeLimits,
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
        let limits = limits(shared, &registered, &delivery);
        let headers = &delivery.message.headers;
        let (id, name, tag) = (headers.id.clone(), headers.task.clone(), delivery.tag);
        let ticket = Arc::new(Ticket {
            started: shared.clock.elapsed(),
            within: Arc::new(Within::new(headers)),
            delivery: Mutex::new(Some(delivery)),
            known_stuck: AtomicBool::new(false),
        });
        let running = Arc::new(Running {
            id,
            name,
            started: now,
            ticket: Arc::clone(&ticket),
            cancel: shared.abandon.child_token(),
            signal: AtomicI32::new(SIGTERM),
        });
        shared.hand.add(tag, Arc::clone(&running));
        // Only now: whoever reads this may count on the task being in hand.
        tracing::debug!(task.name = running.name, task.id = %running.id, "task received");
        Self { shared: Arc::clone(shared), limits, ticket, running, registered }
    }

    /// Runs the task and reports its end.
    pub(super) async fn run(self) {
        let end = self.end().await;
        self.ticket.finish(&self.shared, end).await;
    }

    async fn end(&self) -> End {
        let of_message = |delivery: &Delivery| {
            let message = &delivery.message;
            let headers = Arc::new(message.headers.clone());
            (headers, message.queue.clone(), message.body.clone(), delivery.redelivered)
        };
        let Some((headers, queue, body, redelivered)) = self.ticket.look(of_message) else {
            return End::GivenBack;
        };
        let body = match Body::decode(&body) {
            Ok(body) => body,
            Err(error) => return End::Undecodable(error.to_string()),
        };
        let context = Context::new(ContextParts {
            deadline: self.deadline(),
            headers,
            queue,
            redelivered,
            updates: self.shared.updates.clone(),
            cancel: self.running.cancel.clone(),
            soft_limit: Arc::default(),
            client: Some(self.shared.client.within(Arc::clone(&self.ticket.within))),
        });
        let call = Call { args: body.args, kwargs: body.kwargs, embed: body.embed };
        let out_of_time = self.out_of_time(self.limits.soft.map(|soft| (soft, context.clone())));
        let handler = AssertUnwindSafe(async { self.registered.run(call, context).await }).catch_unwind();
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
            end = out_of_time => end,
        }
    }

    /// Waits for the time limits and says how the task ends by them.
    ///
    /// The soft one is Celery's exception: it ends a task that does not expect it. One that listens for it goes on,
    /// as one does in Python that catches it, until the hard limit.
    async fn out_of_time(&self, soft: Option<(Duration, Context)>) -> End {
        let clock = &self.shared.clock;
        let mut waited = Duration::ZERO;
        if let Some((soft, context)) =
            soft.filter(|(soft, _)| self.limits.hard.is_none_or(|hard| *soft < hard))
        {
            clock.sleep(soft).await;
            waited = soft;
            let Running { id, name, .. } = &*self.running;
            tracing::warn!(task.name = name, task.id = %id, limit = ?soft, "soft time limit exceeded");
            if !context.reach_soft_limit() {
                return End::Outcome(TaskError::soft_time_limit().into());
            }
        }
        match self.limits.hard {
            Some(hard) => {
                clock.sleep(hard.saturating_sub(waited)).await;
                End::TimeLimit(hard)
            }
            None => std::future::pending().await,
        }
    }

    /// Cancelled by a person, or because the worker stops and its patience has ended.
    fn interrupted(&self) -> End {
        self.running.interrupted(&self.shared)
    }

    fn deadline(&self) -> Option<DateTime<Utc>> {
        let limit = TimeDelta::from_std(self.limits.hard?).ok()?;
        self.running.started.checked_add_signed(limit)
    }
}

impl Running {
    pub(super) fn interrupted(&self, shared: &Shared) -> End {
        if shared.abandon.is_cancelled() {
            return End::GivenBack;
        }
        End::Terminated { signal: self.signal.load(Ordering::Relaxed) }
    }
}

/// The message's limits count before the task's; a limit of zero is none.
fn limits(shared: &Shared, registered: &Registered, delivery: &Delivery) -> TimeLimits {
    let (hard, soft) = delivery.message.headers.timelimit;
    let of_message = |seconds: Option<f64>| {
        seconds.filter(|seconds| *seconds > 0.0).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
    };
    let of_task = shared.limits.times(registered);
    TimeLimits { hard: of_message(hard).or(of_task.hard), soft: of_message(soft).or(of_task.soft) }
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
        shared.slots.give_back();
    }

    pub(super) fn is_finished(&self) -> bool {
        self.look(|_| ()).is_none()
    }

    /// The delivery, as the asker wants to see it; `None` once the end was said.
    pub(super) fn look<T>(&self, see: impl FnOnce(&Delivery) -> T) -> Option<T> {
        self.delivery.lock().expect("nobody panics while holding this lock").as_ref().map(see)
    }

    /// Notes that the task is known to block its thread; true the first time.
    pub(super) fn note_stuck(&self) -> bool {
        !self.known_stuck.swap(true, Ordering::Relaxed)
    }
}
