//! The overview: numbers as they are, and what of them is a problem.

use crate::monitor::{Counts, NameRecord, OverviewRecord, Point, Span, WorkerRecord};
use app::format::relative;
use app::query::{encode, queue_href, worker_href};
use app::view::{self, Health, Millis, NameSummary, Overview, Problem, QueueRow, SeriesPoint, Tiles};

/// A worker that has been away for longer was taken away rather than lost.
const REMEMBERED_AWAY: Millis = 3_600_000;
/// Fewer failures than this are no pattern.
const FEWEST_FAILURES: u64 = 5;
/// The page has room for so many problems; the worst come first.
const MOST_PROBLEMS: usize = 12;

pub(crate) fn span(span: view::Span) -> Span {
    match span {
        view::Span::Minutes => Span::Minutes,
        view::Span::Hour => Span::Hour,
        view::Span::Day => Span::Day,
        view::Span::Month => Span::Month,
    }
}

pub(crate) fn tiles(counts: Counts) -> Tiles {
    Tiles {
        running: counts.running,
        waiting: counts.waiting,
        held: counts.held,
        failed_last_hour: counts.failed_last_hour,
        workers_online: counts.workers_online,
        workers_total: counts.workers_total,
        rate: counts.rate,
    }
}

pub(crate) fn point(point: &Point) -> SeriesPoint {
    SeriesPoint {
        at: point.at,
        sent: point.sent,
        succeeded: point.succeeded,
        failed: point.failed,
        retried: point.retried,
        revoked: point.revoked,
    }
}

pub(crate) fn overview(
    record: OverviewRecord,
    span: view::Span,
    workers: &[WorkerRecord],
    queues: &[QueueRow],
) -> Overview {
    let problems = problems(&record, workers, queues);
    Overview {
        health: Health { problems },
        tiles: tiles(record.counts),
        span,
        step: record.step,
        series: record.series.iter().map(point).collect(),
        names: record.names.into_iter().map(name).collect(),
        seq: record.seq,
        now: record.now,
    }
}

fn name(record: NameRecord) -> NameSummary {
    NameSummary {
        name: record.name.to_string(),
        succeeded: record.succeeded,
        failed: record.failed,
        retried: record.retried,
        mean_runtime: record.mean_runtime,
        max_runtime: record.max_runtime,
        finished: record.finished,
    }
}

/// What a person should look at: work nobody does, workers that went away, tasks that mostly fail.
fn problems(record: &OverviewRecord, workers: &[WorkerRecord], queues: &[QueueRow]) -> Vec<Problem> {
    let now = record.now;
    // A worker that has not told its queues may take from any of them.
    let all_told = workers.iter().all(|worker| !worker.online || !worker.queues.is_empty());
    let is_unserved = |queue: &&QueueRow| all_told && queue.workers == 0 && queue.ready > 0;
    let unserved = queues.iter().filter(is_unserved).map(|queue| Problem {
        text: format!("{} in queue {}, which no worker takes from", tasks_wait(queue.ready), queue.name),
        href: queue_href(&queue.name),
    });
    let away = workers.iter().filter(|worker| !worker.online).filter_map(|worker| {
        let seen = worker.last_heartbeat?;
        (now - seen < REMEMBERED_AWAY).then(|| Problem {
            text: format!("Worker {} is offline, last heard {}", worker.name, relative(seen, now)),
            href: worker_href(&worker.name),
        })
    });
    let failing = record.names.iter().filter_map(|name| {
        let finished = name.succeeded + name.failed;
        (name.failed >= FEWEST_FAILURES && name.failed * 2 >= finished).then(|| Problem {
            text: format!("{} failed {} of {} times", name.name, name.failed, finished),
            href: format!("/tasks?state=FAILURE&name={}", encode(&name.name)),
        })
    });
    unserved.chain(away).chain(failing).take(MOST_PROBLEMS).collect()
}

fn tasks_wait(count: u64) -> String {
    if count == 1 { "1 task waits".to_owned() } else { format!("{count} tasks wait") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Word;

    fn record(names: Vec<NameRecord>) -> OverviewRecord {
        OverviewRecord {
            counts: Counts::default(),
            step: 1,
            series: Vec::new(),
            names,
            seq: 1,
            now: 10_000_000,
        }
    }

    fn queue(name: &str, ready: u64, workers: u32) -> QueueRow {
        QueueRow {
            name: name.to_owned(),
            ready,
            held: 0,
            in_hand: 0,
            oldest: None,
            workers,
            rate: 0.0,
            history: Vec::new(),
        }
    }

    #[test]
    fn nothing_wrong_is_no_problem() {
        assert_eq!(problems(&record(Vec::new()), &[], &[queue("a", 100, 1), queue("b", 0, 0)]), []);
    }

    #[test]
    fn a_worker_that_has_not_told_its_queues_may_take_from_any() {
        let worker = WorkerRecord {
            name: "py@here".into(),
            online: true,
            active: 0,
            slots: None,
            processed: 0,
            succeeded: 0,
            failed: 0,
            loadavg: None,
            queues: Vec::new(),
            pool: None,
            registered: [].into(),
            last_heartbeat: None,
            started_at: None,
            software: None,
            system: None,
            pid: None,
            clock_skew: None,
            freq: 2.0,
        };
        let queues = [queue("net", 1, 0)];
        assert_eq!(problems(&record(Vec::new()), std::slice::from_ref(&worker), &queues), []);
        let told = WorkerRecord { queues: vec!["celery".to_owned()], ..worker };
        assert_eq!(problems(&record(Vec::new()), &[told], &queues).len(), 1);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_page_that_shows_more() {
        let failing = NameRecord {
            name: Word::unnumbered("demo.flaky"),
            succeeded: 4,
            failed: 6,
            retried: 0,
            mean_runtime: None,
            max_runtime: None,
            finished: Vec::new(),
        };
        let found = problems(&record(vec![failing]), &[], &[queue("net", 1, 0)]);
        let told: Vec<_> =
            found.iter().map(|problem| (problem.text.as_str(), problem.href.as_str())).collect();
        assert_eq!(
            told,
            [
                ("1 task waits in queue net, which no worker takes from", "/queues/net"),
                ("demo.flaky failed 6 of 10 times", "/tasks?state=FAILURE&name=demo.flaky"),
            ]
        );
    }
}
