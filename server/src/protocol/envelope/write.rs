//! Writing an envelope, in Celery's order of fields and in one pass.

use super::content::to_base64;
use crate::protocol::Message;
use serde::Serialize;

/// About what the fixed words, the ids and Celery's headers take.
const AROUND_THE_BODY: usize = 1024;

#[derive(Serialize)]
struct Properties<'a> {
    correlation_id: &'a str,
    delivery_mode: u8,
    delivery_info: DeliveryInfo<'a>,
    priority: u8,
    body_encoding: &'a str,
    delivery_tag: &'a str,
}

#[derive(Serialize)]
struct DeliveryInfo<'a> {
    exchange: &'a str,
    routing_key: &'a str,
}

/// The message as an item for the list of its queue. The tag is its key while it is in somebody's hand, so it must
/// be new: one for each time a message is sent.
///
/// Two properties of Celery's are left out: `reply_to`, which means nothing where results are kept in Redis, and
/// `expiration`, which nobody on Redis heeds; the header `expires` is what counts.
pub fn encode(message: &Message, delivery_tag: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.body.len().div_ceil(3) * 4 + AROUND_THE_BODY);
    out.extend_from_slice(br#"{"body":""#);
    to_base64(&message.body, &mut out);
    out.extend_from_slice(br#"","content-encoding":"utf-8","content-type":"application/json","headers":"#);
    append(&message.headers, &mut out);
    out.extend_from_slice(br#","properties":"#);
    let properties = Properties {
        correlation_id: message.headers.id.as_str(),
        delivery_mode: 2,
        delivery_info: DeliveryInfo { exchange: "", routing_key: &message.queue },
        priority: message.priority,
        body_encoding: "base64",
        delivery_tag,
    };
    append(&properties, &mut out);
    out.push(b'}');
    out
}

fn append<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("text, numbers and JSON values always serialise");
}
