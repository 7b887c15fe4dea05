//! From an entry as it is written to the form's texts.

use crate::view::ScheduleForm;
use serde_json::{Map, Value};

/// Longer JSON than this is written on several lines.
const ONE_LINE: usize = 60;

impl ScheduleForm {
    /// The form of an entry. `None` for one whose schedule is of no kind that the form knows.
    pub fn of(name: &str, definition: &Value) -> Option<Self> {
        let entry = definition.as_object()?;
        let mut options = entry.get("options").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut form = Self {
            name: name.to_owned(),
            task: text_of(entry, "task"),
            timezone: text_of(entry, "timezone"),
            args: json_text(entry.get("args")),
            kwargs: json_text(entry.get("kwargs")),
            queue: taken(&mut options, "queue"),
            priority: taken(&mut options, "priority"),
            expires: taken(&mut options, "expires"),
            missed: text_of(entry, "missed"),
            missed_limit: text_of(entry, "missed_limit"),
            max_running: text_of(entry, "max_running"),
            ..Self::default()
        };
        form.options = json_text(Some(&Value::Object(options)));
        form.take_schedule(entry.get("schedule")?)?;
        if entry.get("enabled") == Some(&Value::Bool(false)) {
            form.disabled = "on".to_owned();
        }
        if form.kind == "interval" && entry.get("relative") == Some(&Value::Bool(true)) {
            form.relative = "on".to_owned();
        }
        Some(form)
    }

    fn take_schedule(&mut self, schedule: &Value) -> Option<()> {
        match schedule {
            Value::Number(seconds) => self.take_interval(seconds.to_string()),
            Value::String(text) if is_crontab(text) => self.take_crontab(text.clone()),
            Value::String(text) => self.take_interval(text.clone()),
            Value::Object(parts) => return self.take_parts(parts),
            _ => return None,
        }
        Some(())
    }

    fn take_parts(&mut self, parts: &Map<String, Value>) -> Option<()> {
        if let Some(crontab) = parts.get("crontab") {
            self.take_crontab(crontab_text(crontab)?);
        } else if parts.contains_key("every") {
            self.take_interval(text_of(parts, "every"));
            if parts.get("relative") == Some(&Value::Bool(true)) {
                self.relative = "on".to_owned();
            }
        } else if parts.contains_key("solar") {
            self.kind = "solar".to_owned();
            self.event = text_of(parts, "solar");
            self.latitude = either(parts, "latitude", "lat");
            self.longitude = either(parts, "longitude", "lon");
        } else if parts.contains_key("at") {
            self.kind = "once".to_owned();
            self.at = text_of(parts, "at");
        } else {
            return None;
        }
        Some(())
    }

    fn take_crontab(&mut self, text: String) {
        (self.kind, self.crontab) = ("crontab".to_owned(), text);
    }

    fn take_interval(&mut self, text: String) {
        (self.kind, self.every) = ("interval".to_owned(), text);
    }
}

/// Five fields, or the name of a schedule. A length of time may have five words as well, each with its unit.
fn is_crontab(text: &str) -> bool {
    let has_unit = |word: &str| word.starts_with(char::is_numeric) && word.ends_with(char::is_alphabetic);
    text.trim_start().starts_with('@')
        || text.split_whitespace().count() == 5 && !text.split_whitespace().all(has_unit)
}

/// Celery's fields, or the five in one text.
fn crontab_text(crontab: &Value) -> Option<String> {
    let fields = match crontab {
        Value::String(text) => return Some(text.clone()),
        Value::Object(fields) => fields,
        _ => return None,
    };
    let names = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"];
    let texts: Vec<String> = names.into_iter().map(|name| crontab_field(fields.get(name))).collect();
    Some(texts.join(" "))
}

fn crontab_field(value: Option<&Value>) -> String {
    match value {
        None => "*".to_owned(),
        Some(Value::Array(values)) => values.iter().map(plain).collect::<Vec<_>>().join(","),
        // A blank would begin the next field; within one it means nothing.
        Some(value) => plain(value).split_whitespace().collect(),
    }
}

fn either(parts: &Map<String, Value>, name: &str, short: &str) -> String {
    text_of(parts, if parts.contains_key(name) { name } else { short })
}

fn text_of(entry: &Map<String, Value>, name: &str) -> String {
    entry.get(name).map(plain).unwrap_or_default()
}

/// An option moves to its own field if that can hold it.
fn taken(options: &mut Map<String, Value>, name: &str) -> String {
    match options.get(name) {
        Some(Value::String(_) | Value::Number(_)) => {
            options.remove(name).as_ref().map(plain).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Texts without their quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is empty is left out.
fn json_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Array(values)) if values.is_empty() => String::new(),
        Some(Value::Object(fields)) if fields.is_empty() => String::new(),
        // A JSON value always has a text.
        Some(value) if value.to_string().len() > ONE_LINE => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        Some(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
