//! The port of tasks.

use super::Web;
use super::sending::{self, Known};
use crate::monitor::{TaskRecord, TaskStory};
use crate::protocol::{ResultMeta, TaskId, time};
use crate::web::convert::{detail, filter};
use crate::web::error::away;
use app::ApiError;
use app::backend::{Reply, TaskPort};
use app::view::{Acted, NewTask, Page, RegisteredTask, TaskDetail, TaskFilter, TaskRow};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long the events of a task that was just sent may be on their way to the monitor.
const PATIENCE: Duration = Duration::from_millis(300);
/// Between two looks for it, where much else is going on.
const PAUSE: Duration = Duration::from_millis(5);

pub(super) struct Tasks {
    pub(super) web: Web,
    pub(super) batch_limit: usize,
}

impl TaskPort for Tasks {
    fn list(&self, filter: TaskFilter) -> Reply<'_, Page<TaskRow>> {
        Box::pin(async move {
            let query = filter::query(filter)?;
            let page = self.web.monitor.tasks(query).await.map_err(|error| away("history", error))?;
            Ok(filter::page(page))
        })
    }

    fn get(&self, id: String) -> Reply<'_, TaskDetail> {
        Box::pin(async move {
            // The number first: what changes while we look comes once more over the live stream.
            let seq = self.web.monitor.seq();
            let mut stored = self.stored(&id).await?;
            let story = match self.story(&id).await? {
                Some(story) => story,
                None => match &stored {
                    Some(meta) => forgotten(meta),
                    None => self.wait_for(&id).await?,
                },
            };
            if stored.is_none() && story.record.finished().is_some() {
                // It may have finished between the two looks.
                stored = self.stored(&id).await?;
            }
            let refusal = self.web.retry_refusal(&story);
            let mut detail = detail::detail(story, stored.as_ref(), self.web.now(), seq);
            detail.retry_refusal = refusal;
            Ok(detail)
        })
    }

    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>> {
        Box::pin(async { Ok(self.registry()) })
    }

    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>> {
        Box::pin(async move {
            let (known, now) = (self.known(), self.web.clock.now());
            let many = tasks.len() > 1;
            let check = |(place, task)| {
                sending::check(task, &known, now)
                    .map_err(|error| if many { placed(place, error) } else { error })
            };
            let sends = tasks.into_iter().enumerate().map(check).collect::<Result<Vec<_>, _>>()?;
            let ids = self.web.client.send_many(sends).await.map_err(sending::told)?;
            Ok(ids.into_iter().map(|id| id.to_string()).collect())
        })
    }

    fn cancel(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        Box::pin(async move { self.web.cancel(self.bounded(ids)?).await })
    }

    fn retry(&self, ids: Vec<String>) -> Reply<'_, Vec<Acted>> {
        Box::pin(async move { self.web.retry(self.bounded(ids)?).await })
    }
}

impl Tasks {
    async fn story(&self, id: &str) -> Result<Option<TaskStory>, ApiError> {
        self.web.monitor.task(id).await.map_err(|error| away("history", error))
    }

    async fn stored(&self, id: &str) -> Result<Option<ResultMeta>, ApiError> {
        let found = self.web.results.get(vec![TaskId::from(id)]).await;
        Ok(found.map_err(|error| away("result store", error))?.pop().flatten())
    }

    /// Looks again until the task's first event has arrived, for a short while.
    async fn wait_for(&self, id: &str) -> Result<TaskStory, ApiError> {
        let feed = self.web.monitor.feed();
        let look = async {
            loop {
                let seen = self.web.monitor.seq();
                if let Some(story) = self.story(id).await? {
                    return Ok(story);
                }
                feed.next(seen).await;
                tokio::time::sleep(PAUSE).await;
            }
        };
        let unknown = || Err(ApiError::NotFound("Nobody knows a task with this id.".to_owned()));
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| unknown())
    }

    /// Our own tasks, and those other workers tell of.
    fn registry(&self) -> Vec<RegisteredTask> {
        let ours = self.web.tasks.iter().map(|task| RegisteredTask {
            name: task.name.clone(),
            queue: task.queue.clone(),
            parameters: task.parameters.clone(),
            example: task.example.clone().unwrap_or_else(|| json!({})),
            summary: task.summary.clone(),
        });
        let mut all: BTreeMap<String, RegisteredTask> = ours.map(|task| (task.name.clone(), task)).collect();
        for worker in self.web.monitor.workers().iter().filter(|worker| worker.online) {
            for name in worker.registered.iter() {
                all.entry(name.clone()).or_insert_with(|| RegisteredTask {
                    name: name.clone(),
                    queue: worker.queues.first().cloned().unwrap_or_default(),
                    parameters: Vec::new(),
                    example: json!({}),
                    summary: None,
                });
            }
        }
        all.into_values().collect()
    }

    fn known(&self) -> Known {
        let workers = self.web.monitor.workers();
        let silent = workers.iter().any(|worker| worker.online && worker.registered.is_empty());
        let names: std::collections::BTreeSet<_> =
            self.registry().into_iter().map(|task| task.name).collect();
        if silent || names.is_empty() { Known::Any } else { Known::Only(names) }
    }

    fn bounded(&self, ids: Vec<String>) -> Result<Vec<String>, ApiError> {
        if ids.len() > self.batch_limit {
            let sentence = format!("At most {} tasks can be acted on at once.", self.batch_limit);
            return Err(ApiError::BadRequest(sentence));
        }
        Ok(ids)
    }
}

/// Says which task of an array is wrong.
fn placed(place: usize, error: ApiError) -> ApiError {
    ApiError::BadRequest(format!("Task number {}: {}", place + 1, error.message()))
}

/// A task of which only its result is left.
fn forgotten(meta: &ResultMeta) -> TaskStory {
    let done = meta.date_done.as_deref().and_then(time::parse).map_or(0, |done| done.timestamp_micros());
    let mut record = TaskRecord::new(0, meta.task_id.clone(), done);
    record.state = meta.status.clone();
    record.exception = meta.exception().map(|exception| exception.to_string().into());
    TaskStory {
        record: Arc::new(record),
        body: None,
        attempts: Vec::new(),
        timeline: Vec::new(),
        retried_as: Vec::new(),
    }
}
