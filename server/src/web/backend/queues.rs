//! The port of queues.

use super::depths::{self, Board};
use super::{Census, Web};
use crate::web::convert::{queue, waiting};
use crate::web::error::away;
use app::backend::{QueuePort, Reply};
use app::view::{QueueDetail, QueueRow};

/// Messages on a page of what waits.
const ROWS: usize = 50;

pub(super) struct Queues {
    pub(super) web: Web,
    pub(super) depths: Board,
    pub(super) census: Census,
}

impl QueuePort for Queues {
    fn list(&self) -> Reply<'_, Vec<QueueRow>> {
        Box::pin(async {
            let rows = depths::current(&self.web, &self.census).await;
            let mut rows = rows.map_err(|error| away("broker", error))?;
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
            let waiting = waiting.map_err(|error| away("broker", error))?;
            let row = rows?.into_iter().find(|row| row.name == name);
            let takers = self.census.workers(&self.web).into_iter();
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
