//! How fast the monitor takes in what Python's workers publish on Redis, and whether it loses any of a burst.
//!
//! `cargo bench -p server --bench intake [events]`, half a million unless told otherwise. Another process has all
//! messages ready and publishes them in one pipeline, as fast as the server takes them; the server is a `redis-server`
//! with its usual limits, which cuts off whoever reads too slowly.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

#[path = "redis/server.rs"]
mod server;

use server::Server;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use umbel::bus::Speaker;
use umbel::bus::redis::RedisBus;
use umbel::clock::{SharedClock, SystemClock};
use umbel::monitor::{Monitor, MonitorSettings, Phase, Place, TaskQuery};
use umbel::protocol::event::{Event, EventKind, decode, encode};
use umbel::protocol::keys::BrokerKeys;
use umbel::protocol::{TaskId, TaskInfo};
use umbel::redis_link::{Address, Link};
use umbel::service::Services;
use umbel::store::history::MIGRATIONS;
use umbel::store::{Db, Durability};
use uuid::Uuid;

/// Tells the second process where to publish.
const PUBLISHER: &str = "UMBEL_BENCH_PUBLISH";
const NAMES: usize = 20;
const WORKERS: usize = 4;
/// Events of one task.
const LIFE: usize = 4;
/// How long nothing may arrive before the rest counts as lost.
const SILENCE: Duration = Duration::from_secs(10);

fn main() {
    let events = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(500_000);
    if let Ok(port) = std::env::var(PUBLISHER) {
        return publish(port.parse().expect("a port"), events);
    }
    decoded(events.min(100_000));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("starts");
    runtime.block_on(whole_way(events));
}

/// What a busy worker's neighbours hear of one task, each event in a message of its own.
fn life(number: usize, now: f64) -> Vec<Event> {
    let uuid = TaskId::generate();
    let worker: Arc<str> = format!("w{}@bench", number % WORKERS).into();
    let mut info = TaskInfo::new(uuid.clone(), format!("app.tasks.job{}", number % NAMES));
    info.args = format!("({number}, 'customer-{}')", number % 997);
    info.kwargs = format!("{{'amount': {}}}", number % 1000);
    info.root_id = Some(uuid.clone());
    let mut sent = info.clone();
    (sent.queue, sent.routing_key) = (Some("celery".to_owned()), Some("celery".to_owned()));
    let result = format!("{{'ok': True, 'n': {number}}}");
    let kinds = [
        ("gen1@bench".into(), EventKind::TaskSent(Box::new(sent))),
        (Arc::clone(&worker), EventKind::TaskReceived(Box::new(info))),
        (Arc::clone(&worker), EventKind::TaskStarted { uuid: uuid.clone() }),
        (worker, EventKind::TaskSucceeded { uuid, result, runtime: Some(0.01) }),
    ];
    let event = |place: usize, hostname, kind| Event {
        hostname,
        timestamp: now + place as f64 * 0.001,
        clock: (number * LIFE + place) as u64,
        pid: 4242,
        utcoffset: 0.0,
        kind,
    };
    kinds.into_iter().enumerate().map(|(place, (hostname, kind))| event(place, hostname, kind)).collect()
}

fn payloads(events: usize) -> impl Iterator<Item = Vec<u8>> {
    let now = umbel::clock::epoch(&*SystemClock::shared());
    (0..events / LIFE)
        .flat_map(move |number| life(number, now))
        .flat_map(|event| encode(&[event], Uuid::new_v4).into_iter().map(|frame| frame.payload))
}

/// The second process: makes everything ready, waits for the word, and publishes.
fn publish(port: u16, events: usize) {
    let mut commands = Vec::new();
    for payload in payloads(events) {
        let channel = "/0.celeryev/task.multi";
        write!(commands, "*3\r\n$7\r\nPUBLISH\r\n${}\r\n{channel}\r\n${}\r\n", channel.len(), payload.len())
            .expect("memory takes it");
        commands.extend(payload);
        commands.extend(b"\r\n");
    }
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the server is there");
    let mut answers = stream.try_clone().expect("a second handle");
    println!("ready {}", commands.len() / events);
    std::io::stdin().read_exact(&mut [0]).expect("the word");
    let begin = Instant::now();
    let reader = std::thread::spawn(move || {
        // Each answer is `:1` and a line's end.
        let (mut buffer, mut lines) = (vec![0; 1 << 16], 0);
        while lines < events {
            let count = answers.read(&mut buffer).expect("the server answers");
            assert!(count > 0, "the server is gone");
            lines += buffer[..count].iter().filter(|byte| **byte == b'\n').count();
        }
    });
    stream.write_all(&commands).expect("the server takes it");
    reader.join().expect("all are answered");
    println!("{}", begin.elapsed().as_secs_f64());
}

/// Decoding alone, on one thread.
fn decoded(events: usize) {
    let payloads: Vec<Vec<u8>> = payloads(events).collect();
    let size = payloads.iter().map(Vec::len).sum::<usize>() / payloads.len();
    let begin = Instant::now();
    for payload in &payloads {
        black_box(decode(black_box(payload)).expect("sound"));
    }
    row(
        "decoded on one thread",
        format!("{:.0} events/s, {size} bytes each", per_second(events, begin.elapsed())),
    );
}

async fn whole_way(events: usize) {
    let server = Server::start();
    let folder = tempfile::tempdir().expect("a folder");
    let history = Db::open(&folder.path().join("history.db"), Durability::System, MIGRATIONS).expect("opens");
    let clock: SharedClock = SystemClock::shared();
    let address = Address::parse(&format!("redis://127.0.0.1:{}/0", server.port())).expect("a URL");
    let link = Link::open(address, Arc::clone(&clock)).await.expect("it lets us in");
    let (services, recording) = (Services::new(), Services::new());
    let bus = RedisBus::new(
        link,
        BrokerKeys::new(0),
        Speaker::new("monitor@bench", Arc::clone(&clock)),
        Arc::clone(&clock),
    );
    bus.start(&services);
    let monitor = Monitor::start(&recording, &bus, history.clone(), clock, MonitorSettings::default());
    let monitor = monitor.await.expect("starts");
    let mut connection = server.connect();
    let listeners = |connection: &mut redis::Connection| -> u64 {
        redis::cmd("PUBSUB").arg("NUMPAT").query(connection).expect("an answer")
    };
    while listeners(&mut connection) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    let mut publisher = second_process(server.port(), events);
    let mut out = std::io::BufReader::new(publisher.stdout.take().expect("piped"));
    let size = line(&mut out);
    let (before, begin) = (resident("VmRSS:"), Instant::now());
    publisher.stdin.take().expect("piped").write_all(b"!").expect("it waits");
    let published = tokio::task::spawn_blocking(move || line(&mut out));
    let tasks = (events / LIFE) as u64;
    let mut last = (monitor.seq(), Instant::now());
    while done(&monitor).await < tasks && last.1.elapsed() < SILENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if monitor.seq() != last.0 {
            last = (monitor.seq(), Instant::now());
        }
    }
    let folded = begin.elapsed();
    monitor.flush().await;
    let written = begin.elapsed();
    let published: f64 = published.await.expect("it has not panicked").parse().expect("seconds");
    publisher.wait().expect("it ends");
    let heard = heard(&monitor).await;
    row(
        "published",
        format!(
            "{:.0} events/s, {} bytes each",
            events as f64 / published,
            size.trim_start_matches("ready ")
        ),
    );
    row("heard and folded", format!("{:.0} events/s", per_second(heard, folded)));
    row("written to history", format!("{:.0} events/s", per_second(heard, written)));
    row("lost", format!("{} of {events}", events - heard));
    row("memory", format!("{before} MiB resident before, {} MiB at most", resident("VmHWM:")));
    recording.stop().await;
    services.stop().await;
    drop(monitor);
    history.close().await;
}

fn second_process(port: u16, events: usize) -> Child {
    let program = std::env::current_exe().expect("runs from a file");
    let mut command = Command::new(program);
    command.arg(events.to_string()).env(PUBLISHER, port.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts")
}

fn line(out: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    out.read_line(&mut line).expect("it speaks");
    line.trim().to_owned()
}

/// How many tasks are known to have ended.
async fn done(monitor: &Monitor) -> u64 {
    let query = TaskQuery { phases: vec![Phase::Success], limit: 1, ..TaskQuery::default() };
    monitor.tasks(query).await.expect("answers").total
}

/// How many events are in the timelines of all tasks.
async fn heard(monitor: &Monitor) -> usize {
    let (mut heard, mut place) = (0, Place::Start);
    loop {
        let page =
            monitor.tasks(TaskQuery { place, limit: 500, ..TaskQuery::default() }).await.expect("answers");
        heard += page.tasks.iter().map(|task| task.events as usize).sum::<usize>();
        match page.next {
            Some(next) => place = Place::After(next),
            None => return heard,
        }
    }
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn row(label: &str, value: String) {
    println!("{label:<30} {value}");
}

/// MiB of memory of this process.
fn resident(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(field)).expect("it is there");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}
