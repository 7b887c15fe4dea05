//! Takes as many messages as there are free slots, and no more: what waits stays in the broker, where priorities
//! and other workers can still get at it.

use super::Shared;
use super::execute::Job;
use super::gate::{self, Gate};
use super::limits::{Admit, Waiter};
use super::queues::Served;
use super::settle::{End, Finished};
use crate::broker::{BrokerError, Delivery};
use crate::client::describe;
use crate::protocol::time::to_epoch;
use crate::protocol::{Event, EventKind};
use crate::task::Registered;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How long to wait for a hint before looking anyway. A broker that promises hints keeps its promise; this is for
/// the one that is lost on the way.
const LOOK: Duration = Duration::from_secs(15);
/// Takes under way at the same time: while one answer is long in coming, the next may be asked for already.
const UNDER_WAY: usize = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

pub(super) async fn run(shared: Arc<Shared>, stop: CancellationToken) {
    let mut queues = shared.queues.watch();
    let mut pause = FIRST_PAUSE;
    let mut takes: FuturesUnordered<_> = FuturesUnordered::new();
    // Slots for messages that are on their way.
    let mut promised = 0;
    let mut is_plenty = false;
    loop {
        let may_take = takes.is_empty() || (is_plenty && takes.len() < UNDER_WAY);
        // A further take is worth its round trip only with a good part of all slots.
        let least = if takes.is_empty() { 1 } else { (shared.slots.size() / 4).max(1) };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(Taken { asked, outcome }) = takes.next() => {
                promised -= asked;
                match outcome {
                    Ok(deliveries) => {
                        pause = FIRST_PAUSE;
                        is_plenty = deliveries.len() == asked;
                        let is_quiet = deliveries.is_empty() && takes.is_empty();
                        receive(&shared, deliveries).await;
                        if is_quiet {
                            let served = Arc::clone(&queues.borrow_and_update());
                            tokio::select! {
                                () = stop.cancelled() => break,
                                () = something_new(&shared, &served, &mut queues) => {}
                            }
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "failed to take messages; trying again");
                        is_plenty = false;
                        tokio::select! {
                            () = stop.cancelled() => break,
                            () = shared.clock.sleep(pause) => {}
                        }
                        pause = (pause * 2).min(LONGEST_PAUSE);
                    }
                }
            }
            free = shared.slots.free_beyond(promised, least), if may_take => {
                let due = shared.room.due(shared.clock.elapsed(), free);
                if due.is_empty() {
                    promised += free;
                    takes.push(take(&shared, Arc::clone(&queues.borrow_and_update()), free));
                } else {
                    let mut batch = Batch::new(&shared, due.len());
                    due.into_iter().for_each(|waiter| batch.begin(waiter));
                    batch.go().await;
                }
            }
        }
    }
    // What has not begun goes back: what waited here for its token, and what was on its way.
    let mut unbegun: Vec<Delivery> = shared.room.empty().into_iter().map(|waiter| waiter.delivery).collect();
    while let Some(taken) = takes.next().await {
        unbegun.extend(taken.outcome.unwrap_or_default());
    }
    for delivery in unbegun {
        let _ = shared.finished.send(Finished::without_run(delivery, End::GivenBack)).await;
    }
}

async fn receive(shared: &Arc<Shared>, deliveries: Vec<Delivery>) {
    if deliveries.is_empty() {
        return;
    }
    let mut batch = Batch::new(shared, deliveries.len());
    deliveries.into_iter().for_each(|delivery| batch.receive(delivery));
    batch.go().await;
}

/// What came of asking for so many messages.
struct Taken {
    asked: usize,
    outcome: Result<Vec<Delivery>, BrokerError>,
}

async fn take(shared: &Shared, served: Arc<Served>, asked: usize) -> Taken {
    let outcome = match served.names.is_empty() {
        true => Ok(Vec::new()),
        false => shared.broker.reserve(&served.names, asked).await,
    };
    Taken { asked, outcome }
}

/// Returns when there may be something to do: a message, another set of queues, or a token for a task that waits here.
async fn something_new(shared: &Shared, served: &Served, queues: &mut watch::Receiver<Arc<Served>>) {
    let token = async {
        match shared.room.next() {
            Some(moment) => shared.clock.sleep(moment.saturating_sub(shared.clock.elapsed())).await,
            None => std::future::pending().await,
        }
    };
    let message = async {
        match served.names.is_empty() {
            true => std::future::pending().await,
            false => shared.broker.ready(&served.names, LOOK).await,
        }
    };
    tokio::select! {
        () = message => {}
        () = token => {}
        // The worker keeps the other end for as long as it lives.
        _ = queues.changed() => {}
    }
}

/// Messages that are dealt with together: one look at the clock and one word to the bus for all of them.
struct Batch<'a> {
    shared: &'a Arc<Shared>,
    now: DateTime<Utc>,
    elapsed: Duration,
    tells: bool,
    events: Vec<Event>,
    jobs: Vec<Job>,
    ends: Vec<Finished>,
}

impl<'a> Batch<'a> {
    fn new(shared: &'a Arc<Shared>, size: usize) -> Self {
        let tells = shared.tells_of_tasks();
        Self {
            shared,
            now: shared.clock.now(),
            elapsed: shared.clock.elapsed(),
            tells,
            events: Vec::with_capacity(if tells { size * 2 } else { 0 }),
            jobs: Vec::with_capacity(size),
            ends: Vec::new(),
        }
    }

    /// A message from the broker.
    fn receive(&mut self, delivery: Delivery) {
        let headers = &delivery.message.headers;
        (self.shared.onlooker)(headers);
        let registered = self.shared.tasks.get(&headers.task).cloned();
        match (self.judge(&delivery, registered.is_some()), registered) {
            (Gate::Run, Some(registered)) => {
                match self.shared.limits.admit(&headers.task, self.elapsed, &self.shared.room) {
                    Admit::Now => {
                        self.received(&delivery);
                        self.start(delivery, registered);
                    }
                    Admit::Soon(token) => {
                        self.received(&delivery);
                        self.shared.room.enter(token, Waiter { delivery, registered });
                    }
                    Admit::Hold(token) => {
                        let wait = TimeDelta::from_std(token - self.elapsed).expect("some minutes at most");
                        self.end(delivery, Gate::Hold(self.now + wait));
                    }
                }
            }
            (verdict, _) => {
                if verdict == Gate::Unknown {
                    self.received(&delivery);
                }
                self.end(delivery, verdict);
            }
        }
    }

    /// A task whose token has come. It may have been revoked or have expired while it waited.
    fn begin(&mut self, waiter: Waiter) {
        match self.judge(&waiter.delivery, true) {
            Gate::Run => self.start(waiter.delivery, waiter.registered),
            verdict => self.end(waiter.delivery, verdict),
        }
    }

    fn judge(&self, delivery: &Delivery, known: bool) -> Gate {
        let headers = &delivery.message.headers;
        gate::judge(headers, self.now, self.shared.revoked.contains(headers), known)
    }

    fn received(&mut self, delivery: &Delivery) {
        self.shared.stats.received(&delivery.message.headers.task);
        if self.tells {
            let info = describe(&delivery.message, self.shared.settings.body_limit);
            self.tell(EventKind::TaskReceived(Box::new(info)));
        }
    }

    fn start(&mut self, delivery: Delivery, registered: Arc<Registered>) {
        if self.tells {
            self.tell(EventKind::TaskStarted { uuid: delivery.message.headers.id.clone() });
        }
        self.jobs.push(Job::new(self.shared, delivery, registered, self.now));
    }

    fn tell(&mut self, kind: EventKind) {
        self.events.push(self.shared.speaker.event_at(to_epoch(self.now), kind));
    }

    fn end(&mut self, delivery: Delivery, verdict: Gate) {
        self.ends.push(Finished::without_run(delivery, End::of_gate(verdict)));
    }

    /// Tells the bus of all of them at once, then starts what may start.
    async fn go(self) {
        self.shared.bus.publish(self.events).await;
        for job in self.jobs {
            // The slot is taken here and given back when the task has ended, whatever its end.
            self.shared.slots.take();
            self.shared.pool.run(job);
        }
        for end in self.ends {
            if self.shared.finished.send(end).await.is_err() {
                return;
            }
        }
    }
}
