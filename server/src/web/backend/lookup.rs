//! One task by its id, whoever knows of it: history, the result store, or the queue it waits in.

use super::Web;
use crate::broker::Waiting;
use crate::monitor::{Phase, TaskStory};
use crate::protocol::{ResultMeta, TaskId};
use crate::web::convert::{stored, waiting};
use crate::web::error::away;
use app::ApiError;
use std::sync::Arc;
use std::time::Duration;

/// How long the events of a task that was just sent may be on their way to the monitor.
const PATIENCE: Duration = Duration::from_millis(300);
/// Between two looks for it, where much else is going on.
const PAUSE: Duration = Duration::from_millis(5);
/// Why an id leads nowhere.
const NOBODY: &str = "No queue, no result and no history knows this id. It may be mistyped or belong to another \
    broker or database; its result may have expired; or a worker that sends no events has it in hand.";

/// All that is known of a task.
pub(super) struct Found {
    pub(super) story: TaskStory,
    pub(super) stored: Option<ResultMeta>,
    /// How many messages of its queue come before it, where it waits.
    pub(super) place: Option<u64>,
    pub(super) store_is_away: bool,
}

impl Web {
    pub(super) async fn look_up(&self, id: &str) -> Result<Found, ApiError> {
        match self.story(id).await? {
            Some(story) => Ok(self.complete(id, story).await),
            None => self.without_history(id).await,
        }
    }

    /// What history knows, with what result store and broker add to it. Neither of them is needed to show it. They
    /// are asked after history, because a result is stored before its event is told.
    async fn complete(&self, id: &str, mut story: TaskStory) -> Found {
        let stored = self.stored(id).await;
        let (store_is_away, stored) = (stored.is_err(), stored.ok().flatten());
        let mut place = None;
        if !story.record.standing().is_final() {
            if let Some(meta) = &stored {
                stored::complete(Arc::make_mut(&mut story.record), meta);
            }
            if story.record.standing() == Phase::Pending {
                place = self.waiting(id).await.ok().flatten().map(|waiting| waiting.place);
            }
        }
        Found { story, stored, place, store_is_away }
    }

    /// A task history never heard of: it may wait in a queue, have left a result, or have been sent just now.
    async fn without_history(&self, id: &str) -> Result<Found, ApiError> {
        let (stored, waiting) = tokio::join!(self.stored(id), self.waiting(id));
        match (stored, waiting) {
            (stored, Ok(Some(waiting))) => {
                let (mut story, stored) = (waiting::story(&waiting, self.now()), stored.ok().flatten());
                if let Some(meta) = &stored {
                    stored::complete(Arc::make_mut(&mut story.record), meta);
                }
                Ok(Found { story, stored, place: Some(waiting.place), store_is_away: false })
            }
            (Ok(Some(meta)), _) => {
                let story = stored::story(&meta, self.now());
                Ok(Found { story, stored: Some(meta), place: None, store_is_away: false })
            }
            (Ok(None), Ok(None)) => match self.wait_for(id).await? {
                Some(story) => Ok(self.complete(id, story).await),
                None => Err(ApiError::NotFound(NOBODY.to_owned())),
            },
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    pub(super) async fn story(&self, id: &str) -> Result<Option<TaskStory>, ApiError> {
        self.monitor.task(id).await.map_err(|error| away("history", error))
    }

    async fn stored(&self, id: &str) -> Result<Option<ResultMeta>, ApiError> {
        let found = self.results.get(vec![TaskId::from(id)]).await;
        Ok(found.map_err(|error| away("result store", error))?.pop().flatten())
    }

    pub(super) async fn waiting(&self, id: &str) -> Result<Option<Waiting>, ApiError> {
        self.admin.find(TaskId::from(id)).await.map_err(|error| away("broker", error))
    }

    /// Looks again until the task's first event has arrived, for a short while.
    async fn wait_for(&self, id: &str) -> Result<Option<TaskStory>, ApiError> {
        let feed = self.monitor.feed();
        let look = async {
            loop {
                let seen = self.monitor.seq();
                if let Some(story) = self.story(id).await? {
                    return Ok(Some(story));
                }
                feed.next(seen).await;
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or(Ok(None))
    }
}
