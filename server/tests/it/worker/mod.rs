//! The worker on the embedded broker, with real tasks.

mod canvas;
mod endings;
mod hostile;
mod stopping;
mod waiting;

use std::sync::Arc;
use tempfile::TempDir;
use umbel::clock::{SharedClock, SystemClock};
use umbel::task::Tasks;
use umbel::testing::{ManualClock, TestRuntime};

struct World {
    runtime: TestRuntime,
    folder: TempDir,
}

async fn world(tasks: Tasks) -> World {
    world_at(SystemClock::shared(), tasks).await
}

async fn world_at(clock: SharedClock, tasks: Tasks) -> World {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tasks = tasks.build().expect("sound tasks");
    let runtime = TestRuntime::start(folder.path(), clock, tasks, 4).await.expect("a runtime");
    World { runtime, folder }
}

fn manual() -> (ManualClock, SharedClock) {
    let clock = ManualClock::new();
    (clock.clone(), Arc::new(clock))
}
