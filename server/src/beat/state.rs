//! What is kept of an entry's past: how far it has come, and the marks of its newest occurrences.
//!
//! A state changes in the same step in which the tasks it tells of are published, so it is the one truth about what
//! has been sent.

use crate::protocol::TaskId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Marks that are kept of each entry.
pub const MARKS: usize = 30;

/// An entry's past, without its marks: what has to be at hand for every entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Makes the ids of this entry's tasks its own, also when another one of the same name comes later.
    seed: Uuid,
    /// The schedule that the anchor belongs to, as it is written; empty while the entry is off.
    of: String,
    /// What the next occurrence is counted from, in microseconds since the epoch.
    anchor: i64,
    /// When it has sent last, in microseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<i64>,
    /// How many tasks were sent.
    pub sent: u64,
    /// How many occurrences went by without a task.
    pub passed: u64,
}

/// An entry's past in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    #[serde(flatten)]
    pub head: Head,
    /// Oldest first.
    pub marks: Vec<Mark>,
}

/// What became of an occurrence, or of several that nobody was there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Row", into = "Row")]
pub struct Mark {
    /// When it was due; of several the last one. Microseconds since the epoch.
    pub due: i64,
    /// How much later it was looked at, in milliseconds.
    pub late: i64,
    pub kind: MarkKind,
    pub count: u64,
}

/// A mark as it is written: thirty of them for each entry should take little room.
type Row = (i64, i64, u8, u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// Sent at its time.
    OnTime,
    /// Sent later.
    Late,
    /// Sent because somebody asked for it.
    ByHand,
    /// Not sent: nobody was there, and it is not made up for.
    Missed,
    /// Not sent: as many as may were running.
    Overlap,
}

impl From<Mark> for Row {
    fn from(mark: Mark) -> Self {
        (mark.due, mark.late, mark.kind as u8, mark.count)
    }
}

impl From<Row> for Mark {
    fn from((due, late, kind, count): Row) -> Self {
        let kind = match kind {
            0 => MarkKind::OnTime,
            1 => MarkKind::Late,
            2 => MarkKind::ByHand,
            4 => MarkKind::Overlap,
            _ => MarkKind::Missed,
        };
        Self { due, late, kind, count }
    }
}

impl Mark {
    pub fn new(due: DateTime<Utc>, now: DateTime<Utc>, kind: MarkKind, count: u64) -> Self {
        let late = (now - due).num_milliseconds().max(0);
        Self { due: due.timestamp_micros(), late, kind, count }
    }

    /// Whether a task was sent.
    pub fn is_sent(&self) -> bool {
        matches!(self.kind, MarkKind::OnTime | MarkKind::Late | MarkKind::ByHand)
    }
}

impl Head {
    /// An entry that has no past: it counts from now on.
    pub(super) fn new(of: String, now: DateTime<Utc>) -> Self {
        Self { seed: Uuid::new_v4(), of, anchor: now.timestamp_micros(), last: None, sent: 0, passed: 0 }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn anchor(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.anchor).unwrap_or_default()
    }

    pub(super) fn is_of(&self, schedule: &str) -> bool {
        self.of == schedule
    }

    /// Whether it is known that the entry is switched off.
    pub(super) fn is_off(&self) -> bool {
        self.of.is_empty()
    }

    /// The task of the occurrence that is due then. Whoever sends it, and however often they try, it is the same one.
    pub fn task_id(&self, due: i64) -> TaskId {
        Uuid::new_v5(&self.seed, &due.to_be_bytes()).to_string().into()
    }
}

impl State {
    pub(super) fn new(of: String, now: DateTime<Utc>) -> Self {
        Self { head: Head::new(of, now), marks: Vec::new() }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).expect("numbers and texts always serialise")
    }

    /// Counts from another moment on.
    pub(super) fn anchor_at(&mut self, anchor: DateTime<Utc>) {
        self.head.anchor = anchor.timestamp_micros();
    }

    /// The schedule has changed or is switched on again: it counts from now on.
    pub(super) fn begin_again(&mut self, of: String, now: DateTime<Utc>) {
        self.head.of = of;
        self.anchor_at(now);
    }

    /// The entry is switched off: when it is on again, what was due meanwhile was not missed.
    pub(super) fn switch_off(&mut self) {
        self.head.of.clear();
    }

    /// Adds a mark and counts it.
    pub(super) fn add(&mut self, mark: Mark) {
        match mark.is_sent() {
            true => {
                self.head.sent += mark.count;
                self.head.last = self.head.last.max(Some(mark.due.saturating_add(mark.late * 1_000)));
            }
            false => self.head.passed += mark.count,
        }
        // Occurrences that go by one after another for the same reason make one mark.
        match self.marks.last_mut() {
            Some(last) if !mark.is_sent() && last.kind == mark.kind => {
                (last.due, last.late, last.count) = (mark.due, mark.late, last.count + mark.count);
            }
            _ => self.marks.push(mark),
        }
        let surplus = self.marks.len().saturating_sub(MARKS);
        self.marks.drain(..surplus);
    }

    /// The tasks that were sent, the newest first.
    pub fn tasks(&self) -> impl Iterator<Item = TaskId> {
        self.tasks_since(DateTime::UNIX_EPOCH)
    }

    /// The tasks that were sent for what was due since then, the newest first.
    pub fn tasks_since(&self, moment: DateTime<Utc>) -> impl Iterator<Item = TaskId> {
        let since = moment.timestamp_micros();
        let sent = self.marks.iter().rev().filter(move |mark| mark.is_sent() && mark.due >= since);
        sent.map(|mark| self.head.task_id(mark.due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn mark(second: i64, kind: MarkKind) -> Mark {
        let due = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        Mark::new(due, due + TimeDelta::milliseconds(5), kind, 1)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut state = State::new("30s".to_owned(), DateTime::UNIX_EPOCH);
        for kind in [MarkKind::OnTime, MarkKind::Late, MarkKind::ByHand, MarkKind::Missed, MarkKind::Overlap]
        {
            state.add(mark(1, kind));
        }
        let text = state.write();
        assert_eq!(State::read(&text), Some(state.clone()));
        assert_eq!(Head::read(&text), Some(state.head));
        assert_eq!(State::read("{}"), None);
    }

    #[test]
    fn keeps_the_newest_marks_and_counts_all() {
        let mut state = State::new("30s".to_owned(), DateTime::UNIX_EPOCH);
        for second in 0..40 {
            state.add(mark(second, MarkKind::OnTime));
        }
        state.add(mark(40, MarkKind::Missed));
        state.add(mark(41, MarkKind::Missed));
        assert_eq!(state.marks.len(), MARKS);
        let last = state.marks.last().expect("there are some");
        assert_eq!((last.count, last.due), (2, 41_000_000), "what was missed in a row is one mark");
        assert_eq!((state.head.sent, state.head.passed), (40, 2));
    }

    #[test]
    fn the_same_occurrence_is_the_same_task() {
        let state = State::new("30s".to_owned(), DateTime::UNIX_EPOCH);
        let other = State::new("30s".to_owned(), DateTime::UNIX_EPOCH);
        assert_eq!(state.head.task_id(5), State::read(&state.write()).expect("sound").head.task_id(5));
        assert_ne!(state.head.task_id(5), state.head.task_id(6));
        assert_ne!(state.head.task_id(5), other.head.task_id(5), "another entry of the same name");
    }
}
