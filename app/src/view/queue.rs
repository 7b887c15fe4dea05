use super::Millis;
use serde::{Deserialize, Serialize};

/// A queue as a row of a list, and as it comes over the live stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    pub name: String,
    /// Messages a worker could take now.
    pub ready: u64,
    /// Messages that wait for their moment.
    pub held: u64,
    /// Messages a worker has in hand.
    pub in_hand: u64,
    /// When the oldest ready message was sent.
    pub oldest: Option<Millis>,
    /// Workers that take from it.
    pub workers: u32,
    /// Tasks finished from it per second, over the last minute.
    pub rate: f64,
    /// Ready depth for the last ten minutes, oldest first, one point per ten seconds.
    pub history: Vec<u32>,
}

/// A queue with one page of what waits in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueDetail {
    pub row: QueueRow,
    /// The workers that take from it, by name.
    pub takers: Vec<String>,
    /// How many of the waiting come before the first of `waiting`.
    pub offset: u64,
    /// The next to run first; those held come last, by their moments.
    pub waiting: Vec<WaitingTask>,
    /// Whether more wait after the last of `waiting`.
    pub more: bool,
    pub now: Millis,
}

/// A message that waits in a queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaitingTask {
    pub id: String,
    pub name: String,
    /// Arguments on one line, shortened.
    pub call: String,
    /// 0 is the most urgent, 9 the least.
    pub priority: u8,
    /// How many come before it.
    pub place: u64,
    /// When it was sent, where the broker knows.
    pub since: Option<Millis>,
    /// It is held until then.
    pub until: Option<Millis>,
}
