//! The numbers of the first page, out of the picture.

use super::cluster::Cluster;
use super::overview::{Counts, NameRecord, OverviewRecord, QueueRate, SLICES, Span};
use super::series::{Kind, Level, Point, coarser};
use crate::store::history::{OTHER, Phase, Word};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

/// Names shown at most.
const NAMES: usize = 50;

impl Span {
    /// The resolution that covers it, how many of its steps, and how many of those make one point.
    fn measure(self) -> (Level, usize, usize) {
        match self {
            Self::Minutes => (Level::Second, 600, 1),
            Self::Hour => (Level::Minute, 60, 1),
            Self::Day => (Level::Minute, 1440, 15),
            Self::Month => (Level::Hour, 720, 6),
        }
    }
}

impl Cluster {
    pub(super) fn overview(&self, span: Span, now: i64) -> OverviewRecord {
        let (level, steps, factor) = span.measure();
        OverviewRecord {
            counts: self.counts(now),
            step: level.step() * factor as u32,
            series: coarser(&self.series.points(level, steps, now), factor),
            names: self.names(level, steps, now),
            seq: self.ring.seq(),
            now,
        }
    }

    pub(super) fn counts(&self, now: i64) -> Counts {
        let tally = self.index.tally();
        let (workers_online, workers_total) = self.workers.count();
        let last_ten = self.series.sum(Level::Second, 11, now);
        // The second that is going on is not over, so it is not counted.
        let going_on = self.series.sum(Level::Second, 1, now);
        Counts {
            running: tally.of(Phase::Started) + tally.of(Phase::Progress),
            waiting: tally.of(Phase::Pending) + tally.of(Phase::Received),
            held: tally.of(Phase::Scheduled) + tally.of(Phase::Retry),
            failed_last_hour: self.series.sum(Level::Minute, 60, now).failed,
            workers_online,
            workers_total,
            rate: (last_ten.finished() - going_on.finished()) as f64 / 10.0,
        }
    }

    pub(super) fn queue_rates(&self, now: i64) -> Vec<QueueRate> {
        let rate = |points: &[Point]| points.iter().map(Point::finished).sum::<u64>() as f64 / 60.0;
        let rates = self.series.points_by(Kind::Queue, Level::Second, 60, now);
        rates
            .filter_map(|(word, points)| Some(QueueRate { queue: self.word(word)?, rate: rate(&points) }))
            .collect()
    }

    /// Seconds that tasks of each name ran on average over the last day.
    pub(super) fn mean_runtimes(&self, now: i64) -> HashMap<Arc<str>, f64> {
        let (level, steps, _) = Span::Day.measure();
        let tracks = self.series.points_by(Kind::Name, level, steps, now);
        let means = tracks.filter_map(|(word, points)| {
            let sum = points.iter().fold(Point::default(), |sum, point| sum.plus(point));
            (word != OTHER && sum.runs > 0)
                .then(|| self.word(word))
                .flatten()
                .map(|name| (name.text, sum.runtime / sum.runs as f64))
        });
        means.collect()
    }

    fn names(&self, level: Level, steps: usize, now: i64) -> Vec<NameRecord> {
        let tracks = self.series.points_by(Kind::Name, level, steps, now);
        let mut names: Vec<NameRecord> = tracks
            .filter_map(|(word, points)| {
                let sum = points.iter().fold(Point::default(), |sum, point| sum.plus(point));
                let busy = sum.finished() + sum.retried > 0;
                busy.then(|| self.word(word)).flatten().map(|name| summary(name, &sum, &points))
            })
            .collect();
        let slowness = |name: &NameRecord| (name.mean_runtime.unwrap_or(0.0) * 1e6) as u64;
        names.sort_by_cached_key(|name| {
            (Reverse(name.failed), Reverse(slowness(name)), name.name.text.clone())
        });
        names.truncate(NAMES);
        names
    }

    /// The word of a track; those beyond the bound share one.
    fn word(&self, number: u16) -> Option<Word> {
        if number == OTHER { Some(Word::unnumbered("(other)")) } else { self.words.get(number) }
    }
}

fn summary(name: Word, sum: &Point, points: &[Point]) -> NameRecord {
    let slices = coarser(points, points.len() / SLICES);
    NameRecord {
        name,
        succeeded: sum.succeeded,
        failed: sum.failed,
        retried: sum.retried,
        mean_runtime: (sum.runs > 0).then(|| sum.runtime / sum.runs as f64),
        max_runtime: (sum.runs > 0).then_some(sum.runtime_max),
        finished: slices.iter().map(|slice| u32::try_from(slice.finished()).unwrap_or(u32::MAX)).collect(),
    }
}
