//! The usual way: rustup fetches the target.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::narrate;
use crate::workspace::Workspace;

use super::TARGET;

/// Without a network rustup gives up by itself within seconds; this is for a network that swallows packets.
const PATIENCE: Duration = Duration::from_secs(180);

/// Whether rustup says that the target is there now.
pub(crate) fn add_target(workspace: &Workspace) -> bool {
    // Who sets this has asked rustup to fetch nothing on its own, and this would be fetching on its own.
    if std::env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
        narrate::say("toolchain", "RUSTUP_AUTO_INSTALL=0: not asking rustup for the target");
        return false;
    }
    let started = Command::new("rustup").args(["target", "add", TARGET]).current_dir(&workspace.root).spawn();
    let Ok(child) = started else {
        return false;
    };
    narrate::say("toolchain", "rustup target add wasm32-unknown-unknown");
    let added = finishes_well(child);
    if !added {
        narrate::say("toolchain", "rustup could not add the target");
    }
    added
}

fn finishes_well(mut child: Child) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(Duration::from_millis(50)),
            Err(_) => break,
        }
    }
    // Both fail only when the child is gone already, which is what they are for.
    let _ = child.kill();
    let _ = child.wait();
    false
}
