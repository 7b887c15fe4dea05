//! The envelope: what stands in a list of Redis, a JSON object with body, headers and properties around a task
//! message. Redis knows nothing of messages, so everything AMQP would carry beside a body is written into this.
//!
//! Reading is done for every task, so a sound message is read in one pass and borrows what it does not keep. Only
//! when that fails is it looked at a second time, slowly, to learn what is wrong with it.

mod accept;
mod content;
mod fanout;
mod parts;
mod protocol1;
mod redelivered;
mod refusal;
mod unacked;
mod write;

pub use accept::Accept;
pub(in crate::protocol) use fanout::{Address, open, seal};
pub use redelivered::as_redelivered;
pub use refusal::Refusal;
pub use unacked::Unacked;
pub use write::encode;

use super::{Headers, Message, lenient};
use bytes::Bytes;
use parts::{Parts, Properties};
use serde_json::Value;

/// A message as it came off a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    pub message: Message,
    /// It was handed out before, and came back.
    pub redelivered: bool,
}

/// Reads an item of the list `queue`. What cannot be run is refused; it should be logged and removed.
///
/// The flag `redelivered` and the header `compression` are not kept among the headers: they told about the road of
/// this envelope, and would be wrong on the next.
pub fn decode(raw: &[u8], queue: &str, accept: &Accept) -> Result<Arrived, Refusal> {
    let text = lenient::text(raw).map_err(|error| Refusal::no_envelope(&error))?;
    match serde_json::from_str::<Parts<'_, Headers>>(text) {
        Ok(parts) => arrive(parts, queue, accept),
        Err(_) => refusal::second_look(raw, queue, accept),
    }
}

fn arrive(parts: Parts<'_, Headers>, queue: &str, accept: &Accept) -> Result<Arrived, Refusal> {
    let Parts { content, mut headers, properties } = parts;
    let flag = headers.extra.remove(REDELIVERED);
    let compression = headers.extra.remove(COMPRESSION);
    let body = content.checked(compression.as_ref(), properties.body_encoding.as_deref(), accept);
    match body.and_then(protocol1::of_hybrid) {
        Ok(body) => Ok(arrived(headers, body, &properties, flag, queue)),
        Err(reason) => Err(Refusal::of(reason, &headers)),
    }
}

fn arrived(
    headers: Headers,
    body: Bytes,
    properties: &Properties<'_>,
    flag: Option<Value>,
    queue: &str,
) -> Arrived {
    let message = Message { headers, body, queue: queue.to_owned(), priority: properties.priority };
    Arrived { message, redelivered: properties.redelivered || flag == Some(Value::Bool(true)) }
}

/// Headers about the road of an envelope, not about its task.
const REDELIVERED: &str = "redelivered";
const COMPRESSION: &str = "compression";

#[cfg(test)]
mod tests;
