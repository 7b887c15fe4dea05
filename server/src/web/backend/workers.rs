//! The port of workers.

use super::Web;
use crate::web::convert::worker;
use crate::web::error::away;
use app::ApiError;
use app::backend::{Reply, WorkerPort};
use app::view::{WorkerDetail, WorkerRow};

pub(super) struct Workers(pub(super) Web);

impl WorkerPort for Workers {
    fn list(&self) -> Reply<'_, Vec<WorkerRow>> {
        Box::pin(async { Ok(self.0.monitor.workers().iter().map(worker::row).collect()) })
    }

    fn get(&self, name: String) -> Reply<'_, WorkerDetail> {
        Box::pin(async move {
            let monitor = &self.0.monitor;
            // The number first: what changes while we look comes once more over the live stream.
            let seq = monitor.seq();
            let Some(record) = monitor.worker(&name) else {
                return Err(ApiError::NotFound("No worker of this name has been heard of.".to_owned()));
            };
            let running = monitor.running_on(&name).await.map_err(|error| away("history", error))?;
            let mut registered = record.registered.to_vec();
            registered.sort();
            Ok(WorkerDetail {
                row: worker::row(&record),
                pool: record.pool,
                running: running.iter().map(|task| worker::running(task)).collect(),
                registered,
                seq,
                now: self.0.now(),
            })
        })
    }
}
