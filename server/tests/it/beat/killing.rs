//! Two real processes, of which the leading one dies a hundred times.
//!
//! A leader dies where it hurts: right after its tasks were published and before it knows of it, at the moment at
//! which something is due, while its write waits in Redis, and beside one that was thought dead and has woken up. In
//! the end each occurrence is there once, in its place.

mod theatre;

use crate::redis::ask;
use crate::support::chance::Chance;
use crate::support::redis::RedisServer;
use rustix::process::Signal;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use theatre::Theatre;
use umbel::beat::State;
use umbel::protocol::time;

const KILLS: usize = 100;
const SEED: u64 = 0x2026_1120;
/// What the documentation promises.
const REPLACED_WITHIN: Duration = Duration::from_secs(10);

/// The entries: their names, and microseconds from one occurrence to the next.
const ENTRIES: [(&str, i64); 2] = [("slow", 1_000_000), ("fast", 10_000)];
const SETTINGS: &str = r#"
[beat_schedule.slow]
task = "proj.add"
schedule = 1
missed = "all"
missed_limit = 1000
[beat_schedule.fast]
task = "proj.add"
schedule = 0.01
missed = "all"
missed_limit = 1000
"#;

#[test]
fn a_hundred_leaders_are_killed_and_each_occurrence_is_sent_once() {
    let started = Instant::now();
    // Tells of each message, so that the test can strike at once.
    let server = RedisServer::with(&["--notify-keyspace-events", "Kl"]);
    let mut theatre = Theatre::open(&server, &format!("beat_lease = '300ms'\n{SETTINGS}"));
    let mut chance = Chance::new(SEED);
    for _ in 0..KILLS {
        kill_one(&mut theatre, &mut chance);
    }
    let caught_up = theatre.close(&ENTRIES.map(|(entry, _)| entry));

    let mut connection = server.connect();
    let sent = sent(&mut connection);
    for (entry, every) in ENTRIES {
        let state: String = ask(&mut connection, &["HGET", "umbel.schedule-states", entry]);
        let state: State = serde_json::from_str(&state).expect("a state");
        is_complete(entry, &sent[entry], every, &state);
        assert!(state.head.anchor() >= caught_up, "{entry} has gone on after the last kill");
    }
    let all = sent.values().flatten();
    let ids: HashSet<&str> = all.clone().map(|(_, id)| id.as_str()).collect();
    assert_eq!(ids.len(), all.clone().count(), "no two tasks have one id");
    assert_eq!(sent.len(), ENTRIES.len(), "nothing else was sent");
    eprintln!("seed {SEED:#x}: {} occurrences, {KILLS} kills in {:.0?}", ids.len(), started.elapsed());
}

/// With the lease that everybody has who sets none.
#[test]
fn a_killed_leader_is_replaced_within_ten_seconds() {
    let server = RedisServer::with(&["--notify-keyspace-events", "Kl"]);
    let mut theatre = Theatre::open(&server, SETTINGS);
    let leader = theatre.leader(None);
    theatre.signal(leader, Signal::KILL);
    let killed = Instant::now();
    theatre.leader(Some(leader));
    let gone = killed.elapsed();
    assert!(gone < REPLACED_WITHIN, "the other one sent something after {gone:?}");
    eprintln!("replaced after {gone:.1?}");
}

fn kill_one(theatre: &mut Theatre, chance: &mut Chance) {
    let (fast, every) = ENTRIES[1];
    let mut leader = theatre.leader(None);
    match chance.below(4) {
        // It has published and perhaps does not know of it.
        0 => theatre.wait_for_messages(1 + chance.below(60)),
        // It has decided and perhaps has not published.
        1 => {
            let (entry, every) = ENTRIES[usize::from(chance.below(5) > 0)];
            theatre.wait_until_due(entry, every, awake(chance));
        }
        // It has sent its write off, and Redis has not done it.
        2 => theatre.stop_writes(fast, every),
        // It has replaced another one, which now wakes up, believes that it still leads, and does what it was about to.
        _ => {
            let in_a_write = chance.below(4) == 0;
            match in_a_write {
                true => theatre.stop_writes(fast, every),
                false => theatre.wait_until_due(fast, every, awake(chance)),
            }
            theatre.signal(leader, Signal::STOP);
            theatre.let_write();
            let sleeper = leader;
            leader = theatre.leader(Some(sleeper));
            theatre.signal(sleeper, Signal::CONT);
            theatre.wait_for_messages(chance.below(10));
        }
    }
    theatre.signal(leader, Signal::KILL);
    theatre.let_write();
    theatre.replace(leader);
}

/// Microseconds after a moment at which something is due: timers ring up to two milliseconds late.
fn awake(chance: &mut Chance) -> u64 {
    500 + chance.below(2_000)
}

/// Of each entry, the occurrences that were sent: when they were due, in microseconds, and their ids. As they came.
fn sent(connection: &mut redis::Connection) -> HashMap<String, Vec<(i64, String)>> {
    let messages: Vec<String> = ask(connection, &["LRANGE", "celery", "0", "-1"]);
    let mut sent: HashMap<_, Vec<_>> = HashMap::new();
    for message in messages.iter().rev() {
        let message: serde_json::Value = serde_json::from_str(message).expect("JSON");
        let header = |name: &str| message["headers"][name].as_str().expect("text").to_owned();
        let due = time::parse(&header("umbel_due")).expect("a moment").timestamp_micros();
        sent.entry(header("umbel_schedule")).or_default().push((due, header("id")));
    }
    sent
}

/// Each occurrence once and in its order, from the first to the last, and each is the task that the state tells.
fn is_complete(entry: &str, sent: &[(i64, String)], every: i64, state: &State) {
    let (first, _) = sent.first().expect("something was sent");
    for (place, (due, id)) in (0..).zip(sent) {
        assert_eq!(due - first, place * every, "{entry}: occurrence {place} of {}", sent.len());
        assert_eq!(id, state.head.task_id(*due).as_str(), "{entry}: occurrence {place}");
    }
    // So none is missing before the first one either.
    assert_eq!(state.head.sent, sent.len() as u64, "{entry}: what the state has counted");
    assert_eq!(state.head.passed, 0, "{entry}: missed");
    assert_eq!(sent.last().map(|(due, _)| *due), Some(state.head.anchor().timestamp_micros()), "{entry}");
}
