//! The form that sends a task: its fields as text, and what they mean.
//!
//! The browser reads it before sending, the server reads it again: one set of rules, one set of sentences.

use crate::query::encode;
use crate::view::NewTask;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Servers and proxies commonly take addresses up to 8 KiB; the refusal has to fit in as well.
const LONGEST_HREF: usize = 6 * 1024;

/// The fields as a person typed them. An empty field is a field left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskForm {
    pub name: String,
    /// A JSON array.
    pub args: String,
    /// A JSON object.
    pub kwargs: String,
    pub queue: String,
    /// Seconds from now.
    pub countdown: String,
    pub priority: String,
}

/// A field that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongField {
    pub field: &'static str,
    /// Starts with the field's name, so that it stands on its own as well as beside the field.
    pub sentence: String,
}

impl WrongField {
    fn new(field: &'static str, rest: &str) -> Self {
        Self { field, sentence: format!("{field} {rest}.") }
    }

    /// Finds the field again in a sentence that came back from the server.
    pub fn find(sentence: &str) -> Option<&'static str> {
        ["name", "args", "kwargs", "queue", "countdown", "priority"]
            .into_iter()
            .find(|field| sentence.strip_prefix(field).is_some_and(|rest| rest.starts_with(' ')))
    }
}

impl TaskForm {
    /// The task the form means, or the first field that is wrong.
    pub fn read(&self) -> Result<NewTask, WrongField> {
        Ok(NewTask {
            name: given(&self.name).ok_or_else(|| WrongField::new("name", "is missing"))?.to_owned(),
            args: self.read_args()?,
            kwargs: self.read_kwargs()?,
            queue: given(&self.queue).map(str::to_owned),
            countdown: self.read_countdown()?,
            eta: None,
            expires: None,
            priority: self.read_priority()?,
        })
    }

    /// The fields with their names, in the order they are shown.
    fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("name", &self.name),
            ("args", &self.args),
            ("kwargs", &self.kwargs),
            ("queue", &self.queue),
            ("countdown", &self.countdown),
            ("priority", &self.priority),
        ]
    }

    /// The form's address with what was typed, so that a refusal loses nothing. Texts too long for an address stay
    /// behind.
    pub fn href(&self) -> String {
        let mut href = "/tasks/new".to_owned();
        for (name, text) in self.fields() {
            let pair = format!("{name}={}", encode(text));
            if !text.is_empty() && href.len() + pair.len() < LONGEST_HREF {
                href.push(if href.contains('?') { '&' } else { '?' });
                href.push_str(&pair);
            }
        }
        href
    }

    fn read_args(&self) -> Result<Vec<Value>, WrongField> {
        match read_json("args", "array", &self.args)? {
            None => Ok(Vec::new()),
            Some(Value::Array(args)) => Ok(args),
            Some(other) => Err(wrong_kind("args", "array", &other)),
        }
    }

    fn read_kwargs(&self) -> Result<serde_json::Map<String, Value>, WrongField> {
        match read_json("kwargs", "object", &self.kwargs)? {
            None => Ok(serde_json::Map::new()),
            Some(Value::Object(kwargs)) => Ok(kwargs),
            Some(other) => Err(wrong_kind("kwargs", "object", &other)),
        }
    }

    fn read_countdown(&self) -> Result<Option<f64>, WrongField> {
        let Some(text) = given(&self.countdown) else { return Ok(None) };
        let seconds = text.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
        let wrong = || WrongField::new("countdown", "is not a number of seconds from now, such as 30");
        seconds.map(Some).ok_or_else(wrong)
    }

    fn read_priority(&self) -> Result<Option<u8>, WrongField> {
        let Some(text) = given(&self.priority) else { return Ok(None) };
        let priority = text.parse::<u8>().ok().filter(|priority| *priority <= 9);
        priority.map(Some).ok_or_else(|| WrongField::new("priority", "is not a whole number from 0 to 9"))
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

pub(super) fn read_json(field: &'static str, kind: &str, text: &str) -> Result<Option<Value>, WrongField> {
    let Some(text) = given(text) else { return Ok(None) };
    serde_json::from_str(text).map(Some).map_err(|error| {
        let full = error.to_string();
        let what = full.split(" at line ").next().unwrap_or(&full);
        let line = if error.line() > 1 { format!("line {}, ", error.line()) } else { String::new() };
        WrongField::new(field, &format!("is not a JSON {kind}: {what} at {line}column {}", error.column()))
    })
}

pub(super) fn wrong_kind(field: &'static str, kind: &str, value: &Value) -> WrongField {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    WrongField::new(field, &format!("is not a JSON {kind} but {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(set: impl FnOnce(&mut TaskForm)) -> Result<NewTask, WrongField> {
        let mut form = TaskForm { name: "shop.pay".to_owned(), ..TaskForm::default() };
        set(&mut form);
        form.read()
    }

    #[test]
    fn empty_fields_are_left_out() {
        let task = form(|_| {}).expect("a name is enough");
        assert_eq!(task, NewTask { name: "shop.pay".to_owned(), ..NewTask::default() });
    }

    #[test]
    fn full_fields_are_read() {
        let task = form(|form| {
            form.args = "[1, \"a\"]".to_owned();
            form.kwargs = "{\"key\": null}".to_owned();
            form.countdown = " 2.5 ".to_owned();
            form.priority = "9".to_owned();
        })
        .expect("all fields are right");
        assert_eq!((task.args.len(), task.kwargs.len()), (2, 1));
        assert_eq!((task.countdown, task.priority), (Some(2.5), Some(9)));
    }

    #[test]
    fn wrong_fields_are_told_with_their_place() {
        let sentence = |set: fn(&mut TaskForm)| form(set).expect_err("the field is wrong").sentence;
        assert_eq!(sentence(|form| form.name.clear()), "name is missing.");
        assert_eq!(
            sentence(|form| form.args = "[1 2]".to_owned()),
            "args is not a JSON array: expected `,` or `]` at column 4."
        );
        assert_eq!(
            sentence(|form| form.args = "[1,\n2".to_owned()),
            "args is not a JSON array: EOF while parsing a list at line 2, column 1."
        );
        assert_eq!(sentence(|form| form.args = "{}".to_owned()), "args is not a JSON array but an object.");
        assert_eq!(
            sentence(|form| form.kwargs = "[]".to_owned()),
            "kwargs is not a JSON object but an array."
        );
        assert!(sentence(|form| form.countdown = "-1".to_owned()).starts_with("countdown is not"));
        assert!(sentence(|form| form.countdown = "inf".to_owned()).starts_with("countdown is not"));
        assert!(sentence(|form| form.priority = "10".to_owned()).starts_with("priority is not"));
    }

    #[test]
    fn an_address_carries_what_fits() {
        let mut form =
            TaskForm { name: "shop.pay".to_owned(), args: "[1, &]".to_owned(), ..TaskForm::default() };
        assert_eq!(form.href(), "/tasks/new?name=shop.pay&args=%5B1,%20%26%5D");
        form.args = "x".repeat(LONGEST_HREF);
        form.queue = "net".to_owned();
        assert_eq!(form.href(), "/tasks/new?name=shop.pay&queue=net");
    }

    #[test]
    fn a_sentence_leads_back_to_its_field() {
        assert_eq!(WrongField::find("args is not a JSON array."), Some("args"));
        assert_eq!(WrongField::find("argsy is odd."), None);
        assert_eq!(WrongField::find("No worker knows this task."), None);
    }
}
