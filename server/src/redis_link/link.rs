//! The command connection: shared by everybody, lost and found again.

use super::connect::{self, Cure, Failure};
use super::error::{LinkError, OpenError};
use super::pause::Pause;
use super::{Address, Reach};
use crate::clock::SharedClock;
use chrono::TimeDelta;
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{Cmd, FromRedisValue, Pipeline, PushInfo, PushKind, RedisError, ScriptInvocation};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// One connection that all clones use at the same time. Commands of one caller are done in the order it sends them.
#[derive(Clone)]
pub struct Link(Arc<Inner>);

struct Inner {
    address: Address,
    clock: SharedClock,
    /// The connection and its number: a late error of an old one does not break the new one.
    live: Mutex<Option<(u64, MultiplexedConnection)>>,
    count: AtomicU64,
    reach: watch::Sender<Reach>,
    /// Since when the connection has been up, by the clock's own time.
    up_since: Mutex<Option<Duration>>,
    tracking: AtomicBool,
    /// How far the server's clock is ahead of ours. Looked up once, so that moments do not jump under a running worker.
    skew: OnceLock<TimeDelta>,
    broken: Notify,
    changed: Notify,
}

impl Link {
    /// Tries to connect once. A server that cannot be reached is no error, it may come; a wrong password is one.
    /// [`Link::keep`] must run for the link to find its server again.
    pub async fn open(address: Address, clock: SharedClock) -> Result<Self, OpenError> {
        let link = Self(Arc::new(Inner {
            address,
            live: Mutex::default(),
            count: AtomicU64::new(0),
            reach: watch::Sender::new(Reach::Reachable),
            up_since: Mutex::default(),
            tracking: AtomicBool::new(false),
            skew: OnceLock::new(),
            broken: Notify::new(),
            changed: Notify::new(),
            clock,
        }));
        match link.connect().await {
            Ok(()) => Ok(link),
            Err(Failure { reason, cure: Cure::Account }) => {
                Err(OpenError::Account(format!("{} does not let us in: {reason}", link.address())))
            }
            Err(Failure { reason, cure: Cure::Setting }) => {
                Err(OpenError::Setting(format!("cannot connect to {}: {reason}", link.address())))
            }
            Err(Failure { reason, cure: Cure::Time }) => {
                tracing::error!(redis = %link.address(), reason, "cannot reach Redis yet; trying again until it answers");
                link.lost(&reason);
                Ok(link)
            }
        }
    }

    pub fn address(&self) -> &Address {
        &self.0.address
    }

    pub(super) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    /// Whether the server can be reached, now and from now on.
    pub fn reach(&self) -> watch::Receiver<Reach> {
        self.0.reach.subscribe()
    }

    /// For how long the connection has been up; `None` while it is not.
    pub fn up_for(&self) -> Option<Duration> {
        let since = *self.0.up_since.lock().expect("nobody panics while holding this lock");
        since.map(|since| self.0.clock.elapsed().saturating_sub(since))
    }

    /// How far the server's clock is ahead of ours.
    pub fn skew(&self) -> TimeDelta {
        self.0.skew.get().copied().unwrap_or_default()
    }

    /// Whether [`Link::changed`] will ever ring.
    pub fn is_told_of_changes(&self) -> bool {
        self.0.tracking.load(Ordering::Relaxed)
    }

    /// Rings when a key has changed that was read right after `CLIENT CACHING YES`, and whenever the connection is
    /// lost or found again: whoever waits should then look.
    pub fn changed(&self) -> &Notify {
        &self.0.changed
    }

    /// Waits until there is a connection.
    pub async fn connected(&self) {
        let mut reach = self.0.reach.subscribe();
        // The sender lives in ourselves.
        let _ = reach.wait_for(|reach| *reach == Reach::Reachable).await;
    }

    /// One command.
    pub async fn command<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, LinkError> {
        let (number, mut connection) = self.live()?;
        command.query_async(&mut connection).await.map_err(|error| self.failed(number, &error))
    }

    /// Several commands in one round trip.
    pub async fn query<T: FromRedisValue>(&self, pipeline: &Pipeline) -> Result<T, LinkError> {
        let (number, mut connection) = self.live()?;
        pipeline.query_async(&mut connection).await.map_err(|error| self.failed(number, &error))
    }

    /// A script; sent whole when the server does not know it yet.
    pub async fn script<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, LinkError> {
        let (number, mut connection) = self.live()?;
        script.invoke_async(&mut connection).await.map_err(|error| self.failed(number, &error))
    }

    /// A connection of the caller's own, for commands that wait.
    pub async fn dedicated(&self) -> Result<MultiplexedConnection, LinkError> {
        connect::dedicated(&self.0.address).await.map_err(|failure| LinkError::Down(failure.reason))
    }

    /// A connection of the caller's own that listens.
    pub async fn pubsub(&self) -> Result<PubSub, LinkError> {
        connect::pubsub(&self.0.address).await.map_err(|failure| LinkError::Down(failure.reason))
    }

    /// Finds the server again whenever it is lost, for ever. Runs until the token is cancelled.
    pub async fn keep(self, stop: CancellationToken) {
        let mut pause = Pause::default();
        loop {
            let broken = self.0.broken.notified();
            tokio::pin!(broken);
            broken.as_mut().enable();
            if self.lock().is_some() {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = broken => {}
                }
                if self.lock().is_some() {
                    continue;
                }
            }
            // A server that lets us in and throws us out again is not asked as fast as it can do that.
            if let Some(wait) = pause.before(self.0.clock.elapsed()) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.0.clock.sleep(wait) => {}
                }
            }
            match self.connect().await {
                Ok(()) => tracing::info!(redis = %self.address(), "Redis is reached again"),
                Err(failure) => {
                    self.lost(&failure.reason);
                    tracing::warn!(redis = %self.address(), reason = failure.reason, "still cannot reach Redis");
                }
            }
        }
    }

    async fn connect(&self) -> Result<(), Failure> {
        let number = self.0.count.fetch_add(1, Ordering::Relaxed) + 1;
        let weak = Arc::downgrade(&self.0);
        let hear = move |push: PushInfo| {
            let Some(inner) = weak.upgrade() else { return Err(()) };
            match push.kind {
                PushKind::Invalidate => inner.changed.notify_waiters(),
                PushKind::Disconnection => Link(inner).broke(number, "the connection was closed"),
                _ => {}
            }
            Ok(())
        };
        let connected = connect::commands(&self.0.address, hear).await?;
        if let Some(theirs) = connected.time {
            let ours = self.0.clock.now();
            self.0.skew.get_or_init(|| theirs - ours);
        }
        self.0.tracking.store(connected.tracking, Ordering::Relaxed);
        *self.lock() = Some((number, connected.connection));
        *self.0.up_since.lock().expect("nobody panics while holding this lock") =
            Some(self.0.clock.elapsed());
        self.0.reach.send_if_modified(|reach| std::mem::take(reach) != Reach::Reachable);
        self.0.changed.notify_waiters();
        Ok(())
    }

    fn live(&self) -> Result<(u64, MultiplexedConnection), LinkError> {
        match &*self.lock() {
            Some(live) => Ok(live.clone()),
            None => match &*self.0.reach.borrow() {
                Reach::Lost { reason, .. } => Err(LinkError::Down(reason.clone())),
                Reach::Reachable => Err(LinkError::Down("the connection is being made".to_owned())),
            },
        }
    }

    fn failed(&self, number: u64, error: &RedisError) -> LinkError {
        let failed = LinkError::of(error);
        if let LinkError::Down(reason) = &failed {
            self.broke(number, reason);
        }
        failed
    }

    fn broke(&self, number: u64, reason: &str) {
        {
            let mut live = self.lock();
            if live.as_ref().is_none_or(|(newest, _)| *newest != number) {
                return;
            }
            *live = None;
        }
        tracing::warn!(redis = %self.address(), reason, "lost Redis; trying to reach it again");
        self.lost(reason);
        self.0.broken.notify_one();
        self.0.changed.notify_waiters();
    }

    fn lost(&self, reason: &str) {
        *self.0.up_since.lock().expect("nobody panics while holding this lock") = None;
        let now = self.0.clock.now();
        self.0.reach.send_modify(|reach| {
            let since = match reach {
                Reach::Reachable => now,
                Reach::Lost { since, .. } => *since,
            };
            *reach = Reach::Lost { since, reason: reason.to_owned() };
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(u64, MultiplexedConnection)>> {
        self.0.live.lock().expect("nobody panics while holding this lock")
    }
}
