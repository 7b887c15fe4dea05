//! The bus on Redis, on Celery's own channels: Python's workers, clients and monitors hear us, and we hear them.
//!
//! Nothing here keeps what is said while nobody is connected, as nothing does in Celery. What we say waits in a
//! bounded queue ([`outbox`]), what others say in another ([`events`]), so that neither of the two paces ever depends
//! on the other. Connections come back by themselves.

mod events;
mod neighbours;
mod outbox;
mod replies;
mod requests;
mod tally;

use super::listeners::Listeners;
use super::{Bus, Events, Speaker};
use crate::clock::SharedClock;
use crate::protocol::Event;
use crate::protocol::control::{Reply, Request, encode_request};
use crate::protocol::keys::BrokerKeys;
use crate::redis_link::{Link, LinkError};
use crate::service::Services;
use chrono::TimeDelta;
use events::Inbox;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use neighbours::Neighbours;
use outbox::Outbox;
use replies::Replies;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// How long somebody who asks waits for a Redis that is away.
const PATIENCE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How long kombu keeps bindings of queues that expire.
const BINDING: TimeDelta = TimeDelta::hours(1);

/// Cheap to clone.
#[derive(Clone)]
pub struct RedisBus(Arc<Inner>);

struct Inner {
    link: Link,
    keys: BrokerKeys,
    speaker: Speaker,
    clock: SharedClock,
    outbox: Outbox,
    inbox: Inbox,
    neighbours: Neighbours,
    requests: Listeners<Arc<Request>>,
    /// Whether anybody listens to requests.
    obeys: watch::Sender<bool>,
    /// Whether requests reach us.
    hears: watch::Sender<bool>,
    replies: Replies,
}

impl RedisBus {
    /// The speaker is the node that obeys requests; its clock counts what is heard.
    pub fn new(link: Link, keys: BrokerKeys, speaker: Speaker, clock: SharedClock) -> Self {
        Self(Arc::new(Inner {
            outbox: Outbox::new(Arc::clone(&clock)),
            inbox: Inbox::new(Arc::clone(&clock)),
            neighbours: Neighbours::default(),
            requests: Listeners::default(),
            obeys: watch::Sender::new(false),
            hears: watch::Sender::new(false),
            replies: Replies::default(),
            link,
            keys,
            speaker,
            clock,
        }))
    }

    /// Starts what sends and what listens. Listening begins once somebody asks for what is heard. When told to stop,
    /// what has been published is sent still.
    pub fn start(&self, services: &Services) {
        services.start("bus.publish", |stop| outbox::run(Arc::clone(&self.0), stop));
        services.start("bus.events", |stop| events::read(Arc::clone(&self.0), stop));
        services.start("bus.decode", |stop| events::decode_all(Arc::clone(&self.0), stop));
        services.start("bus.neighbours", |stop| neighbours::run(Arc::clone(&self.0), stop));
        services.start("bus.requests", |stop| requests::run(Arc::clone(&self.0), stop));
        services.start("bus.replies", |stop| replies::run(Arc::clone(&self.0), stop));
    }

    /// Events that came faster than they were heard, and are gone.
    pub fn lost_events(&self) -> u64 {
        self.0.inbox.lost.total()
    }

    /// Events of ours that were not sent, because Redis was away for too long.
    pub fn unsent_events(&self) -> u64 {
        self.0.outbox.unsent()
    }
}

impl Bus for RedisBus {
    fn publish(&self, batch: Vec<Event>) -> BoxFuture<'_, ()> {
        self.0.outbox.put(batch, &self.0.link).boxed()
    }

    fn events(&self) -> Events {
        self.0.inbox.join()
    }

    fn worker_events(&self) -> Events {
        self.0.neighbours.join()
    }

    fn request(&self, request: Request) -> BoxFuture<'_, ()> {
        self.0.ask(request).boxed()
    }

    fn requests(&self) -> mpsc::Receiver<Arc<Request>> {
        let heard = self.0.requests.join();
        self.0.obeys.send_replace(true);
        heard
    }

    fn reaches_us(&self) -> BoxFuture<'_, ()> {
        async move {
            // The senders live in ourselves.
            if *self.0.obeys.borrow() {
                let _ = self.0.hears.subscribe().wait_for(|hears| *hears).await;
            }
            if self.0.inbox.is_asked() {
                let _ = self.0.inbox.hears.subscribe().wait_for(|hears| *hears).await;
            }
        }
        .boxed()
    }

    fn reply(&self, to: Arc<Request>, reply: Reply) -> BoxFuture<'_, ()> {
        async move { replies::send(&self.0, &to, &reply).await }.boxed()
    }

    fn replies(&self, ticket: &str) -> mpsc::Receiver<Reply> {
        self.0.replies.expect(ticket)
    }
}

impl Inner {
    async fn ask(&self, mut request: Request) {
        self.patience().await;
        if let Some(oid) = request.ticket.as_deref().and_then(|ticket| self.replies.address(ticket)) {
            // Whoever answers looks for the binding, so it must be there before the request is heard.
            self.bind_replies(&oid).await;
            request.reply_to = Some(replies::reply_to(&oid));
        }
        if let Err(error) = self.broadcast(&request).await {
            tracing::warn!(method = request.method, %error, "a request to the workers was not sent");
        }
    }

    /// Waits for a Redis that is away, but not for long.
    async fn patience(&self) {
        tokio::select! {
            () = self.link.connected() => {}
            () = self.clock.sleep(PATIENCE) => {}
        }
    }

    /// Says a request to all workers.
    async fn broadcast(&self, request: &Request) -> Result<(), LinkError> {
        let payload = encode_request(request, self.speaker.forward(), Uuid::new_v4());
        let mut publish = ::redis::cmd("PUBLISH");
        publish.arg(self.keys.pidbox_channel()).arg(payload);
        self.link.command(&publish).await
    }

    /// Notes a queue that expires at an exchange, with the moment until which others must keep the note.
    async fn bind(&self, exchange: &str, member: &str) -> Result<(), LinkError> {
        let until = (self.clock.now() + self.link.skew() + BINDING).timestamp_millis();
        let mut commands = ::redis::pipe();
        commands.cmd("SADD").arg(self.keys.binding(exchange)).arg(member).ignore();
        commands.cmd("ZADD").arg(self.keys.binding_deadlines()).arg("GT").arg(until).arg(exchange).ignore();
        self.link.query(&commands).await
    }
}

/// Pauses between attempts to connect.
struct Pause(Duration);

impl Pause {
    fn new() -> Self {
        Self(FIRST_PAUSE)
    }

    fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(LONGEST_PAUSE);
        pause
    }
}
