use super::Millis;
use serde::{Deserialize, Serialize};

/// An opaque place in a sorted list ("rows after this one"). It travels in the URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of a keyset-paged list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Present when there are rows before the first one.
    pub prev: Option<Cursor>,
    /// Present when there are rows after the last one.
    pub next: Option<Cursor>,
    /// How many rows match the filter in all.
    pub total: u64,
    /// How many rows there are without any filter: tells "nothing yet" from "no match".
    pub unfiltered: u64,
    /// The live stream's sequence number this page is a picture of.
    pub seq: u64,
    /// The server's clock, so that relative times agree between server and browser.
    pub now: Millis,
}
