//! The port of schedules.

use app::ApiError;
use app::backend::{Reply, SchedulePort};
use app::view::{ScheduleCalendar, ScheduleDetail, ScheduleFilter, SchedulePage, SchedulePreview};
use serde_json::Value;

pub(super) struct Schedules;

fn off<T: Send + 'static>() -> Reply<'static, T> {
    let sentence = "There is no scheduler in this process.";
    Box::pin(std::future::ready(Err(ApiError::Unavailable(sentence.to_owned()))))
}

impl SchedulePort for Schedules {
    fn list(&self, _filter: ScheduleFilter) -> Reply<'_, SchedulePage> {
        off()
    }

    fn get(&self, _name: String) -> Reply<'_, ScheduleDetail> {
        off()
    }

    fn put(&self, _name: String, _definition: Value, _instead_of: Option<String>) -> Reply<'_, ()> {
        off()
    }

    fn remove(&self, _name: String) -> Reply<'_, ()> {
        off()
    }

    fn pause(&self, _name: String, _paused: bool) -> Reply<'_, ()> {
        off()
    }

    fn run_now(&self, _name: String) -> Reply<'_, String> {
        off()
    }

    fn preview(&self, _definition: Value, _zone: String) -> Reply<'_, SchedulePreview> {
        off()
    }

    fn calendar(&self, _zone: String) -> Reply<'_, ScheduleCalendar> {
        off()
    }
}
