//! The port of schedules, on fixed rows: one that runs, and one of each kind that does not.

use super::ports::{HOSTILE, NOW, Rows, ready};
use app::ApiError;
use app::backend::{Reply, SchedulePort};
use app::view::*;

fn mark(minutes_ago: i64, kind: RunKind, state: Option<TaskState>) -> RunMark {
    let due = NOW - minutes_ago * 60_000;
    let sent = !matches!(kind, RunKind::Missed | RunKind::Overlap);
    RunMark {
        due,
        kind,
        count: if kind == RunKind::Missed { 12 } else { 1 },
        id: sent.then(|| format!("run-{minutes_ago}")),
        sent_at: sent.then_some(if kind == RunKind::Late { due + 7_000 } else { due }),
        state,
        runtime: state.filter(|state| state.is_final()).map(|_| 0.842),
    }
}

fn marks() -> Vec<RunMark> {
    let success = Some(TaskState::Success);
    let odd = [
        mark(70, RunKind::Missed, None),
        mark(60, RunKind::Late, success),
        mark(50, RunKind::OnTime, Some(TaskState::Failure)),
        mark(40, RunKind::ByHand, success),
        mark(30, RunKind::Overlap, None),
        mark(20, RunKind::OnTime, Some(TaskState::Pending)),
        mark(10, RunKind::OnTime, Some(TaskState::Started)),
    ];
    (8..30).rev().map(|ago| mark(ago * 10, RunKind::OnTime, success)).chain(odd).collect()
}

/// An entry that runs every ten minutes.
fn row(name: &str) -> ScheduleRow {
    ScheduleRow {
        name: name.to_owned(),
        task: "proj.report".to_owned(),
        queue: Some("reports".to_owned()),
        words: "every 10 minutes".to_owned(),
        written: "*/10 * * * *".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        origin: ScheduleOrigin::Stored,
        standing: ScheduleStanding::Active,
        warning: None,
        next: vec![NOW + 205_000, NOW + 805_000],
        marks: marks(),
        sent: 12_483,
        passed: 13,
    }
}

fn rows() -> Vec<ScheduleRow> {
    let node = || "umbel@host".to_owned();
    vec![
        row("every-ten"),
        ScheduleRow {
            words: "at 09:00 from Monday to Friday".to_owned(),
            written: "0 9 * * mon-fri".to_owned(),
            origin: ScheduleOrigin::File { path: "umbel.toml".to_owned(), node: node() },
            warning: Some("No worker has told that it can run proj.report.".to_owned()),
            next: vec![NOW + 30 * 3_600_000],
            marks: vec![mark(1_440, RunKind::OnTime, None)],
            ..row("every-morning")
        },
        ScheduleRow {
            origin: ScheduleOrigin::Code { node: node() },
            standing: ScheduleStanding::Paused,
            next: Vec::new(),
            ..row("asleep")
        },
        ScheduleRow { standing: ScheduleStanding::Done, next: Vec::new(), marks: Vec::new(), ..row("once") },
        ScheduleRow {
            task: HOSTILE.to_owned(),
            words: HOSTILE.to_owned(),
            written: HOSTILE.to_owned(),
            zone: HOSTILE.to_owned(),
            queue: Some(HOSTILE.to_owned()),
            standing: ScheduleStanding::Broken { sentence: format!("There is no zone {HOSTILE}.") },
            warning: Some(HOSTILE.to_owned()),
            next: Vec::new(),
            marks: vec![RunMark {
                id: Some(HOSTILE.to_owned()),
                ..mark(9, RunKind::OnTime, Some(TaskState::Rejected))
            }],
            ..row(HOSTILE)
        },
    ]
}

impl SchedulePort for Rows {
    fn list(&self, filter: ScheduleFilter) -> Reply<'_, SchedulePage> {
        let rows: Vec<_> =
            self.list(rows()).into_iter().filter(|row| row.name.contains(&filter.search)).collect();
        ready(SchedulePage {
            total: if rows.is_empty() { 0 } else { filter.offset + rows.len() as u64 + 50 },
            unfiltered: if self.empty { 0 } else { 105 },
            scheduler: SchedulerStanding {
                leader: (!self.troubled).then(|| "umbel@host".to_owned()),
                is_us: true,
                zone: "Europe/Berlin".to_owned(),
                beats: match self.troubled {
                    true => vec![CeleryBeat {
                        origin: HOSTILE.to_owned(),
                        task: "proj.report".to_owned(),
                        seen: NOW - 5_000,
                    }],
                    false => Vec::new(),
                },
            },
            rows,
            now: NOW,
        })
    }

    fn get(&self, name: String) -> Reply<'_, ScheduleDetail> {
        let Some(row) = rows().into_iter().find(|row| row.name == name) else {
            let sentence = format!("No schedule is called {name}.");
            return Box::pin(async move { Err(ApiError::NotFound(sentence)) });
        };
        let moment = |number: i64| Upcoming {
            at: NOW + 205_000 + number * 600_000,
            local: format!("Tue 14 Nov 2023 23:{:02}:00 CET", 20 + number),
            note: (number == 2).then(|| "This hour comes twice; it runs in the first.".to_owned()),
        };
        let planned = if row.next.is_empty() { 0 } else { 10 };
        ready(ScheduleDetail {
            form: None,
            definition: serde_json::json!({
                "task": row.task,
                "schedule": row.written,
                "args": [1, [2, 3]],
                "missed": "all",
                "missed_limit": 10,
                "max_running": 1,
            })
            .to_string(),
            upcoming: (0..planned).map(moment).collect(),
            row,
            now: NOW,
        })
    }

    fn put(&self, _: String, _: serde_json::Value, _: Option<String>) -> Reply<'_, ()> {
        ready(())
    }

    fn remove(&self, _: String) -> Reply<'_, ()> {
        ready(())
    }

    fn pause(&self, _: String, _: bool) -> Reply<'_, ()> {
        ready(())
    }

    fn run_now(&self, _: String) -> Reply<'_, String> {
        ready("id-1".to_owned())
    }

    fn preview(&self, _: serde_json::Value, _: String) -> Reply<'_, SchedulePreview> {
        ready(SchedulePreview::default())
    }

    fn calendar(&self, zone: String) -> Reply<'_, ScheduleCalendar> {
        let hour = |hour: u64| CalendarHour {
            runs: match hour {
                3 => 1_320,
                9..18 => 90 + hour * 12,
                0 | 23 => 0,
                _ => 6,
            },
            work: (hour > 2).then_some(hour as f64 * 40.0),
            most: if hour.is_multiple_of(23) {
                Vec::new()
            } else {
                vec!["every-ten".to_owned(), HOSTILE.to_owned()]
            },
        };
        // The present moment is in the second day, whenever the test runs.
        let first = app::live::wall_clock() - 86_400_000;
        let day = |number: i64| CalendarDay {
            date: app::format::iso(first + number * 86_400_000)[..10].to_owned(),
            start: first + number * 86_400_000,
            hours: (0..24).map(hour).collect(),
        };
        ready(ScheduleCalendar { zone, days: (0..7).map(day).collect() })
    }
}
