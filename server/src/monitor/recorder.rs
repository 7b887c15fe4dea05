//! The service that listens: reads events, folds them, hands what changed to the disk, tells the readers of the feed.
//!
//! Folding never waits for the disk: one flush at a time is under way while the next one gathers. Only when more is
//! gathered than memory should hold does the recorder stop reading, which in the end slows the senders down. When the
//! disk takes nothing at all (it is full, say) that would stop the whole product for the sake of its memoirs; then the
//! oldest changes are given up instead.

use super::cluster::Cluster;
use super::{HistoryError, MonitorSettings};
use crate::bus::Events;
use crate::clock::{SharedClock, millis};
use crate::protocol::Event;
use crate::store::history::{Batch, Words, read};
use crate::store::{Db, DbError};
use futures_util::future::{BoxFuture, FutureExt, OptionFuture};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

/// Events folded under one number at most; bounds how long the picture is locked.
const FOLD: usize = 2048;
/// Changed tasks that make a flush begin before its time.
const EAGER: usize = 2048;
/// How often time is allowed to pass when nothing happens.
const IDLE: Duration = Duration::from_secs(1);
/// How often the counters are saved. A crash loses that much of them.
const SAVE_COUNTERS: Duration = Duration::from_secs(10);
/// How long to wait after a failed flush.
const RETRY: Duration = Duration::from_secs(1);

/// Asks for everything folded so far to be written, and to be told when it is.
pub(super) type FlushRequest = oneshot::Sender<()>;

type Flush = BoxFuture<'static, (Option<Batch>, Result<(), DbError>)>;

pub(super) struct Recorder {
    pub(super) cluster: Arc<Mutex<Cluster>>,
    pub(super) words: Words,
    pub(super) history: Db,
    pub(super) clock: SharedClock,
    pub(super) settings: MonitorSettings,
    pub(super) latest: watch::Sender<u64>,
    pub(super) requests: mpsc::Receiver<FlushRequest>,
    /// What is told to us alone.
    pub(super) told: Events,
    pub(super) progress: Progress,
}

/// Where the recorder stands in its own work.
#[derive(Default)]
pub(super) struct Progress {
    flush: Option<Flush>,
    /// Who waits for the flush under way, and for the one after it.
    waiting: Vec<FlushRequest>,
    waiting_next: Vec<FlushRequest>,
    /// When the last flush began, when time last passed, when counters were last saved: the clock's own time.
    flushed: Duration,
    ticked: Duration,
    saved: Duration,
    /// The moments (milliseconds) up to which counters are saved, and will be by the flush under way.
    saved_at: i64,
    saving_at: i64,
    failing: bool,
    /// More was there than one fold takes.
    behind: bool,
}

impl Recorder {
    pub(super) async fn run(mut self, mut events: Events, stop: CancellationToken) {
        self.progress.saved_at = millis(&*self.clock);
        let clock = Arc::clone(&self.clock);
        loop {
            self.begin_flush_if_due();
            let may_read = self.has_room();
            let pause = self.pause();
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some((batch, outcome)) = OptionFuture::from(self.progress.flush.as_mut()) => self.end_flush(batch, outcome),
                Some(request) = self.requests.recv() => self.progress.waiting_next.push(request),
                batch = events.recv(), if may_read => match batch {
                    Some(batch) => self.hear(batch, &mut events).await,
                    None => break,
                },
                Some(batch) = self.told.recv(), if may_read => self.hear(batch, &mut events).await,
                () = clock.sleep(pause) => {}
            }
            self.let_time_pass();
        }
        self.finish(events).await;
    }

    /// Folds the batch and whatever else has arrived already.
    async fn hear(&mut self, first: Arc<[Event]>, events: &mut Events) {
        let mut count = first.len();
        let mut batches = vec![first];
        while count < FOLD
            && let Ok(batch) = events.try_recv()
        {
            count += batch.len();
            batches.push(batch);
        }
        self.progress.behind = count >= FOLD;
        let missing = self.picture().missing(&batches);
        if !missing.is_empty() {
            self.bring_back(missing).await;
        }
        let now = millis(&*self.clock);
        let mut cluster = self.picture();
        let seq = cluster.fold(&batches, now);
        if self.progress.failing {
            cluster.shed();
        }
        // Announced before the picture is unlocked: nobody ever holds a number that is not announced yet.
        self.latest.send_replace(seq);
    }

    async fn bring_back(&mut self, missing: Vec<u64>) {
        let words = self.words.clone();
        match self.history.read(move |connection| read::tasks(connection, &missing, &words)).await {
            Ok(records) => self.picture().restore(records),
            // The events then look like those of new tasks, which is better than to lose them.
            Err(error) => tracing::warn!(%error, "failed to read tasks back from history"),
        }
    }

    fn let_time_pass(&mut self) {
        let elapsed = self.clock.elapsed();
        // The sign of life of a worker that seems to be silent may be among what is not read yet.
        if self.progress.behind || elapsed.saturating_sub(self.progress.ticked) < IDLE {
            return;
        }
        self.progress.ticked = elapsed;
        let mut cluster = self.picture();
        if let Some(seq) = cluster.pass_time(millis(&*self.clock)) {
            self.latest.send_replace(seq);
        }
    }

    fn begin_flush_if_due(&mut self) {
        if self.progress.flush.is_some() {
            return;
        }
        let elapsed = self.clock.elapsed();
        let since = elapsed.saturating_sub(self.progress.flushed);
        let pause = if self.progress.failing { RETRY } else { self.settings.flush_every };
        let save = elapsed.saturating_sub(self.progress.saved) >= SAVE_COUNTERS;
        let asked = !self.progress.waiting_next.is_empty();
        let (is_dirty, dirty) = {
            let cluster = self.picture();
            (cluster.is_dirty(), cluster.dirty())
        };
        let eager = dirty >= EAGER && !self.progress.failing;
        if asked || save || (is_dirty && (eager || since >= pause)) {
            self.begin_flush(save);
        }
    }

    fn begin_flush(&mut self, save_counters: bool) {
        self.progress.flushed = self.clock.elapsed();
        self.progress.waiting.append(&mut self.progress.waiting_next);
        if save_counters {
            self.progress.saving_at = millis(&*self.clock);
        }
        let batch = {
            let mut cluster = self.picture();
            let mut batch = cluster.take_batch();
            if save_counters && std::mem::take(&mut cluster.series.unsaved) {
                batch.buckets = cluster.series.buckets(self.progress.saved_at);
            }
            batch
        };
        if save_counters {
            self.progress.saved = self.progress.flushed;
        }
        let history = self.history.clone();
        self.progress.flush = Some(
            async move {
                if batch.is_empty() {
                    return (None, Ok(()));
                }
                let batch = Arc::new(batch);
                let job = Arc::clone(&batch);
                let outcome = history.write(move |connection| job.write(connection)).await;
                // The writer has dropped its share by the time it answers, but for a moment's race.
                (Arc::into_inner(batch), outcome)
            }
            .boxed(),
        );
    }

    fn end_flush(&mut self, batch: Option<Batch>, outcome: Result<(), DbError>) {
        self.progress.flush = None;
        let written = outcome.is_ok();
        let saved_counters = batch.as_ref().is_some_and(|batch| !batch.buckets.is_empty());
        if let Some(batch) = batch {
            let mut cluster = self.picture();
            cluster.series.unsaved |= saved_counters && !written;
            cluster.settle(batch, written);
        }
        if written && saved_counters {
            // A flush may have begun a while before it ended; what was counted meanwhile goes with the next one.
            self.progress.saved_at = self.progress.saving_at;
        }
        match outcome {
            Err(error) if !self.progress.failing => {
                tracing::error!(%error, "failed to write history; trying again every second");
            }
            Ok(()) if self.progress.failing => tracing::info!("history is written again"),
            _ => {}
        }
        self.progress.failing = !written;
        // A flush takes a bounded number of tasks; whoever asked waits for the rest too.
        if !written || !self.picture().is_dirty() {
            for request in self.progress.waiting.drain(..) {
                let _ = request.send(());
            }
        } else {
            self.progress.waiting_next.append(&mut self.progress.waiting);
        }
    }

    /// Folds what has arrived and writes everything. Nothing is lost that was said before the stop.
    async fn finish(mut self, mut events: Events) {
        self.told.close();
        loop {
            match events.try_recv().or_else(|_| self.told.try_recv()) {
                Ok(batch) => self.hear(batch, &mut events).await,
                Err(_) if self.progress.flush.is_none() && !self.picture().is_dirty() => break,
                Err(_) => {}
            }
            if self.progress.flush.is_none() {
                self.begin_flush(false);
            }
            if let Some(flush) = self.progress.flush.as_mut() {
                let (batch, outcome) = flush.await;
                self.end_flush(batch, outcome);
            }
            if self.progress.failing {
                break;
            }
        }
        self.begin_flush(true);
        if let Some(flush) = self.progress.flush.take() {
            let (_, outcome) = flush.await;
            if let Err(error) = outcome {
                tracing::error!(%error, "failed to write the end of history");
            }
        }
    }

    fn has_room(&self) -> bool {
        self.progress.failing || self.picture().has_room()
    }

    /// How long nothing needs to be done.
    fn pause(&self) -> Duration {
        if self.picture().is_dirty() && self.progress.flush.is_none() {
            self.settings.flush_every
        } else {
            IDLE
        }
    }

    fn picture(&self) -> std::sync::MutexGuard<'_, Cluster> {
        self.cluster.lock().expect("nobody panics while holding this lock")
    }
}

/// Reads what history remembers into a fresh picture.
pub(super) async fn load(
    history: &Db,
    settings: &MonitorSettings,
    now: i64,
) -> Result<Cluster, HistoryError> {
    use super::index::{Index, Row};
    use crate::store::history::{Bucket, Phase};
    const MONTH: i64 = 31 * 24 * 3600 * 1000;
    let (words, index, buckets) = history
        .read(move |connection| {
            let words = read::words(connection)?;
            let mut index = Index::default();
            read::scan(connection, |task| {
                let hash = index.hash(task.id);
                let waits = matches!(task.phase, Phase::Pending | Phase::Received);
                let eta = task.eta.filter(|eta| waits && *eta > now);
                let phase = if eta.is_some() { Phase::Scheduled } else { task.phase };
                let runtime = task.runtime.map(|seconds| seconds as f32);
                let (name, queue, worker, created) = (task.name, task.queue, task.worker, task.created);
                index.set(task.seq, Row { phase, name, queue, worker, created, runtime, hash });
                if let Some(eta) = eta {
                    index.schedule(task.seq, eta, task.phase);
                }
            })?;
            Ok((words, index, Bucket::load(connection, now - MONTH)?))
        })
        .await?;
    let first = u64::try_from(now).unwrap_or(0) * 1000;
    let mut cluster = Cluster::new(settings.keep_body, settings.recent_tasks, first);
    cluster.remember(words, index, buckets);
    Ok(cluster)
}
