//! What a running product tells in its banner, and how it stops while a task runs that was sent over its dashboard.

use super::program::{Ended, Running, umbel};
use rustix::process::Signal;
use tempfile::TempDir;

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

/// The dashboard's URL out of a banner.
pub(super) fn dashboard(banner: &[String]) -> String {
    let line = banner.iter().find(|line| line.contains("dashboard")).expect("the banner names it");
    line.split_whitespace().last().expect("a URL").to_owned()
}

/// Sends a task that runs for longer than any test, and waits until the worker has it in hand.
fn occupy(running: &mut Running, banner: &[String]) -> Ended {
    let sent = umbel(&["send", "demo.sleep", "--args", "[80000]", "--url", &dashboard(banner)]);
    assert_eq!(sent.code, Some(0), "{sent:?}");
    running.until("task received");
    sent
}

#[test]
fn the_banner_tells_what_runs() {
    let folder = folder();
    let (running, banner) =
        Running::start(folder.path(), &["-c", "3", "--name", "rose@garden", "-Q", "celery,net"]);
    let text = banner.join("\n");
    for fact in [
        "  broker       embedded, umbel-data/umbel.db",
        "  results      embedded, kept 1 day",
        "  concurrency  3 (async tasks)",
        "  queues       celery\n               net",
        "  tasks        demo.add",
        "  dashboard    http://127.0.0.1:",
        "rose@garden is ready.",
    ] {
        assert!(text.contains(fact), "no {fact:?} in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "colours without a terminal");
    running.signal(Signal::TERM);
    assert_eq!(running.end(), Some(0));
}

#[test]
fn a_second_interrupt_does_not_wait_for_tasks_and_loses_none() {
    let folder = folder();
    let (mut running, banner) = Running::start(folder.path(), &["--stop-timeout", "1h"]);
    let id = occupy(&mut running, &banner).out;
    running.signal(Signal::INT);
    running.until("waiting up to 1 hour for 1 running task. Ctrl-C again stops at once.");
    running.signal(Signal::INT);
    running.until("Stopping at once.");
    assert_eq!(running.end(), Some(130));
    let (mut again, mut said) = Running::start(folder.path(), &[]);
    // The worker may well have taken it before the banner said that all is ready.
    if !said.iter().any(|line| line.contains("task received")) {
        said = again.until("task received");
    }
    let received = said.into_iter().find(|line| line.contains("task received")).expect("just seen");
    assert!(received.contains(id.trim()), "{received}");
}

#[test]
fn a_quit_signal_stops_at_once() {
    let folder = folder();
    let (mut running, banner) = Running::start(folder.path(), &[]);
    occupy(&mut running, &banner);
    running.signal(Signal::QUIT);
    running.until("Stopping at once.");
    assert_eq!(running.end(), Some(130));
}

#[test]
fn a_warm_stop_ends_at_its_limit() {
    let folder = folder();
    let (mut running, banner) = Running::start(folder.path(), &["--stop-timeout", "10ms"]);
    occupy(&mut running, &banner);
    running.signal(Signal::TERM);
    running.until("Stopped.");
    assert_eq!(running.end(), Some(0));
}
