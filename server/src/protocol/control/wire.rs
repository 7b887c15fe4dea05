//! Requests and replies as they travel over Redis: kombu's envelope around one JSON object.

use super::{Reply, ReplyTo, Request};
use crate::protocol::envelope::{self, Address};
use crate::protocol::keys::PIDBOX_EXCHANGE;
use crate::protocol::lenient;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::borrow::Cow;
use uuid::Uuid;

/// A request as it was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    pub request: Request,
    /// The asker's Lamport clock.
    pub clock: u64,
}

#[derive(Deserialize, Serialize)]
struct Head {
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    ticket: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    clock: u64,
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    expires: Option<f64>,
}

/// What is of another type than it should be counts as not there, where nothing hangs on it.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either<T> {
        Good(T),
        Odd(serde::de::IgnoredAny),
    }
    Ok(match Either::deserialize(from)? {
        Either::Good(value) => value,
        Either::Odd(_) => T::default(),
    })
}

/// The payload that asks workers. Nobody checks when a request expires, so it says that it does not.
pub fn encode_request(request: &Request, clock: u64, tag: Uuid) -> Vec<u8> {
    let mut request = Cow::Borrowed(request);
    if request.arguments.is_null() {
        request.to_mut().arguments = Value::Object(Map::new());
    }
    let body = serde_json::to_vec(&request).expect("texts and JSON values always serialise");
    let head = Head { ticket: None, clock, expires: Some(0.0) };
    let to = Address { exchange: PIDBOX_EXCHANGE, routing_key: "", delivery_mode: 2 };
    envelope::seal(&head, &body, to, tag)
}

pub fn decode_request(payload: &[u8]) -> Result<Heard, String> {
    let (head, body) = envelope::open::<Head>(payload)?;
    let request =
        lenient::from_slice(body.as_bytes()).map_err(|error| format!("its body is no request: {error}"))?;
    Ok(Heard { request, clock: head.clock })
}

/// The payload that answers a request.
pub fn encode_reply(reply: &Reply, to: &ReplyTo, clock: u64, tag: Uuid) -> Vec<u8> {
    let body = Map::from_iter([(reply.node.clone(), reply.value.clone())]);
    let body = serde_json::to_vec(&body).expect("JSON values always serialise");
    let head = Head { ticket: Some(reply.ticket.clone()), clock, expires: None };
    let to = Address { exchange: &to.exchange, routing_key: &to.routing_key, delivery_mode: 1 };
    envelope::seal(&head, &body, to, tag)
}

/// Reads an answer, which is one of one node; a list, because nothing keeps it from being of several.
pub fn decode_reply(payload: &[u8]) -> Result<Vec<Reply>, String> {
    let (head, body) = envelope::open::<Head>(payload)?;
    let ticket = head.ticket.ok_or("it has no ticket, so nobody knows what it answers")?;
    let answers: Map<String, Value> = lenient::from_slice(body.as_bytes())
        .map_err(|error| format!("its body is no answer of a node: {error}"))?;
    let reply = |(node, value)| Reply { ticket: ticket.clone(), node, value };
    Ok(answers.into_iter().map(reply).collect())
}
