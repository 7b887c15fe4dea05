//! Cancelling and repeating: what each task's state allows.

use super::Web;
use crate::client::Send;
use crate::client::SendOptions;
use crate::monitor::TaskStory;
use crate::protocol::TaskId;
use crate::web::convert::{detail, task};
use crate::web::error::away;
use app::ApiError;
use app::view::Acted;

const UNKNOWN: &str = "Nobody knows this task.";

impl Web {
    pub(super) async fn cancel(&self, ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
        let mut acted = Vec::with_capacity(ids.len());
        for id in ids {
            let refusal = match self.story(&id).await? {
                Some(story) => finished(&story, self.now()),
                // A task that waits can be taken out whether history has heard of it or not.
                None => self.waiting(&id).await?.is_none().then(|| UNKNOWN.to_owned()),
            };
            acted.push(Acted { id, new_id: None, refusal });
        }
        let wanted =
            acted.iter().filter(|one| one.refusal.is_none()).map(|one| TaskId::from(one.id.as_str()));
        let wanted: Vec<TaskId> = wanted.collect();
        if !wanted.is_empty() {
            self.control.revoke(&wanted, true).await.map_err(|error| away("broker", error))?;
        }
        Ok(acted)
    }

    pub(super) async fn retry(&self, ids: Vec<String>) -> Result<Vec<Acted>, ApiError> {
        let mut acted = Vec::with_capacity(ids.len());
        let mut sends = Vec::new();
        for id in ids {
            let planned = match self.story(&id).await? {
                None => Err(UNKNOWN.to_owned()),
                Some(story) => self.again(&story),
            };
            let refusal = planned.map(|send| sends.push(send)).err();
            acted.push(Acted { id, new_id: None, refusal });
        }
        if !sends.is_empty() {
            let new_ids = self.client.send_many(sends).await.map_err(super::sending::told)?;
            let done = acted.iter_mut().filter(|one| one.refusal.is_none());
            for (one, new_id) in done.zip(new_ids) {
                one.new_id = Some(new_id.to_string());
            }
        }
        Ok(acted)
    }

    /// The task once more, with the same arguments, queue and priority; or why that cannot be done.
    fn again(&self, story: &TaskStory) -> Result<Send, String> {
        if let Some(refusal) = self.retry_refusal(story) {
            return Err(refusal);
        }
        let body = detail::call(story)?;
        let record = &story.record;
        let name = record.name.as_deref().unwrap_or_default().to_owned();
        let options = SendOptions {
            queue: record.queue.as_deref().map(str::to_owned),
            priority: record.priority,
            retry_of: Some(record.id.clone()),
            ..SendOptions::default()
        };
        Ok(Send { name, args: body.args, kwargs: body.kwargs, options })
    }

    /// Why a task cannot be sent again. One that is still under way may not, unless the worker that had it is gone.
    pub(super) fn retry_refusal(&self, story: &TaskStory) -> Option<String> {
        let record = &story.record;
        if record.name.is_none() {
            return Some("Its name is not known, because its first events were missed.".to_owned());
        }
        let is_lost = record
            .worker
            .as_deref()
            .and_then(|worker| self.monitor.worker(worker))
            .is_some_and(|worker| !worker.online);
        if !record.phase(self.now()).is_final() && !is_lost {
            return Some("It has not finished yet.".to_owned());
        }
        detail::call(story).err()
    }
}

fn finished(story: &TaskStory, now: i64) -> Option<String> {
    let phase = story.record.phase(now);
    phase.is_final().then(|| format!("It has already finished with {}.", task::state(phase).as_str()))
}
