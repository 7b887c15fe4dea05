//! The peers: Celery from the virtual environment of the interoperability suite, BullMQ from npm.

use super::server::Server;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CELERY_TASKS: usize = 8_000;
const BULLMQ_TASKS: usize = 30_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// A measured figure: its name, its value, its unit.
type Figure = (String, f64, &'static str);

pub(crate) fn run() -> Vec<Figure> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/redis/peers");
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../end2end/interop/.venv/bin/python");
    let mut figures = Vec::new();
    if python.exists() {
        for (name, pool, more) in [
            ("celery: run, prefork -c 2 -E", "prefork", &["-c2", "-E"][..]),
            ("celery: run, prefork -c 2, no events", "prefork", &["-c2"][..]),
        ] {
            figures.push((name.to_owned(), celery(&here, &python, pool, more), "per second"));
        }
        figures.push(("celery: round trip, solo, median".to_owned(), celery_trip(&here, &python), "ms"));
    } else {
        println!("celery: not run, there is no {}; `make setup` installs it", python.display());
    }
    if here.join("node_modules/bullmq").exists() {
        figures.push(("bullmq: run, concurrency 50".to_owned(), bullmq(&here), "per second"));
    } else {
        println!("bullmq: not run; `npm ci` in server/benches/redis/peers installs it");
    }
    figures
}

struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

fn command(program: &Path, here: &Path, server: &Server, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(here);
    command
        .env("BENCH_REDIS", format!("redis://127.0.0.1:{}/0", server.port()))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn celery(here: &Path, python: &Path, pool: &str, more: &[&str]) -> f64 {
    let server = Server::start();
    let count = CELERY_TASKS.to_string();
    let filled = command(python, here, &server, &["celery_tasks.py", "fill", &count]).status();
    assert!(filled.expect("python runs").success(), "the queue could not be filled");
    let mut arguments = vec!["-m", "celery", "-A", "celery_tasks", "worker", "-l", "WARNING", "-P", pool];
    arguments.extend(more);
    let _worker = Peer(command(python, here, &server, &arguments).spawn().expect("celery starts"));
    let mut connection = server.connect();
    rate(CELERY_TASKS, || {
        let mut left = redis::pipe();
        left.cmd("LLEN").arg("celery").cmd("HLEN").arg("unacked");
        let (waiting, in_hand): (usize, usize) = left.query(&mut connection).expect("counts");
        CELERY_TASKS.saturating_sub(waiting + in_hand)
    })
}

fn celery_trip(here: &Path, python: &Path) -> f64 {
    let server = Server::start();
    let _worker = Peer(
        command(
            python,
            here,
            &server,
            &["-m", "celery", "-A", "celery_tasks", "worker", "-l", "WARNING", "-P", "solo"],
        )
        .spawn()
        .expect("celery starts"),
    );
    let output = command(python, here, &server, &["celery_tasks.py", "trips", "500"])
        .stdout(Stdio::piped())
        .output()
        .expect("python runs");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number of milliseconds")
}

fn bullmq(here: &Path) -> f64 {
    let server = Server::start();
    let node = Path::new("node");
    let filled = command(node, here, &server, &["bullmq.mjs", "fill", &BULLMQ_TASKS.to_string()]).status();
    assert!(filled.expect("node runs").success(), "the queue could not be filled");
    let _worker =
        Peer(command(node, here, &server, &["bullmq.mjs", "work", "50"]).spawn().expect("bullmq starts"));
    let mut connection = server.connect();
    rate(BULLMQ_TASKS, || {
        redis::cmd("ZCARD").arg("bull:bench:completed").query(&mut connection).expect("a count")
    })
}

/// Tasks per second from the first one seen to the last.
fn rate(tasks: usize, mut done: impl FnMut() -> usize) -> f64 {
    let deadline = Instant::now() + PATIENCE;
    let pause = || std::thread::sleep(Duration::from_millis(20));
    let (mut first, mut begun) = (0, Instant::now());
    loop {
        let now = done();
        if first == 0 && now > 0 {
            (first, begun) = (now, Instant::now());
        }
        if now >= tasks {
            return (tasks - first) as f64 / begun.elapsed().as_secs_f64();
        }
        assert!(Instant::now() < deadline, "the peer finished {now} of {tasks} tasks only");
        pause();
    }
}
