//! How fast events are folded and history is written, what a page costs, and how much memory a million tasks take.
//!
//! `cargo bench -p server --bench fold [tasks]`, one million tasks unless told otherwise.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and prints"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use umbel::bus::Bus;
use umbel::bus::local::LocalBus;
use umbel::clock::SystemClock;
use umbel::monitor::{Cluster, Monitor, MonitorSettings, Phase, Place, Sort, Span, TaskQuery};
use umbel::protocol::event::{Event, EventKind};
use umbel::protocol::{TaskId, TaskInfo};
use umbel::service::Services;
use umbel::store::history::MIGRATIONS;
use umbel::store::{Db, Durability};

const NAMES: [&str; 8] = [
    "demo.add",
    "demo.fetch",
    "ai.suggest",
    "ai.generate",
    "pdf.parse",
    "mail.send",
    "health.check",
    "cleanup",
];
const QUEUES: [&str; 3] = ["celery", "heavy", "mail"];
const BATCH: usize = 64;
/// Names the folder to load to the second process.
const LOADER: &str = "UMBEL_BENCH_FOLDER";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("starts");
    if let Some(folder) = std::env::var_os(LOADER) {
        return runtime.block_on(load(Path::new(&folder)));
    }
    let tasks = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    fold_alone(tasks.min(200_000));
    runtime.block_on(whole_way(tasks));
}

/// Events of one batch of lives: all are sent, then all received, and so on, as a busy worker tells it.
fn lives(first: usize, start: f64) -> Vec<Vec<Event>> {
    let host: Arc<str> = Arc::from("umbel@bench");
    let ids: Vec<TaskId> = (0..BATCH).map(|_| TaskId::generate()).collect();
    let event = |clock: usize, kind| {
        let timestamp = start + (first + clock) as f64 * 1e-4;
        Event { hostname: Arc::clone(&host), timestamp, clock: clock as u64, pid: 1, utcoffset: 0.0, kind }
    };
    let info = |place: usize, id: &TaskId| {
        let number = first + place;
        let mut info = TaskInfo::new(id.clone(), NAMES[number % NAMES.len()]);
        info.args = format!("({number}, 'some text')");
        info.kwargs = "{}".to_owned();
        info.queue = Some(QUEUES[number % QUEUES.len()].to_owned());
        info.body = Some(bytes::Bytes::from(format!("[[{number}, \"some text\"], {{}}, {{}}]")));
        Box::new(info)
    };
    let place = |stage: usize, place: usize| stage * BATCH + place;
    let each = |stage: usize, kind: &dyn Fn(usize, &TaskId) -> EventKind| -> Vec<Event> {
        ids.iter().enumerate().map(|(number, id)| event(place(stage, number), kind(number, id))).collect()
    };
    vec![
        each(0, &|number, id| EventKind::TaskSent(info(number, id))),
        each(1, &|number, id| EventKind::TaskReceived(info(number, id))),
        each(2, &|_, id| EventKind::TaskStarted { uuid: id.clone() }),
        each(3, &|number, id| match (first + number) % 50 {
            0 => EventKind::TaskFailed {
                uuid: id.clone(),
                exception: "ValueError('boom')".to_owned(),
                traceback: Some("Traceback (most recent call last): ...".repeat(10)),
            },
            _ => EventKind::TaskSucceeded {
                uuid: id.clone(),
                result: number.to_string(),
                runtime: Some(number as f64 * 1e-3),
            },
        }),
    ]
}

fn epoch() -> f64 {
    umbel::clock::epoch(&*SystemClock::shared())
}

/// The pure fold with nobody writing: what is dirty is taken and dropped.
fn fold_alone(tasks: usize) {
    let mut cluster = Cluster::new(256 * 1024, 20_000, 0);
    let start = epoch();
    let mut spent = Duration::ZERO;
    let mut events = 0;
    for first in (0..tasks).step_by(BATCH) {
        let batches: Vec<Arc<[Event]>> = lives(first, start).into_iter().map(Arc::from).collect();
        events += batches.iter().map(|batch| batch.len()).sum::<usize>();
        let begin = Instant::now();
        cluster.missing(&batches);
        cluster.fold(&batches, (start * 1000.0) as i64);
        spent += begin.elapsed();
        let batch = cluster.take_batch();
        cluster.settle(batch, true);
    }
    row("fold alone", format!("{:.0} events/s", events as f64 / spent.as_secs_f64()));
}

async fn whole_way(tasks: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = MonitorSettings { keep_tasks: u64::MAX, ..MonitorSettings::default() };
    let (services, monitor, history, bus) = begin(folder.path(), &settings).await;
    let start = epoch();
    let (begin_wall, begin_cpu) = (Instant::now(), cpu());
    let mut making = Duration::ZERO;
    for first in (0..tasks).step_by(BATCH) {
        let begin = Instant::now();
        let lives = lives(first, start);
        making += begin.elapsed();
        for batch in lives {
            bus.publish(batch).await;
        }
    }
    // A stop writes everything, so the clock stands when the last task is in the database.
    services.stop().await;
    let (wall, cpu_spent) = (begin_wall.elapsed(), cpu() - begin_cpu);
    row(
        "bus to database",
        format!("{:.0} tasks/s ({:.0} events/s)", rate(tasks, wall), rate(tasks * 4, wall)),
    );
    let own = (cpu_spent.saturating_sub(making)).as_secs_f64() * 1e6 / tasks as f64;
    row("processor time", format!("{own:.1} µs a task, all threads"));
    row("memory", format!("{} MiB resident with {tasks} tasks", resident()));
    drop(monitor);
    history.close().await;
    let size = std::fs::metadata(folder.path().join("history.db")).expect("is there").len();
    row("database", format!("{} MiB, {} bytes a task", size >> 20, size as usize / tasks));

    // A process of its own, so that its memory is that of a monitor which has just started.
    let program = std::env::current_exe().expect("runs from a file");
    let status = std::process::Command::new(program).env(LOADER, folder.path()).status().expect("starts");
    assert!(status.success(), "the loader fails");
}

/// What a start costs, and then the pages.
async fn load(folder: &Path) {
    let begin_load = Instant::now();
    let settings = MonitorSettings { keep_tasks: u64::MAX, ..MonitorSettings::default() };
    let (services, monitor, history, _bus) = begin(folder, &settings).await;
    row("start", format!("{:.0} ms to load history", begin_load.elapsed().as_secs_f64() * 1e3));
    row("memory", format!("{} MiB resident after the start", resident()));
    pages(&monitor).await;
    row("memory", format!("{} MiB resident after the pages", resident()));
    services.stop().await;
    drop(monitor);
    history.close().await;
}

async fn begin(folder: &Path, settings: &MonitorSettings) -> (Services, Monitor, Db, LocalBus) {
    let history = Db::open(&folder.join("history.db"), Durability::System, MIGRATIONS).expect("opens");
    let (services, bus) = (Services::new(), LocalBus::new());
    let monitor = Monitor::start(&services, &bus, history.clone(), SystemClock::shared(), settings.clone())
        .await
        .expect("starts");
    (services, monitor, history, bus)
}

async fn pages(monitor: &Monitor) {
    let any = TaskQuery::default;
    let queries = [
        ("newest", any()),
        ("oldest", TaskQuery { sort: Sort::Oldest, ..any() }),
        ("slowest", TaskQuery { sort: Sort::Slowest, ..any() }),
        ("fastest", TaskQuery { sort: Sort::Fastest, ..any() }),
        ("failures", TaskQuery { phases: vec![Phase::Failure], ..any() }),
        ("one name", TaskQuery { name: Some("ai.suggest".to_owned()), ..any() }),
        (
            "a name's failures by runtime",
            TaskQuery {
                phases: vec![Phase::Failure],
                name: Some("ai.suggest".to_owned()),
                sort: Sort::Slowest,
                ..any()
            },
        ),
        (
            "queue and worker",
            TaskQuery {
                queue: Some("mail".to_owned()),
                worker: Some("umbel@bench".to_owned()),
                sort: Sort::Oldest,
                ..any()
            },
        ),
    ];
    for (label, query) in queries {
        let mut times = Vec::new();
        let mut query = query;
        for _ in 0..21 {
            let begin = Instant::now();
            let page = monitor.tasks(query.clone()).await.expect("answers");
            times.push(begin.elapsed());
            query.place = page.next.map_or(Place::Start, Place::After);
        }
        times.sort();
        row(label, format!("{:.2} ms median, {:.2} ms worst of a page", ms(times[10]), ms(times[20])));
    }
    let begin = Instant::now();
    monitor.overview(Span::Day);
    row("overview of a day", format!("{:.2} ms", ms(begin.elapsed())));
}

fn row(label: &str, value: String) {
    println!("{label:<30} {value}");
}

fn rate(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Processor time of this process so far.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<u64>().expect("a number");
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it is there");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1024
}
