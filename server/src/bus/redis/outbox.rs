//! What we have to say: a bounded queue, and one who sends all that is in it with each round trip.
//!
//! So a lone event leaves at once, and under load one round trip carries thousands. Nobody who publishes waits for
//! Redis. When the queue is full he waits a moment for a Redis that is slow; when Redis is away the oldest events give
//! way, because no task is worth less than the news of it.

use super::Inner;
use super::tally::Tally;
use crate::clock::SharedClock;
use crate::protocol::event::{Event, EventKind, Frame, encode};
use crate::redis_link::{Link, LinkError, Reach};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What may wait.
const MOST: Load = Load { events: 500_000, bytes: 64 * 1024 * 1024 };
/// What one round trip carries.
const ROUND: Load = Load { events: 8192, bytes: 4 * 1024 * 1024 };
/// How long a speaker is slowed down by a Redis that takes less than we say.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the last words are tried for.
const FAREWELL: Duration = Duration::from_secs(2);
/// What an event takes beside its texts, about.
const FRAME: usize = 300;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Load {
    events: usize,
    bytes: usize,
}

pub(super) struct Outbox {
    clock: SharedClock,
    waiting: Mutex<Waiting>,
    filled: Notify,
    emptied: Notify,
    unsent: Tally,
}

#[derive(Default)]
struct Waiting {
    batches: VecDeque<(Vec<Event>, Load)>,
    load: Load,
}

impl Load {
    fn of(batch: &[Event]) -> Self {
        Self { events: batch.len(), bytes: batch.iter().map(weight).sum() }
    }

    fn plus(self, other: Self) -> Self {
        Self { events: self.events + other.events, bytes: self.bytes + other.bytes }
    }

    fn fits(self, bound: Self) -> bool {
        self.events <= bound.events && self.bytes <= bound.bytes
    }
}

/// About how long an event is.
fn weight(event: &Event) -> usize {
    let texts = match &event.kind {
        EventKind::TaskSent(info) | EventKind::TaskReceived(info) => {
            info.args.len() + info.kwargs.len() + info.body.as_ref().map_or(0, bytes::Bytes::len)
        }
        EventKind::TaskSucceeded { result, .. } => result.len(),
        EventKind::TaskFailed { exception, traceback, .. }
        | EventKind::TaskRetried { exception, traceback, .. } => {
            exception.len() + traceback.as_ref().map_or(0, String::len)
        }
        EventKind::WorkerOnline(info) => info.registered.iter().map(String::len).sum(),
        _ => 0,
    };
    FRAME + texts
}

impl Outbox {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self {
            unsent: Tally::new(Arc::clone(&clock)),
            clock,
            waiting: Mutex::default(),
            filled: Notify::new(),
            emptied: Notify::new(),
        }
    }

    pub(super) fn unsent(&self) -> u64 {
        self.unsent.total()
    }

    pub(super) async fn put(&self, batch: Vec<Event>, link: &Link) {
        if batch.is_empty() {
            return;
        }
        let load = Load::of(&batch);
        if !self.has_room(load) && *link.reach().borrow() == Reach::Reachable {
            tokio::select! {
                () = self.room(load) => {}
                () = self.clock.sleep(PATIENCE) => {}
            }
        }
        let given_up = self.lock().push(batch, load);
        self.filled.notify_one();
        self.give_up(given_up, "Redis takes them too slowly or not at all");
    }

    fn has_room(&self, load: Load) -> bool {
        let waiting = self.lock();
        waiting.batches.is_empty() || waiting.load.plus(load).fits(MOST)
    }

    async fn room(&self, load: Load) {
        loop {
            let emptied = self.emptied.notified();
            tokio::pin!(emptied);
            emptied.as_mut().enable();
            if self.has_room(load) {
                return;
            }
            emptied.await;
        }
    }

    fn take(&self) -> Vec<Event> {
        let events = self.lock().pop();
        self.emptied.notify_waiters();
        events
    }

    fn give_up(&self, events: usize, reason: &str) {
        if events > 0 {
            self.unsent.count(events as u64, |new| {
                tracing::warn!(events = new, reason, "gave up events that could not be sent");
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().expect("nobody panics while holding this lock")
    }
}

impl Waiting {
    /// Takes a batch in; the oldest ones give way when there is no room. Returns how many events that were.
    fn push(&mut self, batch: Vec<Event>, load: Load) -> usize {
        let mut gone = 0;
        while !self.load.plus(load).fits(MOST) {
            let Some((_, oldest)) = self.batches.pop_front() else { break };
            self.load.events -= oldest.events;
            self.load.bytes -= oldest.bytes;
            gone += oldest.events;
        }
        self.load = self.load.plus(load);
        self.batches.push_back((batch, load));
        gone
    }

    fn put_back(&mut self, batch: Vec<Event>) {
        let load = Load::of(&batch);
        self.load = self.load.plus(load);
        self.batches.push_front((batch, load));
    }

    /// As many batches as one round trip carries, and one at least.
    fn pop(&mut self) -> Vec<Event> {
        let mut taken = Load::default();
        let mut events = Vec::new();
        while let Some((batch, load)) = self.batches.front_mut() {
            taken = taken.plus(*load);
            if !events.is_empty() && !taken.fits(ROUND) {
                break;
            }
            self.load.events -= load.events;
            self.load.bytes -= load.bytes;
            events.append(batch);
            self.batches.pop_front();
        }
        events
    }
}

/// Sends until told to stop, and then what is left.
pub(super) async fn run(bus: Arc<Inner>, stop: CancellationToken) {
    let outbox = &bus.outbox;
    loop {
        let events = outbox.take();
        if events.is_empty() {
            tokio::select! {
                () = outbox.filled.notified() => continue,
                () = stop.cancelled() => break,
            }
        }
        if let Err(events) = send(&bus, events, &stop).await {
            outbox.lock().put_back(events);
            break;
        }
    }
    let farewell = async {
        loop {
            let events = outbox.take();
            if events.is_empty() {
                return;
            }
            let count = events.len();
            bus.link.connected().await;
            if let Err(error) = publish(&bus, &events).await {
                outbox.give_up(count, &error.to_string());
            }
        }
    };
    tokio::select! {
        () = farewell => {}
        () = bus.clock.sleep(FAREWELL) => {
            let left = outbox.lock().load.events;
            outbox.give_up(left, "Redis did not answer while we stopped");
        }
    }
}

/// Sends events, again and again while Redis is away: some may be heard twice then, which changes nothing for those
/// who listen. Gives them back when told to stop meanwhile.
async fn send(bus: &Inner, events: Vec<Event>, stop: &CancellationToken) -> Result<(), Vec<Event>> {
    loop {
        match publish(bus, &events).await {
            Ok(()) => return Ok(()),
            Err(LinkError::Refused(reason)) => {
                bus.outbox.give_up(events.len(), &reason);
                return Ok(());
            }
            Err(LinkError::Down(_)) => tokio::select! {
                () = bus.link.connected() => {}
                () = stop.cancelled() => return Err(events),
            },
        }
    }
}

async fn publish(bus: &Inner, events: &[Event]) -> Result<(), LinkError> {
    let frames = encode(events, Uuid::new_v4);
    let mut commands = ::redis::Pipeline::with_capacity(frames.len());
    for Frame { routing_key, payload, .. } in frames {
        commands.cmd("PUBLISH").arg(bus.keys.event_channel(&routing_key)).arg(payload).ignore();
    }
    bus.link.query(&commands).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::Speaker;
    use crate::clock::SystemClock;
    use crate::protocol::TaskId;

    fn batch(events: usize, size: usize) -> Vec<Event> {
        let speaker = Speaker::new("w@h", SystemClock::shared());
        let uuid = TaskId::from("i");
        let result = "x".repeat(size);
        let event = speaker.event(EventKind::TaskSucceeded { uuid, result, runtime: None });
        vec![event; events]
    }

    fn push(waiting: &mut Waiting, events: usize, size: usize) -> usize {
        let batch = batch(events, size);
        let load = Load::of(&batch);
        waiting.push(batch, load)
    }

    #[test]
    fn the_oldest_give_way() {
        let mut waiting = Waiting::default();
        assert_eq!(push(&mut waiting, 3, 0), 0);
        assert_eq!(push(&mut waiting, 1, MOST.bytes - 4 * FRAME), 0, "just fits");
        assert_eq!(push(&mut waiting, 1, 0), 3);
        assert_eq!(push(&mut waiting, 1, MOST.bytes * 2), 2, "one that never fits is taken all the same");
        assert_eq!((waiting.batches.len(), waiting.load.events), (1, 1));
        assert_eq!(waiting.pop().len(), 1);
        assert_eq!(waiting.load, Load::default());
    }

    #[test]
    fn a_round_trip_carries_so_much_and_no_more() {
        let mut waiting = Waiting::default();
        for _ in 0..5 {
            push(&mut waiting, ROUND.events / 2, 0);
        }
        assert_eq!([(); 4].map(|()| waiting.pop().len()), [ROUND.events, ROUND.events, ROUND.events / 2, 0]);
        assert_eq!(waiting.load, Load::default());
    }
}
