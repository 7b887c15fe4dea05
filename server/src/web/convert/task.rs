//! A task as a row of a list.

use super::{call, progress};
use crate::monitor::{Phase, TaskRecord};
use app::view::{Millis, TaskRow, TaskState};

/// The name of a task whose name nobody told: its first events were missed.
pub(crate) const NAMELESS: &str = "unknown";

pub(crate) fn row(record: &TaskRecord, now: Millis) -> TaskRow {
    let state = state(record.phase(now));
    TaskRow {
        id: record.id.as_str().to_owned(),
        name: record.name.as_deref().unwrap_or(NAMELESS).to_owned(),
        state,
        custom_state: record
            .custom_state()
            .filter(|word| *word != TaskState::Progress.as_str())
            .map(str::to_owned),
        queue: record.queue.as_deref().map(str::to_owned),
        worker: record.worker.as_deref().map(str::to_owned),
        call: call::line(record.args.as_deref(), record.kwargs.as_deref()),
        progress: record
            .meta
            .as_deref()
            .filter(|_| state.is_running())
            .and_then(|meta| progress::progress(meta).share),
        created_at: record.created_at(),
        started_at: record.started_at(),
        finished_at: record.finished_at(),
        eta: record.eta,
        runtime: record.runtime,
        retries: record.retries,
        exception: record.exception.as_deref().map(str::to_owned),
    }
}

pub(crate) fn state(phase: Phase) -> TaskState {
    match phase {
        Phase::Pending => TaskState::Pending,
        Phase::Scheduled => TaskState::Scheduled,
        Phase::Received => TaskState::Received,
        Phase::Started => TaskState::Started,
        Phase::Progress => TaskState::Progress,
        Phase::Success => TaskState::Success,
        Phase::Failure => TaskState::Failure,
        Phase::Retry => TaskState::Retry,
        Phase::Revoked => TaskState::Revoked,
        Phase::Rejected => TaskState::Rejected,
    }
}

pub(crate) fn phase(state: TaskState) -> Phase {
    match state {
        TaskState::Pending => Phase::Pending,
        TaskState::Scheduled => Phase::Scheduled,
        TaskState::Received => Phase::Received,
        TaskState::Started => Phase::Started,
        TaskState::Progress => Phase::Progress,
        TaskState::Success => Phase::Success,
        TaskState::Failure => Phase::Failure,
        TaskState::Retry => Phase::Retry,
        TaskState::Revoked => Phase::Revoked,
        TaskState::Rejected => Phase::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_spell_every_state_alike() {
        for known in Phase::ALL {
            assert_eq!(state(known).as_str(), known.as_str());
            assert_eq!(phase(state(known)), known);
        }
    }
}
