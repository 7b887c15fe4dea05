//! Signals by name or number. Our tasks are no processes and get none; what was asked for is told in the event.

use super::refusal::Refusal;
use crate::worker::SIGTERM;
use serde_json::Value;

/// The ones people terminate tasks with.
const NAMES: &[(&str, i32)] = &[
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ABRT", 6),
    ("KILL", 9),
    ("USR1", 10),
    ("USR2", 12),
    ("TERM", SIGTERM),
];
const LARGEST: i64 = 64;

pub(super) fn signum(signal: &Value) -> Result<i32, Refusal> {
    match signal {
        Value::Null => Ok(SIGTERM),
        Value::Number(number) => {
            let known = number.as_i64().filter(|number| (1..=LARGEST).contains(number));
            known.and_then(|number| i32::try_from(number).ok()).ok_or_else(|| unknown(signal))
        }
        Value::String(text) => match text.parse::<i64>() {
            Ok(number) => signum(&number.into()),
            Err(_) => {
                let upper = text.to_ascii_uppercase();
                let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
                NAMES
                    .iter()
                    .find(|(name, _)| *name == bare)
                    .map(|(_, number)| *number)
                    .ok_or_else(|| unknown(signal))
            }
        },
        _ => Err(unknown(signal)),
    }
}

fn unknown(signal: &Value) -> Refusal {
    Refusal::python(
        "ValueError",
        &format!("{signal} is not a signal; use a name such as SIGTERM, or a number"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_names_and_numbers() {
        let read = |value: Value| signum(&value).ok();
        assert_eq!(read(json!(null)), Some(15));
        assert_eq!(read(json!("SIGKILL")), Some(9));
        assert_eq!(read(json!("term")), Some(15));
        assert_eq!(read(json!(2)), Some(2));
        assert_eq!(read(json!("2")), Some(2));
        for wrong in [json!("SIGNOPE"), json!(0), json!(1e9), json!(-1), json!([]), json!("")] {
            assert_eq!(read(wrong), None);
        }
    }
}
