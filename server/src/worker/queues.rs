//! Which queues the worker takes messages from; remote control can change them while it runs.

use std::sync::Arc;
use tokio::sync::watch;

/// More queues than this are refused: each of them is looked into for every batch.
pub(crate) const MOST: usize = 1000;

/// A queue and how it is bound, as others are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) exchange: String,
    pub(crate) exchange_type: String,
    pub(crate) routing_key: String,
}

impl Queue {
    /// A queue with an exchange and a routing key of its own name, which is what nearly all queues are.
    pub(crate) fn plain(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            exchange: name.to_owned(),
            exchange_type: "direct".to_owned(),
            routing_key: name.to_owned(),
        }
    }
}

/// The queues at one moment.
#[derive(Debug, Default)]
pub(crate) struct Served {
    pub(crate) queues: Vec<Queue>,
    /// Their names in the same order, as the broker wants them.
    pub(crate) names: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Queues(watch::Sender<Arc<Served>>);

impl Queues {
    pub(super) fn new(names: &[String]) -> Self {
        Self(watch::Sender::new(Arc::new(Served::of(names.iter().map(|name| Queue::plain(name)).collect()))))
    }

    pub(crate) fn now(&self) -> Arc<Served> {
        Arc::clone(&self.0.borrow())
    }

    pub(super) fn watch(&self) -> watch::Receiver<Arc<Served>> {
        self.0.subscribe()
    }

    /// Adds a queue; one that is served already stays as it is. False when there are too many.
    pub(crate) fn add(&self, queue: Queue) -> bool {
        let mut room = true;
        self.0.send_if_modified(|served| {
            if served.names.contains(&queue.name) {
                return false;
            }
            room = served.queues.len() < MOST;
            if room {
                let queues = served.queues.iter().cloned().chain([queue.clone()]).collect();
                *served = Arc::new(Served::of(queues));
            }
            room
        });
        room
    }

    /// Leaves a queue alone from now on. The last one may go too; the worker then waits to be given another.
    pub(crate) fn remove(&self, name: &str) {
        self.0.send_if_modified(|served| {
            let queues: Vec<Queue> =
                served.queues.iter().filter(|queue| queue.name != name).cloned().collect();
            let changed = queues.len() < served.queues.len();
            if changed {
                *served = Arc::new(Served::of(queues));
            }
            changed
        });
    }
}

impl Served {
    fn of(queues: Vec<Queue>) -> Self {
        Self { names: queues.iter().map(|queue| queue.name.clone()).collect(), queues }
    }
}
