//! The port of schedules, on the scheduler of this process.

mod calendar;
mod preview;
mod select;

use super::Web;
use super::sending::{Known, Unknown};
use crate::beat::{Beat, BeatError, Entry, State};
use crate::protocol::TaskId;
use crate::schedule::{self, Mistake, Tz};
use crate::web::convert::schedule as convert;
use crate::web::convert::schedule::Ends;
use crate::web::error::{away, defect};
use app::ApiError;
use app::backend::{Reply, SchedulePort};
use app::view::{
    ScheduleCalendar, ScheduleDetail, ScheduleFilter, ScheduleForm, SchedulePage, SchedulePreview,
    ScheduleRow,
};
use calendar::Kept;
use chrono::{DateTime, Utc};
use preview::MOMENTS;
use serde_json::Value;

const OFF: &str =
    "There is no scheduler in this process. Start it without --no-beat, or ask one that has it.";

pub(super) struct Schedules {
    web: Web,
    calendars: Kept,
}

impl SchedulePort for Schedules {
    fn list(&self, filter: ScheduleFilter) -> Reply<'_, SchedulePage> {
        Box::pin(async move {
            let beat = self.beat()?.clone();
            let now = self.web.clock.now();
            let selected = blocking(move || select::select(&beat, &filter, now)).await?;
            let rows = self.rows(&selected.entries, now).await?;
            let beat = self.beat()?;
            Ok(SchedulePage {
                rows,
                total: selected.total,
                unfiltered: selected.unfiltered,
                scheduler: convert::scheduler(beat.standing(), beat.zone(), beat.sightings()),
                now: now.timestamp_millis(),
            })
        })
    }

    fn get(&self, name: String) -> Reply<'_, ScheduleDetail> {
        Box::pin(async move {
            let entry = self.beat()?.entry(&name).ok_or_else(not_found)?;
            let now = self.web.clock.now();
            let row = self.rows(std::slice::from_ref(&entry), now).await?.pop().ok_or_else(not_found)?;
            let written = entry.value();
            let zone = entry.definition.as_ref().map_or(Tz::UTC, |definition| definition.zone);
            let moments = convert::occurrences(&entry, now).take(MOMENTS);
            Ok(ScheduleDetail {
                row,
                form: entry.definition.is_ok().then(|| ScheduleForm::of(&name, &written)).flatten(),
                definition: format!("{written:#}"),
                upcoming: moments.map(|occurrence| convert::upcoming(occurrence, zone, zone)).collect(),
                now: now.timestamp_millis(),
            })
        })
    }

    fn put(&self, name: String, definition: Value, instead_of: Option<String>) -> Reply<'_, ()> {
        Box::pin(async move {
            let beat = self.beat()?;
            if let Some(mistake) = definition["task"].as_str().and_then(|task| self.unknown_task(task)) {
                return Err(told(BeatError::Wrong(vec![mistake])));
            }
            let is_new = beat.put(&name, definition, instead_of.as_deref()).await.map_err(told)?;
            tracing::info!(schedule = name, is_new, "a schedule was stored");
            Ok(())
        })
    }

    fn remove(&self, name: String) -> Reply<'_, ()> {
        Box::pin(async move {
            self.beat()?.remove(&name).await.map_err(told)?;
            tracing::info!(schedule = name, "a schedule was removed");
            Ok(())
        })
    }

    fn pause(&self, name: String, paused: bool) -> Reply<'_, ()> {
        Box::pin(async move {
            let beat = self.beat()?;
            let entry = beat.entry(&name).ok_or_else(not_found)?;
            if !paused && is_switched_off(&entry) && !entry.paused {
                return Err(ApiError::Conflict(SWITCHED_OFF.to_owned()));
            }
            beat.pause(&name, paused).await.map_err(told)?;
            tracing::info!(schedule = name, paused, "a schedule was paused or resumed");
            Ok(())
        })
    }

    fn run_now(&self, name: String) -> Reply<'_, String> {
        Box::pin(async move { Ok(self.beat()?.run_now(&name).await.map_err(told)?.to_string()) })
    }

    fn preview(&self, definition: Value, zone: String) -> Reply<'_, SchedulePreview> {
        Box::pin(async move {
            let shown = zone_of(&zone)?;
            let own_zone = self.beat()?.zone();
            let unknown = |task: &str| self.unknown_task(task);
            Ok(preview::preview(&definition, own_zone, shown, unknown, self.web.clock.now()))
        })
    }

    fn calendar(&self, zone: String) -> Reply<'_, ScheduleCalendar> {
        Box::pin(async move {
            let beat = self.beat()?.clone();
            let zone = zone_of(&zone)?.unwrap_or_else(|| beat.zone());
            let (kept, clock, monitor) =
                (self.calendars.clone(), self.web.clock.clone(), self.web.monitor.clone());
            blocking(move || kept.calendar(&beat, zone, &*clock, || monitor.mean_runtimes())).await
        })
    }
}

impl Schedules {
    pub(super) fn new(web: Web) -> Self {
        Self { web, calendars: Kept::default() }
    }

    fn beat(&self) -> Result<&Beat, ApiError> {
        self.web.beat.as_ref().ok_or_else(|| ApiError::Unavailable(OFF.to_owned()))
    }

    /// Rows of these entries, with what became of their tasks.
    async fn rows(&self, entries: &[Entry], now: DateTime<Utc>) -> Result<Vec<ScheduleRow>, ApiError> {
        let states: Vec<Option<State>> = entries.iter().map(Entry::state).collect();
        let ids: Vec<TaskId> = states.iter().flatten().flat_map(State::tasks).collect();
        let ends = self.web.monitor.ends(&ids).await.map_err(|error| away("history", error))?;
        let ends: Ends = ends.into_iter().flatten().map(|brief| (brief.id.clone(), brief)).collect();
        let zone = self.beat()?.zone();
        let known = Known::of(&self.web);
        let sightings = self.beat()?.sightings();
        let warning = |entry: &Entry| {
            let definition = entry.definition.as_ref().ok()?;
            let task = definition.task.as_str();
            if is_switched_off(entry) {
                return Some(SWITCHED_OFF.to_owned());
            }
            if let Some(Unknown { meant }) = known.refusal(task) {
                let hint = meant.map_or_else(String::new, |meant| format!(" Did you mean {meant}?"));
                return Some(format!("No worker has registered {task}.{hint}"));
            }
            let beat = sightings.iter().find(|sighting| sighting.task == task)?;
            Some(format!("The celery beat {} sends this task as well, so it may run twice.", beat.origin))
        };
        let row = |(entry, state): (&Entry, &Option<State>)| {
            convert::row(entry, state.as_ref(), &ends, warning(entry), zone, now)
        };
        Ok(entries.iter().zip(&states).map(row).collect())
    }

    /// A task that nobody has, where all workers tell which they have.
    fn unknown_task(&self, task: &str) -> Option<Mistake> {
        let known = Known::of(&self.web);
        let Unknown { meant } = known.refusal(task)?;
        let hint = meant.map_or_else(String::new, |meant| format!("; did you mean '{meant}'?"));
        let sentence = format!("'{task}' is not a task any worker has registered{hint}");
        Some(Mistake { field: "task".to_owned(), sentence })
    }
}

const SWITCHED_OFF: &str = "It is switched off by its own \"enabled\": false. Change that to have it run.";

fn is_switched_off(entry: &Entry) -> bool {
    entry.definition.as_ref().is_ok_and(|definition| !definition.enabled)
}

/// A zone by its name; none where the name is empty.
fn zone_of(name: &str) -> Result<Option<Tz>, ApiError> {
    if name.is_empty() {
        return Ok(None);
    }
    schedule::zone(name).map(Some).map_err(|sentence| {
        let mistake = Mistake { field: "timezone".to_owned(), sentence };
        ApiError::BadRequest(convert::sentence(&convert::field_mistake(&mistake)))
    })
}

fn not_found() -> ApiError {
    ApiError::NotFound("There is no schedule of this name.".to_owned())
}

fn told(error: BeatError) -> ApiError {
    match error {
        BeatError::NotFound => not_found(),
        BeatError::Wrong(mistakes) => {
            let told: Vec<String> =
                mistakes.iter().map(|mistake| convert::sentence(&convert::field_mistake(mistake))).collect();
            ApiError::BadRequest(told.join(" "))
        }
        BeatError::Broker(error) => away("broker", error),
        BeatError::Taken => ApiError::Conflict("There is a schedule of this name already.".to_owned()),
        BeatError::ReadOnly(origin) => ApiError::Conflict(format!(
            "This schedule comes from {origin} and is changed there; here it can be paused."
        )),
        BeatError::Busy => ApiError::Conflict(
            "Somebody else has just changed this schedule. Look at it, and try again.".to_owned(),
        ),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let done = crate::service::blocking(work).await;
    done.ok_or_else(|| defect("schedules could not be looked at", "the thread ended"))
}
