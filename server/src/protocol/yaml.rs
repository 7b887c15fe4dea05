//! YAML to JSON, as Python's `safe_load` reads it: one document of YAML 1.1 without tags of anybody's own.
//!
//! Dates and moments stay the text they are, binary becomes text where it is UTF-8, and a set becomes a list.

mod scalar;

use saphyr_parser::{Event, Parser, Tag};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// As deep as JSON may be nested for us.
const DEEPEST: usize = 120;
/// What all values together may weigh, in bytes and after aliases have been followed.
const HEAVIEST: usize = 64 * 1024 * 1024;
/// What a value weighs beside its text.
const EACH: usize = 32;

/// Why a text is not YAML that we read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("it is not YAML: {0}")]
pub struct YamlError(String);

impl YamlError {
    fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

/// The document as a JSON value; nothing at all is null.
pub fn to_value(text: &str) -> Result<Value, YamlError> {
    let mut reader = Reader { events: Parser::new_from_str(text), anchors: HashMap::new(), weight: 0 };
    let mut document = None;
    loop {
        match reader.next()? {
            Event::StreamEnd => return Ok(document.unwrap_or_default()),
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            _ if document.is_some() => return Err(YamlError::new("more than one document")),
            event => document = Some(reader.node(event, 0)?.value),
        }
    }
}

/// A value, and what it weighs with everything in it.
#[derive(Clone)]
struct Node {
    value: Value,
    weight: usize,
}

type Tagged<'a> = Option<Cow<'a, Tag>>;

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: HashMap<usize, Node>,
    weight: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, YamlError> {
        match self.events.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(YamlError::new(error.to_string())),
            None => Err(YamlError::new("it ends too early")),
        }
    }

    /// Aliases make a small text stand for a large value, so it is the value that is weighed.
    fn weigh(&mut self, weight: usize) -> Result<(), YamlError> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight > HEAVIEST {
            return Err(YamlError::new(format!("its values take more than {HEAVIEST} bytes")));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'a>, depth: usize) -> Result<Node, YamlError> {
        if depth > DEEPEST {
            return Err(YamlError::new("it is nested too deeply"));
        }
        let before = self.weight;
        let (value, anchor) = match event {
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                let node = node.ok_or_else(|| YamlError::new("an alias within what it stands for"))?;
                self.weigh(node.weight)?;
                return Ok(node);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.weigh(EACH + text.len())?;
                (scalar::read(&text, style, tag.as_deref())?, anchor)
            }
            Event::SequenceStart(anchor, tag) => (self.sequence(&tag, depth)?, anchor),
            Event::MappingStart(anchor, tag) => (self.mapping(&tag, depth)?, anchor),
            _ => return Err(YamlError::new("a value is missing")),
        };
        let node = Node { value, weight: self.weight - before };
        if anchor > 0 {
            // What an anchor keeps is weighed as well: it is a copy.
            self.weigh(node.weight)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, tag: &Tagged<'a>, depth: usize) -> Result<Value, YamlError> {
        expect_tag(tag, "seq")?;
        self.weigh(EACH)?;
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => return Ok(Value::Array(items)),
                event => items.push(self.node(event, depth + 1)?.value),
            }
        }
    }

    fn mapping(&mut self, tag: &Tagged<'a>, depth: usize) -> Result<Value, YamlError> {
        let is_set = tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "set");
        if !is_set {
            expect_tag(tag, "map")?;
        }
        self.weigh(EACH)?;
        let (mut map, mut members) = (Map::new(), Vec::new());
        loop {
            let event = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(if is_set { Value::Array(members) } else { Value::Object(map) });
            }
            if matches!(&event, Event::Scalar(text, saphyr_parser::ScalarStyle::Plain, _, None) if text == "<<")
            {
                return Err(YamlError::new("merge keys are not read"));
            }
            let key = self.node(event, depth + 1)?.value;
            let event = self.next()?;
            let value = self.node(event, depth + 1)?.value;
            if is_set {
                members.push(key);
            } else {
                map.insert(key_text(key)?, value);
            }
        }
    }
}

fn expect_tag(tag: &Tagged<'_>, expected: &str) -> Result<(), YamlError> {
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == expected) => {
            Err(YamlError::new(format!("the tag {tag} is not read")))
        }
        _ => Ok(()),
    }
}

/// Keys that are not text become what they become in JSON.
fn key_text(key: Value) -> Result<String, YamlError> {
    match key {
        Value::String(text) => Ok(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(key.to_string()),
        Value::Array(_) | Value::Object(_) => Err(YamlError::new("a list or mapping as a key")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_of_celery() {
        let text = "- - 1\n  - 2\n- {}\n- callbacks: null\n  chain: null\n  chord: null\n  errbacks: null\n";
        let embed = json!({"callbacks": null, "chain": null, "chord": null, "errbacks": null});
        assert_eq!(to_value(text), Ok(json!([[1, 2], {}, embed])));
        assert_eq!(to_value(""), Ok(json!(null)));
    }

    #[test]
    fn aliases_repeat_and_sets_are_lists() {
        assert_eq!(to_value("- &id001 [1, a]\n- *id001\n"), Ok(json!([[1, "a"], [1, "a"]])));
        assert_eq!(to_value("!!set {a: null, b: null}"), Ok(json!(["a", "b"])));
        assert_eq!(
            to_value("{1: x, null: y, true: z, 1: w}"),
            Ok(json!({"1": "w", "null": "y", "true": "z"}))
        );
    }

    #[test]
    fn bombs_and_strange_things_are_errors() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", ")));
        }
        let deep = "[".repeat(10_000);
        let cases = [
            bomb.as_str(),
            deep.as_str(),
            "&a [*a]",
            "!!python/object:os.system {}",
            "!!python/tuple [1]",
            "- 1\n--- 2\n",
            "{a: 1",
            "? [a]\n: b",
            "<<: {a: 1}",
            "a: *nobody",
        ];
        for text in cases {
            assert!(to_value(text).is_err(), "{:?}", &text[..text.len().min(40)]);
        }
    }
}
