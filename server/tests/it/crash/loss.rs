//! Two thousand tasks, two dozen sudden deaths, nothing lost.

use super::life::{Life, send};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TASKS: usize = 2_000;
const BATCH: usize = 50;
const KILLS: u64 = 24;
const SEED: u64 = 0x2012_0704;
/// How long the last life may take to finish everything.
const PATIENCE: Duration = Duration::from_secs(120);

const UNFINISHED: &str = "PENDING,SCHEDULED,RECEIVED,STARTED,PROGRESS,RETRY";

/// Chance that repeats itself: Marsaglia's xorshift.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit.max(1)
    }
}

/// The tasks as they are sent: half of them answer at once, half take a little while. Each has a result of its own.
fn batch(first: usize) -> Value {
    let task = |number: usize| match number % 2 {
        0 => json!({"name": "demo.add", "args": [number, 0.5]}),
        _ => json!({"name": "demo.sleep", "args": [sleep(number)]}),
    };
    (first..first + BATCH).map(task).collect()
}

fn sleep(number: usize) -> f64 {
    0.01 + number as f64 / 1e6
}

fn result(number: usize) -> f64 {
    if number % 2 == 0 { number as f64 + 0.5 } else { sleep(number) }
}

/// The tasks whose sending was confirmed: their ids, and which they are.
#[derive(Default)]
struct Confirmed(HashMap<String, usize>);

impl Confirmed {
    /// Sends the next few batches. The last of them races with the death of the program: only what it lived to
    /// confirm counts.
    fn send_until_killed(&mut self, life: Life, chance: &mut Chance) {
        for _ in 0..chance.below(4) {
            if self.0.len() + BATCH >= TASKS {
                break;
            }
            let ids = send(life.address(), &batch(self.0.len()));
            self.note(ids.expect("it lives"));
        }
        let (address, tasks) = (life.address().to_owned(), batch(self.0.len()));
        let racing = std::thread::spawn(move || send(&address, &tasks));
        for _ in 0..chance.below(6) {
            life.get("/api/v1/queues");
        }
        life.kill();
        if let Some(ids) = racing.join().expect("it does not panic") {
            self.note(ids);
        }
    }

    fn note(&mut self, ids: Vec<String>) {
        assert_eq!(ids.len(), BATCH);
        let first = self.0.len();
        self.0.extend(ids.into_iter().zip(first..));
    }
}

/// Waits until a few more tasks have finished, and kills in the middle of the rest.
fn kill_at_work(life: Life, kills_left: u64, chance: &mut Chance) {
    let unfinished = life.count(UNFINISHED);
    assert!(unfinished > 0, "the work ran out with {kills_left} kills to go");
    let goal = unfinished - 1 - chance.below(unfinished / (kills_left + 1));
    while life.count(UNFINISHED) > goal {}
    life.kill();
}

fn finish(life: &Life) {
    let deadline = Instant::now() + PATIENCE;
    while life.count(UNFINISHED) > 0 {
        let left = life.get(&format!("/api/v1/tasks?state={UNFINISHED}&limit=3"));
        assert!(Instant::now() < deadline, "tasks are left over: {left:#}");
    }
}

fn is_sound(database: &Path) {
    let connection = Connection::open(database).expect("it opens");
    let verdict: String =
        connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it answers");
    assert_eq!(verdict, "ok", "{}", database.display());
}

#[test]
fn no_confirmed_task_is_lost_when_the_process_is_killed_again_and_again() {
    println!("seed {SEED:#x}");
    let mut chance = Chance(SEED);
    let folder = TempDir::new().expect("a folder");
    let mut confirmed = Confirmed::default();
    for kill in 0..KILLS {
        let life = Life::start(folder.path());
        if confirmed.0.len() < TASKS {
            confirmed.send_until_killed(life, &mut chance);
        } else {
            kill_at_work(life, KILLS - kill, &mut chance);
        }
    }
    assert_eq!(confirmed.0.len(), TASKS, "too many deaths came before all was sent");

    let life = Life::start(folder.path());
    finish(&life);
    for (id, number) in &confirmed.0 {
        let task = life.get(&format!("/api/v1/tasks/{id}"));
        assert_eq!(task["state"], "SUCCESS", "task {number}: {task:#}");
        assert_eq!(task["result"].as_f64(), Some(result(*number)), "task {number}: {task:#}");
    }
    life.kill();
    for name in ["umbel.db", "history.db"] {
        is_sound(&folder.path().join("umbel-data").join(name));
    }
}
