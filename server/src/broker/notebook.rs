//! What senders keep beside the messages: small texts by name, in books.
//!
//! A message can be published together with a change of the note that remembers it. Both happen or neither does, so
//! whoever sends the same thing at its time, again and again, never sends it twice and never forgets that it has,
//! however often it dies in between. It is also how two senders that do not know of each other stay out of each
//! other's way: a change is made only if the note is still what its writer has read.

use super::{Broker, BrokerError};
use crate::protocol::Message;
use futures_util::future::BoxFuture;
use std::time::Duration;

/// A text kept under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub name: String,
    pub text: String,
}

/// A change of one note, and what is published with it.
#[derive(Clone, Debug)]
pub struct Change {
    pub name: String,
    /// What the writer has read; `None` for nothing.
    pub was: Option<String>,
    /// `None` takes the note out.
    pub becomes: Option<String>,
    pub messages: Vec<Message>,
}

/// Who holds a post, and what has been written meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub holder: String,
    /// A number for each book that was asked for; it grows with every change of the book.
    pub revisions: Vec<u64>,
}

/// Books of notes. A book is named by a word of ours and comes to be by being written in.
pub trait Notebook: Broker {
    /// All notes of a book, in no particular order.
    fn notes(&self, book: &'static str) -> BoxFuture<'_, Result<Vec<Note>, BrokerError>>;

    /// The texts of some notes, in the order of the names.
    fn read(
        &self,
        book: &'static str,
        names: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Option<String>>, BrokerError>>;

    /// Makes each change whose note is still what its writer has read, together with its messages, and says of each
    /// whether it was made. One change that comes too late does not keep the others from being made, nor does one that
    /// cannot be made at all; that one ends in an error, and then nobody says which of the others were made. The same
    /// is true of an answer that is lost. To write the same changes again does no harm: what was made is no longer
    /// what its writer has read. So whoever gets an error reads again before going on.
    fn write(
        &self,
        book: &'static str,
        changes: Vec<Change>,
    ) -> BoxFuture<'_, Result<Vec<bool>, BrokerError>>;

    /// Takes a post for the time of the lease, or takes it anew, unless somebody else holds it. Answers who does. A
    /// lease that is not half over may be left as it is: ask at least three times while it lasts.
    fn hold<'a>(
        &'a self,
        post: &'static str,
        holder: &'a str,
        lease: Duration,
        books: &'a [&'static str],
    ) -> BoxFuture<'a, Result<Held, BrokerError>>;

    /// Gives a post back, if it is still held by this holder.
    fn leave<'a>(&'a self, post: &'static str, holder: &'a str) -> BoxFuture<'a, Result<(), BrokerError>>;
}
