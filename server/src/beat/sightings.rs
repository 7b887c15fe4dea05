//! A `celery beat` beside us. It says nothing of itself, but its messages bear a header of their own, and our workers
//! see it when they take one. What both of us have in our schedules runs twice, so people should know: whoever sees
//! one writes it into a book that all dashboards read.

use super::Inner;
use super::tick::OURS;
use crate::broker::{BrokerError, Change};
use crate::clock::SharedClock;
use crate::protocol::Headers;
use crate::schedule::BEATS as BY_CELERY;
use chrono::serde::ts_milliseconds;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// The book of those that were seen: one note for each.
pub(super) const BEATS: &str = "celery-beats";
/// One that has not been seen for so long is taken for gone.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// One that is seen all the time is written down once in this time.
const NEWS: TimeDelta = TimeDelta::seconds(10);
/// Origins that are kept at most; each restart of a beat is a new one.
const MOST: usize = 20;

/// A scheduler of Celery's, as it was seen last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// `gen8177@host`
    pub origin: String,
    pub task: String,
    #[serde(with = "ts_milliseconds")]
    pub seen: DateTime<Utc>,
}

/// Those that are known to this process. Copies share them.
#[derive(Clone, Debug)]
pub struct Sightings {
    clock: SharedClock,
    known: Arc<Mutex<BTreeMap<String, Known>>>,
}

#[derive(Clone, Debug)]
struct Known {
    sighting: Sighting,
    /// When it was written into the book last.
    told: Option<DateTime<Utc>>,
}

impl Sightings {
    pub fn new(clock: SharedClock) -> Self {
        Self { clock, known: Arc::default() }
    }

    /// Looks at a message that comes by.
    pub fn look_at(&self, headers: &Headers) {
        let extra = &headers.extra;
        if extra.is_empty() || !extra.contains_key(BY_CELERY) || extra.contains_key(OURS) {
            return;
        }
        let (origin, task) = (headers.origin.clone(), headers.task.clone());
        if !self.lock().contains_key(&origin) {
            tracing::warn!(
                origin,
                task,
                "a celery beat sends tasks beside us; entries that both have run twice"
            );
        }
        self.know(Sighting { origin, task, seen: self.clock.now() }, None);
    }

    /// Those of the last hour, the newest first.
    pub fn all(&self) -> Vec<Sighting> {
        let since = self.clock.now() - REMEMBERED;
        let mut all: Vec<Sighting> = self.lock().values().map(|known| known.sighting.clone()).collect();
        all.retain(|sighting| sighting.seen >= since);
        all.sort_by_key(|sighting| std::cmp::Reverse(sighting.seen));
        all
    }

    fn know(&self, sighting: Sighting, told: Option<DateTime<Utc>>) {
        let mut known = self.lock();
        let before = known.get(&sighting.origin);
        let told = told.or(before.and_then(|before| before.told));
        if before.is_some_and(|before| before.sighting.seen > sighting.seen) {
            return;
        }
        known.insert(sighting.origin.clone(), Known { sighting, told });
        if known.len() > MOST
            && let Some(oldest) = known.values().min_by_key(|known| known.sighting.seen)
        {
            let origin = oldest.sighting.origin.clone();
            known.remove(&origin);
        }
    }

    /// Those whose note is not there or old.
    fn news(&self) -> Vec<Sighting> {
        let mut known = self.lock();
        let news = known
            .values_mut()
            .filter(|known| known.told.is_none_or(|told| known.sighting.seen - told > NEWS));
        news.map(|known| {
            known.told = Some(known.sighting.seen);
            known.sighting.clone()
        })
        .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.known.lock().expect("nobody panics while holding this lock")
    }
}

impl Inner {
    /// Writes down what this process has seen.
    pub(super) async fn tell_sightings(&self) -> Result<(), BrokerError> {
        let news = self.sightings.news();
        if news.is_empty() {
            return Ok(());
        }
        let names = news.iter().map(|sighting| sighting.origin.clone()).collect();
        let before = self.notebook.read(BEATS, names).await?;
        let change = |(sighting, was): (&Sighting, Option<String>)| Change {
            name: sighting.origin.clone(),
            was,
            becomes: Some(serde_json::to_string(sighting).expect("texts always serialise")),
            messages: Vec::new(),
        };
        self.notebook.write(BEATS, news.iter().zip(before).map(change).collect()).await?;
        Ok(())
    }

    /// Reads what others have seen, and takes out what is long gone.
    pub(super) async fn hear_sightings(&self) -> Result<(), BrokerError> {
        let since = self.clock.now() - REMEMBERED;
        let mut gone = Vec::new();
        for note in self.notebook.notes(BEATS).await? {
            match serde_json::from_str::<Sighting>(&note.text) {
                Ok(sighting) if sighting.seen >= since => {
                    let told = sighting.seen;
                    self.sightings.know(sighting, Some(told));
                }
                _ => gone.push(Change {
                    name: note.name,
                    was: Some(note.text),
                    becomes: None,
                    messages: Vec::new(),
                }),
            }
        }
        if !gone.is_empty() {
            self.notebook.write(BEATS, gone).await?;
        }
        self.changed();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use serde_json::Value;

    fn message(origin: &str, extra: &[&str]) -> Headers {
        let mut headers = Headers::new("1".into(), "proj.add");
        headers.origin = origin.to_owned();
        headers.extra = extra.iter().map(|name| ((*name).to_owned(), Value::Bool(true))).collect();
        headers
    }

    #[test]
    fn only_what_a_beat_of_celerys_sends_is_a_sighting() {
        let sightings = Sightings::new(SystemClock::shared());
        sightings.look_at(&message("gen1@a", &[]));
        sightings.look_at(&message("gen2@a", &["x-own"]));
        sightings.look_at(&message("gen3@a", &[BY_CELERY, OURS]));
        assert_eq!(sightings.all(), []);
        sightings.look_at(&message("gen4@a", &[BY_CELERY]));
        assert_eq!(sightings.all()[0].origin, "gen4@a");
        assert_eq!((sightings.news().len(), sightings.news().len()), (1, 0), "told once");
    }

    #[test]
    fn no_more_are_kept_than_fit() {
        let sightings = Sightings::new(SystemClock::shared());
        for number in 0..100 {
            sightings.look_at(&message(&format!("gen{number}@a"), &[BY_CELERY]));
        }
        assert_eq!(sightings.all().len(), MOST);
    }
}
