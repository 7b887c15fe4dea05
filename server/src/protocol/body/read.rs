//! Reading a body.

use super::{Body, BodyError, Embed};
use crate::protocol::text::Text;
use crate::protocol::{lenient, typed};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

type Triple = (Option<Vec<Value>>, Option<Map<String, Value>>, Option<Embed>);

pub(super) fn read(bytes: &[u8]) -> Result<Body, BodyError> {
    let (args, kwargs, embed) = lenient::from_slice::<Triple>(bytes)?;
    let mut body = Body {
        args: args.unwrap_or_default(),
        kwargs: kwargs.unwrap_or_default(),
        embed: embed.unwrap_or_default(),
    };
    if lenient::text(bytes).is_ok_and(typed::may_be_in) {
        body.args.iter_mut().try_for_each(typed::make_plain)?;
        body.kwargs.values_mut().try_for_each(typed::make_plain)?;
    }
    Ok(body)
}

/// By hand, because serde's own way refuses a key that stands there twice.
impl<'de> Deserialize<'de> for Embed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Embed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("callbacks, errbacks, chain and chord of a task")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Embed, A::Error> {
        let mut embed = Embed::default();
        while let Some(Text(name)) = map.next_key()? {
            let field = match &*name {
                "callbacks" => &mut embed.callbacks,
                "errbacks" => &mut embed.errbacks,
                "chain" => &mut embed.chain,
                "chord" => &mut embed.chord,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = map.next_value()?;
        }
        Ok(embed)
    }
}
