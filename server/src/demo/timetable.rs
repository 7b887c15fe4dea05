//! What is sent by the clock rather than by people.

use super::{crew, news, scholar};
use crate::schedule::{Missed, SolarEvent};
use crate::task::{Periodic, Tasks};
use serde_json::json;
use std::time::Duration;

/// Adds the schedules of these projects. What comes every few moments follows the demo's speed, the rest the world's
/// clocks.
pub(super) fn timetable(tasks: Tasks, speed: f64) -> Tasks {
    let every = |seconds: f64| Duration::from_secs_f64((seconds / speed).max(0.01));
    tasks
        .periodic(
            "check-health",
            Periodic::new(crew::HEALTH_CHECK).every(every(5.0)).expires(every(30.0)).missed(Missed::Skip),
        )
        .periodic(
            "process-pending-articles",
            Periodic::new(news::PROCESS_ARTICLES).every(every(45.0)).kwarg("limit", 20).max_running(1),
        )
        .periodic(
            "cleanup-old-results",
            Periodic::new(crew::CLEANUP).every(every(60.0)).relative().kwarg("days", 7),
        )
        .periodic(
            "monday-course-report",
            Periodic::new(crew::RUN_CREW)
                .cron("0 9 * * mon")
                .timezone("Europe/Berlin")
                .arg("weekly")
                .arg(json!({"course_name": crew::COURSES[0], "book_author": null})),
        )
        .periodic(
            "refresh-metadata",
            Periodic::new(scholar::FETCH_METADATA)
                .cron("30 2 * * *")
                .timezone("America/New_York")
                .kwarg("user_id", 17)
                .kwarg("identifier", scholar::DOIS[0])
                .kwarg("identifier_type", "doi"),
        )
        .periodic(
            "evening-news",
            Periodic::new(news::PROCESS_ARTICLES).solar(SolarEvent::Sunset, 52.52, 13.41).kwarg("limit", 40),
        )
}
