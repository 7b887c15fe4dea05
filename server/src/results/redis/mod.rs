//! The result store on Redis, in Celery's own keys: `AsyncResult` in Python reads what is stored here, and results of
//! Python's workers are read here.
//!
//! Celery looks whether a success is stored, then writes. Here both is one step for a whole batch, so that a success
//! really is never overwritten, whoever else writes at that moment.

mod chords;
mod listen;
mod waiting;

use super::{ResultError, ResultStore};
use crate::protocol::keys::ResultKeys;
use crate::protocol::{ResultMeta, TaskId};
use crate::redis_link::{Link, LinkError};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use redis::Script;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::watch;
use waiting::{Newest, Waiting};

/// KEYS: the results. ARGV: seconds to keep them or 0 for ever, then one result for each key. Each is also told to
/// whoever listens on the channel of the key's name. Something of another kind under such a name is written over:
/// one such key must not hold up all other results.
static PUT: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r#"
for at, key in ipairs(KEYS) do
  local old = redis.pcall('GETRANGE', key, 0, 63)
  if type(old) ~= 'string' or not string.find(old, '^%s*{%s*"status"%s*:%s*"SUCCESS"') then
    if ARGV[1] == '0' then redis.call('SET', key, ARGV[at + 1])
    else redis.call('SETEX', key, ARGV[1], ARGV[at + 1]) end
    redis.call('PUBLISH', key, ARGV[at + 1])
  end
end"#,
    )
});

/// Results asked for in one command.
const STEP: usize = 500;

/// Cheap to clone.
#[derive(Clone)]
pub struct RedisResults {
    link: Link,
    keys: ResultKeys,
    /// How long a result is kept; `None` for ever.
    keep: Option<Duration>,
    waiting: Arc<Waiting>,
}

impl RedisResults {
    /// [`RedisResults::listen`] must run for [`ResultStore::watch`] to hear of results that others store.
    pub fn new(link: Link, keys: ResultKeys, keep: Option<Duration>) -> Self {
        Self { link, keys, keep, waiting: Arc::default() }
    }

    async fn put(&self, batch: Vec<ResultMeta>) -> Result<(), ResultError> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut script = PUT.prepare_invoke();
        script.arg(self.keep.map_or(0, |keep| keep.as_secs().max(1)));
        for meta in &batch {
            script.key(self.keys.task(&meta.task_id));
            script.arg(serde_json::to_vec(meta).expect("results always serialise"));
        }
        self.link.script::<()>(&script).await?;
        self.waiting.tell(batch);
        Ok(())
    }

    async fn get(&self, ids: &[TaskId]) -> Result<Vec<Option<ResultMeta>>, ResultError> {
        let mut found = Vec::with_capacity(ids.len());
        for step in ids.chunks(STEP) {
            let mut get = redis::cmd("MGET");
            for id in step {
                get.arg(self.keys.task(id));
            }
            let values: Vec<Option<Vec<u8>>> = self.link.command(&get).await?;
            found.extend(values.into_iter().zip(step).map(|(value, id)| read(&value?, id)));
        }
        Ok(found)
    }

    async fn forget(&self, ids: Vec<TaskId>) -> Result<(), ResultError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut delete = redis::cmd("DEL");
        for id in &ids {
            delete.arg(self.keys.task(id));
        }
        Ok(self.link.command::<()>(&delete).await?)
    }
}

/// A stored result; what cannot be read counts as not stored.
fn read(value: &[u8], id: &TaskId) -> Option<ResultMeta> {
    match serde_json::from_slice(value) {
        Ok(meta) => Some(meta),
        Err(error) => {
            tracing::warn!(task.id = %id, %error, "a stored result cannot be read");
            None
        }
    }
}

impl ResultStore for RedisResults {
    fn put(&self, batch: Vec<ResultMeta>) -> BoxFuture<'_, Result<(), ResultError>> {
        self.put(batch).boxed()
    }

    fn get(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Option<ResultMeta>>, ResultError>> {
        async move { self.get(&ids).await }.boxed()
    }

    fn watch(&self, id: &TaskId) -> watch::Receiver<Newest> {
        self.waiting.watch(id)
    }

    fn forget(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<(), ResultError>> {
        self.forget(ids).boxed()
    }

    /// Redis does that by itself.
    fn prune(&self) -> BoxFuture<'_, Result<u64, ResultError>> {
        std::future::ready(Ok(0)).boxed()
    }
}

impl From<LinkError> for ResultError {
    fn from(error: LinkError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
