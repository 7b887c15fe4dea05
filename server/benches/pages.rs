//! What a million finished tasks cost: the memory of a process that has just opened such a history, and the time the
//! server takes for the Tasks page under every filter and in every order it offers.
//!
//! `cargo bench -p server --bench pages [tasks]`, one million tasks unless told otherwise. The numbers mean nothing in
//! a debug build.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and the environment, and prints"
)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use umbel::bus::Bus;
use umbel::bus::local::LocalBus;
use umbel::clock::{SystemClock, epoch};
use umbel::config::Config;
use umbel::monitor::{Monitor, MonitorSettings};
use umbel::protocol::{Event, EventKind, TaskId, TaskInfo};
use umbel::runtime::Runtime;
use umbel::service::Services;
use umbel::store::{Db, Durability, history};
use umbel::task::Tasks;

/// That of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// No two have a common divisor, so that every kind of task meets every other.
const NAMES: usize = 41;
const QUEUES: usize = 5;
const WORKERS: usize = 8;
const ENDS: usize = 51;
/// Lives told together, as a busy worker tells them.
const BATCH: usize = 64;
/// History reaches back this far, less than it is kept for.
const DAYS: f64 = 20.0;
const RENDERINGS: usize = 21;
/// Names the folder to open to the second process.
const OPENER: &str = "UMBEL_BENCH_FOLDER";

const FILTERS: [(&str, &str); 12] = [
    ("all", ""),
    ("succeeded", "state=SUCCESS"),
    ("failed", "state=FAILURE"),
    ("revoked or rejected", "state=REVOKED,REJECTED"),
    ("running (none)", "state=STARTED,PROGRESS"),
    ("one name", "name=app.task_07"),
    ("a name nobody has", "name=app.unknown"),
    ("one queue", "queue=queue_2"),
    ("one worker", "worker=umbel%40bench_3"),
    ("last day", "since=1d"),
    ("before the last week", "until=7d"),
    (
        "all of these",
        "state=SUCCESS&name=app.task_07&queue=queue_1&worker=umbel%40bench_3&since=19d&until=1h",
    ),
];
const SORTS: [&str; 4] = ["newest", "oldest", "slowest", "fastest"];

fn main() {
    let machine = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    if let Some(folder) = std::env::var_os(OPENER) {
        return machine.block_on(open(Path::new(&folder)));
    }
    let tasks = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    machine.block_on(fill(folder.path(), tasks));
    // A process of its own: what filling has left in memory must not be counted.
    let program = std::env::current_exe().expect("runs from a file");
    let status = std::process::Command::new(program).env(OPENER, folder.path()).status().expect("starts");
    assert!(status.success(), "the second process fails");
}

/// Writes history by the road it always takes: events on the bus, heard by a monitor.
async fn fill(folder: &Path, tasks: usize) {
    let begin = Instant::now();
    let path = folder.join("history.db");
    let history = Db::open(&path, Durability::System, history::MIGRATIONS).expect("opens");
    let (services, bus, clock) = (Services::new(), LocalBus::new(), SystemClock::shared());
    let start = epoch(&*clock) - DAYS * 86_400.0;
    let step = DAYS * 86_400.0 / tasks as f64;
    let settings = MonitorSettings { keep_tasks: u64::MAX, ..MonitorSettings::default() };
    let monitor = Monitor::start(&services, &bus, history.clone(), clock, settings).await.expect("starts");
    for first in (0..tasks).step_by(BATCH) {
        let lives =
            (first..tasks.min(first + BATCH)).map(|number| life(number, start + number as f64 * step));
        bus.publish(lives.flatten().collect()).await;
    }
    services.stop().await;
    drop(monitor);
    history.close().await;
    let size = std::fs::metadata(path).expect("it is there").len() >> 20;
    row("filled", format!("{tasks} tasks in {:.0} s, {size} MiB", begin.elapsed().as_secs_f64()));
}

/// A task that was sent at this moment and is finished.
fn life(number: usize, sent: f64) -> Vec<Event> {
    let id = TaskId::generate();
    let worker: Arc<str> = Arc::from(format!("umbel@bench_{}", number % WORKERS));
    let runtime = (number * 7919 % 10_007) as f64 / 1000.0;
    let mut info = TaskInfo::new(id.clone(), format!("app.task_{:02}", number * 7 % NAMES));
    info.args = format!("({number}, 'the title of a document')");
    info.kwargs = "{'language': 'en'}".to_owned();
    info.queue = Some(format!("queue_{}", number % QUEUES));
    info.body =
        Some(format!("[[{number}, \"the title of a document\"], {{\"language\": \"en\"}}, {{}}]").into());
    let end = match number % ENDS {
        0..3 => EventKind::TaskFailed {
            uuid: id.clone(),
            exception: format!("ValueError('no document {number}')"),
            traceback: Some("Traceback (most recent call last): ...\n".repeat(10)),
        },
        3 => EventKind::TaskRevoked { uuid: id.clone(), terminated: true, signum: None, expired: false },
        4 => EventKind::TaskRejected { uuid: id.clone(), requeue: false },
        _ => EventKind::TaskSucceeded {
            uuid: id.clone(),
            result: format!("{{'pages': {number}}}"),
            runtime: Some(runtime),
        },
    };
    let sender: Arc<str> = Arc::from("gen1@bench");
    let told = [
        (&sender, 0.0, EventKind::TaskSent(Box::new(info.clone()))),
        (&worker, 0.01, EventKind::TaskReceived(Box::new(info))),
        (&worker, 0.02, EventKind::TaskStarted { uuid: id }),
        (&worker, 0.02 + runtime, end),
    ];
    let events = told.into_iter().zip(1..).map(|((hostname, after, kind), clock)| Event {
        hostname: Arc::clone(hostname),
        timestamp: sent + after,
        clock,
        pid: 1,
        utcoffset: 0.0,
        kind,
    });
    events.collect()
}

/// The whole product on that history: what its start takes, what it holds, and what its pages take.
async fn open(folder: &Path) {
    let begin = Instant::now();
    let mut config = Config { data_dir: folder.to_owned(), ..Config::default() };
    config.http.port = 0;
    let tasks = Tasks::new().build().expect("sound tasks");
    let runtime = Runtime::start(config, tasks).await.expect("starts");
    row("start", format!("{:.0} ms until it serves", ms(begin.elapsed())));
    row("memory after the start", memory());
    let address = runtime.address().expect("it has a dashboard");
    let mut slowest = Duration::ZERO;
    for (label, filter) in FILTERS {
        for sort in SORTS {
            let mut times = renderings(address, &format!("/tasks?{filter}&sort={sort}")).await;
            times.sort();
            let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
            slowest = slowest.max(worst);
            row(
                &format!("{label}, {sort}"),
                format!("{:.2} ms median, {:.2} ms worst", ms(median), ms(worst)),
            );
        }
    }
    row("the slowest of all pages", format!("{:.2} ms", ms(slowest)));
    row("memory after the pages", memory());
    runtime.stop(false).await;
}

/// Opens the list and turns its pages, from the first to the last byte of each; starts over after the last one.
async fn renderings(address: SocketAddr, list: &str) -> Vec<Duration> {
    let mut times = Vec::with_capacity(RENDERINGS);
    let mut path = list.to_owned();
    while times.len() < RENDERINGS {
        let begin = Instant::now();
        let page = get(address, &path).await;
        times.push(begin.elapsed());
        assert!(page.starts_with("HTTP/1.1 200"), "{path}: {}", page.lines().next().unwrap_or_default());
        path = match place_after(&page) {
            Some(place) => format!("{list}&after={place}"),
            None => list.to_owned(),
        };
    }
    times
}

/// Where the page's link to the next one leads.
fn place_after(page: &str) -> Option<&str> {
    let mut links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find_map(|link| link.split_once("after=")?.1.split('&').next())
}

async fn get(address: SocketAddr, path: &str) -> String {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("it answers");
    String::from_utf8(answer).expect("pages are UTF-8")
}

fn row(label: &str, value: String) {
    println!("{label:<34} {value}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Resident memory of this process, now and at most.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let mebibytes = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("it is there");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    format!("{} MiB resident, {} MiB at most", mebibytes("VmRSS:"), mebibytes("VmHWM:"))
}
