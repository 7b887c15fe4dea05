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
