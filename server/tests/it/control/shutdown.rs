//! `shutdown` asks the whole process to stop; the worker itself goes on until it does.

use super::stage::{NODE, Stage};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn whoever_runs_the_worker_is_told_to_stop_it() {
    let stage = Stage::empty().await;
    let worker = stage.runtime.worker.clone();
    stage.runtime.control.shutdown(NODE).await.expect("it is there");
    tokio::time::timeout(PATIENCE, worker.stop_requested()).await.expect("told in time");
    stage.runtime.stop(Duration::ZERO).await;
}
