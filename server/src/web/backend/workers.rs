//! The port of workers.

use super::Web;
use crate::web::convert::inspection::{self, Answers};
use crate::web::convert::worker;
use crate::web::error::away;
use app::ApiError;
use app::backend::{Reply, WorkerPort};
use app::view::{Inspection, WorkerAct, WorkerDetail, WorkerRow};
use serde_json::{Value, json};
use std::time::Duration;

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

    fn inspect(&self, name: String, patience: Duration) -> Reply<'_, Inspection> {
        Box::pin(async move {
            let ask = |what: &'static str, arguments: Value| {
                let (control, name) = (&self.0.control, &name);
                async move {
                    let mut replies = control.inspect(Some(name), what, arguments, patience).await;
                    inspection::told(replies.pop()?.value)
                }
            };
            let limits = json!({"taskinfoitems": ["rate_limit", "time_limit", "soft_time_limit"]});
            let (stats, queues, registered, active, reserved, scheduled, conf) = tokio::join!(
                ask("stats", json!({})),
                ask("active_queues", json!({})),
                ask("registered", limits),
                ask("active", json!({})),
                ask("reserved", json!({})),
                ask("scheduled", json!({})),
                ask("conf", json!({"with_defaults": false})),
            );
            let answers = Answers { stats, queues, registered, active, reserved, scheduled, conf };
            Ok(inspection::inspection(answers))
        })
    }

    fn act(&self, name: String, act: WorkerAct) -> Reply<'_, String> {
        Box::pin(async move { self.0.act(&name, act).await })
    }
}
