//! A research assistant of several agents, and the small duties beside it.

use super::dice::Dice;
use super::trouble::{CrewError, RateLimitError};
use super::work::Work;
use crate::client::Send;
use crate::task::{Args, TaskError, Tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) const RUN_CREW: &str = "backend.tasks.run_crew_task";
pub(super) const HEALTH_CHECK: &str = "backend.tasks.health_check";
pub(super) const CLEANUP: &str = "backend.tasks.cleanup_old_results";

pub(super) const COURSES: [&str; 4] =
    ["Linear algebra", "Organic chemistry", "Operating systems", "Microeconomics"];
const STEPS: [&str; 5] = [
    "Reading the course page",
    "Searching for sources",
    "Validating links",
    "Ranking by quality",
    "Writing the report",
];

pub(super) fn tasks() -> Tasks {
    Tasks::new()
        .task_with(RUN_CREW, run_crew_task, |o| {
            o.queue("crew_jobs")
                .soft_time_limit(Duration::from_secs(50 * 60))
                .time_limit(Duration::from_secs(60 * 60))
                .summary("Lets a crew of agents look for course material.")
                .example(
                    json!({"job_id": "job-1042", "inputs": {"course_name": COURSES[0], "book_author": null}}),
                )
        })
        .task_with(HEALTH_CHECK, health_check, |o| o.queue("default").summary("Tells which worker answers."))
        .task_with(CLEANUP, cleanup_old_results, |o| {
            o.queue("default").summary("Drops results nobody asked for.").example(json!({"days": 7}))
        })
}

pub(super) fn request(dice: &mut Dice) -> Send {
    let inputs =
        json!({"course_name": dice.pick(&COURSES), "book_author": null, "bypass_cache": dice.chance(0.2)});
    let priority = dice.pick(&[0, 3, 3, 6]);
    let mut send = Send::new(RUN_CREW).arg(format!("job-{}", dice.between(1000, 9999))).arg(inputs);
    send.options.priority = Some(priority);
    send
}

#[derive(Deserialize)]
struct Job {
    job_id: String,
    inputs: Inputs,
}

#[derive(Deserialize)]
struct Inputs {
    course_name: String,
    #[serde(default)]
    book_author: Option<String>,
    #[serde(default)]
    bypass_cache: bool,
}

async fn run_crew_task(Args(Job { job_id, inputs }): Args<Job>, mut work: Work) -> Result<Value, TaskError> {
    if !inputs.bypass_cache && work.dice.chance(0.15) {
        work.busy(0.1, 0.3).await;
        return Ok(json!({"job_id": job_id, "status": "completed", "from_cache": true}));
    }
    work.through(&STEPS, 3.5).await?;
    if work.dice.chance(0.08) {
        return Err(work.again(15.0, RateLimitError::new()));
    }
    if work.dice.chance(0.05) {
        return Err(CrewError { job: job_id, tool: "WebpageTool" }.into());
    }
    let resources: Vec<Value> = (1..=work.dice.between(3, 7))
        .map(|place| {
            json!({
                "title": format!("{}, part {place}", inputs.course_name),
                "type": work.dice.pick(&["Textbook", "Lecture notes", "Video", "Exercises"]),
                "quality": f64::from(work.dice.between(60, 98)) / 10.0,
            })
        })
        .collect();
    Ok(json!({
        "job_id": job_id,
        "status": "completed",
        "from_cache": false,
        "author": inputs.book_author,
        "resources": resources,
        "tokens": {"prompt": work.dice.between(9_000, 40_000), "completion": work.dice.between(1_200, 5_000)},
    }))
}

async fn health_check(mut work: Work) -> Result<Value, TaskError> {
    work.busy(0.02, 0.4).await;
    let context = work.context();
    Ok(json!({"status": "healthy", "task_id": context.id().as_str(), "queue": context.queue()}))
}

#[derive(Deserialize)]
struct Cleanup {
    #[serde(default = "week")]
    days: u32,
}

fn week() -> u32 {
    7
}

async fn cleanup_old_results(
    Args(Cleanup { days }): Args<Cleanup>,
    mut work: Work,
) -> Result<Value, TaskError> {
    work.busy(0.6, 0.5).await;
    Ok(json!({"older_than_days": days, "deleted": work.dice.between(0, 180)}))
}
