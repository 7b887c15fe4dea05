//! The scheduler: sends tasks at their times. What `celery beat` is, safe to run in every process.
//!
//! Each process has one. One of them leads and sends; the others stand by, and one takes over when the leader is gone
//! ([`leader`]). That they agree on who leads is only thrift: what keeps an occurrence from being sent twice, or not at
//! all, is that an entry's state changes in the same step in which its tasks are published, and only if it is still
//! what the sender has read ([`tick`], [`crate::broker::Notebook`]).

mod agenda;
mod declare;
mod edit;
mod entry;
mod leader;
mod plan;
mod reading;
mod sightings;
mod state;
mod tick;

pub use declare::Declared;
pub use edit::BeatError;
pub use entry::{Entry, Origin};
pub use sightings::{Sighting, Sightings};
pub use state::{Head, MARKS, Mark, MarkKind, State};

use crate::broker::{BrokerError, Notebook};
use crate::client::Client;
use crate::clock::SharedClock;
use crate::protocol::TaskId;
use crate::schedule::Tz;
use crate::service::Services;
use agenda::Agenda;
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// What was brought: one note for each entry.
const ENTRIES: &str = "schedules";
/// How far each entry has come: one note for each that has begun.
const STATES: &str = "schedule-states";

/// What a scheduler is told.
#[derive(Clone, Debug)]
pub struct BeatSettings {
    /// The process's name, as others see who leads.
    pub node: String,
    /// The zone of entries that name none.
    pub zone: Tz,
    /// How late a crontab's run may be made up for.
    pub starting_deadline: Option<Duration>,
    /// The longest it sleeps.
    pub max_loop_interval: Duration,
    /// How long it leads without saying so again; it says so, or asks who does, three times in this time.
    pub lease: Duration,
    /// The tasks there are, where nobody but this process could have others.
    pub tasks: Option<BTreeSet<String>>,
    /// Whether somebody looks at what others send.
    pub is_watched: bool,
}

/// Tells whether tasks have ended, for entries that limit how many may run.
pub trait Ends: Send + Sync {
    fn ended(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Vec<bool>>;
}

/// What a scheduler is made of.
pub struct BeatParts {
    pub notebook: Arc<dyn Notebook>,
    pub client: Client,
    pub clock: SharedClock,
    pub ends: Arc<dyn Ends>,
    pub sightings: Sightings,
    /// Entries from the configuration and from code.
    pub declared: Vec<Declared>,
    pub settings: BeatSettings,
}

/// Who leads, as far as this process knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub leader: Option<String>,
    pub is_us: bool,
}

/// All entries, by name.
pub type Entries<'a> = Box<dyn ExactSizeIterator<Item = &'a Entry> + 'a>;

/// A handle to the scheduler of this process. Copies share it.
#[derive(Clone)]
pub struct Beat(Arc<Inner>);

struct Inner {
    notebook: Arc<dyn Notebook>,
    client: Client,
    clock: SharedClock,
    ends: Arc<dyn Ends>,
    sightings: Sightings,
    settings: Arc<BeatSettings>,
    agenda: Mutex<Agenda>,
    standing: watch::Sender<Standing>,
    /// Grows whenever something changed that a page shows.
    revision: watch::Sender<u64>,
    /// Changes of the entries that were made here and are known here, since the book was read.
    own_changes: AtomicU64,
    /// Rung when the loop has to look again.
    bell: Notify,
}

impl Beat {
    /// Starts it. Entries are read, and those of this process made known, behind this call.
    pub fn start(services: &Services, parts: BeatParts) -> Self {
        let BeatParts { notebook, client, clock, ends, sightings, declared, settings } = parts;
        let beat = Self(Arc::new(Inner {
            notebook,
            client,
            clock,
            ends,
            sightings,
            settings: Arc::new(settings),
            agenda: Mutex::default(),
            standing: watch::Sender::default(),
            revision: watch::Sender::new(0),
            own_changes: AtomicU64::new(0),
            bell: Notify::new(),
        }));
        services.start("beat", |stop| leader::run(beat.clone(), declared, stop));
        beat
    }

    /// Looks at all entries, by name. The scheduler waits meanwhile.
    pub fn with_entries<T>(&self, look: impl FnOnce(Entries<'_>) -> T) -> T {
        look(Box::new(self.0.agenda().entries()))
    }

    pub fn entry(&self, name: &str) -> Option<Entry> {
        self.0.agenda().get(name).cloned()
    }

    /// Who leads.
    pub fn standing(&self) -> Standing {
        self.0.standing.borrow().clone()
    }

    /// The zone of entries that name none.
    pub fn zone(&self) -> Tz {
        self.0.settings.zone
    }

    /// Schedulers of Celery that have been noticed beside us.
    pub fn sightings(&self) -> Vec<Sighting> {
        self.0.sightings.all()
    }

    /// Grows whenever something changed that a page shows.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }
}

impl Inner {
    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock().expect("nobody panics while holding this lock")
    }

    fn changed(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    /// Reads some entries anew: they were changed here, or by somebody else in between.
    async fn refresh(&self, names: Vec<String>) -> Result<(), BrokerError> {
        if names.is_empty() {
            return Ok(());
        }
        let (entries, states) = futures_util::future::try_join(
            self.notebook.read(ENTRIES, names.clone()),
            self.notebook.read(STATES, names.clone()),
        )
        .await?;
        {
            let now = self.clock.now();
            let mut agenda = self.agenda();
            for ((name, note), state) in names.into_iter().zip(entries).zip(states) {
                match note {
                    None => drop(agenda.remove(&name)),
                    Some(note) => {
                        let state = state.map(Arc::from);
                        agenda.put(Entry::read(name.into(), note.into(), state, &self.settings), now);
                    }
                }
            }
        }
        self.changed();
        self.bell.notify_one();
        Ok(())
    }
}
