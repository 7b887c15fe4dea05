//! Two thousand tasks, dozens of sudden deaths, nothing lost.

use super::life::{Life, send};
use crate::support::chance::Chance;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const TASKS: usize = 2_000;
const BATCH: usize = 50;
/// Sudden deaths while everything that was confirmed is being worked off; those while sending come on top.
const KILLS: u64 = 20;
const SEED: u64 = 0x2012_0704;
/// How long a life may take to get on with its work.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tasks as they are sent: half of them answer at once, half take a little while. Each has a result of its own.
fn batch(first: usize) -> Value {
    let task = |number: usize| match number % 2 {
        0 => json!({"name": "demo.add", "args": [number, 0.5]}),
        _ => json!({"name": "demo.sleep", "args": [sleep(number)]}),
    };
    (first..first + BATCH).map(task).collect()
}

fn sleep(number: usize) -> f64 {
    (10_000 + number) as f64 / 1e6
}

fn result(number: usize) -> f64 {
    if number.is_multiple_of(2) { number as f64 + 0.5 } else { sleep(number) }
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
fn kill_at_work(life: Life, left: u64, chance: &mut Chance) {
    let unfinished = life.unfinished();
    assert!(unfinished > 0, "the work ran out with {left} kills to go");
    let goal = unfinished - 1 - chance.below(unfinished / (left + 1));
    wait(&life, goal);
    life.kill();
}

/// Waits until no more than so many tasks are unfinished, as the queues tell.
fn wait(life: &Life, goal: u64) {
    let deadline = Instant::now() + PATIENCE;
    while life.unfinished() > goal {
        assert!(Instant::now() < deadline, "{} tasks are left over, not {goal}", life.unfinished());
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
    eprintln!("seed {SEED:#x}");
    let mut chance = Chance::new(SEED);
    let folder = TempDir::new().expect("a folder");
    let mut confirmed = Confirmed::default();
    while confirmed.0.len() < TASKS {
        confirmed.send_until_killed(Life::start(folder.path()), &mut chance);
    }
    for left in (0..KILLS).rev() {
        kill_at_work(Life::start(folder.path()), left, &mut chance);
    }

    let life = Life::start(folder.path());
    wait(&life, 0);
    for (id, number) in &confirmed.0 {
        life.finished(id, result(*number));
    }
    life.kill();
    for name in ["umbel.db", "history.db"] {
        is_sound(&folder.path().join("umbel-data").join(name));
    }
}
