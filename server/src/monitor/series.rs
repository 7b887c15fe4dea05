//! Counters over time: per second for ten minutes, per minute for a day, per hour for a month.
//!
//! Each of them overall and by task name, queue and worker. Time is an argument. What happened is counted when we
//! hear of it, by our own clock, so that a worker with a wrong clock cannot write into the past or the future. Rings
//! are sparse: a step in which nothing happened takes no memory. How many names are told apart is bounded; the rest
//! share one track.

use crate::store::history::{Bucket, OTHER, Word};
use std::collections::{HashMap, VecDeque};

/// What happened within one step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// The step's beginning in milliseconds.
    pub at: i64,
    pub sent: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub retried: u64,
    pub revoked: u64,
    /// How many attempts ended with a known runtime, its sum and its maximum in seconds.
    pub runs: u64,
    pub runtime: f64,
    pub runtime_max: f64,
}

/// One thing to count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Happening {
    Sent,
    Succeeded(Option<f64>),
    Failed(Option<f64>),
    Retried(Option<f64>),
    Revoked,
}

/// What tracks are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    Overall = 0,
    Name = 1,
    Queue = 2,
    Worker = 3,
}

/// The resolutions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Second = 0,
    Minute = 1,
    Hour = 2,
}

impl Level {
    const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Hour];
    /// Seconds have passed by the next start; only these are kept on disk.
    const KEPT: [Self; 2] = [Self::Minute, Self::Hour];

    /// Seconds of one step.
    pub fn step(self) -> u32 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3600,
        }
    }

    /// How many steps are remembered.
    pub fn reach(self) -> usize {
        match self {
            Self::Second => 600,
            Self::Minute => 1440,
            Self::Hour => 720,
        }
    }

    fn slot(self, now: i64) -> i64 {
        now.div_euclid(i64::from(self.step()) * 1000)
    }
}

/// Tracks told apart by name, by queue and by worker.
const LIMITS: [usize; 3] = [200, 100, 100];

#[derive(Debug, Default)]
pub struct Series {
    overall: Track,
    keyed: [HashMap<u16, Track>; 3],
    /// Whether anything was counted that is not on disk yet: an idle product writes nothing.
    pub(super) unsaved: bool,
}

/// One line of counters in all resolutions.
#[derive(Debug, Default)]
struct Track {
    rings: [VecDeque<Step>; 3],
}

/// A point in half the memory.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    slot: u32,
    sent: u32,
    succeeded: u32,
    failed: u32,
    retried: u32,
    revoked: u32,
    runs: u32,
    runtime: f32,
    runtime_max: f32,
}

impl Series {
    /// Counts one thing everywhere it belongs.
    pub fn book(
        &mut self,
        now: i64,
        happening: Happening,
        name: Option<&Word>,
        queue: Option<&Word>,
        worker: Option<&Word>,
    ) {
        self.unsaved = true;
        self.overall.book(now, happening);
        for (place, word) in [name, queue, worker].into_iter().enumerate() {
            if let Some(word) = word {
                self.keyed_track(place, word.number).book(now, happening);
            }
        }
    }

    /// Evenly spaced points without holes, oldest first; the last one is the step that is going on.
    pub fn points(&self, level: Level, steps: usize, now: i64) -> Vec<Point> {
        self.overall.points(level, steps, now)
    }

    /// As [`Series::points`], for each word of a kind.
    pub fn points_by(
        &self,
        kind: Kind,
        level: Level,
        steps: usize,
        now: i64,
    ) -> impl Iterator<Item = (u16, Vec<Point>)> {
        let tracks = match kind {
            Kind::Overall => None,
            kind => Some(&self.keyed[kind as usize - 1]),
        };
        let tracks = tracks.into_iter().flatten();
        tracks.map(move |(word, track)| (*word, track.points(level, steps, now)))
    }

    /// Everything of one word over the last steps in one point.
    pub fn sum(&self, level: Level, steps: usize, now: i64) -> Point {
        self.points(level, steps, now).iter().fold(Point::default(), |sum, point| sum.plus(point))
    }

    /// The steps touched at or after this moment, to be kept on disk.
    pub fn buckets(&self, since: i64) -> Vec<Bucket> {
        let mut buckets = Vec::new();
        let keyed = self
            .keyed
            .iter()
            .zip(1u8..)
            .flat_map(|(tracks, kind)| tracks.iter().map(move |(word, track)| (kind, *word, track)));
        for (kind, word, track) in std::iter::once((0, 0, &self.overall)).chain(keyed) {
            for level in Level::KEPT {
                let first = level.slot(since);
                let touched = track.rings[level as usize].iter().rev();
                let touched = touched.take_while(|step| i64::from(step.slot) >= first);
                buckets.extend(touched.map(|step| step.to_bucket(level, kind, word)));
            }
        }
        buckets
    }

    /// Takes back what was kept, oldest first within each track.
    pub fn restore(&mut self, buckets: impl IntoIterator<Item = Bucket>) {
        for bucket in buckets {
            let Some(level) = Level::ALL.into_iter().find(|level| level.step() == bucket.step) else {
                continue;
            };
            let track = match bucket.kind {
                0 => &mut self.overall,
                kind @ 1..=3 => self.keyed_track(usize::from(kind) - 1, bucket.word),
                _ => continue,
            };
            track.rings[level as usize].push_back(Step::from_bucket(&bucket));
        }
    }

    /// Forgets words nobody has spoken of within the longest reach, so that new ones get tracks of their own.
    pub fn tidy(&mut self, now: i64) {
        for tracks in &mut self.keyed {
            tracks.retain(|_, track| {
                track.expire(now);
                track.rings.iter().any(|ring| !ring.is_empty())
            });
        }
    }

    fn keyed_track(&mut self, place: usize, word: u16) -> &mut Track {
        let tracks = &mut self.keyed[place];
        let crowded = tracks.len() >= LIMITS[place] && !tracks.contains_key(&word);
        tracks.entry(if crowded { OTHER } else { word }).or_default()
    }
}

impl Track {
    fn book(&mut self, now: i64, happening: Happening) {
        for level in Level::ALL {
            let ring = &mut self.rings[level as usize];
            // A clock that was set back keeps counting into the newest step until it has caught up.
            let slot = u32::try_from(level.slot(now)).unwrap_or(0);
            if ring.back().is_none_or(|last| last.slot < slot) {
                let oldest = slot.saturating_sub(level.reach() as u32 - 1);
                while ring.front().is_some_and(|step| step.slot < oldest) {
                    ring.pop_front();
                }
                ring.push_back(Step { slot, ..Step::default() });
            }
            if let Some(step) = ring.back_mut() {
                step.count(happening);
            }
        }
    }

    fn points(&self, level: Level, steps: usize, now: i64) -> Vec<Point> {
        let steps = steps.min(level.reach());
        let millis = i64::from(level.step()) * 1000;
        let first = level.slot(now) - steps as i64 + 1;
        let mut points: Vec<Point> = (0..steps as i64)
            .map(|offset| Point { at: (first + offset) * millis, ..Point::default() })
            .collect();
        for step in self.rings[level as usize].iter().rev() {
            let Ok(place) = usize::try_from(i64::from(step.slot) - first) else { break };
            if let Some(point) = points.get_mut(place) {
                *point = step.to_point(point.at);
            }
        }
        points
    }

    fn expire(&mut self, now: i64) {
        for level in Level::ALL {
            let oldest = level.slot(now) - level.reach() as i64;
            self.rings[level as usize].retain(|step| i64::from(step.slot) > oldest);
        }
    }
}

impl Step {
    fn count(&mut self, happening: Happening) {
        let (counter, runtime) = match happening {
            Happening::Sent => (&mut self.sent, None),
            Happening::Succeeded(runtime) => (&mut self.succeeded, runtime),
            Happening::Failed(runtime) => (&mut self.failed, runtime),
            Happening::Retried(runtime) => (&mut self.retried, runtime),
            Happening::Revoked => (&mut self.revoked, None),
        };
        *counter = counter.saturating_add(1);
        if let Some(seconds) = runtime {
            self.runs = self.runs.saturating_add(1);
            self.runtime += seconds as f32;
            self.runtime_max = self.runtime_max.max(seconds as f32);
        }
    }

    fn to_point(self, at: i64) -> Point {
        Point {
            at,
            sent: self.sent.into(),
            succeeded: self.succeeded.into(),
            failed: self.failed.into(),
            retried: self.retried.into(),
            revoked: self.revoked.into(),
            runs: self.runs.into(),
            runtime: self.runtime.into(),
            runtime_max: self.runtime_max.into(),
        }
    }

    fn to_bucket(self, level: Level, kind: u8, word: u16) -> Bucket {
        let Self { slot, sent, succeeded, failed, retried, revoked, runs, runtime, runtime_max } = self;
        let counts = [sent, succeeded, failed, retried, revoked, runs];
        Bucket { step: level.step(), kind, word, slot, counts, runtime, runtime_max }
    }

    fn from_bucket(bucket: &Bucket) -> Self {
        let Bucket { slot, counts, runtime, runtime_max, .. } = *bucket;
        let [sent, succeeded, failed, retried, revoked, runs] = counts;
        Self { slot, sent, succeeded, failed, retried, revoked, runs, runtime, runtime_max }
    }
}

impl Point {
    /// Both points in one, which begins where this one does.
    pub fn plus(&self, other: &Self) -> Self {
        Self {
            at: self.at,
            sent: self.sent + other.sent,
            succeeded: self.succeeded + other.succeeded,
            failed: self.failed + other.failed,
            retried: self.retried + other.retried,
            revoked: self.revoked + other.revoked,
            runs: self.runs + other.runs,
            runtime: self.runtime + other.runtime,
            runtime_max: self.runtime_max.max(other.runtime_max),
        }
    }

    pub fn finished(&self) -> u64 {
        self.succeeded + self.failed + self.revoked
    }
}

/// Points of `factor` steps each.
pub fn coarser(points: &[Point], factor: usize) -> Vec<Point> {
    points
        .chunks(factor.max(1))
        .map(|chunk| chunk[1..].iter().fold(chunk[0], |sum, point| sum.plus(point)))
        .collect()
}
