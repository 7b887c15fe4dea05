//! The envelope around what is said to everybody: events, remote-control requests and the replies to them. It is the
//! envelope of tasks with few fields that matter. Hundreds of thousands arrive in a second, so reading borrows.

use super::Accept;
use super::content::to_base64;
use super::parts::Parts;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A longer payload is nobody's event or request.
const LONGEST: usize = 16 * 1024 * 1024;
/// About what the fixed words and the names take.
const AROUND_THE_BODY: usize = 512;

/// Takes the JSON body and the headers out of an envelope.
pub(in crate::protocol) fn open<'a, H: Deserialize<'a>>(payload: &'a [u8]) -> Result<(H, Bytes), String> {
    if payload.len() > LONGEST {
        return Err(format!("its {} bytes are more than the {LONGEST} that are read", payload.len()));
    }
    let parts: Parts<'a, H> =
        serde_json::from_slice(payload).map_err(|error| format!("it is not an envelope: {error}"))?;
    let encoding = parts.properties.body_encoding;
    let body = parts.content.read(None, encoding.as_deref(), &Accept::json())?;
    Ok((parts.headers, body))
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
