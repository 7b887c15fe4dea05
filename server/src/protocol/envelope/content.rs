//! The content of an envelope: from the text in `body` to the JSON of a task's body.

use super::accept::{Accept, Kind};
use crate::protocol::{compression, lenient, msgpack, yaml};
use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use bytes::Bytes;
use serde_json::Value;
use std::borrow::Cow;

/// Body and content type as they stand in an envelope.
#[derive(Default)]
pub(super) struct Content<'a> {
    pub(super) body: Option<Cow<'a, str>>,
    pub(super) kind: Option<Cow<'a, str>>,
}

/// As tolerant of missing padding as senders are careless with it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Content<'_> {
    /// The body of a task: JSON for certain, though not yet of any shape. Otherwise a sentence for why there is none.
    pub(super) fn checked(
        self,
        compression: Option<&Value>,
        encoding: Option<&str>,
        accept: &Accept,
    ) -> Result<Bytes, String> {
        let body = self.read(compression, encoding, accept)?;
        lenient::check(&body).map_err(undecodable)?;
        Ok(body)
    }

    /// The body as JSON, as long as its sender wrote some: for readers who find that out anyway.
    pub(super) fn read(
        self,
        compression: Option<&Value>,
        encoding: Option<&str>,
        accept: &Accept,
    ) -> Result<Bytes, String> {
        let Some(kind) = self.kind else {
            return Err("Received invalid task message: the envelope has no content type".to_owned());
        };
        let kind = accept.kind(&kind)?;
        let Some(body) = self.body else {
            return Err("Received invalid task message: the envelope has no body".to_owned());
        };
        let bytes = match encoding {
            Some("base64") => from_base64(&body)?,
            None => body.into_owned().into_bytes(),
            Some(other) => return Err(undecodable(format!("its body_encoding is {other:?}, not base64"))),
        };
        let bytes = match compression {
            None | Some(Value::Null) => bytes,
            Some(Value::String(name)) => {
                compression::inflate(name, &bytes, compression::LARGEST).map_err(undecodable)?
            }
            Some(other) => return Err(undecodable(format!("its compression is {other}, not a name"))),
        };
        match kind {
            Kind::Json => Ok(bytes),
            Kind::Msgpack => msgpack::to_json(&bytes).map_err(undecodable),
            Kind::Yaml => {
                let text = std::str::from_utf8(&bytes).map_err(undecodable)?;
                let value = yaml::to_value(text).map_err(undecodable)?;
                Ok(serde_json::to_vec(&value).expect("JSON values always serialise"))
            }
        }
        .map(Bytes::from)
    }
}

/// The beginning of Celery's own sentence, and what came in its way.
fn undecodable(why: impl std::fmt::Display) -> String {
    format!("Can't decode message body: {why}")
}

pub(super) fn from_base64(text: &str) -> Result<Vec<u8>, String> {
    BASE64.decode(text).or_else(|_| {
        // Python passes over line ends and whatever else is not of the alphabet.
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        let letters: Vec<u8> = text.bytes().filter(is_letter).collect();
        BASE64.decode(letters).map_err(|error| undecodable(format!("it is not base64: {error}")))
    })
}

/// Appends bytes as base64, with padding.
pub(super) fn to_base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    let written = general_purpose::STANDARD
        .encode_slice(bytes, &mut out[start..])
        .expect("the room was computed from the length");
    out.truncate(start + written);
}
