//! What others say. One reads the socket as fast as it gives and decodes nothing; another decodes behind him and hands
//! on to all who listen. Between them is a queue that holds half a gigabyte of raw text: a burst of some hundred
//! thousand events waits there until it is heard, rather than in Redis, which would cut us off.

use super::tally::Tally;
use super::{Inner, Listeners, Pause};
use crate::bus::Events;
use crate::clock::SharedClock;
use crate::protocol::control::Request;
use crate::protocol::event::{Event, EventKind, decode};
use crate::redis_link::Topic;
use crate::service;
use bytes::Bytes;
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Bytes of raw text that may wait to be decoded.
const MOST: usize = 512 * 1024 * 1024;
/// What a payload takes beside its text, about.
const FRAME: usize = 128;
/// Events that are handed on together.
const BATCH: usize = 1024;
/// Bytes that are decoded before others get their turn on the thread.
const TURN: usize = 64 * 1024;

pub(super) struct Inbox {
    listeners: Listeners<Arc<[Event]>>,
    /// Whether anybody has asked for events.
    asked: watch::Sender<bool>,
    /// Whether events reach us.
    pub(super) hears: watch::Sender<bool>,
    /// Bytes that wait.
    waiting: AtomicUsize,
    raw: mpsc::UnboundedSender<Vec<Bytes>>,
    /// The other end, until the decoder takes it.
    behind: Mutex<Option<mpsc::UnboundedReceiver<Vec<Bytes>>>>,
    pub(super) lost: Tally,
    malformed: Tally,
}

impl Inbox {
    pub(super) fn new(clock: SharedClock) -> Self {
        let (raw, behind) = mpsc::unbounded_channel();
        Self {
            listeners: Listeners::default(),
            asked: watch::Sender::new(false),
            hears: watch::Sender::new(false),
            waiting: AtomicUsize::new(0),
            raw,
            behind: Mutex::new(Some(behind)),
            lost: Tally::new(Arc::clone(&clock)),
            malformed: Tally::new(clock),
        }
    }

    pub(super) fn join(&self) -> Events {
        let events = self.listeners.join();
        self.asked.send_replace(true);
        events
    }

    pub(super) fn is_asked(&self) -> bool {
        *self.asked.borrow()
    }

    /// Lets payloads wait to be decoded; those there is no room for are lost.
    fn put(&self, mut payloads: Vec<Bytes>) {
        let before = payloads.len();
        let mut bytes = 0;
        let room = MOST.saturating_sub(self.waiting.load(Ordering::Relaxed));
        payloads.retain(|payload| {
            let size = payload.len() + FRAME;
            let fits = bytes + size <= room;
            bytes += if fits { size } else { 0 };
            fits
        });
        // Counting nothing says what has not been said yet.
        self.lost.count((before - payloads.len()) as u64, say_lost);
        if !payloads.is_empty() {
            self.waiting.fetch_add(bytes, Ordering::Relaxed);
            // The other end is gone only when everything stops.
            let _ = self.raw.send(payloads);
        }
    }
}

fn say_lost(messages: u64) {
    tracing::warn!(messages, "events lost: they came faster than they could be recorded for too long");
}

fn say_malformed(count: u64, reason: &str) {
    tracing::warn!(count, reason, "passed over what was published as events and is none");
}

/// Reads, once somebody listens, until told to stop.
pub(super) async fn read(bus: Arc<Inner>, stop: CancellationToken) {
    let mut asked = bus.inbox.asked.subscribe();
    tokio::select! {
        _ = asked.wait_for(|asked| *asked) => {}
        () = stop.cancelled() => return,
    }
    tokio::select! {
        () = read_for_ever(&bus) => {}
        () = stop.cancelled() => {}
    }
}

async fn read_for_ever(bus: &Arc<Inner>) {
    let topic = Topic::Pattern(bus.keys.event_pattern());
    let mut pause = Pause::new();
    let mut was_lost = false;
    loop {
        let error = match bus.link.subscribe(&topic).await {
            Ok(subscription) => {
                if was_lost {
                    tracing::info!("events are heard again");
                }
                pause = Pause::new();
                bus.inbox.hears.send_replace(true);
                wake(Arc::clone(bus));
                let ears = Arc::clone(bus);
                let error = subscription.pump(move |payloads| ears.inbox.put(payloads)).await;
                bus.inbox.hears.send_replace(false);
                error
            }
            Err(error) => error,
        };
        if !was_lost {
            tracing::warn!(%error, "events are not heard any more; trying again until they are");
        }
        was_lost = true;
        bus.clock.sleep(pause.next()).await;
    }
}

/// Asks all workers to show themselves, as Celery's monitors do: nobody knows them before their next heartbeat.
fn wake(bus: Arc<Inner>) {
    // Reading must not wait for it.
    service::spawn(async move {
        bus.patience().await;
        if let Err(error) = bus.broadcast(&Request::new("heartbeat", json!({}))).await {
            tracing::debug!(%error, "could not ask the workers for a heartbeat");
        }
    });
}

/// Decodes what has been read and tells all who listen, waiting for the slowest of them.
pub(super) async fn decode_all(bus: Arc<Inner>, stop: CancellationToken) {
    let taken = bus.inbox.behind.lock().expect("nobody panics while holding this lock").take();
    let Some(mut behind) = taken else { return stop.cancelled().await };
    loop {
        let payloads = tokio::select! {
            payloads = behind.recv() => payloads,
            () = stop.cancelled() => return,
        };
        let Some(payloads) = payloads else { return stop.cancelled().await };
        tokio::select! {
            () = hand_on(&bus, &payloads) => {}
            () = stop.cancelled() => return,
        }
    }
}

async fn hand_on(bus: &Inner, payloads: &[Bytes]) {
    let mut events = Vec::new();
    let (mut turn, mut done) = (0, 0);
    for payload in payloads {
        gather(bus, payload, &mut events);
        if events.len() >= BATCH {
            tell(bus, std::mem::take(&mut events)).await;
        }
        turn += payload.len();
        done += payload.len() + FRAME;
        if turn >= TURN {
            turn = 0;
            bus.inbox.waiting.fetch_sub(std::mem::take(&mut done), Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    }
    bus.inbox.waiting.fetch_sub(done, Ordering::Relaxed);
    tell(bus, events).await;
}

fn gather(bus: &Inner, payload: &[u8], events: &mut Vec<Event>) {
    match decode(payload) {
        Ok(decoded) => {
            events.extend(decoded.events);
            if decoded.malformed > 0 {
                let say = |count| say_malformed(count, "a list with something else in it");
                bus.inbox.malformed.count(decoded.malformed as u64, say);
            }
        }
        Err(reason) => bus.inbox.malformed.count(1, |count| say_malformed(count, &reason)),
    }
}

async fn tell(bus: &Inner, events: Vec<Event>) {
    // Clients count for themselves; only workers' clocks mean anything to each other.
    let clocks = events.iter().filter(|event| !matches!(event.kind, EventKind::TaskSent(_)));
    if let Some(newest) = clocks.map(|event| event.clock).max() {
        bus.speaker.adopt(newest);
    }
    if !events.is_empty() {
        bus.inbox.listeners.tell(&events.into()).await;
    }
}
