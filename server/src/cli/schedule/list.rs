//! The list of schedules as a table.

use super::{ROOT, get, print};
use crate::cli::banner::printable;
use crate::cli::exit::{Exit, Failure};
use crate::cli::http::escaped;
use crate::cli::run::say;
use crate::cli::server::Server;
use crate::protocol::time;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const HEADS: [&str; 5] = ["NAME", "WHEN", "NEXT", "LAST", "STANDING"];
/// Columns wider than this leave no room for the others; names are never cut, they are needed elsewhere.
const WIDEST: usize = 44;

pub(super) fn run(server: &Server<'_>, search: &str, as_json: bool) -> Result<Exit, Failure> {
    let list = all(server, search)?;
    if as_json { print(&list) } else { say(&table(&list)) }
}

/// Everything that matches, page by page. By name, because that order stays while they run.
fn all(server: &Server<'_>, search: &str) -> Result<Value, Failure> {
    let search = if search.is_empty() { String::new() } else { format!("&search={}", escaped(search)) };
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let mut page = get(server, &format!("{ROOT}?sort=name{search}&offset={}", rows.len()))?;
        let more = page["schedules"].as_array_mut().map(std::mem::take).unwrap_or_default();
        let is_last = more.is_empty();
        rows.extend(more);
        if is_last || rows.len() as u64 >= page["total"].as_u64().unwrap_or(0) {
            page["schedules"] = json!(rows);
            return Ok(page);
        }
    }
}

fn table(list: &Value) -> String {
    let rows = list["schedules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let now = moment(&list["now"]).unwrap_or_default();
    let mut lines = vec![HEADS.map(str::to_owned)];
    lines.extend(rows.iter().map(|row| line(row, now)));
    let widths: Vec<usize> = (0..HEADS.len())
        .map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    for row in rows {
        for remark in [&row["error"], &row["warning"]].into_iter().filter_map(Value::as_str) {
            text.push_str(&format!("\n{}: {}\n", told(&row["name"]), printable(remark)));
        }
    }
    text + "\n" + &footer(list)
}

fn line(row: &Value, now: DateTime<Utc>) -> [String; 5] {
    let next = moment(&row["next"][0]).map_or_else(|| "-".to_owned(), |next| distance(next, now));
    [told(&row["name"]), cut(&told(&row["words"])), next, last(row, now), told(&row["standing"])]
}

/// What became of the newest occurrence.
fn last(row: &Value, now: DateTime<Utc>) -> String {
    let Some(run) = row["runs"].as_array().and_then(|runs| runs.last()) else { return "-".to_owned() };
    let what = match (run["kind"].as_str(), run["state"].as_str()) {
        (Some("missed"), _) => "missed",
        (Some("overlap"), _) => "left out",
        (_, Some(state)) => state,
        _ => "sent",
    };
    let at = moment(&run["sent_at"]).or_else(|| moment(&run["due"]));
    let ago = at.map(|at| distance(at, now)).unwrap_or_default();
    printable(format!("{what} {ago}").trim_end())
}

fn footer(list: &Value) -> String {
    let (total, unfiltered) = (list["total"].as_u64().unwrap_or(0), list["unfiltered"].as_u64().unwrap_or(0));
    let count = match unfiltered {
        _ if total < unfiltered => format!("{total} of {unfiltered} schedules"),
        1 => "1 schedule".to_owned(),
        _ => format!("{unfiltered} schedules"),
    };
    let scheduler = &list["scheduler"];
    let mut text = match scheduler["leader"].as_str() {
        Some(leader) => format!("{count}. {} sends what is due.\n", printable(leader)),
        None => format!("{count}. No process is known to send what is due.\n"),
    };
    for beat in scheduler["celery_beats"].as_array().map(Vec::as_slice).unwrap_or_default() {
        text.push_str(&format!(
            "A celery beat sends tasks as well: {}, {} last.\n",
            told(&beat["origin"]),
            told(&beat["task"])
        ));
    }
    text
}

fn moment(value: &Value) -> Option<DateTime<Utc>> {
    value.as_str().and_then(time::parse)
}

fn told(value: &Value) -> String {
    printable(value.as_str().unwrap_or_default())
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDEST {
        return text.to_owned();
    }
    text.chars().take(WIDEST - 1).chain(['…']).collect()
}

/// How far a moment is from now, in its largest unit.
fn distance(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let away = (now - at).num_seconds();
    let seconds = away.unsigned_abs();
    let text = match seconds {
        0 => return "now".to_owned(),
        1..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    };
    if away > 0 { format!("{text} ago") } else { format!("in {text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_says_what_to_know() {
        let list = json!({
            "schedules": [
                {
                    "name": "nightly", "words": "at 02:30", "standing": "active", "error": null,
                    "warning": "No worker has registered demo.add.", "next": ["2026-11-20T12:00:05Z"],
                    "runs": [
                        {"due": "2026-11-18T12:00:00Z", "kind": "missed"},
                        {"due": "2026-11-19T12:00:00Z", "kind": "late", "sent_at": "2026-11-19T13:00:00Z", "state": "SUCCESS"},
                    ],
                },
                {
                    "name": "a\u{1b}[31m", "words": "x".repeat(50), "standing": "broken",
                    "error": "minute is 61.", "next": [], "runs": [],
                },
            ],
            "total": 2, "unfiltered": 7, "now": "2026-11-20T12:00:00Z",
            "scheduler": {"leader": "umbel@here", "celery_beats": [{"origin": "gen1@there", "task": "proj.add"}]},
        });
        let expected = format!(
            "NAME     WHEN                                          NEXT   LAST             STANDING\n\
             nightly  at 02:30                                      in 5s  SUCCESS 23h ago  active\n\
             a[31m    {}…  -      -                broken\n\
             \nnightly: No worker has registered demo.add.\n\
             \na[31m: minute is 61.\n\
             \n2 of 7 schedules. umbel@here sends what is due.\n\
             A celery beat sends tasks as well: gen1@there, proj.add last.\n",
            "x".repeat(43)
        );
        assert_eq!(table(&list), expected);
    }

    #[test]
    fn nobody_who_sends_is_told_as_well() {
        let list = json!({"schedules": [], "total": 0, "unfiltered": 0, "scheduler": {"leader": null}});
        assert_eq!(
            table(&list),
            "NAME  WHEN  NEXT  LAST  STANDING\n\n0 schedules. No process is known to send what is due.\n"
        );
    }
}
