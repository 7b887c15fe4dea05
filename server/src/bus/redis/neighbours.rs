//! What workers say of themselves, for a worker that wants to know its neighbours and has no use for the flood of task
//! events: a subscription of its own, as Celery's gossip has one.

use super::{Inner, Listeners, Pause};
use crate::bus::Events;
use crate::protocol::event::{Event, decode};
use crate::redis_link::{LinkError, Subscription, Topic};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(super) struct Neighbours {
    listeners: Listeners<Arc<[Event]>>,
    /// Whether anybody has asked for them.
    asked: watch::Sender<bool>,
}

impl Default for Neighbours {
    fn default() -> Self {
        Self { listeners: Listeners::default(), asked: watch::Sender::new(false) }
    }
}

impl Neighbours {
    pub(super) fn join(&self) -> Events {
        let events = self.listeners.join();
        self.asked.send_replace(true);
        events
    }
}

/// Reads, once somebody listens, until told to stop.
pub(super) async fn run(bus: Arc<Inner>, stop: CancellationToken) {
    let mut asked = bus.neighbours.asked.subscribe();
    let listen = async {
        // The sender lives as long as the bus.
        let _ = asked.wait_for(|asked| *asked).await;
        let topic = Topic::Pattern(bus.keys.worker_event_pattern());
        let mut pause = Pause::new();
        loop {
            let error = match bus.link.subscribe(&topic).await {
                Ok(mut subscription) => {
                    pause = Pause::new();
                    let Err(error) = hear(&bus, &mut subscription).await;
                    error
                }
                Err(error) => error,
            };
            tracing::debug!(%error, "neighbours are not heard; trying again");
            bus.clock.sleep(pause.next()).await;
        }
    };
    tokio::select! {
        () = listen => {}
        () = stop.cancelled() => {}
    }
}

/// Reads until the connection ends.
async fn hear(bus: &Inner, subscription: &mut Subscription) -> Result<Infallible, LinkError> {
    loop {
        let payloads = subscription.read().await?;
        // What cannot be read is counted where all events are heard. With `fanout_patterns` off, task events come
        // along on the one channel there is.
        let decoded = payloads.iter().filter_map(|payload| decode(payload).ok());
        let of_workers =
            decoded.flat_map(|decoded| decoded.events).filter(|event| event.kind.task_id().is_none());
        let events: Vec<Event> = of_workers.collect();
        if !events.is_empty() {
            bus.neighbours.listeners.tell(&events.into()).await;
        }
    }
}
