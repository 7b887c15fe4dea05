//! How deep the queues are, looked up once for everybody.
//!
//! Counting asks the broker's database, so readers never do it each for themselves: a small service looks every ten
//! seconds to draw the history, and every second while somebody follows the live stream.

use super::Web;
use crate::web::convert::queue;
use app::view::QueueRow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_secs(1);
/// Every how many ticks a point of the history is taken.
const TICKS_PER_POINT: u64 = 10;
/// Ten minutes.
const POINTS: usize = 60;
/// The history of more queues than this is not kept.
const MOST_QUEUES: usize = 1_000;

/// All queues as last counted, with their history.
pub(crate) type Rows = Arc<[QueueRow]>;

/// Hands out what was counted.
#[derive(Clone)]
pub(crate) struct Board(Arc<watch::Sender<Rows>>);

impl Board {
    pub(crate) fn rows(&self) -> Rows {
        self.0.borrow().clone()
    }

    /// Follows what is counted; while somebody does, counting is done every second.
    pub(crate) fn follow(&self) -> watch::Receiver<Rows> {
        self.0.subscribe()
    }

    /// Writes the history of each queue into fresh rows.
    pub(crate) fn add_history(&self, rows: &mut [QueueRow]) {
        let known = self.rows();
        for row in rows {
            if let Some(before) = known.iter().find(|before| before.name == row.name) {
                row.history.clone_from(&before.history);
            }
        }
    }
}

/// The service that counts.
pub(crate) struct Depths {
    web: Web,
    board: Board,
    history: HashMap<String, VecDeque<u32>>,
}

impl Depths {
    pub(crate) fn new(web: Web) -> Self {
        let board = Board(Arc::new(watch::Sender::new(Arc::new([]))));
        Self { web, board, history: HashMap::new() }
    }

    pub(crate) fn board(&self) -> Board {
        self.board.clone()
    }

    pub(crate) async fn run(mut self, stop: CancellationToken) {
        for tick in 0_u64.. {
            let takes_point = tick % TICKS_PER_POINT == 0;
            if takes_point || self.board.0.receiver_count() > 0 {
                self.count(takes_point).await;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.web.clock.sleep(TICK) => {}
            }
        }
    }

    async fn count(&mut self, takes_point: bool) {
        let mut rows = match current(&self.web).await {
            Ok(rows) => rows,
            // Whoever asks for the queues is told; a failed look of ours is only noted.
            Err(error) => return tracing::debug!(error = %error, "queues could not be counted"),
        };
        if takes_point {
            self.take_point(&rows);
        }
        for row in &mut rows {
            if let Some(points) = self.history.get(&row.name) {
                row.history = points.iter().copied().collect();
            }
        }
        let rows: Rows = rows.into();
        self.board.0.send_if_modified(|known| {
            let changed = **known != *rows;
            *known = rows;
            changed
        });
    }

    /// Adds a point to each queue; the history of a queue that is gone goes with it.
    fn take_point(&mut self, rows: &[QueueRow]) {
        for row in rows {
            if self.history.contains_key(&row.name) || self.history.len() < MOST_QUEUES {
                let points = self.history.entry(row.name.clone()).or_default();
                if points.len() == POINTS {
                    points.pop_front();
                }
                points.push_back(u32::try_from(row.ready).unwrap_or(u32::MAX));
            }
        }
        self.history.retain(|name, _| rows.iter().any(|row| row.name == *name));
    }
}

/// The queues as they are now, without their history.
pub(crate) async fn current(web: &Web) -> Result<Vec<QueueRow>, crate::broker::BrokerError> {
    let statuses = web.admin.queues().await?;
    let known = web.tasks.iter().map(|task| task.queue.clone());
    Ok(queue::rows(statuses, &web.monitor.workers(), &web.monitor.queue_rates(), known))
}
