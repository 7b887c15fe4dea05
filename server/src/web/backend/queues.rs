//! The port of queues.

use super::Web;
use super::depths::{self, Board};
use crate::web::convert::{queue, waiting};
use crate::web::error::away;
use app::backend::{QueuePort, Reply};
use app::view::{QueueDetail, QueueRow};

/// Messages on a page of what waits.
const ROWS: usize = 50;

pub(super) struct Queues {
    pub(super) web: Web,
    pub(super) depths: Board,
}

impl QueuePort for Queues {
    fn list(&self) -> Reply<'_, Vec<QueueRow>> {
        Box::pin(async {
            let mut rows = depths::current(&self.web).await.map_err(|error| away("broker", error))?;
            self.depths.add_history(&mut rows);
            Ok(rows)
        })
    }

    fn get(&self, name: String, offset: u64) -> Reply<'_, QueueDetail> {
        Box::pin(async move {
            let first = usize::try_from(offset).unwrap_or(usize::MAX);
            // One more than is shown tells whether there is another page.
            let (rows, waiting) =
                tokio::join!(self.list(), self.web.admin.peek(name.clone(), first, ROWS + 1));
            let (mut rows, waiting) = (rows?, waiting.map_err(|error| away("broker", error))?);
            let is_counted = rows.iter().any(|row| row.name == name);
            if !is_counted && !waiting.is_empty() {
                // Somebody else's queue that nobody serves: from now on it is counted, and looked through for tasks.
                let noted = self.web.admin.note_queues(vec![name.clone()]).await;
                noted.map_err(|error| away("broker", error))?;
                rows = self.list().await?;
            }
            let row = rows.into_iter().find(|row| row.name == name);
            let takers = self.web.monitor.workers().into_iter();
            let takers = takers.filter(|worker| worker.online && worker.queues.contains(&name));
            Ok(QueueDetail {
                takers: takers.map(|worker| worker.name.to_string()).collect(),
                row: row.unwrap_or_else(|| queue::nothing(name)),
                offset,
                more: waiting.len() > ROWS,
                waiting: waiting.iter().take(ROWS).map(waiting::task).collect(),
                now: self.web.now(),
            })
        })
    }

    fn purge(&self, name: String) -> Reply<'_, u64> {
        Box::pin(async move { self.web.purge(name).await })
    }
}
