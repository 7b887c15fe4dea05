//! Other workers on the same bus, Python's among them: greeted at the start, missed when they fall silent, and asked
//! along when something has to be done by one of us only.

mod election;
mod mingle;

use election::Candidate;
pub(crate) use election::Elections;
pub(crate) use mingle::revoke as merge_revoked;

use super::Shared;
use crate::bus::Events;
use crate::client::Send;
use crate::protocol::{Event, EventKind};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often silent neighbours and late candidates are looked for.
const LOOK: Duration = Duration::from_secs(1);
/// More neighbours than this are not kept in mind.
const MOST: usize = 5000;

/// Greets and listens at once. Taking messages does not wait for the greeting, as it does in Celery for a whole
/// second: a revoked task that slips through in that second is one that was revoked while no broker could be asked to
/// drop it, and the same happens to a worker that hears `revoke` a moment too late.
pub(super) async fn run(shared: Arc<Shared>, heard: Events, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        ((), ()) = async { tokio::join!(mingle::greet(&shared), listen(&shared, heard)) } => {}
    }
}

async fn listen(shared: &Shared, mut events: Events) {
    let mut present = Present::default();
    let mut look = shared.clock.sleep(LOOK);
    loop {
        tokio::select! {
            batch = events.recv() => match batch {
                Some(batch) => {
                    for event in batch.iter() {
                        hear(shared, &mut present, event).await;
                    }
                }
                // The bus is gone, and with it whoever could be heard.
                None => std::future::pending().await,
            },
            () = &mut look => {
                look = shared.clock.sleep(LOOK);
                let now = shared.clock.elapsed();
                for name in present.missed(now) {
                    tracing::info!("{}", missed(&name));
                }
                for (id, leader) in shared.elections.overdue(now) {
                    decide(shared, &id, leader).await;
                }
            }
        }
    }
}

/// Celery's words for it, which people look for in logs.
fn missed(name: &str) -> String {
    format!("missed heartbeat from {name}")
}

async fn hear(shared: &Shared, present: &mut Present, event: &Event) {
    let ours = *event.hostname == *shared.speaker.hostname();
    if !ours {
        shared.speaker.adopt(event.clock);
        match &event.kind {
            EventKind::WorkerOnline(info) | EventKind::WorkerHeartbeat(info) => {
                if present.seen(&event.hostname, info.freq, shared.clock.elapsed()) {
                    tracing::debug!("{} joined the party", event.hostname);
                }
            }
            EventKind::WorkerOffline(_) => present.left(&event.hostname),
            _ => {}
        }
    }
    let EventKind::Other { kind, fields } = &event.kind else { return };
    let Some(id) = fields.get("id").and_then(Value::as_str) else { return };
    match kind.as_str() {
        "worker-elect" => {
            shared.elections.candidate(id, Candidate::of(event, fields));
            // One ack for each candidate from each who hears of it: the count by which all know that all have heard.
            tell(shared, "worker-elect-ack", Map::from_iter([("id".to_owned(), id.into())])).await;
        }
        // Celery counts its own acks as well, and then may decide before it has heard of the others.
        "worker-elect-ack" if !ours || present.count() == 0 => {
            if let Some(leader) = shared.elections.ack(id, present.count()) {
                decide(shared, id, leader).await;
            }
        }
        _ => {}
    }
}

/// Stands for election. Alone on the bus there is nobody to ask, and the election is won.
pub(crate) async fn elect(shared: &Shared, id: &str, topic: &str, action: Value) {
    let me = full_name(shared.speaker.hostname(), std::process::id());
    if !shared.settings.mingle {
        let leader = Candidate { clock: 0, name: me, topic: topic.to_owned(), action };
        return decide(shared, id, leader).await;
    }
    shared.elections.open(id, shared.clock.elapsed());
    let fields = [("id", id.into()), ("topic", topic.into()), ("action", action), ("cver", 1.into())];
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
    tell(shared, "worker-elect", fields.collect()).await;
}

async fn decide(shared: &Shared, id: &str, leader: Candidate) {
    if leader.name != full_name(shared.speaker.hostname(), std::process::id()) {
        return tracing::info!("node {} elected for '{id}'", leader.name);
    }
    tracing::info!("I won the election '{id}'");
    let Some(send) = task_of(&leader) else {
        return tracing::error!(topic = leader.topic, "cannot do what the election '{id}' was about");
    };
    if let Err(error) = shared.client.send(send).await {
        tracing::error!(%error, "failed to send the task of the election '{id}'");
    }
}

/// The topic `task` asks for a task to be sent. There is no other.
fn task_of(leader: &Candidate) -> Option<Send> {
    let action = leader.action.as_object().filter(|_| leader.topic == "task")?;
    let mut send = Send::new(action.get("task")?.as_str()?);
    send.args = action.get("args").and_then(Value::as_array).cloned().unwrap_or_default();
    send.kwargs = action.get("kwargs").and_then(Value::as_object).cloned().unwrap_or_default();
    let queue = action.get("options").and_then(|options| options.get("queue"));
    send.options.queue = queue.and_then(Value::as_str).map(str::to_owned);
    Some(send)
}

async fn tell(shared: &Shared, kind: &str, fields: Map<String, Value>) {
    let event = shared.speaker.event(EventKind::Other { kind: kind.to_owned(), fields });
    shared.bus.publish(vec![event]).await;
}

/// A node's name in elections, in which two processes of one name are two candidates.
fn full_name(hostname: &str, pid: u32) -> String {
    format!("{hostname}.{pid}")
}

/// Who is there beside us, each until the moment it is missed.
#[derive(Debug, Default)]
struct Present(HashMap<Arc<str>, Duration>);

impl Present {
    /// True when it was not there before. Celery misses a worker after two of its heartbeats.
    fn seen(&mut self, name: &Arc<str>, freq: f64, now: Duration) -> bool {
        let freq = Duration::try_from_secs_f64(freq).ok().filter(|freq| !freq.is_zero());
        let until = now.saturating_add(freq.unwrap_or(Duration::from_secs(60)).saturating_mul(2));
        let room = self.0.len() < MOST;
        match self.0.get_mut(name) {
            Some(known) => {
                *known = until;
                false
            }
            None if room => self.0.insert(Arc::clone(name), until).is_none(),
            None => false,
        }
    }

    fn left(&mut self, name: &str) {
        self.0.remove(name);
    }

    fn missed(&mut self, now: Duration) -> Vec<Arc<str>> {
        self.0.extract_if(|_, until| *until < now).map(|(name, _)| name).collect()
    }

    fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_neighbour_is_spoken_of_as_celery_speaks_of_it() {
        let recorded = include_str!("../../../tests/fixtures/celery/mingle/lost_node.json");
        assert!(recorded.contains(&missed("w1@fixture.example")), "{recorded}");
    }

    #[test]
    fn a_neighbour_is_missed_after_two_of_its_heartbeats() {
        let second = Duration::from_secs(1);
        let (name, mut present) = (Arc::from("w1@host"), Present::default());
        assert!(present.seen(&name, 2.0, second * 10), "it is new");
        assert!(!present.seen(&name, 2.0, second * 12));
        assert!(present.missed(second * 16).is_empty());
        assert_eq!((present.missed(second * 17), present.count()), (vec![Arc::clone(&name)], 0));
        assert!(present.seen(&name, f64::NAN, second * 20), "it is back");
        assert!(present.missed(second * 80).is_empty());
        present.left(&name);
        assert_eq!(present.count(), 0);
    }
}
