//! Workers that do not tell everything of themselves are asked: Python's tell neither their slots nor their queues nor
//! their tasks in any event.
//!
//! All that are due are asked at once, in three requests, and no further ones are sent before those are answered or
//! given up. A worker is asked when it appears, when it comes anew, when somebody asked it to change, and now and then.

mod answers;

use crate::broker::QueueAdmin;
use crate::bus::Bus;
use crate::clock::SharedClock;
use crate::control::ControlClient;
use crate::monitor::{Monitor, WorkerAnswer, WorkerRecord};
use crate::protocol::control::Request;
use answers::Answers;
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it is looked for workers that are due.
const TICK: Duration = Duration::from_secs(1);
/// How long a worker may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer counts.
const GOOD_FOR: Duration = Duration::from_secs(180);
/// How long a worker that gave no answer is left alone.
const PAUSE: Duration = Duration::from_secs(30);
/// Workers asked in one request at most.
const MOST: usize = 100;
/// How often all workers are asked to tell of their tasks.
const ENABLE_EVERY: Duration = Duration::from_secs(60);
/// Requests after which a worker looks different.
const CHANGES: [&str; 6] =
    ["add_consumer", "cancel_consumer", "pool_grow", "pool_shrink", "autoscale", "pool_restart"];

pub(super) struct Inspection {
    pub(super) monitor: Monitor,
    pub(super) control: ControlClient,
    pub(super) admin: Arc<dyn QueueAdmin>,
    pub(super) bus: Arc<dyn Bus>,
    pub(super) clock: SharedClock,
    /// Whether workers that were started without events are asked to send them.
    pub(super) enable_events: bool,
    pub(super) asked: Asked,
}

/// Who was asked, and when that has to be done again.
#[derive(Debug, Default)]
pub(super) struct Asked(HashMap<Arc<str>, Ask>);

#[derive(Clone, Copy, Debug)]
struct Ask {
    /// The worker's life it was asked in.
    pid: Option<u32>,
    started_at: Option<i64>,
    again: Duration,
}

impl Inspection {
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut requests = self.bus.requests();
        let mut enabled = None;
        let clock = Arc::clone(&self.clock);
        loop {
            let now = clock.elapsed();
            if self.enable_events && enabled.is_none_or(|last: Duration| now - last >= ENABLE_EVERY) {
                enabled = Some(now);
                self.bus.request(Request::new("enable_events", json!({}))).await;
            }
            let mut changes = Vec::new();
            {
                let round = async {
                    self.ask(now).await;
                    clock.sleep(TICK).await;
                };
                tokio::pin!(round);
                loop {
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = &mut round => break,
                        // Always heard, because whoever does not listen slows down those who ask.
                        Some(request) = requests.recv() => {
                            if CHANGES.contains(&request.method.as_str()) && changes.len() < MOST {
                                changes.push(request);
                            }
                        }
                    }
                }
            }
            // Whoever was asked to change, by whomsoever, looks different now.
            for request in changes {
                self.asked.doubt(|name| request.is_for(name));
            }
        }
    }

    async fn ask(&mut self, now: Duration) {
        let workers = self.monitor.workers();
        let due = self.asked.due(&workers, now);
        if due.is_empty() {
            return;
        }
        let names: Vec<&str> = due.iter().map(|name| &**name).collect();
        if self.enable_events {
            let mut request = Request::new("enable_events", json!({}));
            request.destination = Some(names.iter().map(|&name| name.to_owned()).collect());
            self.bus.request(request).await;
        }
        let (stats, queues, registered) = tokio::join!(
            self.control.ask_nodes(&names, "stats", json!({}), PATIENCE),
            self.control.ask_nodes(&names, "active_queues", json!({}), PATIENCE),
            self.control.ask_nodes(&names, "registered", json!({ "taskinfoitems": [] }), PATIENCE),
        );
        let mut answers = Answers::default();
        stats.iter().for_each(|reply| answers.stats(reply));
        queues.iter().for_each(|reply| answers.queues(reply));
        registered.iter().for_each(|reply| answers.registered(reply));
        let answers: Vec<_> = answers.of(&due).collect();
        let queues: BTreeSet<&String> =
            answers.iter().filter_map(|(_, answer)| answer.queues.as_ref()).flatten().collect();
        if let Err(error) = self.admin.note_queues(queues.into_iter().cloned().collect()).await {
            tracing::debug!(%error, "queues that workers told of are not counted yet");
        }
        self.monitor.learn(&answers);
        self.asked.note(&due, &answers, &self.monitor.workers(), self.clock.elapsed());
    }
}

impl Asked {
    /// Who has to be asked now. Those that are gone are forgotten.
    fn due(&mut self, workers: &[WorkerRecord], now: Duration) -> Vec<Arc<str>> {
        let online = || workers.iter().filter(|worker| worker.online);
        let present: BTreeSet<&str> = online().map(|worker| &*worker.name).collect();
        self.0.retain(|name, _| present.contains(&**name));
        let due = online().filter(|worker| match self.0.get(&worker.name) {
            Some(ask) => ask.again <= now || (ask.pid, ask.started_at) != (worker.pid, worker.started_at),
            None => leaves_open(worker),
        });
        due.take(MOST).map(|worker| Arc::clone(&worker.name)).collect()
    }

    fn note(
        &mut self,
        due: &[Arc<str>],
        answers: &[(Arc<str>, WorkerAnswer)],
        workers: &[WorkerRecord],
        now: Duration,
    ) {
        for worker in workers.iter().filter(|worker| due.contains(&worker.name)) {
            let answered = answers.iter().any(|(name, _)| *name == worker.name);
            let again = now + if answered { GOOD_FOR } else { PAUSE };
            let ask = Ask { pid: worker.pid, started_at: worker.started_at, again };
            self.0.insert(Arc::clone(&worker.name), ask);
        }
    }

    /// What these told does not count any more.
    fn doubt(&mut self, is_meant: impl Fn(&str) -> bool) {
        for (_, ask) in self.0.iter_mut().filter(|(name, _)| is_meant(name)) {
            ask.again = Duration::ZERO;
        }
    }
}

/// Whether its own events tell less than people want to know.
fn leaves_open(worker: &WorkerRecord) -> bool {
    worker.slots.is_none()
        || worker.pool.is_none()
        || worker.queues.is_empty()
        || worker.registered.is_empty()
}
