//! Hears of results that others store, for as long as somebody waits for one.

use super::{RedisResults, read};
use crate::protocol::TaskId;
use futures_util::StreamExt;
use redis::Msg;
use redis::aio::{PubSub, PubSubSink};
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often subscriptions end that nobody needs any more. What is still waited for is looked up then too: a
/// connection can be dead without anybody saying so.
const TIDY: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(500);

impl RedisResults {
    /// Runs until the token is cancelled. Without anybody who waits there is no connection.
    pub async fn listen(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.waiting.added() => {}
            }
            while !self.waiting.tasks().is_empty() {
                let heard = async {
                    match self.link.pubsub().await {
                        Ok(connection) => self.hear(connection).await,
                        Err(error) => {
                            tracing::debug!(%error, "cannot listen for results; trying again");
                            tokio::time::sleep(PAUSE).await;
                        }
                    }
                };
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = heard => {}
                }
            }
        }
    }

    /// Listens until the connection ends, or nobody waits any more.
    async fn hear(&self, connection: PubSub) {
        let (mut sink, mut messages) = connection.split();
        let mut heard = HashSet::new();
        let mut tidy = tokio::time::interval_at(Instant::now() + TIDY, TIDY);
        let mut changed = true;
        loop {
            if changed && (!self.follow(&mut sink, &mut heard).await || heard.is_empty()) {
                return;
            }
            changed = tokio::select! {
                () = self.waiting.added() => true,
                _ = tidy.tick() => {
                    self.look_up(&self.waiting.tasks().into_iter().collect::<Vec<_>>()).await;
                    true
                }
                message = messages.next() => match message {
                    Some(message) => {
                        self.pass_on(&message);
                        false
                    }
                    None => return,
                },
            };
        }
    }

    /// Subscribes to what is waited for now, and to nothing else. False when the connection is gone.
    async fn follow(&self, sink: &mut PubSubSink, heard: &mut HashSet<TaskId>) -> bool {
        let wanted = self.waiting.tasks();
        let channels = |ids: &[TaskId]| ids.iter().map(|id| self.keys.task(id)).collect::<Vec<_>>();
        let gone: Vec<TaskId> = heard.difference(&wanted).cloned().collect();
        if !gone.is_empty() && sink.unsubscribe(channels(&gone)).await.is_err() {
            return false;
        }
        let fresh: Vec<TaskId> = wanted.difference(heard).cloned().collect();
        *heard = wanted;
        if fresh.is_empty() {
            return true;
        }
        if sink.subscribe(channels(&fresh)).await.is_err() {
            return false;
        }
        // Listening now; what was stored before is looked up.
        self.look_up(&fresh).await;
        true
    }

    async fn look_up(&self, ids: &[TaskId]) {
        if let Ok(stored) = self.get(ids).await {
            self.waiting.tell(stored.into_iter().flatten());
        }
    }

    fn pass_on(&self, message: &Msg) {
        let Some(id) = self.keys.task_of(message.get_channel_name()).map(TaskId::from) else { return };
        self.waiting.tell(read(message.get_payload_bytes(), &id));
    }
}
