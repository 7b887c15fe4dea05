//! `umbel schedule`, with a running Umbel on the other end.

use super::occupied::dashboard;
use super::program::{Ended, Running, umbel};
use serde_json::Value;
use tempfile::TempDir;

/// A running Umbel that leads its schedules.
struct Scheduler {
    url: String,
    _running: Running,
    _folder: TempDir,
}

impl Scheduler {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let (mut running, banner) = Running::start(folder.path(), &["--name", "rose@garden"]);
        let leads = "this process leads the schedules";
        if !banner.iter().any(|line| line.contains(leads)) {
            running.until(leads);
        }
        Self { url: dashboard(&banner), _running: running, _folder: folder }
    }

    fn ask(&self, words: &[&str]) -> Ended {
        umbel(&[&["schedule"], words, &["--url", &self.url]].concat())
    }

    /// What it answers when all is well.
    fn told(&self, words: &[&str]) -> String {
        let ended = self.ask(words);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""), "{words:?}");
        ended.out
    }

    /// The sentence with which it refuses.
    fn refused(&self, words: &[&str]) -> String {
        let ended = self.ask(words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(69), ""), "{words:?}: {ended:?}");
        ended.err.trim_end().replace(&self.url, "URL")
    }
}

const NIGHTLY: [&str; 10] = [
    "add",
    "nightly/one",
    "--task",
    "demo.add",
    "--cron",
    "30 2 * * *",
    "--timezone",
    "Europe/Berlin",
    "--args",
    "[2, 3]",
];

#[test]
fn a_schedule_is_added_looked_at_changed_and_removed() {
    let umbel = Scheduler::start();
    let stored = umbel.told(&NIGHTLY);
    assert!(stored.starts_with("Stored nightly/one: at 02:30"), "{stored}");
    assert!(stored.contains(", next ") && stored.contains(" 02:30:00 CE"), "{stored}");
    umbel.told(&[
        "add",
        "often",
        "--task",
        "demo.add",
        "--every",
        "1h 30m",
        "--kwargs",
        "{\"x\": 1, \"y\": 2}",
    ]);

    let list = umbel.told(&["list"]);
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("NAME         WHEN"), "{list}");
    assert!(lines[1].starts_with("nightly/one  at 02:30"), "{list}");
    assert!(lines[2].starts_with("often        every 1 hour and 30 minutes"), "{list}");
    assert!(
        list.contains("in 1h") && list.ends_with("2 schedules. rose@garden sends what is due.\n"),
        "{list}"
    );
    let json: Value =
        serde_json::from_str(&umbel.told(&["list", "--search", "NIGHT", "--json"])).expect("JSON");
    assert_eq!((&json["total"], &json["schedules"][0]["name"]), (&1.into(), &"nightly/one".into()));

    let id = umbel.told(&["run", "nightly/one"]);
    assert_eq!(id.trim().len(), 36, "{id}");
    let shown = umbel.told(&["show", "nightly/one"]);
    for fact in ["  task       demo.add\n", "  written    30 2 * * *\n", "Next\n", "by hand", id.trim()] {
        assert!(shown.contains(fact), "no {fact:?} in\n{shown}");
    }
    assert_eq!(
        umbel.told(&["pause", "nightly/one"]),
        "Paused nightly/one. `umbel schedule resume` lets it go on.\n"
    );
    assert!(umbel.told(&["show", "nightly/one"]).contains("  standing   paused\n"));
    assert_eq!(umbel.told(&["resume", "nightly/one"]), "Resumed nightly/one.\n");

    let twice = umbel.refused(&NIGHTLY);
    assert_eq!(
        twice,
        "umbel: URL refuses the schedule: There is a schedule of this name already. With --replace its place is taken."
    );
    umbel.told(&[&NIGHTLY[..], &["--replace", "--missed", "skip"]].concat());
    let json: Value = serde_json::from_str(&umbel.told(&["show", "nightly/one", "--json"])).expect("JSON");
    assert_eq!(json["definition"]["missed"], "skip");

    assert_eq!(umbel.told(&["remove", "nightly/one"]), "Removed nightly/one.\n");
    assert_eq!(
        umbel.refused(&["show", "nightly/one"]),
        "umbel: URL refuses to show it: There is no schedule of this name."
    );
}

#[test]
fn names_that_are_addresses_of_their_own_are_names_all_the_same() {
    let umbel = Scheduler::start();
    for name in ["calendar", "preview", "a?b#c d"] {
        umbel.told(&["add", name, "--task", "demo.add", "--every", "1h"]);
        assert!(umbel.told(&["show", name]).starts_with(&format!("{name}\n")));
        umbel.told(&["remove", name]);
    }
}

#[test]
fn a_file_is_an_entry() {
    let umbel = Scheduler::start();
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("entry.json");
    std::fs::write(
        &file,
        r#"{"task": "demo.add", "schedule": {"solar": "sunset", "lat": 52.5, "lon": 13.4}}"#,
    )
    .expect("a file");
    let stored = umbel.told(&["add", "lights", "--file", file.to_str().expect("a plain path")]);
    assert!(stored.starts_with("Stored lights: ") && stored.contains("sunset"), "{stored}");
    std::fs::write(&file, r#"{"task": "demo.ad", "schedule": "61 * * * *"}"#).expect("a file");
    let refused = umbel.refused(&["add", "more", "--file", file.to_str().expect("a plain path")]);
    assert_eq!(
        refused,
        "umbel: URL refuses the schedule: schedule.minute 61 is above 59, the largest value. task 'demo.ad' is not a \
         task any worker has registered; did you mean 'demo.add'?"
    );
}

#[test]
fn a_preview_tells_moments_and_what_the_clock_does_to_them() {
    let umbel = Scheduler::start();
    let told = umbel.told(&["preview", "--cron", "30 2 28 3 *", "--timezone", "Europe/Berlin"]);
    assert_eq!(told.lines().count(), 11, "{told}");
    assert!(
        told.contains("  Sun 28 Mar 2027 03:30:00 CEST  02:30 does not exist in Europe/Berlin"),
        "{told}"
    );
    let few = umbel.told(&["preview", "--every", "30s", "--count", "2"]);
    assert_eq!((few.lines().count(), few.lines().next()), (3, Some("every 30 seconds")));
    let json: Value =
        serde_json::from_str(&umbel.told(&["preview", "--every", "1", "--json"])).expect("JSON");
    assert_eq!((&json["words"], &json["mistakes"]), (&"every second".into(), &Value::Array(Vec::new())));
    let refused = umbel.refused(&["preview", "--cron", "0 9 * * mon", "--timezone", "Berlin"]);
    assert_eq!(refused, "umbel: timezone \"Berlin\" is no time zone; did you mean Europe/Berlin?");
}
