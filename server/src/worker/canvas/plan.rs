//! What has to be sent, gathered before anything is sent.

use crate::protocol::Message;
use crate::protocol::signature::{CallError, SignatureError};
use crate::results::NewChord;
use serde_json::Value;

/// What one end may set off at most. A message could otherwise unfold into more than memory holds: each task of a
/// header carries a copy of its body.
const MOST_MESSAGES: usize = 100_000;
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// What has to be done, and what comes of it.
#[derive(Debug, Default)]
pub(in crate::worker) struct Plan {
    /// Before anything is published.
    pub(super) chords: Vec<NewChord>,
    pub(super) messages: Vec<Message>,
    /// Result tuples for the task that sends all this.
    pub(super) children: Vec<Value>,
    bytes: usize,
}

/// Why what follows a task cannot be sent.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum FollowError {
    #[error("cannot send what follows the task: {0}")]
    Signature(#[from] SignatureError),
    #[error("cannot send what follows the task: {0}")]
    Call(#[from] CallError),
    #[error("cannot send what follows the task: it is too much, more than {0}")]
    TooMuch(String),
}

impl Plan {
    /// Both, this one first.
    pub(super) fn append(&mut self, other: Self) {
        self.chords.extend(other.chords);
        self.messages.extend(other.messages);
        self.children.extend(other.children);
    }

    pub(super) fn add(&mut self, message: Message) -> Result<(), FollowError> {
        self.bytes += message.body.len();
        self.messages.push(message);
        if self.messages.len() > MOST_MESSAGES {
            return Err(FollowError::TooMuch(format!("{MOST_MESSAGES} messages")));
        }
        if self.bytes > MOST_BYTES {
            return Err(FollowError::TooMuch(format!("{} MiB", MOST_BYTES >> 20)));
        }
        Ok(())
    }
}
