//! From places in an entry back to fields of the form.

use crate::view::{FieldMistake, ScheduleForm};

impl ScheduleForm {
    /// Mistakes of the entry as they are told beside the form's fields, the first of each field. One that belongs to
    /// no field is told at the schedule.
    pub(super) fn placed(&self, mistakes: Vec<FieldMistake>) -> Vec<FieldMistake> {
        let mut placed: Vec<FieldMistake> = Vec::new();
        for mistake in mistakes {
            let field = self.field_of(&mistake.field);
            if !placed.iter().any(|earlier| earlier.field == field) {
                placed.push(FieldMistake { field: field.to_owned(), sentence: told(field, &mistake) });
            }
        }
        placed
    }

    fn field_of(&self, path: &str) -> &'static str {
        // Arguments are told with their place: `args[0]`.
        let (head, rest) = path.split_once(['.', '[']).unwrap_or((path, ""));
        match head {
            "name" => "name",
            "task" => "task",
            "kind" => "kind",
            "args" => "args",
            "kwargs" => "kwargs",
            "timezone" => "timezone",
            "missed" => "missed",
            "missed_limit" => "missed_limit",
            "max_running" => "max_running",
            "enabled" => "disabled",
            "options" => self.option_field(rest),
            "schedule" => self.schedule_field(rest),
            other => self.schedule_field(other),
        }
    }

    /// An option stands in its own field, or among the others.
    fn option_field(&self, option: &str) -> &'static str {
        ["queue", "priority", "expires"]
            .into_iter()
            .find(|field| *field == option && !self.text(field).is_empty())
            .unwrap_or("options")
    }

    fn schedule_field(&self, part: &str) -> &'static str {
        match (self.kind.as_str(), part) {
            ("interval", "relative") => "relative",
            ("interval", _) => "every",
            ("solar", "lat" | "latitude") => "latitude",
            ("solar", "lon" | "longitude") => "longitude",
            ("solar", _) => "event",
            ("once", _) => "at",
            _ => "crontab",
        }
    }
}

/// "Day of week 8 is above 7.": the sentence with what it is about in front.
fn told(field: &str, mistake: &FieldMistake) -> String {
    let end = if mistake.sentence.ends_with(['.', '?', '!']) { "" } else { "." };
    let about = mistake.field.rsplit('.').next().unwrap_or_default();
    format!("{} {}{end}", subject(field, about), mistake.sentence)
}

/// A part of an entry in the words of the form.
fn subject(field: &str, about: &str) -> String {
    // One of many options is best known by the name it was written with.
    if field == "options" {
        return about.to_owned();
    }
    let about = match if about == "schedule" { field } else { about } {
        "timezone" => "time_zone",
        "every" => "interval",
        "at" => "moment",
        about => about,
    };
    let mut letters = about.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", letters.as_str()).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(kind: &str, path: &str) -> (String, String) {
        let form =
            ScheduleForm { kind: kind.to_owned(), priority: "10".to_owned(), ..ScheduleForm::default() };
        let mistake = FieldMistake { field: path.to_owned(), sentence: "is odd".to_owned() };
        let told = form.placed(vec![mistake]).remove(0);
        (told.field, told.sentence)
    }

    #[test]
    fn each_path_has_its_field() {
        for (kind, path, field) in [
            ("crontab", "task", "task"),
            ("crontab", "schedule", "crontab"),
            ("crontab", "schedule.minute", "crontab"),
            ("", "schedule.day_of_week", "crontab"),
            ("interval", "schedule.every", "every"),
            ("interval", "relative", "relative"),
            ("solar", "schedule.solar", "event"),
            ("solar", "schedule.lat", "latitude"),
            ("solar", "schedule.longitude", "longitude"),
            ("once", "schedule.at", "at"),
            ("once", "timezone", "timezone"),
            ("once", "args[0]", "args"),
            ("once", "options.priority", "priority"),
            ("once", "options.queue", "options"),
            ("once", "options.retry_policy.max_retries", "options"),
            ("once", "missed_limit", "missed_limit"),
            ("once", "something_new", "at"),
        ] {
            assert_eq!(placed(kind, path).0, field, "{path} of {kind}");
        }
    }

    #[test]
    fn a_sentence_says_what_it_is_about() {
        let asked = FieldMistake { field: "task".to_owned(), sentence: "is odd; is it even?".to_owned() };
        assert_eq!(told("task", &asked), "Task is odd; is it even?");
        assert_eq!(placed("crontab", "schedule.day_of_week").1, "Day of week is odd.");
        assert_eq!(placed("crontab", "timezone").1, "Time zone is odd.");
        assert_eq!(placed("crontab", "schedule").1, "Crontab is odd.");
        assert_eq!(placed("crontab", "options.tim_limit").1, "tim_limit is odd.");
    }

    #[test]
    fn a_field_tells_one_mistake_at_a_time() {
        let mistake = |path: &str| FieldMistake { field: path.to_owned(), sentence: "is odd".to_owned() };
        let told = ScheduleForm::default().placed(vec![mistake("schedule.hour"), mistake("schedule.minute")]);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].sentence, "Hour is odd.");
    }
}
