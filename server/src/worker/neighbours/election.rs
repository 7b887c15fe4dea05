//! Elections: which of several workers does something that has to be done once.
//!
//! Every worker is told by remote control that there is an election, and stands for it with `worker-elect`. Each
//! answers every candidate with `worker-elect-ack`. Once all have stood and as many acks have come as there are others,
//! all have heard of the same candidates, and each knows by itself who has won: the lowest clock, then the lowest name.
//! Those who have not stood after a second take no part. Celery does not wait for candidates, only for acks, and can
//! elect two leaders that way, or crash when it hears of one candidate only.

use super::full_name;
use crate::protocol::Event;
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// Elections nobody brought to an end are forgotten, the oldest first.
const MOST: usize = 100;
/// How long candidates are waited for.
const GRACE: Duration = Duration::from_secs(1);
/// More candidates than there can be workers.
const MOST_CANDIDATES: usize = 5000;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) clock: u64,
    /// Node and process: `w1@host.4711`.
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) action: Value,
}

#[derive(Debug, Default)]
pub(crate) struct Elections(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    open: HashMap<String, Election>,
    /// Oldest first.
    order: VecDeque<String>,
}

#[derive(Debug, Default)]
struct Election {
    /// Since when we know of it by remote control. Others may be told first, and stand for it before we do.
    called: Option<Duration>,
    candidates: Vec<Candidate>,
    acks: usize,
}

impl Candidate {
    pub(super) fn of(event: &Event, fields: &Map<String, Value>) -> Self {
        Self {
            clock: event.clock,
            name: full_name(&event.hostname, event.pid),
            topic: fields.get("topic").and_then(Value::as_str).unwrap_or_default().to_owned(),
            action: fields.get("action").cloned().unwrap_or_default(),
        }
    }
}

impl Elections {
    pub(super) fn open(&self, id: &str, now: Duration) {
        self.lock().election(id).called = Some(now);
    }

    pub(super) fn candidate(&self, id: &str, candidate: Candidate) {
        let mut state = self.lock();
        let candidates = &mut state.election(id).candidates;
        if candidates.len() < MOST_CANDIDATES {
            candidates.push(candidate);
        }
    }

    /// Counts an ack; the leader, once it is decided. `others` is how many workers there are beside us.
    pub(super) fn ack(&self, id: &str, others: usize) -> Option<Candidate> {
        let mut state = self.lock();
        let election = state.open.get_mut(id).filter(|election| election.called.is_some())?;
        election.acks += 1;
        if election.acks < others || election.candidates.len() <= others {
            return None;
        }
        state.close(id)?.leader()
    }

    /// Elections in which somebody has been waited for long enough, with their leaders.
    pub(super) fn overdue(&self, now: Duration) -> Vec<(String, Candidate)> {
        let mut state = self.lock();
        let late = |election: &Election| election.called.is_some_and(|called| called + GRACE <= now);
        let ids: Vec<String> =
            state.open.iter().filter(|(_, election)| late(election)).map(|(id, _)| id.clone()).collect();
        ids.into_iter().filter_map(|id| state.close(&id)?.leader().map(|leader| (id, leader))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody panics while holding this lock")
    }
}

impl Election {
    fn leader(self) -> Option<Candidate> {
        self.candidates.into_iter().min_by(|a, b| (a.clock, &a.name).cmp(&(b.clock, &b.name)))
    }
}

impl State {
    fn election(&mut self, id: &str) -> &mut Election {
        if !self.open.contains_key(id) {
            self.order.push_back(id.to_owned());
            if self.order.len() > MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.open.remove(&oldest);
            }
        }
        self.open.entry(id.to_owned()).or_default()
    }

    fn close(&mut self, id: &str) -> Option<Election> {
        self.order.retain(|open| open != id);
        self.open.remove(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(clock: u64, name: &str) -> Candidate {
        Candidate { clock, name: name.to_owned(), topic: "task".to_owned(), action: Value::Null }
    }

    const NOW: Duration = Duration::from_secs(10);

    #[test]
    fn the_lowest_clock_wins_and_then_the_lowest_name() {
        let elections = Elections::default();
        elections.open("el", NOW);
        elections.candidate("el", candidate(9, "w1@host.7924"));
        elections.candidate("el", candidate(8, "w3@host.1"));
        assert_eq!(elections.ack("el", 2), None, "one of the others has not answered yet");
        assert_eq!(elections.ack("el", 2), None, "nor has it stood");
        elections.candidate("el", candidate(8, "w2@host.8080"));
        assert_eq!(elections.ack("el", 2).map(|leader| leader.name).as_deref(), Some("w2@host.8080"));
        assert_eq!(elections.ack("el", 2), None, "it is decided once");
    }

    #[test]
    fn one_live_worker_is_enough() {
        let elections = Elections::default();
        elections.open("el", NOW);
        elections.candidate("el", candidate(3, "w1@host.1"));
        assert_eq!(elections.ack("el", 0).map(|leader| leader.name).as_deref(), Some("w1@host.1"));
    }

    #[test]
    fn who_does_not_stand_is_not_waited_for() {
        let elections = Elections::default();
        elections.open("el", NOW);
        elections.candidate("el", candidate(3, "w1@host.1"));
        assert_eq!(elections.ack("el", 1), None);
        assert!(elections.overdue(NOW).is_empty());
        let decided = elections.overdue(NOW + GRACE);
        assert_eq!(decided.len(), 1);
        assert_eq!(decided[0].1.name, "w1@host.1");
        assert!(elections.overdue(NOW + GRACE).is_empty());
    }

    #[test]
    fn what_we_were_not_told_of_is_not_ours_to_decide() {
        let elections = Elections::default();
        elections.candidate("el", candidate(3, "w1@host.1"));
        assert_eq!(elections.ack("el", 0), None);
        assert_eq!(elections.ack("other", 0), None);
        assert!(elections.overdue(NOW * 100).is_empty());
    }

    #[test]
    fn elections_nobody_finishes_do_not_pile_up() {
        let elections = Elections::default();
        (0..10 * MOST).for_each(|id| elections.open(&id.to_string(), NOW));
        assert_eq!(elections.lock().open.len(), MOST);
        assert_eq!(elections.lock().order.len(), MOST);
    }
}
