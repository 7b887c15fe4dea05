//! Umbel on Redis beside its peers, all in one run on one machine: Celery, BullMQ, and a bare client that sends the
//! same commands and does nothing else. `make bench` runs it; the numbers mean nothing in a debug build.
//!
//! Everything shares the machine's cores: Redis, worker and producer. Compare the ratios, not the numbers.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark stands outside: it reads the real clock")]

mod bare;
mod idle;
mod peers;
mod server;
mod slow_network;
mod umbel_side;
mod wake;

use server::Server;
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TASKS: usize = 200_000;
const ROUND_TRIPS: usize = 2_000;
/// What a round trip of the slow network takes longer.
const DISTANCE: Duration = Duration::from_millis(2);

fn main() {
    let machine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    println!("on Redis: results, events and late acknowledgement on, one worker process");
    machine.block_on(async {
        let bare = bare::run(&Server::start(), TASKS, 64);
        row("bare client, batches of 64: publish", bare.publish, "per second");
        row("bare client, batches of 64: take, result, events, ack", bare.drain, "per second");

        let server = Server::start();
        let umbel = umbel_side::drain(&server, server.port(), TASKS).await;
        row("umbel: send, batches of 100, 4 senders", umbel.sent, "per second");
        row("umbel: run", umbel.run, "per second");
        row("umbel: run, share of the bare client's", umbel.run / bare.drain * 100.0, "%");
        let trips = umbel_side::round_trips(&Server::start(), ROUND_TRIPS).await;
        row("umbel: round trip, median", trips.median, "ms");
        row("umbel: round trip, 99th percentile", trips.late, "ms");

        let server = Server::start();
        let proxy = slow_network::start(server.port(), DISTANCE / 2);
        let slow = umbel_side::drain(&server, proxy, TASKS / 4).await;
        row("umbel: run, 2 ms added to each round trip", slow.run, "per second");
        row("umbel: share of what it does without", slow.run / umbel.run * 100.0, "%");

        let idle = idle::run(&Server::start()).await;
        row("umbel: idle on four queues, commands without heartbeats", idle, "per second");
    });
    let wakes = wake::run(&Server::start());
    row("wake-up: told that a key changed, median", wakes.told, "ms");
    row("wake-up: blocking pop, median", wakes.popped, "ms");
    row("wake-up: asking every 10 ms, median", wakes.asked, "ms");
    for (name, rate, unit) in peers::run() {
        row(&name, rate, unit);
    }
}

fn row(name: &str, value: f64, unit: &str) {
    let digits = if value < 100.0 { 3 } else { 0 };
    println!("{name:<60} {value:>12.digits$}  {unit}");
}
