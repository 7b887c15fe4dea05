//! From the form's texts to the entry they mean.

use crate::api::form::{read_json, wrong_kind};
use crate::view::{FieldMistake, ScheduleForm};
use serde_json::{Map, Value, json};

/// The options that have a field of their own.
const OPTIONS: [&str; 3] = ["queue", "priority", "expires"];

impl ScheduleForm {
    /// The entry the form means, and what of it cannot be read; that is left out.
    pub(super) fn read(&self) -> (Value, Vec<FieldMistake>) {
        let mut reading = Reading { entry: Map::new(), mistakes: Vec::new() };
        if self.name.trim().is_empty() {
            reading.mistake("name", "is missing");
        }
        reading.take_text("task", &self.task);
        if self.task.trim().is_empty() {
            reading.mistake("task", "is missing");
        }
        reading.take_schedule(self);
        reading.take_text("timezone", &self.timezone);
        reading.take_arguments(self);
        reading.take_options(self);
        if self.missed != "once" {
            reading.take_text("missed", &self.missed);
        }
        if self.missed == "all" {
            reading.take_count("missed_limit", &self.missed_limit);
        }
        reading.take_count("max_running", &self.max_running);
        if !self.disabled.is_empty() {
            reading.entry.insert("enabled".to_owned(), false.into());
        }
        (Value::Object(reading.entry), reading.mistakes)
    }
}

/// An entry that comes about field by field.
struct Reading {
    entry: Map<String, Value>,
    mistakes: Vec<FieldMistake>,
}

impl Reading {
    fn mistake(&mut self, field: &str, sentence: impl Into<String>) {
        self.mistakes.push(FieldMistake { field: field.to_owned(), sentence: sentence.into() });
    }

    fn take_text(&mut self, field: &str, text: &str) {
        if let Some(text) = given(text) {
            self.entry.insert(field.to_owned(), text.into());
        }
    }

    fn take_count(&mut self, field: &str, text: &str) {
        let Some(text) = given(text) else { return };
        match text.parse::<u64>() {
            Ok(count) => drop(self.entry.insert(field.to_owned(), count.into())),
            Err(_) => self.mistake(field, "is not a whole number, such as 10"),
        }
    }

    fn take_schedule(&mut self, form: &ScheduleForm) {
        let schedule = match form.kind.as_str() {
            "" | "crontab" => self.required("crontab", &form.crontab).map(|text| json!({"crontab": text})),
            "interval" => self.required("every", &form.every).map(|text| interval(text, &form.relative)),
            "solar" => self.solar(form),
            "once" => self.required("at", &form.at).map(|text| json!({"at": to_the_second(text)})),
            _ => {
                self.mistake("kind", "is none of crontab, interval, solar and once");
                None
            }
        };
        if let Some(schedule) = schedule {
            self.entry.insert("schedule".to_owned(), schedule);
        }
    }

    fn required<'a>(&mut self, field: &str, text: &'a str) -> Option<&'a str> {
        let text = given(text);
        if text.is_none() {
            self.mistake(field, "is missing");
        }
        text
    }

    fn solar(&mut self, form: &ScheduleForm) -> Option<Value> {
        let event = self.required("event", &form.event);
        let latitude = self.degrees("latitude", &form.latitude);
        let longitude = self.degrees("longitude", &form.longitude);
        Some(json!({"solar": event?, "latitude": latitude?, "longitude": longitude?}))
    }

    fn degrees(&mut self, field: &str, text: &str) -> Option<f64> {
        let degrees = number(self.required(field, text)?);
        if degrees.is_none() {
            self.mistake(field, "is not a number of degrees, such as 52.5");
        }
        degrees
    }

    fn take_arguments(&mut self, form: &ScheduleForm) {
        match json_of("args", "array", &form.args, Value::is_array) {
            Ok(args) => self.entry.extend(args.map(|args| ("args".to_owned(), args))),
            Err(mistake) => self.mistakes.push(mistake),
        }
        match json_of("kwargs", "object", &form.kwargs, Value::is_object) {
            Ok(kwargs) => self.entry.extend(kwargs.map(|kwargs| ("kwargs".to_owned(), kwargs))),
            Err(mistake) => self.mistakes.push(mistake),
        }
    }

    fn take_options(&mut self, form: &ScheduleForm) {
        let mut options = match json_of("options", "object", &form.options, Value::is_object) {
            Ok(Some(Value::Object(options))) => options,
            Ok(_) => Map::new(),
            Err(mistake) => {
                self.mistakes.push(mistake);
                Map::new()
            }
        };
        for field in OPTIONS {
            let Some(value) = self.option(field, &form.text(field)) else { continue };
            if options.insert(field.to_owned(), value).is_some() {
                self.mistake("options", format!("and the field {field} both say something: leave one out"));
            }
        }
        if !options.is_empty() {
            self.entry.insert("options".to_owned(), Value::Object(options));
        }
    }

    fn option(&mut self, field: &str, text: &str) -> Option<Value> {
        let text = given(text)?;
        match field {
            "priority" => {
                let priority = text.parse::<u64>().ok();
                if priority.is_none() {
                    self.mistake(field, "is not a whole number from 0 to 9");
                }
                priority.map(Value::from)
            }
            // A moment is as good as a number of seconds.
            "expires" => Some(number_or_text(text)),
            _ => Some(text.into()),
        }
    }
}

fn interval(text: &str, relative: &str) -> Value {
    let every = number_or_text(text);
    if relative.is_empty() { json!({"every": every}) } else { json!({"every": every, "relative": true}) }
}

/// What a browser's field gives may lack the seconds.
fn to_the_second(text: &str) -> String {
    let is_minute = text.len() == "2026-12-01T09:00".len() && text.as_bytes().get(13) == Some(&b':');
    if is_minute { format!("{text}:00") } else { text.to_owned() }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whole numbers stay whole.
fn number_or_text(text: &str) -> Value {
    let whole = || text.parse::<u64>().ok().map(Value::from);
    let broken = || number(text).map(Value::from);
    whole().or_else(broken).unwrap_or_else(|| text.into())
}

fn json_of(
    field: &'static str,
    kind: &str,
    text: &str,
    fits: fn(&Value) -> bool,
) -> Result<Option<Value>, FieldMistake> {
    let wrong = match read_json(field, kind, text) {
        Ok(Some(value)) if !fits(&value) => wrong_kind(field, kind, &value),
        Ok(value) => return Ok(value),
        Err(wrong) => wrong,
    };
    // Those sentences begin with the field's name and end with a stop; mistakes of an entry do neither.
    let sentence = wrong.sentence.trim_start_matches(field).trim_start().trim_end_matches('.');
    Err(FieldMistake { field: field.to_owned(), sentence: sentence.to_owned() })
}

#[cfg(test)]
mod tests;
