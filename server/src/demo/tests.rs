//! Runs every kind of request many times on a clock that jumps, and looks at what comes out.

use super::dice::Dice;
use super::{crew, labeling, scholar, sections, tasks, writer};
use crate::client::Send;
use crate::schedule::{Definition, Tz};
use crate::task::{Call, Outcome, Periodic, Tasks, testing};
use chrono::DateTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// What came of the attempts of one task.
#[derive(Debug, Default)]
struct Tally {
    successes: u32,
    failures: u32,
    retries: u32,
    progress: u32,
}

async fn attempt(tasks: &Tasks, send: Send, tally: &mut Tally) {
    let (parts, mut told) = testing::parts(&send.name);
    let task = tasks.get(&send.name).expect("it is registered");
    match task.run(Call::new(send.args, send.kwargs), crate::task::Context::new(parts)).await {
        Outcome::Success(_) => tally.successes += 1,
        Outcome::Retry(_) => tally.retries += 1,
        Outcome::Failure(error) => {
            assert_ne!(error.exc_type(), "TypeError", "{error}");
            assert!(error.traceback().contains("demo/"), "{}", error.traceback());
            tally.failures += 1;
        }
        other => panic!("{} ends with {other:?}", send.name),
    }
    while let Ok(update) = told.try_recv() {
        let meta: serde_json::Value = serde_json::from_str(update.meta.get()).expect("JSON");
        assert!(meta["current"].as_u64() < meta["total"].as_u64(), "{meta}");
        tally.progress += 1;
    }
}

/// One of each that the timetable sends.
fn by_the_clock(tasks: &Tasks) -> Vec<Send> {
    let read = |entry: &Periodic| Definition::read(&entry.to_value(), Tz::UTC).expect("a sound entry");
    tasks.entries().map(|(_, entry)| read(entry).to_send(DateTime::UNIX_EPOCH)).collect()
}

#[tokio::test(start_paused = true)]
async fn they_succeed_mostly_and_fail_as_such_tasks_fail() {
    let tasks = tasks(1.0).build().expect("sound tasks");
    let mut dice = Dice::new(5);
    let mut tallies = BTreeMap::<String, Tally>::new();
    for _ in 0..250 {
        let requests = [
            writer::request(&mut dice),
            scholar::request(&mut dice),
            crew::request(&mut dice),
            labeling::request(&mut dice),
            sections::request(&mut dice),
        ];
        for send in requests.into_iter().chain(by_the_clock(&tasks)) {
            attempt(&tasks, send.clone(), tallies.entry(send.name).or_default()).await;
        }
    }
    assert_eq!(tallies.len(), tasks.len());
    for (name, tally) in &tallies {
        let all = tally.successes + tally.failures + tally.retries;
        assert!(tally.successes * 2 > all, "{name}: {tally:?}");
    }
    let sum = |of: fn(&Tally) -> u32| tallies.values().map(of).sum::<u32>();
    assert!(sum(|tally| tally.failures) > 0 && sum(|tally| tally.retries) > 0, "{tallies:?}");
    assert!(sum(|tally| tally.progress) > 1000, "{tallies:?}");
}

#[tokio::test(start_paused = true)]
async fn examples_can_be_sent_as_they_are() {
    for task in tasks(1.0).build().expect("sound tasks").iter() {
        let keywords = task.example.as_object().cloned().unwrap_or_default();
        let outcome = task.run(Call::new(Vec::new(), keywords), testing::context(&task.name)).await;
        assert!(
            !matches!(&outcome, Outcome::Failure(error) if error.exc_type() == "TypeError"),
            "{outcome:?}"
        );
        assert!(task.summary.is_some() && task.options.queue.is_some(), "{}", task.name);
    }
}

#[tokio::test(start_paused = true)]
async fn a_higher_speed_takes_less_time() {
    let mut lengths = Vec::new();
    for speed in [1.0, 10.0] {
        let tasks = tasks(speed).build().expect("sound tasks");
        let start = tokio::time::Instant::now();
        for _ in 0..20 {
            attempt(&tasks, sections::request(&mut Dice::new(1)), &mut Tally::default()).await;
        }
        lengths.push(start.elapsed());
    }
    assert!(lengths[1] * 5 < lengths[0] && lengths[1] > Duration::ZERO, "{lengths:?}");
}
