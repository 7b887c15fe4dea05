//! The embedded product at work, every confirmation on disk: how fast tasks are sent, live their whole life, and
//! come back. `make bench` runs it; the numbers mean nothing in a debug build.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark stands outside: it reads the real clock")]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use umbel::client::Send;
use umbel::config::Config;
use umbel::monitor::TaskQuery;
use umbel::runtime::Runtime;
use umbel::task::Tasks;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASKS: usize = 200_000;
const BATCH: usize = 100;
const SENDERS: usize = 4;
const ROUND_TRIPS: usize = 2_000;

fn main() {
    let machine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    println!("embedded, synchronous=FULL");
    machine.block_on(async {
        let sending = send_only().await;
        println!(
            "{:<44} {:>12.0}  per second",
            format!("send, batches of {BATCH}, {SENDERS} senders"),
            sending
        );
        let (life, all) = whole_life().await;
        println!("{:<44} {:>12.0}  per second", "whole life: send, run, result, events", life);
        println!("{:<44} {:>12.0}  per second", "the same until history has it all", all);
        let trips = round_trips().await;
        for (name, share) in [("median", 50), ("99th percentile", 99)] {
            let trip = trips[(trips.len() * share / 100).min(trips.len() - 1)];
            println!(
                "{:<44} {:>12.3}  ms",
                format!("round trip of one task, {name}"),
                trip.as_secs_f64() * 1e3
            );
        }
    });
}

async fn no_op() {}

async fn runtime(worker: bool) -> (tempfile::TempDir, Arc<Runtime>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut config = Config { data_dir: folder.path().to_owned(), ..Config::default() };
    config.http.host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    config.http.port = 0;
    config.worker.enabled = worker;
    config.worker.concurrency = 512;
    let tasks = Tasks::new().task("bench.no_op", no_op).build().expect("sound tasks");
    (folder, Arc::new(Runtime::start(config, tasks).await.expect("a runtime")))
}

async fn send_all(runtime: &Arc<Runtime>) {
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let client = runtime.client().clone();
            tokio::spawn(async move {
                for _ in 0..TASKS / SENDERS / BATCH {
                    let batch = (0..BATCH).map(|_| Send::new("bench.no_op")).collect();
                    client.send_many(batch).await.expect("sent");
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.expect("sent all");
    }
}

async fn send_only() -> f64 {
    let (_folder, runtime) = runtime(false).await;
    let start = Instant::now();
    send_all(&runtime).await;
    let rate = TASKS as f64 / start.elapsed().as_secs_f64();
    runtime.stop(false).await;
    rate
}

/// Tasks per second until the last one has its result, and until history knows of all of them.
async fn whole_life() -> (f64, f64) {
    let (_folder, runtime) = runtime(true).await;
    let start = Instant::now();
    send_all(&runtime).await;
    while runtime.running() > 0 || finished(&runtime).await < TASKS as u64 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let life = start.elapsed().as_secs_f64();
    runtime.stop(true).await;
    let all = start.elapsed().as_secs_f64();
    (TASKS as f64 / life, TASKS as f64 / all)
}

async fn finished(runtime: &Runtime) -> u64 {
    let query = TaskQuery { phases: vec![umbel::monitor::Phase::Success], limit: 1, ..TaskQuery::default() };
    runtime.monitor().expect("there is one").tasks(query).await.map_or(0, |page| page.total)
}

async fn round_trips() -> Vec<Duration> {
    let (_folder, runtime) = runtime(true).await;
    let mut trips = Vec::with_capacity(ROUND_TRIPS);
    for _ in 0..ROUND_TRIPS {
        let start = Instant::now();
        let id = runtime.client().send(Send::new("bench.no_op")).await.expect("sent");
        runtime.client().wait(&id, Duration::from_secs(10)).await.expect("a result");
        trips.push(start.elapsed());
    }
    runtime.stop(true).await;
    trips.sort();
    trips
}
