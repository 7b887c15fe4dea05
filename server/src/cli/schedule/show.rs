//! One schedule in full, and what one would do.

use crate::cli::banner::printable;
use serde_json::Value;

/// Moments and runs that are shown of it.
const LINES: usize = 10;

pub(super) fn entry(entry: &Value) -> String {
    let mut text = format!("{}\n", told(&entry["name"]));
    let mut row = |label: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("  {label:<10} {value}\n"));
        }
    };
    row("task", told(&entry["task"]));
    row("queue", told(&entry["queue"]));
    row("when", format!("{} ({})", told(&entry["words"]), told(&entry["timezone"])));
    row("written", told(&entry["written"]));
    row("standing", told(&entry["standing"]));
    row("error", told(&entry["error"]));
    row("warning", told(&entry["warning"]));
    row("origin", origin(&entry["origin"]));
    row("sent", format!("{}, and {} passed without a task", count(&entry["sent"]), count(&entry["passed"])));
    row("entry", printable(&entry["definition"].to_string()));
    section(&mut text, "Next", moments(entry));
    let runs = array(&entry["runs"]).iter().rev().take(LINES).map(run);
    section(&mut text, "Newest first", runs.collect());
    text
}

pub(super) fn stored(entry: &Value) -> String {
    let next = &entry["upcoming"][0]["local"];
    let next =
        next.as_str().map_or_else(|| "never due".to_owned(), |next| format!("next {}", printable(next)));
    let warning = entry["warning"].as_str().map_or_else(String::new, |text| printable(text) + "\n");
    format!("Stored {}: {}, {next}.\n{warning}", told(&entry["name"]), told(&entry["words"]))
}

pub(super) fn preview(preview: &Value) -> String {
    let moments = moments(preview);
    match moments.is_empty() {
        true => format!("{}\n  never due\n", told(&preview["words"])),
        false => format!("{}\n{}", told(&preview["words"]), moments.concat()),
    }
}

/// All of them in one line, each with its field.
pub(super) fn mistakes(mistakes: &[Value]) -> String {
    let tell = |mistake: &Value| {
        let (field, sentence) = (told(&mistake["field"]), told(&mistake["sentence"]));
        let end = if sentence.ends_with(['.', '?', '!']) { "" } else { "." };
        format!("{} {sentence}{end}", if field.is_empty() { "the entry" } else { &field })
    };
    mistakes.iter().map(tell).collect::<Vec<_>>().join(" ")
}

fn section(text: &mut String, title: &str, lines: Vec<String>) {
    if !lines.is_empty() {
        text.push_str(&format!("\n{title}\n{}", lines.concat()));
    }
}

fn moments(of: &Value) -> Vec<String> {
    let line = |moment: &Value| {
        let note = moment["note"].as_str().map_or_else(String::new, |note| format!("  {}", printable(note)));
        format!("  {}{note}\n", told(&moment["local"]))
    };
    array(&of["upcoming"]).iter().take(LINES).map(line).collect()
}

fn run(run: &Value) -> String {
    let kind = told(&run["kind"]).replace('_', " ");
    let count = match run["count"].as_u64() {
        Some(count) if count > 1 => format!(" x{count}"),
        _ => String::new(),
    };
    let state = told(&run["state"]);
    let runtime = run["runtime"].as_f64().map_or_else(String::new, |seconds| format!("in {seconds:.2}s"));
    let line =
        format!("  {}  {:<9} {state:<8} {runtime:<9} {}", told(&run["due"]), kind + &count, told(&run["id"]));
    line.trim_end().to_owned() + "\n"
}

fn origin(origin: &Value) -> String {
    let node = told(&origin["node"]);
    match origin["kind"].as_str() {
        Some("file") => format!("{} on {node}", told(&origin["path"])),
        Some("code") => format!("the program of {node}"),
        _ => "stored".to_owned(),
    }
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn told(value: &Value) -> String {
    printable(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nightly() -> Value {
        json!({
            "name": "nightly", "task": "demo.add", "queue": null, "words": "at 02:30 every day",
            "written": "30 2 * * *", "timezone": "Europe/Berlin", "standing": "active", "error": null,
            "warning": null, "origin": {"kind": "file", "path": "umbel.toml", "node": "umbel@here"},
            "sent": 4, "passed": 2, "definition": {"task": "demo.add"},
            "upcoming": [{"local": "Sun 28 Mar 2027 03:30:00 CEST", "note": "02:30 does not exist that day."}],
            "runs": [
                {"due": "2026-11-18T01:30:00Z", "kind": "missed", "count": 2},
                {"due": "2026-11-19T01:30:00Z", "kind": "on_time", "count": 1, "id": "a-1", "state": "SUCCESS", "runtime": 0.5},
            ],
        })
    }

    #[test]
    fn everything_known_is_shown_on_lines_of_its_own() {
        let expected = "\
nightly
  task       demo.add
  when       at 02:30 every day (Europe/Berlin)
  written    30 2 * * *
  standing   active
  origin     umbel.toml on umbel@here
  sent       4, and 2 passed without a task
  entry      {\"task\":\"demo.add\"}

Next
  Sun 28 Mar 2027 03:30:00 CEST  02:30 does not exist that day.

Newest first
  2026-11-19T01:30:00Z  on time   SUCCESS  in 0.50s  a-1
  2026-11-18T01:30:00Z  missed x2
";
        assert_eq!(entry(&nightly()), expected);
    }

    #[test]
    fn what_was_stored_says_when_it_is_next() {
        assert_eq!(
            stored(&nightly()),
            "Stored nightly: at 02:30 every day, next Sun 28 Mar 2027 03:30:00 CEST.\n"
        );
        let past = json!({"name": "x", "words": "once", "upcoming": [], "warning": "Nobody knows a."});
        assert_eq!(stored(&past), "Stored x: once, never due.\nNobody knows a.\n");
    }

    #[test]
    fn a_preview_is_words_and_moments() {
        let expected =
            "at 02:30 every day\n  Sun 28 Mar 2027 03:30:00 CEST  02:30 does not exist that day.\n";
        assert_eq!(preview(&nightly()), expected);
        assert_eq!(preview(&json!({"words": "once", "upcoming": []})), "once\n  never due\n");
    }

    #[test]
    fn mistakes_are_one_line() {
        let two = [
            json!({"field": "schedule", "sentence": "is no"}),
            json!({"field": "timezone", "sentence": "is no; did you mean UTC?"}),
        ];
        assert_eq!(mistakes(&two), "schedule is no. timezone is no; did you mean UTC?");
    }
}
