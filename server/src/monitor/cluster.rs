//! The cluster's picture: a pure fold of events. No clock, no channel, no database in here.
//!
//! `apply` takes one event and the time it is heard; what has to go to disk piles up until somebody takes it with
//! `take_batch`. A task that is no longer in memory has to be handed back before an event of it is folded:
//! `missing` tells which.

use super::change::{Change, Finish, TaskChange};
use super::feed::{Changed, Ring};
use super::fold;
use super::index::{Index, Row};
use super::recent::{Entry, Recent};
use super::series::{Happening, Series};
use super::worker::{WorkerAnswer, WorkerRecord};
use super::workers::Workers;
use crate::protocol::TaskId;
use crate::protocol::event::{Event, EventKind};
use crate::store::history::{
    Batch, Bucket, Moment, NOTHING, Phase, TaskRecord, TaskWrite, TimelineKind, Word, Words, WorkerWrite,
    pack, text,
};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// Entries a task's timeline may have; progress stops being noted earlier, so that the end still finds room.
const TIMELINE: u32 = 1000;
const TIMELINE_PROGRESS: u32 = 500;
/// Tasks in one flush.
const FLUSH: usize = 4096;
/// Changed tasks, and bytes of their new bodies and timelines, that may wait for the disk.
const MAX_DIRTY: usize = 12_288;
const MAX_DIRTY_BYTES: usize = 32 << 20;

/// Everything known of tasks and workers at this moment.
#[derive(Debug)]
pub struct Cluster {
    pub(super) words: Words,
    pub(super) index: Index,
    pub(super) recent: Recent,
    pub(super) workers: Workers,
    pub(super) series: Series,
    pub(super) ring: Ring,
    keep_body: usize,
    /// Numbers of tasks that wait for the disk, the longest waiting first.
    dirty: VecDeque<u64>,
    dirty_bytes: usize,
    worker_writes: Vec<WorkerWrite>,
    saved_words: usize,
}

impl Cluster {
    /// A picture of nothing. `first` is where the feed's numbers begin.
    pub fn new(keep_body: usize, recent_tasks: usize, first: u64) -> Self {
        Self {
            words: Words::default(),
            index: Index::default(),
            recent: Recent::new(recent_tasks),
            workers: Workers::default(),
            series: Series::default(),
            ring: Ring::new(first),
            keep_body,
            dirty: VecDeque::new(),
            dirty_bytes: 0,
            worker_writes: Vec::new(),
            saved_words: 0,
        }
    }

    /// Takes over what history remembers.
    pub(super) fn remember(&mut self, words: Words, index: Index, buckets: Vec<Bucket>) {
        self.saved_words = words.count();
        self.words = words;
        self.index = index;
        self.series.restore(buckets);
    }

    /// Folds one event heard at `now` (milliseconds).
    pub fn apply(&mut self, event: &Event, now: i64) -> Change {
        match &event.kind {
            EventKind::WorkerOnline(_) | EventKind::WorkerHeartbeat(_) | EventKind::WorkerOffline(_) => {
                let word = self.words.intern(&event.hostname);
                self.worker_writes.extend(self.workers.apply(event, &word, now));
                Change { task: None, worker: Some(word.text) }
            }
            EventKind::Other { .. } => Change::default(),
            kind => match kind.task_id() {
                Some(id) if !id.as_str().is_empty() && id.as_str().len() <= text::ID => {
                    self.apply_to_task(id, event, now)
                }
                _ => Change::default(),
            },
        }
    }

    /// Folds everything that came together, and publishes what it changed under one number, which it returns.
    pub fn fold(&mut self, batches: &[Arc<[Event]>], now: i64) -> u64 {
        let next = self.ring.seq() + 1;
        let mut changed = Vec::new();
        let mut workers = HashSet::new();
        for event in batches.iter().flat_map(|batch| batch.iter()) {
            let change = self.apply(event, now);
            if let Some(seq) = change.task
                && let Some(entry) = self.recent.touch(seq)
                && entry.published != next
            {
                entry.published = next;
                changed.push(Changed::Task(seq));
            }
            workers.extend(change.worker);
        }
        changed.extend(workers.into_iter().map(Changed::Worker));
        self.ring.publish(changed)
    }

    /// What happens by itself as time goes by: scheduled tasks become due, silent workers count as gone. Returns the
    /// feed's number if anything changed.
    pub fn pass_time(&mut self, now: i64) -> Option<u64> {
        let due = self.index.come_due(now).into_iter().map(Changed::Task);
        let gone = self.workers.fall_silent(now);
        let silent = gone.iter().map(|write| Changed::Worker(Arc::clone(&write.worker.text)));
        let changed: Vec<Changed> = due.chain(silent).collect();
        self.worker_writes.extend(gone);
        (!changed.is_empty()).then(|| self.ring.publish(changed))
    }

    /// Takes over what workers answered when they were asked about themselves. Returns the feed's number if anything
    /// looks different now.
    pub fn learn(&mut self, answers: &[(Arc<str>, WorkerAnswer)], now: i64) -> Option<u64> {
        let news = answers.iter().filter(|(name, answer)| self.workers.learn(name, answer, now));
        let changed: Vec<Changed> = news.map(|(name, _)| Changed::Worker(Arc::clone(name))).collect();
        (!changed.is_empty()).then(|| self.ring.publish(changed))
    }

    /// Numbers of tasks the events may speak of which are not in memory.
    pub fn missing(&self, batches: &[Arc<[Event]>]) -> Vec<u64> {
        let mut missing = Vec::new();
        for id in batches.iter().flat_map(|batch| batch.iter()).filter_map(|event| event.kind.task_id()) {
            let candidates = self.index.candidates(self.index.hash(id.as_str()));
            missing.extend(candidates.filter(|seq| self.recent.get(*seq).is_none()));
        }
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// Hands back tasks that had left the memory.
    pub fn restore(&mut self, records: Vec<TaskRecord>) {
        for record in records {
            self.recent.insert(record.seq, Entry::new(record, true));
        }
    }

    /// The picture of the task with this id, if it is in memory.
    pub fn task(&self, id: &str) -> Option<Arc<TaskRecord>> {
        self.find(id).map(|entry| Arc::clone(&entry.record))
    }

    pub fn worker(&self, name: &str) -> Option<&WorkerRecord> {
        self.workers.get(name)
    }

    /// The task with this id, if it is in memory.
    pub(super) fn find(&self, id: &str) -> Option<&Entry> {
        let candidates = self.index.candidates(self.index.hash(id));
        candidates.filter_map(|seq| self.recent.get(seq)).find(|entry| entry.record.id.as_str() == id)
    }

    /// Whether something about this task, or a manual retry of it, is not on disk yet.
    pub(super) fn waits_for_disk(&self, id: &str) -> bool {
        self.find(id).is_some_and(|entry| entry.dirty || entry.in_flight)
            || self
                .recent
                .pinned()
                .any(|entry| entry.record.retry_of.as_ref().is_some_and(|of| of.as_str() == id))
    }

    fn apply_to_task(&mut self, id: &TaskId, event: &Event, now: i64) -> Change {
        let moment = moment_of(event, now);
        let worker = self.is_of_worker(event).then(|| self.words.intern(&event.hostname));
        let hash = self.index.hash(id.as_str());
        let found = self.find_number(hash, id);
        let is_new = found.is_none();
        let seq = found.unwrap_or_else(|| {
            let seq = self.index.number();
            self.recent.insert(seq, Entry::new(TaskRecord::new(seq, id.clone(), moment.micros), false));
            seq
        });
        let Some(entry) = self.recent.touch(seq) else { return Change::default() };
        let record = Arc::make_mut(&mut entry.record);
        let mut change = fold::fold(record, &event.kind, moment, worker.as_ref(), &self.words);
        if change.body.as_ref().is_some_and(|body| body.len() > self.keep_body) {
            record.body_size = record.body_size.or(change.body.as_ref().map(|body| body.len() as u64));
            change.body = None;
        }
        let before = entry.waiting_bytes();
        keep(entry, &mut change, moment, worker.as_ref());
        self.dirty_bytes = (self.dirty_bytes + entry.waiting_bytes()).saturating_sub(before);
        if !entry.dirty {
            entry.dirty = true;
            self.dirty.push_back(seq);
        }
        let record = Arc::clone(&entry.record);
        self.place(&record, hash, now);
        self.count(&record, &change, is_new, now);
        if let Some(worker) = &worker {
            let came = self.workers.seen_working(worker, change.finished, now);
            self.worker_writes.extend(came);
        }
        let worker = worker.filter(|_| change.finished.is_some()).map(|word| word.text);
        Change { task: Some(seq), worker }
    }

    /// Clients send tasks, and withdraw those that still wait; workers tell everything else, but for what a stored
    /// result tells in nobody's name.
    fn is_of_worker(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::TaskSent(_) => false,
            _ if event.hostname.is_empty() => false,
            EventKind::TaskRevoked { .. } => self.workers.get(&event.hostname).is_some(),
            _ => true,
        }
    }

    fn find_number(&self, hash: u32, id: &TaskId) -> Option<u64> {
        self.index
            .candidates(hash)
            .find(|seq| self.recent.get(*seq).is_some_and(|entry| entry.record.id == *id))
    }

    /// Brings the task's columns up to date.
    fn place(&mut self, record: &TaskRecord, hash: u32, now: i64) {
        let number = |word: &Option<Word>| word.as_ref().map_or(NOTHING, |word| word.number);
        let phase = record.phase(now);
        let row = Row {
            phase,
            name: number(&record.name),
            queue: number(&record.queue),
            worker: number(&record.worker),
            created: record.created,
            runtime: record.runtime.map(|seconds| seconds as f32),
            hash,
        };
        self.index.set(record.seq, row);
        if phase == Phase::Scheduled
            && let Some(eta) = record.eta
        {
            self.index.schedule(record.seq, eta, record.standing());
        }
    }

    fn count(&mut self, record: &TaskRecord, change: &TaskChange, is_new: bool, now: i64) {
        let happening = match change.finished {
            Some(Finish::Succeeded) => Some(Happening::Succeeded(record.runtime)),
            Some(Finish::Failed) => Some(Happening::Failed(record.runtime)),
            Some(Finish::Revoked) => Some(Happening::Revoked),
            None => change.retried.then_some(Happening::Retried(record.runtime)),
        };
        for happening in is_new.then_some(Happening::Sent).into_iter().chain(happening) {
            let words = (record.name.as_ref(), record.queue.as_ref(), record.worker.as_ref());
            self.series.book(now, happening, words.0, words.1, words.2);
        }
    }

    /// Whether there is room for more changes before the next flush.
    pub fn has_room(&self) -> bool {
        self.dirty.len() < MAX_DIRTY && self.dirty_bytes < MAX_DIRTY_BYTES
    }

    pub fn is_dirty(&self) -> bool {
        !self.dirty.is_empty() || !self.worker_writes.is_empty()
    }

    /// How many changed tasks wait for the disk.
    pub fn dirty(&self) -> usize {
        self.dirty.len()
    }

    /// Takes what waits for the disk; `settle` has to be told how it went.
    pub fn take_batch(&mut self) -> Batch {
        let mut batch = Batch {
            words: self.words.after(self.saved_words),
            tasks: Vec::with_capacity(self.dirty.len().min(FLUSH)),
            workers: std::mem::take(&mut self.worker_writes),
            buckets: Vec::new(),
        };
        while batch.tasks.len() < FLUSH
            && let Some(seq) = self.dirty.pop_front()
        {
            // It may have been pruned meanwhile.
            let Some(entry) = self.recent.touch(seq) else { continue };
            self.dirty_bytes = self.dirty_bytes.saturating_sub(entry.waiting_bytes());
            (entry.dirty, entry.in_flight) = (false, true);
            let events = entry.record.events;
            let part = std::mem::replace(&mut entry.part, events);
            batch.tasks.push(TaskWrite {
                record: Arc::clone(&entry.record),
                stored: entry.stored,
                pack: std::mem::take(&mut entry.pack),
                part,
                attempts: std::mem::take(&mut entry.attempts),
                body: entry.body.take(),
            });
        }
        batch
    }

    /// Books what became of a batch. What could not be written waits for the next flush.
    pub fn settle(&mut self, batch: Batch, written: bool) {
        if written {
            self.saved_words = self.saved_words.max(batch.words.last().map_or(0, |word| word.number.into()));
        } else {
            self.worker_writes.splice(..0, batch.workers);
            self.worker_writes.truncate(1000);
        }
        for task in batch.tasks {
            let Some(entry) = self.recent.touch(task.record.seq) else { continue };
            entry.in_flight = false;
            if written {
                entry.stored = true;
                continue;
            }
            let before = entry.waiting_bytes();
            entry.part = task.part;
            entry.pack.splice(..0, task.pack);
            entry.attempts.splice(..0, task.attempts);
            entry.body = entry.body.take().or(task.body);
            self.dirty_bytes += entry.waiting_bytes() - before;
            if !entry.dirty {
                entry.dirty = true;
                self.dirty.push_front(task.record.seq);
            }
        }
    }

    /// Gives up on the changes that have waited longest, while the disk takes none. Tasks it never took are forgotten.
    pub fn shed(&mut self) -> usize {
        let mut shed = 0;
        while !self.has_room()
            && let Some(seq) = self.dirty.pop_front()
        {
            let Some(entry) = self.recent.touch(seq) else { continue };
            self.dirty_bytes = self.dirty_bytes.saturating_sub(entry.waiting_bytes());
            entry.dirty = false;
            (entry.pack, entry.attempts, entry.body) = (Vec::new(), Vec::new(), None);
            if !entry.stored {
                self.recent.remove(seq);
                self.index.remove(seq);
            }
            shed += 1;
        }
        shed
    }

    /// Forgets tasks before this number.
    pub(super) fn drop_before(&mut self, seq: u64) {
        self.index.drop_before(seq);
        self.recent.drop_before(seq);
    }
}

/// Puts what the event leaves for the disk into the entry.
fn keep(entry: &mut Entry, change: &mut TaskChange, moment: Moment, worker: Option<&Word>) {
    if let Some((kind, remark)) = &change.entry {
        let bound = if *kind == TimelineKind::Custom { TIMELINE_PROGRESS } else { TIMELINE };
        if entry.record.events < bound {
            pack::push(&mut entry.pack, moment.millis(), *kind, worker, remark);
            Arc::make_mut(&mut entry.record).events += 1;
        }
    }
    if change.body.is_some() {
        entry.body = change.body.take();
    }
    entry.attempts.extend(change.attempt.take());
}

/// When the event was made, or when we heard of it if its own time makes no sense: nobody lives in the future, and a
/// clock that was never set begins half a century ago.
fn moment_of(event: &Event, now: i64) -> Moment {
    const DAY: i64 = 24 * 3600 * 1000;
    const YEAR: i64 = 366 * DAY;
    let micros = match fold::seconds_to_millis(event.timestamp) {
        Some(millis) if (now - YEAR..=now + DAY).contains(&millis) => (event.timestamp * 1e6) as i64,
        _ => now * 1000,
    };
    Moment { micros, clock: event.clock }
}
