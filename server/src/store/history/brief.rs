//! How a task stands, where nothing else of it is asked for.

use super::{Phase, TaskRecord};
use crate::protocol::TaskId;

#[derive(Clone, Debug, PartialEq)]
pub struct Brief {
    pub id: TaskId,
    /// Seconds its last attempt ran.
    pub runtime: Option<f64>,
    pub(super) standing: Phase,
    /// Milliseconds since the epoch.
    pub(super) eta: Option<i64>,
}

impl Brief {
    pub(crate) fn of(record: &TaskRecord) -> Self {
        Self { id: record.id.clone(), runtime: record.runtime, standing: record.standing(), eta: record.eta }
    }

    /// Whether nothing more will come of it.
    pub fn has_ended(&self) -> bool {
        self.standing.is_final()
    }

    /// Where it stands at this moment (milliseconds): what waits for a moment is scheduled.
    pub fn phase(&self, now: i64) -> Phase {
        self.standing.at(self.eta, now)
    }
}
