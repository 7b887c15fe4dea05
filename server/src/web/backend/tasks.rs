//! The port of tasks.

use super::Web;
use super::sending::{self, Known};
use crate::web::convert::{detail, filter};
use crate::web::error::away;
use app::ApiError;
use app::backend::{Reply, TaskPort};
use app::view::{Acted, NewTask, Page, RegisteredTask, TaskDetail, TaskFilter, TaskRow};
use serde_json::json;
use std::collections::BTreeMap;

const STORE_AWAY: &str = "The result store does not answer; this is what history kept.";

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
            let found = self.web.look_up(&id).await?;
            let refusal = self.web.retry_refusal(&found.story);
            let mut detail = detail::detail(found.story, found.stored.as_ref(), self.web.now(), seq);
            if found.store_is_away && detail.result_note.is_some() {
                detail.result_note = Some(STORE_AWAY.to_owned());
            }
            detail.place = found.place;
            detail.retry_refusal = refusal;
            Ok(detail)
        })
    }

    fn registered(&self) -> Reply<'_, Vec<RegisteredTask>> {
        Box::pin(async { Ok(self.registry()) })
    }

    fn send(&self, tasks: Vec<NewTask>) -> Reply<'_, Vec<String>> {
        Box::pin(async move {
            let (known, now) = (Known::of(&self.web), self.web.clock.now());
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
