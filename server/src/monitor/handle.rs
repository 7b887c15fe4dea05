//! What the rest of the product sees of the monitor.

use super::cluster::Cluster;
use super::feed::Delta;
use super::index::Filter;
use super::overview::{Counts, OverviewRecord, QueueRate, Span};
use super::pruner::Pruner;
use super::query::{DEFAULT_LIMIT, MAX_LIMIT, Place, Sort, TaskPage, TaskQuery};
use super::recorder::{self, FlushRequest, Recorder};
use super::series::{Level, Point};
use super::unsettled::Unsettled;
use super::worker::{WorkerAnswer, WorkerRecord};
use super::{HistoryError, MonitorSettings, Phase, TaskRecord, TaskStory};
use crate::bus::Bus;
use crate::clock::{SharedClock, millis};
use crate::protocol::{Event, TaskId};
use crate::service::Services;
use crate::store::Db;
use crate::store::history::{Brief, Unfinished, Words, read};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::{mpsc, oneshot, watch};

/// Requests for a flush that may wait.
const REQUESTS: usize = 64;
/// Batches told to us directly that may wait.
const TOLD: usize = 16;

/// A handle to the running monitor. Clones share it.
#[derive(Clone)]
pub struct Monitor {
    cluster: Arc<Mutex<Cluster>>,
    words: Words,
    history: Db,
    clock: SharedClock,
    flush: mpsc::Sender<FlushRequest>,
    told: mpsc::Sender<Arc<[Event]>>,
    announce: watch::Sender<u64>,
}

impl Monitor {
    /// Reads what history knows, then starts to listen. Everything said on the bus after this returns is heard.
    ///
    /// `history` is a database opened with [`crate::store::history::MIGRATIONS`]. Stop the services after those of the
    /// workers, so that the last words of the workers are recorded.
    pub async fn start(
        services: &Services,
        bus: &dyn Bus,
        history: Db,
        clock: SharedClock,
        settings: MonitorSettings,
    ) -> Result<Self, HistoryError> {
        let cluster = recorder::load(&history, &settings, millis(&*clock)).await?;
        let words = cluster.words.clone();
        let announce = watch::Sender::new(cluster.ring.seq());
        let (flush, requests) = mpsc::channel(REQUESTS);
        let (tell, told) = mpsc::channel(TOLD);
        let cluster = Arc::new(Mutex::new(cluster));
        let recorder = Recorder {
            cluster: Arc::clone(&cluster),
            words: words.clone(),
            history: history.clone(),
            clock: Arc::clone(&clock),
            settings: settings.clone(),
            latest: announce.clone(),
            requests,
            told,
            progress: recorder::Progress::default(),
        };
        let events = bus.events();
        services.start("monitor", |stop| recorder.run(events, stop));
        let pruner = Pruner {
            cluster: Arc::clone(&cluster),
            history: history.clone(),
            clock: Arc::clone(&clock),
            settings,
        };
        services.start("prune", |stop| pruner.run(stop));
        Ok(Self { cluster, words, history, clock, flush, told: tell, announce })
    }

    /// Tells of what was found out elsewhere, in results for example. Nobody else hears of it, as all would on the bus.
    pub async fn tell(&self, events: Vec<Event>) {
        if !events.is_empty() {
            // An error means that the recorder has ended.
            let _ = self.told.send(events.into()).await;
        }
    }

    /// Takes over what workers answered when they were asked about themselves.
    pub fn learn(&self, answers: &[(Arc<str>, WorkerAnswer)]) {
        let mut cluster = self.picture();
        if let Some(seq) = cluster.learn(answers, self.now()) {
            self.announce.send_replace(seq);
        }
    }

    /// One page of the tasks that match.
    pub async fn tasks(&self, query: TaskQuery) -> Result<TaskPage, HistoryError> {
        let now = self.now();
        let limit = if query.limit == 0 { DEFAULT_LIMIT } else { query.limit.min(MAX_LIMIT) };
        let (selection, unfiltered, seq, in_memory) = {
            let cluster = self.picture();
            let selection = match self.filter(&query) {
                Some(filter) => cluster.index.select(&filter, query.sort, query.place, limit),
                None => Default::default(),
            };
            let in_memory: HashMap<u64, Arc<TaskRecord>> = selection
                .rows
                .iter()
                .filter_map(|row| Some((row.seq, Arc::clone(&cluster.recent.get(row.seq)?.record))))
                .collect();
            (selection, cluster.index.tally().total(), cluster.ring.seq(), in_memory)
        };
        let wanted: Vec<u64> = selection.rows.iter().map(|row| row.seq).collect();
        let tasks = self.fetch(wanted, in_memory).await?;
        Ok(TaskPage {
            tasks,
            prev: selection.rows.first().copied().filter(|_| selection.has_prev),
            next: selection.rows.last().copied().filter(|_| selection.has_next),
            total: selection.total,
            unfiltered,
            seq,
            now,
        })
    }

    /// Whether each of these tasks is known, going by the fingerprints of the ids: a stranger may be taken for known
    /// once in some thousand times, a known one never for a stranger.
    pub fn knows<'a>(&self, ids: impl IntoIterator<Item = &'a TaskId>) -> Vec<bool> {
        let cluster = self.picture();
        let known = |id: &TaskId| cluster.index.candidates(cluster.index.hash(id.as_str())).next().is_some();
        ids.into_iter().map(known).collect()
    }

    /// How each of these tasks stands, in this order; `None` for one that history does not know.
    pub async fn ends(&self, ids: &[TaskId]) -> Result<Vec<Option<Brief>>, HistoryError> {
        let mut found: HashMap<TaskId, Brief> = HashMap::with_capacity(ids.len());
        let mut wanted = Vec::new();
        {
            let cluster = self.picture();
            for id in ids {
                match cluster.find(id.as_str()) {
                    Some(entry) => drop(found.insert(id.clone(), Brief::of(&entry.record))),
                    None => wanted.extend(cluster.index.candidates(cluster.index.hash(id.as_str()))),
                }
            }
        }
        if !wanted.is_empty() {
            let read = self.history.read(move |connection| read::briefs(connection, &wanted)).await?;
            // Those that only share a fingerprint with one that was asked for do no harm in here.
            found.extend(read.into_iter().map(|brief| (brief.id.clone(), brief)));
        }
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// Everything known of one task.
    pub async fn task(&self, id: &str) -> Result<Option<TaskStory>, HistoryError> {
        let waits = self.picture().waits_for_disk(id);
        if waits {
            self.flush().await;
        }
        let (candidates, in_memory) = {
            let cluster = self.picture();
            let candidates: Vec<u64> = cluster.index.candidates(cluster.index.hash(id)).collect();
            (candidates, cluster.find(id).map(|entry| Arc::clone(&entry.record)))
        };
        for seq in candidates {
            let words = self.words.clone();
            let story = self.history.read(move |connection| read::story(connection, seq, &words)).await?;
            if let Some(story) = story.filter(|story| story.record.id.as_str() == id) {
                return Ok(Some(story));
            }
        }
        // The disk takes nothing at present: what memory holds is better than nothing.
        Ok(in_memory.map(|record| TaskStory {
            record,
            body: None,
            attempts: Vec::new(),
            timeline: Vec::new(),
            retried_as: Vec::new(),
        }))
    }

    /// Waits until everything heard so far is in the database, unless the database takes nothing.
    pub async fn flush(&self) {
        let (request, done) = oneshot::channel();
        if self.flush.send(request).await.is_ok() {
            // An error means that the recorder has ended, and then everything is written.
            let _ = done.await;
        }
    }

    /// What a worker is executing, as its events tell, in the order they were sent.
    pub async fn running_on(&self, worker: &str) -> Result<Vec<Arc<TaskRecord>>, HistoryError> {
        let query = TaskQuery {
            phases: vec![Phase::Started, Phase::Progress],
            worker: Some(worker.to_owned()),
            sort: Sort::Oldest,
            place: Place::Start,
            limit: MAX_LIMIT,
            ..TaskQuery::default()
        };
        Ok(self.tasks(query).await?.tasks)
    }

    /// Tasks on disk that history knows no end of, in the order of their numbers, beyond this one.
    pub async fn unfinished(&self, after: u64, limit: usize) -> Result<Vec<Unfinished>, HistoryError> {
        let wanted = self.picture().index.unfinished(after, limit);
        Ok(self.history.read(move |connection| read::unfinished(connection, &wanted)).await?)
    }

    /// Tasks whose stored results may know more than their events have told, in the order of their numbers, beyond
    /// this one.
    pub async fn unsettled(
        &self,
        which: Unsettled,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Arc<TaskRecord>>, HistoryError> {
        let (wanted, in_memory) = {
            let cluster = self.picture();
            let wanted = cluster.unsettled(which, after, limit);
            let records = wanted.iter().filter_map(|seq| cluster.recent.get(*seq));
            let in_memory = records.map(|entry| (entry.record.seq, Arc::clone(&entry.record))).collect();
            (wanted, in_memory)
        };
        self.fetch(wanted, in_memory).await
    }

    /// All workers heard of, by name.
    pub fn workers(&self) -> Vec<WorkerRecord> {
        self.picture().workers.all()
    }

    pub fn worker(&self, name: &str) -> Option<WorkerRecord> {
        self.picture().workers.get(name).cloned()
    }

    pub fn overview(&self, span: Span) -> OverviewRecord {
        self.picture().overview(span, self.now())
    }

    /// The tiles alone.
    pub fn counts(&self) -> Counts {
        self.picture().counts(self.now())
    }

    /// The last seconds of the overall series, one point a second, for the live stream.
    pub fn last_seconds(&self, seconds: usize) -> Vec<Point> {
        self.picture().series.points(Level::Second, seconds, self.now())
    }

    /// How fast tasks are finished, by queue.
    pub fn queue_rates(&self) -> Vec<QueueRate> {
        self.picture().queue_rates(self.now())
    }

    /// Seconds that tasks of each name ran on average over the last day, where any did.
    pub fn mean_runtimes(&self) -> HashMap<Arc<str>, f64> {
        self.picture().mean_runtimes(self.now())
    }

    /// Names of the tasks in history, in alphabetical order.
    pub fn known_names(&self) -> Vec<Arc<str>> {
        let numbers: Vec<u16> = self.picture().index.tally().names().collect();
        self.texts(numbers)
    }

    /// Queues of the tasks in history, in alphabetical order.
    pub fn queues(&self) -> Vec<Arc<str>> {
        let numbers: Vec<u16> = self.picture().index.tally().queues().collect();
        self.texts(numbers)
    }

    /// The number of the latest change, as pages carry it and the feed counts on from.
    pub fn seq(&self) -> u64 {
        self.picture().ring.seq()
    }

    pub fn feed(&self) -> Feed {
        Feed { monitor: self.clone() }
    }

    /// The query in numbers. `None` when it asks for a word nobody ever said.
    fn filter(&self, query: &TaskQuery) -> Option<Filter> {
        let number = |text: &Option<String>| match text {
            None => Some(None),
            Some(text) => self.words.find(text).map(|word| Some(word.number)),
        };
        let micros = |moment: Option<i64>| moment.map(|millis| millis.saturating_mul(1000));
        Some(Filter {
            phases: query.phases.clone(),
            name: number(&query.name)?,
            queue: number(&query.queue)?,
            worker: number(&query.worker)?,
            since: micros(query.since),
            until: micros(query.until),
        })
    }

    /// The records with these numbers, in this order, from memory or else from the database.
    async fn fetch(
        &self,
        wanted: Vec<u64>,
        mut found: HashMap<u64, Arc<TaskRecord>>,
    ) -> Result<Vec<Arc<TaskRecord>>, HistoryError> {
        let missing: Vec<u64> = wanted.iter().copied().filter(|seq| !found.contains_key(seq)).collect();
        if !missing.is_empty() {
            let words = self.words.clone();
            let read = self.history.read(move |connection| read::tasks(connection, &missing, &words)).await?;
            found.extend(read.into_iter().map(|record| (record.seq, Arc::new(record))));
        }
        Ok(wanted.into_iter().filter_map(|seq| found.remove(&seq)).collect())
    }

    fn texts(&self, numbers: Vec<u16>) -> Vec<Arc<str>> {
        let words = numbers.into_iter().filter_map(|number| self.words.get(number));
        let mut texts: Vec<Arc<str>> = words.map(|word| word.text).collect();
        texts.sort();
        texts
    }

    fn now(&self) -> i64 {
        millis(&*self.clock)
    }

    fn picture(&self) -> MutexGuard<'_, Cluster> {
        self.cluster.lock().expect("nobody panics while holding this lock")
    }
}

/// A reader of live changes. It holds no buffer; take as many as you like.
#[derive(Clone)]
pub struct Feed {
    monitor: Monitor,
}

impl Feed {
    /// Waits until something happened after `seen`, then tells all of it at once. A caller that wants fewer, larger
    /// deltas waits a while between two calls.
    pub async fn next(&self, seen: u64) -> Delta {
        // A number from the future belongs to another life of the product; there is nothing to wait for.
        let _ = self.monitor.announce.subscribe().wait_for(|latest| *latest > seen || seen > *latest).await;
        self.since(seen)
    }

    /// As [`Feed::next`] without waiting.
    pub fn since(&self, seen: u64) -> Delta {
        let cluster = self.monitor.picture();
        let since = cluster.ring.since(seen);
        let records = since.tasks.iter().filter_map(|seq| cluster.recent.get(*seq));
        let tasks: Vec<Arc<TaskRecord>> = records.map(|entry| Arc::clone(&entry.record)).collect();
        let left_out = since.tasks.len() - tasks.len();
        Delta {
            seq: cluster.ring.seq(),
            gap: since.gap,
            more: since.more + left_out as u64,
            workers: since.workers.iter().filter_map(|name| cluster.workers.get(name).cloned()).collect(),
            tasks,
        }
    }
}
