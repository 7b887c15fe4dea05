//! What came of a task: the last valid state for each id, until it expires.

mod chord;
pub mod redis;
pub mod sqlite;

pub use chord::{ChordPart, Chords, ClosedChord, Complete, Joined, MemberEnd, NewChord};

use crate::protocol::{ResultMeta, TaskId};
use futures_util::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::watch;

/// Why a result store could not do its duty.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ResultError {
    /// Nothing can be done until its store is back; the text names the cause.
    #[error("reach the result store: {0}")]
    Unavailable(String),
}

/// Keeps the last state of each task. A success is never overwritten by anything.
pub trait ResultStore: Chords + Send + Sync {
    /// Stores the results; when it returns, none of them can be lost.
    fn put(&self, batch: Vec<ResultMeta>) -> BoxFuture<'_, Result<(), ResultError>>;
    /// One answer for each id, in order; `None` for what is unknown or expired.
    fn get(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<Vec<Option<ResultMeta>>, ResultError>>;
    /// The newest result stored for this task since the watch began. Watch first, then `get`, then wait.
    fn watch(&self, id: &TaskId) -> watch::Receiver<Option<Arc<ResultMeta>>>;
    fn forget(&self, ids: Vec<TaskId>) -> BoxFuture<'_, Result<(), ResultError>>;
    /// Drops what has expired; returns how many results that were.
    fn prune(&self) -> BoxFuture<'_, Result<u64, ResultError>>;
}
