//! Stopping with nothing to wait for.

use super::program::Running;
use rustix::process::Signal;
use tempfile::TempDir;

#[test]
fn an_interrupt_stops_an_idle_one_at_once() {
    let folder = TempDir::new().expect("a folder");
    let (mut running, _) = Running::start(folder.path(), &[]);
    running.signal(Signal::INT);
    running.until("Stopped.");
    assert_eq!(running.end(), Some(0));
    let (again, _) = Running::start(folder.path(), &[]);
    drop(again);
}
