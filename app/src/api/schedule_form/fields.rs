//! The form's fields by their names: in an address, in a page, in a sentence about them.

#[cfg(feature = "ssr")]
use crate::query::encode;
use crate::view::{FieldMistake, ScheduleForm};

/// Servers and proxies commonly take addresses up to 8 KiB; the refusal has to fit in as well.
#[cfg(feature = "ssr")]
const LONGEST_HREF: usize = 6 * 1024;

/// The fields in the order they are shown.
const NAMES: [&str; 21] = [
    "name",
    "task",
    "kind",
    "crontab",
    "every",
    "relative",
    "event",
    "latitude",
    "longitude",
    "at",
    "timezone",
    "args",
    "kwargs",
    "queue",
    "priority",
    "expires",
    "options",
    "missed",
    "missed_limit",
    "max_running",
    "disabled",
];

impl ScheduleForm {
    /// The form out of its fields' texts.
    pub fn of_fields(text: &dyn Fn(&'static str) -> String) -> Self {
        let mut form = Self::default();
        for (field, name) in form.fields_mut().into_iter().zip(NAMES) {
            *field = text(name);
        }
        form
    }

    /// In the order of [`NAMES`].
    fn fields_mut(&mut self) -> [&mut String; NAMES.len()] {
        [
            &mut self.name,
            &mut self.task,
            &mut self.kind,
            &mut self.crontab,
            &mut self.every,
            &mut self.relative,
            &mut self.event,
            &mut self.latitude,
            &mut self.longitude,
            &mut self.at,
            &mut self.timezone,
            &mut self.args,
            &mut self.kwargs,
            &mut self.queue,
            &mut self.priority,
            &mut self.expires,
            &mut self.options,
            &mut self.missed,
            &mut self.missed_limit,
            &mut self.max_running,
            &mut self.disabled,
        ]
    }

    /// What was typed into a field.
    #[cfg(feature = "ssr")]
    pub(super) fn text(&self, name: &str) -> String {
        let place = NAMES.iter().position(|known| *known == name);
        place.map(|place| self.clone().fields_mut()[place].trim().to_owned()).unwrap_or_default()
    }

    /// The form's address with what was typed, so that a refusal loses nothing. Texts too long for an address stay
    /// behind.
    #[cfg(feature = "ssr")]
    pub(super) fn href(&self, edited: Option<&str>) -> String {
        let mut href = match edited {
            Some(name) => format!("/schedules/{}/edit", encode(name)),
            None => "/schedules/new".to_owned(),
        };
        for (text, name) in self.clone().fields_mut().into_iter().zip(NAMES) {
            let pair = format!("{name}={}", encode(text));
            if !text.is_empty() && href.len() + pair.len() < LONGEST_HREF {
                href.push(if href.contains('?') { '&' } else { '?' });
                href.push_str(&pair);
            }
        }
        href
    }
}

/// Mistakes as one message, a line for each: how they travel in an error.
#[cfg(feature = "ssr")]
pub(super) fn message_of(mistakes: &[FieldMistake]) -> String {
    let lines: Vec<String> =
        mistakes.iter().map(|mistake| format!("{}: {}", mistake.field, mistake.sentence)).collect();
    lines.join("\n")
}

/// The mistakes of a message that came back from the server. Empty where it is about something else.
pub fn mistakes_in(message: &str) -> Vec<FieldMistake> {
    let mistake = |line: &str| {
        let (field, sentence) = line.split_once(": ")?;
        NAMES
            .contains(&field)
            .then(|| FieldMistake { field: field.to_owned(), sentence: sentence.to_owned() })
    };
    message.lines().map(mistake).collect::<Option<_>>().unwrap_or_default()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_name() {
        let form = ScheduleForm::of_fields(&str::to_owned);
        let written = serde_json::to_value(&form).expect("a form is JSON");
        let fields = written.as_object().expect("an object");
        assert_eq!(fields.len(), NAMES.len(), "every field of the form is among the names");
        for (name, text) in fields {
            assert_eq!(text, name);
            assert_eq!(&form.text(name), name);
        }
    }

    #[test]
    fn an_address_carries_what_fits() {
        let mut form = ScheduleForm { name: "a/b".to_owned(), ..ScheduleForm::default() };
        assert_eq!(form.href(None), "/schedules/new?name=a%2Fb");
        form.args = "x".repeat(LONGEST_HREF);
        form.queue = "net &".to_owned();
        assert_eq!(form.href(Some("old one")), "/schedules/old%20one/edit?name=a%2Fb&queue=net%20%26");
    }

    #[test]
    fn mistakes_survive_their_way_in_a_message() {
        let mistake = |field: &str, sentence: &str| FieldMistake {
            field: field.to_owned(),
            sentence: sentence.to_owned(),
        };
        let mistakes = [mistake("args", "Args is not a JSON array: EOF."), mistake("crontab", "Minute: no.")];
        assert_eq!(mistakes_in(&message_of(&mistakes)), mistakes);
        assert_eq!(mistakes_in("Redis cannot be reached: refused."), []);
        assert_eq!(mistakes_in("args: is one.\nSomething else is another."), []);
    }
}
