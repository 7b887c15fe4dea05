//! Async tasks on threads of their own.
//!
//! Author's code may do anything, also block its thread for ever. So it runs on a tokio runtime apart from ours: the
//! dashboard, the broker and the settling go on whatever a task does. A thread cannot be taken back from code that
//! does not yield, so when one is lost a fresh runtime takes over for what comes next ([`super::watch`]).

use crate::clock::SharedClock;
use crate::worker::execute::{Job, Ticket};
use crate::worker::hand::Running;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Runtimes that may be lost to blocking tasks before the pool stops making new ones.
const MOST_RUNTIMES: usize = 16;

pub struct TaskPool {
    clock: SharedClock,
    threads: usize,
    /// The last one takes new tasks; those before it have lost a thread.
    runtimes: Mutex<Vec<Runtime>>,
    watched: Arc<Mutex<Vec<Watched>>>,
}

/// A running task as the watchdog sees it.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) running: Arc<Running>,
    pub(super) ticket: Arc<Ticket>,
    pub(super) limit: Option<Duration>,
    pub(super) poll: Arc<PollMark>,
}

/// Since when the task's code has been running without giving its thread back.
#[derive(Debug, Default)]
pub(super) struct PollMark(AtomicU64);

impl PollMark {
    pub(super) fn since(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            nanos => Some(Duration::from_nanos(nanos)),
        }
    }

    fn begin(&self, now: Duration) {
        self.0.store(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX).max(1), Ordering::Relaxed);
    }

    fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl TaskPool {
    pub(in crate::worker) fn new(clock: SharedClock) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let first = new_runtime(threads)?;
        Ok(Self { clock, threads, runtimes: Mutex::new(vec![first]), watched: Arc::default() })
    }

    pub(in crate::worker) fn run(&self, job: Job) {
        let poll = Arc::new(PollMark::default());
        self.watch(Watched {
            running: Arc::clone(&job.running),
            ticket: Arc::clone(&job.ticket),
            limit: job.limits.hard,
            poll: Arc::clone(&poll),
        });
        let clock = self.clock.clone();
        let runtimes = self.runtimes();
        if let Some(newest) = runtimes.last() {
            newest.spawn(Marked { poll, clock, work: Box::pin(job.run()) });
        }
    }

    fn watch(&self, task: Watched) {
        let mut watched = self.watched();
        // Short tasks end long before the watchdog looks: sweep them out whenever the list would have to grow.
        if watched.len() == watched.capacity() {
            watched.retain(|task| !task.ticket.is_finished());
        }
        watched.push(task);
    }

    /// The tasks that are still running. Forgets those that have ended.
    pub(super) fn alive(&self) -> Vec<Watched> {
        let mut watched = self.watched();
        watched.retain(|task| !task.ticket.is_finished());
        watched.clone()
    }

    /// A task has taken a thread and does not give it back: the next tasks get a runtime with all its threads.
    pub(super) fn replace_runtime(&self) {
        let mut runtimes = self.runtimes();
        if runtimes.len() >= MOST_RUNTIMES {
            tracing::error!("too many tasks block their threads; restart the worker to get the threads back");
            return;
        }
        match new_runtime(self.threads) {
            Ok(runtime) => runtimes.push(runtime),
            Err(error) => tracing::error!(%error, "failed to start fresh threads for tasks"),
        }
    }

    /// Leaves the threads behind; what still blocks one of them ends with the process.
    pub(in crate::worker) fn shut_down(&self) {
        for runtime in self.runtimes().drain(..) {
            runtime.shutdown_background();
        }
    }

    fn runtimes(&self) -> MutexGuard<'_, Vec<Runtime>> {
        self.runtimes.lock().expect("nobody panics while holding this lock")
    }

    fn watched(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.watched.lock().expect("nobody panics while holding this lock")
    }
}

fn new_runtime(threads: usize) -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("tasks")
        .enable_all()
        .build()
}

/// Notes when the work is being polled.
struct Marked<F> {
    poll: Arc<PollMark>,
    clock: SharedClock,
    work: Pin<Box<F>>,
}

impl<F: Future<Output = ()>> Future for Marked<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.poll.begin(self.clock.elapsed());
        let outcome = self.work.as_mut().poll(context);
        self.poll.end();
        outcome
    }
}
