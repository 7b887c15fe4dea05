//! What a hundred thousand schedules cost, in the embedded broker and on Redis: the time until the scheduler leads and
//! knows them all, what it needs while none of them is due, how fast a thousand of them go out at once, and memory.
//!
//! `cargo bench -p server --bench schedules [entries]`, a hundred thousand unless told otherwise. The numbers mean
//! nothing in a debug build.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and the environment, and prints"
)]

#[path = "redis/server.rs"]
mod server;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use server::Server;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use umbel::beat::Beat;
use umbel::broker::redis::{RedisBroker, RedisSettings};
use umbel::broker::sqlite::SqliteBroker;
use umbel::broker::{Change, Notebook};
use umbel::clock::SystemClock;
use umbel::config::Config;
use umbel::protocol::envelope::Accept;
use umbel::protocol::keys::BrokerKeys;
use umbel::redis_link::{Address, Link};
use umbel::runtime::Runtime;
use umbel::service::Services;
use umbel::store::{CONFIRMED, DataFolder, Db, Durability};
use umbel::task::Tasks;

/// That of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Entries in one write.
const BATCH: usize = 1_000;
/// How many are due at the same moment, and how often that is measured.
const BURST: usize = 1_000;
const BURSTS: i64 = 3;
/// Those who add them at the same time.
const WRITERS: usize = 100;
const SETTLE: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(10);
const LEASE: Duration = Duration::from_secs(10);
/// Name the data folder and the broker's URL to the second process.
const FOLDER: &str = "UMBEL_BENCH_FOLDER";
const BROKER: &str = "UMBEL_BENCH_BROKER";

fn main() {
    let entries = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    let machine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    if let (Ok(folder), Ok(broker)) = (std::env::var(FOLDER), std::env::var(BROKER)) {
        return machine.block_on(measure(Path::new(&folder), &broker, entries));
    }
    let server = Server::start();
    for broker in ["embedded".to_owned(), format!("redis://127.0.0.1:{}/0", server.port())] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        println!("{}", if broker == "embedded" { "embedded, synchronous=FULL" } else { "on Redis" });
        machine.block_on(fill(folder.path(), &broker, entries));
        // A process of its own: what filling has left in memory must not be counted.
        let program = std::env::current_exe().expect("runs from a file");
        let mut command = std::process::Command::new(program);
        command.arg(entries.to_string()).env(FOLDER, folder.path()).env(BROKER, &broker);
        assert!(command.status().expect("starts").success(), "the second process fails");
        if broker != "embedded" {
            let memory: String = redis::cmd("INFO").arg("memory").query(&mut server.connect()).expect("told");
            let used = memory.lines().find_map(|line| line.strip_prefix("used_memory_human:"));
            row("memory of Redis", used.expect("it is there").to_owned());
        }
    }
}

/// Stores the entries, and has a first scheduler begin every entry.
async fn fill(folder: &Path, broker: &str, entries: usize) {
    match broker {
        "embedded" => {
            let folder = DataFolder::open(folder).expect("a folder");
            let db = Db::open(&folder.broker_database(), Durability::System, CONFIRMED).expect("opens");
            let broker = SqliteBroker::open(db.clone(), SystemClock::shared(), LEASE).await;
            write_notes(&broker.expect("a broker"), entries).await;
            db.close().await;
        }
        url => {
            let (clock, services) = (SystemClock::shared(), Services::new());
            let address = Address::parse(url).expect("a URL");
            let link = Link::open(address, Arc::clone(&clock)).await.expect("let in");
            services.start("redis.link", |stop| link.clone().keep(stop));
            let keys = BrokerKeys::new(0);
            let visibility_timeout = Duration::from_secs(3600);
            let settings = RedisSettings { keys, accept: Accept::json(), lease: LEASE, visibility_timeout };
            write_notes(&RedisBroker::new(link, clock, settings), entries).await;
            services.stop().await;
        }
    }
    let begin = Instant::now();
    let runtime = start(folder, broker).await;
    let beat = runtime.beat().expect("there is one");
    until(beat, |beat| {
        beat.with_entries(|all| all.len() == entries && { all }.all(|entry| entry.is_noticed()))
    })
    .await;
    row("first start: all have begun", format!("{:.1} s", begin.elapsed().as_secs_f64()));
    runtime.stop(false).await;
}

async fn write_notes(notebook: &dyn Notebook, entries: usize) {
    let month = Utc::now().month0();
    for first in (0..entries).step_by(BATCH) {
        let change = |number: usize| Change {
            name: format!("entry {number:06}"),
            was: None,
            becomes: Some(json!({"origin": {"kind": "stored"}, "entry": entry(number, month)}).to_string()),
            messages: Vec::new(),
        };
        let changes = (first..entries.min(first + BATCH)).map(change).collect();
        notebook.write("schedules", changes).await.expect("written");
    }
}

/// One that is not due for a while: half of them are crontabs in half a year, half of them long intervals.
fn entry(number: usize, month: u32) -> Value {
    let schedule = match number % 2 {
        0 => {
            let (minute, hour, day) = (number % 60, number / 60 % 24, 1 + number / 1440 % 28);
            json!(format!("{minute} {hour} {day} {} *", 1 + (month + 6) % 12))
        }
        _ => json!(86_400 * (30 + number % 30)),
    };
    json!({
        "task": format!("app.task_{:02}", number % 41), "schedule": schedule, "timezone": "Europe/Berlin",
        "args": [number, "the title of a document"], "kwargs": {"language": "en"}, "options": {"queue": "later"},
    })
}

async fn start(folder: &Path, broker: &str) -> Runtime {
    let mut config = Config { data_dir: folder.to_owned(), ..Config::default() };
    config.broker.url = (broker != "embedded").then(|| Address::parse(broker).expect("a URL"));
    config.http.port = 0;
    config.worker.enabled = false;
    let tasks = Tasks::new().build().expect("sound tasks");
    Runtime::start(config, tasks).await.expect("starts")
}

/// Waits until a fact about the schedules is true.
async fn until(beat: &Beat, fact: impl Fn(&Beat) -> bool) {
    let mut revision = beat.revision();
    while !fact(beat) {
        revision.changed().await.expect("it runs");
    }
}

/// The whole product on those entries.
async fn measure(folder: &Path, broker: &str, entries: usize) {
    let before = memory();
    let begin = Instant::now();
    let runtime = start(folder, broker).await;
    let beat = runtime.beat().expect("there is one");
    until(beat, |beat| beat.standing().is_us && beat.with_entries(|all| all.len()) == entries).await;
    row("start: until it leads and knows all", format!("{:.0} ms", ms(begin.elapsed())));
    tokio::time::sleep(SETTLE).await;
    row("memory", format!("{} MiB, {before} MiB before the start", memory()));
    let used = busy();
    tokio::time::sleep(IDLE).await;
    // A hundredth of a second in each second is one percent.
    let share = (busy() - used) as f64 / IDLE.as_secs_f64();
    row("processor while none is due", format!("{share:.2} %"));
    let mut bursts = Vec::new();
    for number in 0..BURSTS {
        bursts.push(ms(burst(beat, number).await));
    }
    let times: Vec<String> = bursts.iter().map(|time| format!("{time:.0}")).collect();
    row(&format!("{BURST} due at once: until all are written"), format!("{} ms", times.join(", ")));
    runtime.stop(false).await;
}

/// Adds entries that are due at the same moment, and measures from there until all were sent.
async fn burst(beat: &Beat, number: i64) -> Duration {
    let now = Utc::now();
    let due = DateTime::from_timestamp(now.timestamp() + 12, 0).expect("soon");
    let names: Vec<String> = (0..BURST).map(|place| format!("burst {number} {place}")).collect();
    let entry = json!({"task": "app.burst", "schedule": {"at": due.to_rfc3339()}, "args": [number]});
    let add = async |name: &String| {
        beat.put(name, entry.clone(), None).await.expect("added");
    };
    stream::iter(&names).for_each_concurrent(WRITERS, add).await;
    assert!(Utc::now() + TimeDelta::seconds(1) < due, "adding them takes too long");
    let is_sent =
        |name: &String| beat.entry(name).and_then(|entry| entry.head).is_some_and(|head| head.sent == 1);
    // The first one tells that something has happened; only then are all of them looked at.
    until(beat, |_| is_sent(&names[0]) && names.iter().all(is_sent)).await;
    (Utc::now() - due).to_std().expect("not before it is due")
}

fn row(label: &str, value: String) {
    println!("  {label:<44} {value}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time that this process has had a processor, in the kernel's ticks of a hundredth of a second.
fn busy() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // The name, in parentheses, may hold anything; the numbers come after it, the third field first.
    let (_, numbers) = stat.rsplit_once(')').expect("it has a name");
    let ticks = numbers.split_whitespace().skip(14 - 3).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().expect("a number")).sum()
}

/// Resident memory of this process in MiB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it is there");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number") / 1024
}
