//! A queue, as a row of a list and with what waits in it.

use super::moment;
use app::view::{self, QueueRow, WaitingTask};
use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Queue {
    name: String,
    /// What a worker could take now.
    ready: u64,
    /// What waits for its moment.
    held: u64,
    /// What workers have in hand.
    in_hand: u64,
    /// When the oldest ready message was sent.
    oldest: Option<String>,
    workers: u32,
    /// Tasks finished per second over the last minute.
    rate: f64,
}

impl From<QueueRow> for Queue {
    fn from(row: QueueRow) -> Self {
        Self {
            name: row.name,
            ready: row.ready,
            held: row.held,
            in_hand: row.in_hand,
            oldest: moment(row.oldest),
            workers: row.workers,
            rate: row.rate,
        }
    }
}

/// A queue with a page of what waits in it.
#[derive(Debug, Serialize)]
pub(crate) struct QueueDetail {
    #[serde(flatten)]
    queue: Queue,
    takers: Vec<String>,
    waiting: Vec<Waiting>,
    /// The `offset` of the next page, where there is one.
    next: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Waiting {
    id: String,
    name: String,
    call: String,
    priority: u8,
    /// How many come before it.
    place: u64,
    since: Option<String>,
    /// It is held until then.
    until: Option<String>,
}

impl From<view::QueueDetail> for QueueDetail {
    fn from(detail: view::QueueDetail) -> Self {
        let end = detail.offset + detail.waiting.len() as u64;
        Self {
            queue: detail.row.into(),
            takers: detail.takers,
            waiting: detail.waiting.into_iter().map(Waiting::from).collect(),
            next: detail.more.then_some(end),
        }
    }
}

impl From<WaitingTask> for Waiting {
    fn from(task: WaitingTask) -> Self {
        Self {
            id: task.id,
            name: task.name,
            call: task.call,
            priority: task.priority,
            place: task.place,
            since: moment(task.since),
            until: moment(task.until),
        }
    }
}
