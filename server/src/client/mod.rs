//! Sends tasks and waits for their results. Cheap to clone; every clone speaks as the same node.

mod send;
mod wait;
mod within;

pub use send::{Send, SendError, SendOptions};
pub use wait::WaitError;
pub(crate) use within::Within;

use crate::broker::{Broker, BrokerError};
use crate::bus::{Bus, Speaker};
use crate::clock::SharedClock;
use crate::protocol::{Event, EventKind, Message, ResultMeta, TaskId, TaskInfo, repr};
use crate::results::{ResultError, ResultStore};
use std::collections::HashMap;
use std::sync::Arc;

/// What a client is made of.
pub struct ClientParts {
    pub broker: Arc<dyn Broker>,
    pub results: Arc<dyn ResultStore>,
    pub bus: Arc<dyn Bus>,
    pub clock: SharedClock,
    pub speaker: Speaker,
    /// The queue of tasks that name none and have no route.
    pub default_queue: String,
    /// Where tasks go whose sender does not say.
    pub routes: HashMap<String, Route>,
    /// Bodies up to this size travel with the events, so that the monitor can show and repeat the whole call.
    pub body_limit: usize,
}

/// What a task's registration says about its messages.
#[derive(Clone, Debug, Default)]
pub struct Route {
    pub queue: Option<String>,
    pub priority: Option<u8>,
}

#[derive(Clone)]
pub struct Client {
    parts: Arc<ClientParts>,
    /// The running task that has this client.
    within: Option<Arc<Within>>,
}

impl Client {
    pub fn new(parts: ClientParts) -> Self {
        Self { parts: Arc::new(parts), within: None }
    }

    /// Sends one task. When this returns, the task cannot be lost any more.
    pub async fn send(&self, send: Send) -> Result<TaskId, SendError> {
        let ids = self.send_many(vec![send]).await?;
        Ok(ids.into_iter().next().expect("one task in, one id out"))
    }

    /// Sends many tasks in one step: all or none. The ids are in the order of the tasks.
    pub async fn send_many(&self, sends: Vec<Send>) -> Result<Vec<TaskId>, SendError> {
        let now = self.parts.clock.now();
        let within = self.within.as_deref();
        let mut messages = Vec::with_capacity(sends.len());
        for mut send in sends {
            if let Some(within) = within {
                within.adopt(&mut send.options);
            }
            messages.push(send.into_message(&self.parts, now)?);
        }
        let ids: Vec<TaskId> = messages.iter().map(|message| message.headers.id.clone()).collect();
        self.publish(messages).await?;
        if let Some(within) = within {
            within.sent(&ids);
        }
        Ok(ids)
    }

    /// Makes the message of a task, for somebody who publishes it together with something else.
    pub(crate) fn prepare(&self, send: Send) -> Result<Message, SendError> {
        send.into_message(&self.parts, self.parts.clock.now())
    }

    /// Tells everybody of messages that have been published.
    pub(crate) async fn announce(&self, messages: &[Message]) {
        let events = self.events(messages);
        self.parts.bus.publish(events).await;
    }

    /// Sends messages that are complete: all or none.
    pub(crate) async fn publish(&self, messages: Vec<Message>) -> Result<(), BrokerError> {
        let events = self.events(&messages);
        self.parts.broker.publish(messages).await?;
        self.parts.bus.publish(events).await;
        Ok(())
    }

    fn events(&self, messages: &[Message]) -> Vec<Event> {
        let timestamp = crate::protocol::time::to_epoch(self.parts.clock.now());
        let event = |message: &Message| {
            let sent = EventKind::TaskSent(Box::new(describe(message, self.parts.body_limit)));
            self.parts.speaker.event_at(timestamp, sent)
        };
        messages.iter().map(event).collect()
    }

    /// The same client in the hands of a running task: what it sends are children of that task.
    pub(crate) fn within(&self, within: Arc<Within>) -> Self {
        Self { parts: Arc::clone(&self.parts), within: Some(within) }
    }

    /// Who sends, as messages name their origin.
    pub(crate) fn origin(&self) -> &str {
        self.parts.speaker.hostname()
    }

    /// Where a task goes whose sender does not say.
    pub(crate) fn route(&self, task: &str) -> (&str, Option<u8>) {
        let route = self.parts.routes.get(task);
        let queue = route.and_then(|route| route.queue.as_deref()).unwrap_or(&self.parts.default_queue);
        (queue, route.and_then(|route| route.priority))
    }

    /// The stored result of a task, if there is one.
    pub async fn result(&self, id: &TaskId) -> Result<Option<ResultMeta>, ResultError> {
        Ok(self.parts.results.get(vec![id.clone()]).await?.pop().flatten())
    }
}

/// What events tell of a message.
pub fn describe(message: &Message, body_limit: usize) -> TaskInfo {
    let headers = &message.headers;
    let size = message.body.len();
    TaskInfo {
        uuid: headers.id.clone(),
        name: headers.shadow.clone().unwrap_or_else(|| headers.task.clone()),
        args: headers.argsrepr.clone(),
        kwargs: headers.kwargsrepr.clone(),
        root_id: headers.root_id.clone(),
        parent_id: headers.parent_id.clone(),
        retries: headers.retries,
        eta: headers.eta.map(crate::protocol::time::to_epoch),
        expires: headers.expires.map(crate::protocol::time::to_epoch),
        queue: Some(message.queue.clone()),
        exchange: Some(String::new()),
        routing_key: Some(message.queue.clone()),
        priority: Some(message.priority),
        body: (size <= body_limit).then(|| message.body.clone()),
        body_size: Some(size as u64),
        retry_of: headers.retry_of().map(TaskId::from),
    }
}

fn reprs(body: &crate::protocol::Body) -> (String, String) {
    (repr::args_repr(&body.args), repr::kwargs_repr(&body.kwargs))
}
