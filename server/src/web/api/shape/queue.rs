//! A queue.

use super::moment;
use app::view::QueueRow;
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
