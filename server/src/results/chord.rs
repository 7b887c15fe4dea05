//! Chords: a body that runs once, when all tasks of its header have come to an end.
//!
//! The store counts the ends and says to exactly one caller that they are complete. Whoever hears it publishes the body
//! and closes the chord. Should it die on the way, the task whose end completed the chord is delivered again, ends
//! again, and hears it again: a claim belongs to that one end, and can be taken up by nothing else until it lapses.

use super::ResultError;
use crate::protocol::{State, TaskId};
use futures_util::future::BoxFuture;
use serde_json::value::RawValue;

/// A chord about to be sent.
#[derive(Clone, Debug)]
pub struct NewChord {
    /// The group its header is.
    pub group: String,
    /// How many ends make it complete.
    pub size: u64,
    /// The header's result tuple `[[gid, parent], [..]]`, where the header is more than a list of tasks.
    pub structure: Option<Box<RawValue>>,
}

/// The end of one task of a chord's header.
#[derive(Clone, Debug)]
pub struct ChordPart {
    pub group: String,
    pub task_id: TaskId,
    /// Its place in the header; `None` comes last.
    pub index: Option<i64>,
    /// SUCCESS, FAILURE or REVOKED.
    pub state: State,
    /// The value, or the exception.
    pub result: Box<RawValue>,
}

impl ChordPart {
    /// Whose claim it is when this end completes the chord. The same end, counted again, has the same name.
    pub fn claim(&self) -> String {
        format!("umbel:{}:{}", self.task_id, self.place())
    }

    /// The place as Redis orders by it.
    pub(crate) fn place(&self) -> String {
        self.index.map_or_else(|| "+inf".to_owned(), |index| index.to_string())
    }
}

/// What counting an end has led to.
#[derive(Clone, Debug)]
pub enum Joined {
    /// Others have still to come, or somebody else has taken the body upon him.
    Open,
    /// This was the last one: the caller has to see to the body, and then to close the chord.
    Complete(Complete),
}

/// A complete chord, claimed for one caller.
#[derive(Clone, Debug)]
pub struct Complete {
    /// Needed to close it.
    pub claim: String,
    /// The ends in the order of the header.
    pub ends: Vec<MemberEnd>,
    /// As given in [`NewChord::structure`].
    pub structure: Option<Box<RawValue>>,
}

#[derive(Clone, Debug)]
pub struct MemberEnd {
    pub task_id: TaskId,
    pub state: State,
    pub result: Box<RawValue>,
}

/// A chord whose body was published, or has failed instead.
#[derive(Clone, Debug)]
pub struct ClosedChord {
    pub group: String,
    pub claim: String,
    /// The body was published; otherwise a task of the header has failed.
    pub ran: bool,
}

/// Counts the ends of chords.
pub trait Chords {
    /// Before the first task of the header is sent. Sending a chord anew opens it anew.
    fn open_chords(&self, chords: Vec<NewChord>) -> BoxFuture<'_, Result<(), ResultError>>;

    /// Counts ends, each at most once, and says what came of each, in order.
    fn join(&self, parts: Vec<ChordPart>) -> BoxFuture<'_, Result<Vec<Joined>, ResultError>>;

    /// Forgets what was counted. A late repetition of an end leads to nothing any more.
    fn close_chords(&self, chords: Vec<ClosedChord>) -> BoxFuture<'_, Result<(), ResultError>>;
}
