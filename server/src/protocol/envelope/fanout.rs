//! The envelope around what is said to everybody: events, remote-control requests and the replies to them. It is the
//! envelope of tasks with few fields that matter. Hundreds of thousands arrive in a second, so reading borrows.

use super::content::{Content, from_base64, to_base64};
use super::parts::Parts;
use crate::protocol::lenient;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A longer payload is nobody's event or request.
const LONGEST: usize = 16 * 1024 * 1024;
/// About what the fixed words and the names take.
const AROUND_THE_BODY: usize = 512;

/// The only content type that is read here: Celery speaks it unless told otherwise, and its own monitors read only it.
const JSON: &str = "application/json";

/// Takes the headers and the text of the body out of an envelope.
pub(in crate::protocol) fn open<'a, H: Deserialize<'a>>(payload: &'a [u8]) -> Result<(H, String), String> {
    if payload.len() > LONGEST {
        return Err(format!("its {} bytes are more than the {LONGEST} that are read", payload.len()));
    }
    let none = |error| format!("it is not an envelope: {error}");
    let parts: Parts<'a, H> = lenient::text(payload).and_then(serde_json::from_str).map_err(none)?;
    let Content { body: Some(body), kind: Some(kind) } = parts.content else {
        return Err("it has no body or no content type".to_owned());
    };
    if kind != JSON {
        return Err(format!("its content type {:?} is not {JSON}", shortened(&kind)));
    }
    let body = match parts.properties.body_encoding.as_deref() {
        None => body.into_owned(),
        Some("base64") => String::from_utf8(from_base64(&body)?).map_err(|_| "its body is not text")?,
        Some(other) => return Err(format!("its body_encoding {:?} is not base64", shortened(other))),
    };
    Ok((parts.headers, body))
}

/// The beginning of a foreign text, for an error.
fn shortened(text: &str) -> &str {
    &text[..text.char_indices().nth(80).map_or(text.len(), |(end, _)| end)]
}

/// Where something is addressed, as its envelope tells.
#[derive(Clone, Copy, Debug)]
pub(in crate::protocol) struct Address<'a> {
    pub(in crate::protocol) exchange: &'a str,
    pub(in crate::protocol) routing_key: &'a str,
    pub(in crate::protocol) delivery_mode: u8,
}

#[derive(Serialize)]
struct DeliveryInfo<'a> {
    exchange: &'a str,
    routing_key: &'a str,
}

/// Puts a JSON body into an envelope. kombu reads none without a tag, although nobody acknowledges these.
pub(in crate::protocol) fn seal<H: Serialize>(
    headers: &H,
    body: &[u8],
    to: Address<'_>,
    tag: Uuid,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len().div_ceil(3) * 4 + AROUND_THE_BODY);
    out.extend_from_slice(br#"{"body":""#);
    to_base64(body, &mut out);
    out.extend_from_slice(br#"","content-encoding":"utf-8","content-type":"application/json","headers":"#);
    append(headers, &mut out);
    out.extend_from_slice(br#","properties":{"delivery_mode":"#);
    append(&to.delivery_mode, &mut out);
    out.extend_from_slice(br#","delivery_info":"#);
    append(&DeliveryInfo { exchange: to.exchange, routing_key: to.routing_key }, &mut out);
    out.extend_from_slice(br#","priority":0,"body_encoding":"base64","delivery_tag":""#);
    out.extend_from_slice(tag.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
    out.extend_from_slice(br#""}}"#);
    out
}

fn append<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("what is put around a body always serialises");
}
