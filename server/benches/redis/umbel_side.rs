//! Umbel's own part: a worker without a dashboard, as one runs beside Celery's.

use super::server::Server;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use umbel::client::Send;
use umbel::config::Config;
use umbel::redis_link::Address;
use umbel::runtime::Runtime;
use umbel::task::Tasks;

const BATCH: usize = 100;
const SENDERS: usize = 4;

pub(crate) struct Rates {
    pub sent: f64,
    pub run: f64,
}

pub(crate) struct Trips {
    pub median: f64,
    pub late: f64,
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

async fn no_op() {
    RUNS.fetch_add(1, Ordering::Relaxed);
}

pub(crate) async fn start(port: u16, worker: bool, queues: Option<Vec<String>>) -> Arc<Runtime> {
    let mut config = Config::default();
    config.broker.url = Some(Address::parse(&format!("redis://127.0.0.1:{port}/0")).expect("a URL"));
    config.http.enabled = false;
    config.worker.enabled = worker;
    config.worker.concurrency = 256;
    config.worker.queues = queues;
    let tasks = Tasks::new().task("bench.no_op", no_op).build().expect("sound tasks");
    Arc::new(Runtime::start(config, tasks).await.expect("a runtime"))
}

/// Everything is queued first, then the worker starts. It is measured from its first task to its last.
pub(crate) async fn drain(server: &Server, worker_port: u16, tasks: usize) -> Rates {
    let sender = start(server.port(), false, None).await;
    let begun = Instant::now();
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let client = sender.client().clone();
            tokio::spawn(async move {
                for _ in 0..tasks / SENDERS / BATCH {
                    let batch = (0..BATCH).map(|_| Send::new("bench.no_op")).collect();
                    client.send_many(batch).await.expect("sent");
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.expect("sent all");
    }
    let sent = tasks as f64 / begun.elapsed().as_secs_f64();
    sender.stop(false).await;

    RUNS.store(0, Ordering::Relaxed);
    let worker = start(worker_port, true, None).await;
    let mut waiting = server.connect();
    while RUNS.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    let begun = Instant::now();
    let mut unacked = 1;
    while RUNS.load(Ordering::Relaxed) < tasks || unacked > 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        if RUNS.load(Ordering::Relaxed) >= tasks {
            unacked = redis::cmd("HLEN").arg("unacked").query::<usize>(&mut waiting).expect("a count");
        }
    }
    let run = tasks as f64 / begun.elapsed().as_secs_f64();
    worker.stop(true).await;
    Rates { sent, run }
}

pub(crate) async fn round_trips(server: &Server, count: usize) -> Trips {
    let runtime = start(server.port(), true, None).await;
    let mut trips = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        let id = runtime.client().send(Send::new("bench.no_op")).await.expect("sent");
        runtime.client().wait(&id, Duration::from_secs(10)).await.expect("a result");
        trips.push(start.elapsed().as_secs_f64() * 1e3);
    }
    runtime.stop(true).await;
    trips.sort_by(f64::total_cmp);
    Trips { median: trips[count / 2], late: trips[count * 99 / 100] }
}
