//! The worker on the embedded broker, with real tasks.

mod canvas;
mod endings;
mod gated;
mod hostile;
mod neighbours;
mod pool;
mod queues;
mod rates;
mod revoking;
mod stopping;
mod telling;
mod time_limits;
mod waiting;

use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use umbel::clock::{SharedClock, SystemClock};
use umbel::task::Tasks;
use umbel::testing::{ManualClock, TestRuntime};

/// How long a test waits for something that must happen before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

struct World {
    runtime: TestRuntime,
    folder: TempDir,
}

async fn world(tasks: Tasks) -> World {
    world_at(SystemClock::shared(), tasks).await
}

async fn world_at(clock: SharedClock, tasks: Tasks) -> World {
    world_of(clock, tasks, 4).await
}

/// A world whose worker runs this many tasks at once.
async fn world_of(clock: SharedClock, tasks: Tasks, slots: usize) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tasks = tasks.build().expect("sound tasks");
    let runtime = TestRuntime::start(folder.path(), clock, tasks, slots).await.expect("a runtime");
    World { runtime, folder }
}

fn manual() -> (ManualClock, SharedClock) {
    let clock = ManualClock::new();
    (clock.clone(), Arc::new(clock))
}
