//! Reading a stored result, of whatever age and whoever's worker.

use super::{ResultMeta, null};
use crate::protocol::compression::{self, InflateError};
use crate::protocol::lenient;
use crate::protocol::text::Text;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

/// What a compressed result begins with; then comes the name of its compression, and a zero.
const COMPRESSED: &[u8] = b"\0celery-compressed\0";

/// Why a stored value is not a result.
#[derive(Debug, thiserror::Error)]
pub enum ResultMetaError {
    #[error("cannot read the stored result: {0}")]
    Json(#[from] serde_json::Error),
    #[error("cannot read the stored result: {0}")]
    Compressed(#[from] InflateError),
}

pub(super) fn stored(stored: &[u8]) -> Result<ResultMeta, ResultMetaError> {
    let Some(rest) = stored.strip_prefix(COMPRESSED) else {
        return Ok(lenient::from_slice(stored)?);
    };
    let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
    let (name, data) = (String::from_utf8_lossy(&rest[..end]), rest.get(end + 1..).unwrap_or_default());
    Ok(lenient::from_slice(&compression::inflate(&name, data, compression::LARGEST)?)?)
}

/// By hand, because serde's own way of keeping unknown fields cannot keep JSON raw beside them.
impl<'de> Deserialize<'de> for ResultMeta {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = ResultMeta;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored result of a task")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ResultMeta, A::Error> {
        let mut meta = ResultMeta::new("".into(), crate::protocol::State::Pending, null());
        let (mut status, mut task_id) = (None, None);
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "status" => status = map.next_value()?,
                "result" => meta.result = map.next_value()?,
                "traceback" => meta.traceback = map.next_value()?,
                "children" => meta.children = map.next_value()?,
                "date_done" => meta.date_done = map.next_value()?,
                "group_id" => meta.group_id = map.next_value()?,
                "parent_id" => meta.parent_id = map.next_value()?,
                "name" => meta.name = map.next_value()?,
                "args" => meta.args = map.next_value()?,
                "kwargs" => meta.kwargs = map.next_value()?,
                "worker" => meta.worker = map.next_value()?,
                "retries" => meta.retries = map.next_value()?,
                "queue" => meta.queue = map.next_value()?,
                "stamped_headers" => meta.stamped_headers = map.next_value()?,
                "task_id" => task_id = map.next_value()?,
                _ => {
                    let value = map.next_value()?;
                    meta.extra.insert(name.into_owned(), value);
                }
            }
        }
        meta.status = status.ok_or_else(|| A::Error::missing_field("status"))?;
        meta.task_id = task_id.ok_or_else(|| A::Error::missing_field("task_id"))?;
        Ok(meta)
    }
}
