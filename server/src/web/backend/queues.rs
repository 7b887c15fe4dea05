//! The port of queues.

use super::Web;
use super::depths::{self, Board};
use crate::web::error::away;
use app::backend::{QueuePort, Reply};
use app::view::QueueRow;

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
}
