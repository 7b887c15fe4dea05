//! Answers: ours to whoever asks, and others' to us.
//!
//! An asker has a list of its own in Redis, named after an id that nobody else has. We have one only while somebody
//! here waits for an answer; then it goes away again and the next asker gets a new one, so that what comes too late
//! for the one never reaches the other. While nobody waits, Redis hears nothing of this.

use super::{Inner, Pause};
use crate::protocol::control::{Reply, ReplyTo, Request, decode_reply, encode_reply};
use crate::protocol::keys::{Binding, REPLY_EXCHANGE, reply_queue};
use crate::redis_link::LinkError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Answers that may wait for one asker: as many as there may be workers.
const LAG: usize = 5000;
/// How long Redis waits for an answer before we look whether anybody still wants one, in seconds.
const LOOK: u32 = 1;
/// An answer that nobody fetches goes away.
const UNFETCHED: Duration = Duration::from_secs(300);

#[derive(Default)]
pub(super) struct Replies {
    session: Mutex<Option<Session>>,
    begun: Notify,
}

/// Those who wait at the same time share a list.
struct Session {
    oid: String,
    askers: HashMap<String, mpsc::Sender<Reply>>,
}

impl Replies {
    pub(super) fn expect(&self, ticket: &str) -> mpsc::Receiver<Reply> {
        let (asker, answers) = mpsc::channel(LAG);
        let mut session = self.lock();
        let session = session
            .get_or_insert_with(|| Session { oid: Uuid::new_v4().to_string(), askers: HashMap::new() });
        session.askers.insert(ticket.to_owned(), asker);
        self.begun.notify_one();
        answers
    }

    /// Where answers to this ticket go, if anybody here waits for them.
    pub(super) fn address(&self, ticket: &str) -> Option<String> {
        let session = self.lock();
        session
            .as_ref()
            .filter(|session| session.askers.contains_key(ticket))
            .map(|session| session.oid.clone())
    }

    fn hand_on(&self, reply: Reply) {
        let asker = self.lock().as_ref().and_then(|session| session.askers.get(&reply.ticket).cloned());
        if let Some(Err(mpsc::error::TrySendError::Full(reply))) = asker.map(|asker| asker.try_send(reply)) {
            tracing::warn!(node = reply.node, "dropped an answer: there are more than anybody reads");
        }
    }

    fn oid(&self) -> Option<String> {
        self.lock().as_ref().map(|session| session.oid.clone())
    }

    /// Forgets those who have gone; ends the session when nobody is left.
    fn is_over(&self) -> bool {
        let mut session = self.lock();
        let Some(open) = session.as_mut() else { return true };
        open.askers.retain(|_, asker| !asker.is_closed());
        let is_over = open.askers.is_empty();
        if is_over {
            *session = None;
        }
        is_over
    }

    fn lock(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().expect("nobody panics while holding this lock")
    }
}

pub(super) fn reply_to(oid: &str) -> ReplyTo {
    ReplyTo { exchange: REPLY_EXCHANGE.to_owned(), routing_key: oid.to_owned() }
}

impl Inner {
    pub(super) async fn bind_replies(&self, oid: &str) {
        if let Err(error) = self.bind(REPLY_EXCHANGE, &member(self, oid)).await {
            tracing::debug!(%error, "could not tell where answers go");
        }
    }
}

fn member(bus: &Inner, oid: &str) -> String {
    bus.keys.binding_member(&Binding::direct(oid, reply_queue(oid)))
}

/// Fetches answers while anybody waits for one.
pub(super) async fn run(bus: Arc<Inner>, stop: CancellationToken) {
    loop {
        let Some(oid) = bus.replies.oid() else {
            tokio::select! {
                () = bus.replies.begun.notified() => continue,
                () = stop.cancelled() => return,
            }
        };
        tokio::select! {
            () = fetch(&bus, &oid) => {}
            () = stop.cancelled() => {}
        }
        let mut clean = ::redis::pipe();
        clean.cmd("SREM").arg(bus.keys.binding(REPLY_EXCHANGE)).arg(member(&bus, &oid)).ignore();
        clean.cmd("DEL").arg(bus.keys.reply_list(&oid)).ignore();
        if let Err(error) = bus.link.query::<()>(&clean).await {
            tracing::debug!(%error, "could not take back where answers went");
        }
        if stop.is_cancelled() {
            return;
        }
    }
}

/// Returns when the session is over.
async fn fetch(bus: &Inner, oid: &str) {
    let mut wait = ::redis::cmd("BRPOP");
    wait.arg(bus.keys.reply_list(oid)).arg(LOOK);
    let mut pause = Pause::new();
    while !bus.replies.is_over() {
        let Err(error) = fetch_over_one_connection(bus, &wait).await else { return };
        tracing::warn!(%error, "answers of workers cannot be fetched; trying again");
        bus.clock.sleep(pause.next()).await;
        // A server that was started anew knows nothing of us.
        bus.bind_replies(oid).await;
    }
}

async fn fetch_over_one_connection(bus: &Inner, wait: &::redis::Cmd) -> Result<(), LinkError> {
    let mut connection = bus.link.dedicated().await?;
    loop {
        let answer: Result<Option<(Vec<u8>, Vec<u8>)>, _> = wait.query_async(&mut connection).await;
        match answer {
            Ok(Some((_, payload))) => match decode_reply(&payload) {
                Ok(replies) => replies.into_iter().for_each(|reply| bus.replies.hand_on(reply)),
                Err(reason) => tracing::warn!(reason, "passed over an answer that is none"),
            },
            Ok(None) => {}
            Err(error) => return Err(LinkError::Down(error.to_string())),
        }
        if bus.replies.is_over() {
            return Ok(());
        }
    }
}

/// Answers a request. Whoever has gone meanwhile is not an error: the answer is dropped, as Celery drops it.
pub(super) async fn send(bus: &Inner, to: &Request, reply: &Reply) {
    let Some(address) = &to.reply_to else { return };
    if let Err(error) = push(bus, address, reply).await {
        tracing::warn!(method = to.method, %error, "an answer was not sent");
    }
}

async fn push(bus: &Inner, address: &ReplyTo, reply: &Reply) -> Result<(), LinkError> {
    let mut ask = ::redis::cmd("SMEMBERS");
    ask.arg(bus.keys.binding(&address.exchange));
    let members: Vec<Vec<u8>> = bus.link.command(&ask).await?;
    let bindings =
        members.iter().filter_map(|member| bus.keys.parse_binding(std::str::from_utf8(member).ok()?));
    let payload = encode_reply(reply, address, bus.speaker.forward(), Uuid::new_v4());
    let mut commands = ::redis::pipe();
    for binding in bindings.filter(|binding| binding.routing_key == address.routing_key) {
        let list = bus.keys.list(&binding.queue, 0);
        commands.cmd("LPUSH").arg(&list).arg(&payload).ignore();
        commands.cmd("EXPIRE").arg(&list).arg(UNFETCHED.as_secs()).ignore();
    }
    if commands.is_empty() { Ok(()) } else { bus.link.query(&commands).await }
}
