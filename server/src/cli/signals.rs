//! The operating system's wishes: Ctrl-C and its kin.

use super::exit::{Exit, Failure};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Let running tasks finish, take no new ones.
    StopWarm,
    /// Put running tasks back and go.
    StopNow,
}

/// Listens for signals from its making on, so that none is missed.
#[derive(Debug)]
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    quit: Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(Exit::Internal, format!("failed to listen for signals: {error}"))
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            quit: listen(SignalKind::quit())?,
        })
    }

    /// The next signal's wish. What a second one means is for the caller to decide.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            _ = self.interrupt.recv() => Wish::StopWarm,
            _ = self.terminate.recv() => Wish::StopWarm,
            _ = self.quit.recv() => Wish::StopNow,
        }
    }
}
