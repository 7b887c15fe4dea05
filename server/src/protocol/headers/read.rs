//! Reading headers, by hand: serde's own way of keeping unknown fields buffers every value first, and this is done
//! for each message. A known header that is null counts as absent.

use super::Headers;
use crate::protocol::text::Text;
use crate::protocol::{TaskId, time};
use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::fmt;

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the headers of a task message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
        let (mut task, mut id, mut root_id) = (None, None, None);
        let mut headers = Headers::new(TaskId::from(""), String::new());
        (headers.argsrepr, headers.kwargsrepr) = (String::new(), String::new());
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "lang" => set(&mut headers.lang, &mut map)?,
                "task" => task = map.next_value()?,
                "id" => id = map.next_value()?,
                "shadow" => headers.shadow = map.next_value()?,
                "eta" => headers.eta = moment(&mut map)?,
                "expires" => headers.expires = moment(&mut map)?,
                "group" => headers.group = map.next_value()?,
                "group_index" => headers.group_index = map.next_value()?,
                "retries" => set(&mut headers.retries, &mut map)?,
                "timelimit" => set(&mut headers.timelimit, &mut map)?,
                "root_id" => root_id = map.next_value()?,
                "parent_id" => headers.parent_id = map.next_value()?,
                "argsrepr" => set(&mut headers.argsrepr, &mut map)?,
                "kwargsrepr" => set(&mut headers.kwargsrepr, &mut map)?,
                "origin" => set(&mut headers.origin, &mut map)?,
                "ignore_result" => headers.ignore_result = map.next_value()?,
                "replaced_task_nesting" => set(&mut headers.replaced_task_nesting, &mut map)?,
                "stamped_headers" => headers.stamped_headers = map.next_value()?,
                "stamps" => set(&mut headers.stamps, &mut map)?,
                _ => {
                    let value = map.next_value()?;
                    headers.extra.insert(name.into_owned(), value);
                }
            }
        }
        headers.task = task.ok_or_else(|| A::Error::missing_field("task"))?;
        headers.id = id.ok_or_else(|| A::Error::missing_field("id"))?;
        headers.root_id = root_id;
        Ok(headers)
    }
}

fn set<'de, T: Deserialize<'de>, A: MapAccess<'de>>(field: &mut T, map: &mut A) -> Result<(), A::Error> {
    if let Some(value) = map.next_value()? {
        *field = value;
    }
    Ok(())
}

fn moment<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<DateTime<Utc>>, A::Error> {
    match map.next_value()? {
        None => Ok(None),
        Some(Text(text)) => match time::parse(&text) {
            Some(moment) => Ok(Some(moment)),
            None => Err(A::Error::custom(format!("not an ISO 8601 moment: {text:?}"))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_task_and_id_are_needed() {
        let headers: Headers =
            serde_json::from_value(json!({"task": "demo.add", "id": "1"})).expect("enough");
        assert_eq!((headers.task.as_str(), headers.id.as_str(), headers.retries), ("demo.add", "1", 0));
        for poor in
            [json!({"task": "demo.add"}), json!({"id": "1"}), json!({"task": null, "id": "1"}), json!([])]
        {
            assert!(serde_json::from_value::<Headers>(poor).is_err());
        }
    }

    #[test]
    fn unknown_headers_come_back_when_written() {
        let text =
            r#"{"task":"demo.add","id":"1","retries":2,"timelimit":[30,20.5],"tenant":{"id":7},"eta":null}"#;
        let headers: Headers = serde_json::from_str(text).expect("sound");
        assert_eq!(headers.timelimit, (Some(30.0), Some(20.5)));
        let written = serde_json::to_string(&headers).expect("written");
        let again: Headers = serde_json::from_str(&written).expect("sound");
        assert_eq!(again, headers);
        assert_eq!(again.extra["tenant"]["id"], 7);
    }

    #[test]
    fn wrong_values_are_errors() {
        for (name, wrong) in
            [("eta", json!("soon")), ("retries", json!(-1)), ("timelimit", json!(5)), ("id", json!(1))]
        {
            let mut headers = json!({"task": "demo.add", "id": "1"});
            headers[name] = wrong;
            assert!(serde_json::from_value::<Headers>(headers).is_err(), "{name}");
        }
    }
}
