//! The bus of a single process: bounded channels to each listener.

use super::listeners::{LAG, Listeners};
use super::{Bus, Events};
use crate::protocol::Event;
use crate::protocol::control::{Reply, Request};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::mpsc;

#[derive(Debug, Default)]
pub struct LocalBus {
    events: Listeners<Arc<[Event]>>,
    requests: Listeners<Arc<Request>>,
    replies: Mutex<HashMap<String, mpsc::Sender<Reply>>>,
}

impl LocalBus {
    pub fn new() -> Self {
        Self::default()
    }

    fn replies(&self) -> MutexGuard<'_, HashMap<String, mpsc::Sender<Reply>>> {
        self.replies.lock().expect("nobody panics while holding this lock")
    }
}

impl Bus for LocalBus {
    fn publish(&self, batch: Vec<Event>) -> BoxFuture<'_, ()> {
        async move {
            if !batch.is_empty() {
                self.events.tell(&batch.into()).await;
            }
        }
        .boxed()
    }

    fn events(&self) -> Events {
        self.events.join()
    }

    fn request(&self, request: Request) -> BoxFuture<'_, ()> {
        async move { self.requests.tell(&Arc::new(request)).await }.boxed()
    }

    fn requests(&self) -> mpsc::Receiver<Arc<Request>> {
        self.requests.join()
    }

    fn reply(&self, _to: Arc<Request>, reply: Reply) -> BoxFuture<'_, ()> {
        async move {
            let asker = self.replies().get(&reply.ticket).cloned();
            if let Some(asker) = asker {
                // An asker who has left is not an error: it has waited as long as it wanted.
                let _ = asker.send(reply).await;
            }
        }
        .boxed()
    }

    fn replies(&self, ticket: &str) -> mpsc::Receiver<Reply> {
        let (sender, receiver) = mpsc::channel(LAG);
        let mut replies = self.replies();
        replies.retain(|_, asker| !asker.is_closed());
        replies.insert(ticket.to_owned(), sender);
        receiver
    }
}
