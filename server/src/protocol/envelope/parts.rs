//! The parts of an envelope, borrowed from its text. Of a key that stands there twice the last one counts, as in
//! Python; keys we have no use for are passed over.

use super::content::Content;
use crate::protocol::text::Text;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// An envelope whose headers are read as `H`.
pub(super) struct Parts<'a, H> {
    pub(super) content: Content<'a>,
    pub(super) headers: H,
    pub(super) properties: Properties<'a>,
}

/// Those properties that mean something to a worker.
#[derive(Default)]
pub(super) struct Properties<'a> {
    pub(super) priority: u8,
    pub(super) body_encoding: Option<Cow<'a, str>>,
    pub(super) redelivered: bool,
}

impl<'de: 'a, 'a, H: Deserialize<'de>> Deserialize<'de> for Parts<'a, H> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PartsReader(PhantomData))
    }
}

struct PartsReader<'a, H>(PhantomData<(&'a (), H)>);

impl<'de: 'a, 'a, H: Deserialize<'de>> Visitor<'de> for PartsReader<'a, H> {
    type Value = Parts<'a, H>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with body, headers and properties")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut content = Content::default();
        let (mut headers, mut properties) = (None, None);
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "body" => content.body = map.next_value::<Option<Text<'a>>>()?.map(|text| text.0),
                "content-type" => content.kind = map.next_value::<Option<Text<'a>>>()?.map(|text| text.0),
                "headers" => headers = Some(map.next_value()?),
                "properties" => properties = map.next_value::<Option<Properties<'a>>>()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        let headers = headers.ok_or_else(|| serde::de::Error::missing_field("headers"))?;
        Ok(Parts { content, headers, properties: properties.unwrap_or_default() })
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Properties<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PropertiesReader(PhantomData))
    }
}

struct PropertiesReader<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for PropertiesReader<'a> {
    type Value = Properties<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the properties of an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut properties = Properties::default();
        while let Some(Text(key)) = map.next_key()? {
            match &*key {
                "priority" => {
                    let priority = map.next_value::<Option<f64>>()?;
                    properties.priority = priority.map_or(0, |number| number as u8);
                }
                "body_encoding" => {
                    properties.body_encoding = map.next_value::<Option<Text<'a>>>()?.map(|text| text.0);
                }
                "delivery_info" => {
                    let info = map.next_value::<Option<DeliveryInfo>>()?;
                    properties.redelivered = info.is_some_and(|info| info.redelivered == Some(true));
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(properties)
    }
}

#[derive(serde::Deserialize)]
struct DeliveryInfo {
    redelivered: Option<bool>,
}
