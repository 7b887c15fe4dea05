//! An entry out of the words on the command line. Whether it is right is for the server to say, which knows the
//! grammar; here it only gets its shape.

use crate::cli::args::schedule::{Add, When};
use crate::cli::exit::{Exit, Failure};
use crate::cli::send::call;
use serde_json::{Map, Value, json};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than any entry is long.
const LARGEST: u64 = 1 << 20;

const WHEN: &str =
    "say when with one of --cron '0 9 * * mon', --every 30s, --at 2030-01-01T09:00:00 or --solar sunset";

pub(super) fn written(add: &Add) -> Result<Value, Failure> {
    if let Some(file) = &add.file {
        return read(file);
    }
    let mut entry = timed(&add.when)?;
    entry.insert("task".to_owned(), json!(add.task));
    call(&mut entry, add.args.as_deref(), add.kwargs.as_deref())?;
    if let Some(queue) = &add.queue {
        entry.insert("options".to_owned(), json!({"queue": queue}));
    }
    if let Some(policy) = &add.missed {
        entry.insert("missed".to_owned(), policy.as_str().into());
    }
    if let Some(most) = add.max_running {
        entry.insert("max_running".to_owned(), most.into());
    }
    Ok(Value::Object(entry))
}

/// The part that says when.
pub(super) fn timed(when: &When) -> Result<Map<String, Value>, Failure> {
    let schedule = match when {
        When { cron: Some(fields), .. } => crontab(fields)?,
        When { every: Some(length), .. } => {
            json!({"every": length.trim().parse().map_or_else(|_| json!(length), |seconds: f64| json!(seconds))})
        }
        When { at: Some(moment), .. } => json!({"at": moment}),
        When { solar: Some(event), latitude, longitude, .. } => {
            json!({"solar": event, "latitude": latitude, "longitude": longitude})
        }
        _ => return Err(Failure::new(Exit::Usage, WHEN)),
    };
    let mut entry = Map::from_iter([("schedule".to_owned(), schedule)]);
    if let Some(zone) = &when.timezone {
        entry.insert("timezone".to_owned(), zone.as_str().into());
    }
    Ok(entry)
}

/// A text may be a crontab or a length of time; the flag says that a crontab is meant.
fn crontab(fields: &str) -> Result<Value, Failure> {
    if fields.trim().starts_with('@') || fields.split_whitespace().count() == 5 {
        return Ok(fields.into());
    }
    let sentence =
        format!("--cron {fields:?} is not five fields such as '0 9 * * mon-fri', or @daily and its kin");
    Err(Failure::new(Exit::Usage, sentence))
}

fn read(file: &Path) -> Result<Value, Failure> {
    let name = file.display();
    let wrong = |sentence: String| Failure::new(Exit::Usage, sentence);
    let source: io::Result<Box<dyn Read>> = match file.as_os_str() == "-" {
        true => Ok(Box::new(io::stdin())),
        false => File::open(file).map(|file| Box::new(file) as Box<dyn Read>),
    };
    let mut text = String::new();
    source
        .and_then(|source| source.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(|error| wrong(format!("--file {name} cannot be read: {error}")))?;
    if text.len() as u64 > LARGEST {
        return Err(wrong(format!("--file {name} is larger than 1 MiB, which no entry is")));
    }
    let entry: Value =
        serde_json::from_str(&text).map_err(|error| wrong(format!("--file {name} is not JSON: {error}")))?;
    if !entry.is_object() {
        let example = "{\"task\": \"demo.add\", \"schedule\": \"@daily\"}";
        return Err(wrong(format!("--file {name} is not a JSON object such as {example}")));
    }
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Command, CommandLine, schedule::Act};
    use clap::Parser as _;

    fn added(arguments: &[&str]) -> Result<Value, String> {
        let line = [&["umbel", "schedule", "add", "nightly"], arguments].concat();
        let line = CommandLine::try_parse_from(line).map_err(|error| error.to_string())?;
        let Some(Command::Schedule(command)) = line.command else { panic!("another command") };
        let Act::Add(add) = command.act else { panic!("another act") };
        written(&add).map_err(|failure| {
            assert_eq!(failure.exit, Exit::Usage);
            failure.to_string()
        })
    }

    #[test]
    fn each_way_to_say_when_has_its_shape() {
        let cases: [(&[&str], Value); 6] = [
            (&["--cron", "0 9 * * mon"], json!("0 9 * * mon")),
            (&["--cron", "@daily"], json!("@daily")),
            (&["--every", "1h 30m"], json!({"every": "1h 30m"})),
            (&["--every", "0.5"], json!({"every": 0.5})),
            (&["--at", "2030-01-01"], json!({"at": "2030-01-01"})),
            (
                &["--solar", "sunset", "--latitude", "-33.9", "--longitude=151"],
                json!({"solar": "sunset", "latitude": -33.9, "longitude": 151.0}),
            ),
        ];
        for (flags, schedule) in cases {
            let entry = added(&[&["--task", "demo.add"], flags].concat()).expect("sound");
            assert_eq!(entry, json!({"task": "demo.add", "schedule": schedule}));
        }
    }

    #[test]
    fn everything_else_has_its_place() {
        let entry = added(&[
            "--task=demo.add",
            "--cron=@daily",
            "--args=[1]",
            "--kwargs={\"x\": 2}",
            "--queue=slow",
            "--timezone=Asia/Tokyo",
            "--missed=all",
            "--max-running=2",
        ]);
        let expected = json!({
            "task": "demo.add", "schedule": "@daily", "args": [1], "kwargs": {"x": 2}, "missed": "all",
            "options": {"queue": "slow"}, "timezone": "Asia/Tokyo", "max_running": 2,
        });
        assert_eq!(entry, Ok(expected));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        let cases: [(&[&str], &str); 9] = [
            (&["--cron=@daily"], "--task <TASK>"),
            (&["--task=a"], "say when with one of --cron"),
            (&["--task=a", "--cron=@daily", "--every=3"], "cannot be used with"),
            (&["--task=a", "--solar=sunset", "--latitude=1"], "--longitude"),
            (&["--task=a", "--cron=@daily", "--latitude=1"], "--solar <EVENT>"),
            (&["--task=a", "--cron=30s"], "is not five fields such as"),
            (&["--task=a", "--cron=@daily", "--args={}"], "--args is not a JSON array"),
            (&["--file=a", "--cron=@daily"], "cannot be used with"),
            (&["--file=/nonexistent/entry.json"], "cannot be read: No such file"),
        ];
        for (arguments, part) in cases {
            let told = added(arguments).expect_err("it is wrong");
            assert!(told.contains(part), "{told} lacks {part}");
        }
    }

    #[test]
    fn a_file_is_taken_as_it_is_when_it_is_an_object() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("entry.json");
        let path = file.to_str().expect("a plain path");
        for (text, part) in [("{", "is not JSON: EOF"), ("[]", "is not a JSON object")] {
            std::fs::write(&file, text).expect("a file");
            let told = added(&["--file", path]).expect_err("it is wrong");
            assert!(told.contains(part), "{told} lacks {part}");
        }
        std::fs::write(&file, "{\"task\": \"a\", \"more\": [1.5]}").expect("a file");
        assert_eq!(added(&["--file", path]), Ok(json!({"task": "a", "more": [1.5]})));
    }
}
