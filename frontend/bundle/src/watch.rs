//! `make dev`: rebuild on change and restart the server, with nothing installed.
//!
//! It compares digests of the sources a few times a second, which is cheap for a tree of this size and
//! works the same on every file system.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::narrate;
use crate::workspace::{Purpose, Workspace};
use crate::{bundle, fingerprint};

const LOOK_EVERY: Duration = Duration::from_millis(300);

/// How long the old server may take to finish what it runs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs until it is interrupted; the interrupt reaches the server too, as a member of the same group.
pub(crate) fn watch(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut server: Option<Child> = None;
    loop {
        let seen = fingerprint::of_everything(workspace)?;
        if let Err(error) = round(workspace, arguments, &mut server) {
            narrate::say("dev", &format!("{error:#}; waiting for a change"));
        }
        while fingerprint::of_everything(workspace).is_ok_and(|now| now == seen) {
            std::thread::sleep(LOOK_EVERY);
        }
        narrate::say("dev", "something changed");
    }
}

/// Builds both halves, then swaps the server: while the sources do not compile the old one keeps running.
fn round(workspace: &Workspace, arguments: &[String], server: &mut Option<Child>) -> Result<()> {
    bundle(workspace, Purpose::Develop)?;
    narrate::timed("server", "cargo build --package server", || {
        let status = Command::new("cargo")
            .args(["build", "--quiet", "--package", "server"])
            .current_dir(&workspace.root)
            .status()?;
        anyhow::ensure!(status.success(), "the server does not compile");
        Ok(())
    })?;
    if let Some(old) = server.take() {
        stop(old);
    }
    *server = Some(Command::new(binary(workspace)).args(arguments).current_dir(&workspace.root).spawn()?);
    Ok(())
}

fn binary(workspace: &Workspace) -> PathBuf {
    workspace.target.join("debug").join(format!("umbel{}", std::env::consts::EXE_SUFFIX))
}

/// Asks the server to end as Ctrl-C would, and ends it where that takes longer than a developer waits.
fn stop(mut server: Child) {
    let asked = Command::new("kill").arg(server.id().to_string()).status();
    let start = Instant::now();
    while asked.as_ref().is_ok_and(ExitStatus::success) && start.elapsed() < PATIENCE {
        if !matches!(server.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    // Both fail only when it has ended by itself.
    let _ = server.kill();
    let _ = server.wait();
}
