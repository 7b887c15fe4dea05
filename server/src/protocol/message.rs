//! A task message between a producer and a worker, free of any broker's own encoding.

use super::Headers;
use bytes::Bytes;

/// A task message. The body stays bytes until a worker binds it to arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub headers: Headers,
    /// JSON `[args, kwargs, embed]`, see [`super::Body`].
    pub body: Bytes,
    /// The queue it waits in.
    pub queue: String,
    /// 0 is the most urgent, 9 the least.
    pub priority: u8,
}
