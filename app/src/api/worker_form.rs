//! The forms that control a worker: their fields as text, and what they ask for.

use crate::view::WorkerAct;
use serde::{Deserialize, Serialize};

/// The fields of all forms as a person typed them; each form has its own few. `act` is the button that was pressed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkerForm {
    /// The worker.
    pub name: String,
    /// In Celery's words: `pool_grow`.
    pub act: String,
    pub n: String,
    pub min: String,
    pub max: String,
    pub queue: String,
    pub task_name: String,
    pub rate_limit: String,
    /// Seconds.
    pub soft: String,
    pub hard: String,
}

impl WorkerForm {
    /// What the form asks for, or a sentence about the first field that is wrong.
    pub fn read(&self) -> Result<WorkerAct, String> {
        Ok(match self.act.as_str() {
            "ping" => WorkerAct::Ping,
            "pool_grow" => WorkerAct::PoolGrow { n: count("The number of slots", &self.n)? },
            "pool_shrink" => WorkerAct::PoolShrink { n: count("The number of slots", &self.n)? },
            "autoscale" => {
                WorkerAct::Autoscale { max: count("Most", &self.max)?, min: count("Least", &self.min)? }
            }
            "add_consumer" => WorkerAct::AddConsumer { queue: given("The queue", &self.queue)? },
            "cancel_consumer" => WorkerAct::CancelConsumer { queue: given("The queue", &self.queue)? },
            "rate_limit" => WorkerAct::RateLimit {
                task_name: given("The task", &self.task_name)?,
                rate_limit: given("The rate", &self.rate_limit)?,
            },
            "time_limit" => WorkerAct::TimeLimit {
                task_name: given("The task", &self.task_name)?,
                soft: seconds("The soft limit", &self.soft)?,
                hard: seconds("The hard limit", &self.hard)?,
            },
            "enable_events" => WorkerAct::EnableEvents,
            "disable_events" => WorkerAct::DisableEvents,
            "shutdown" => WorkerAct::Shutdown,
            other => return Err(format!("There is no act called \"{other}\".")),
        })
    }
}

fn given(field: &str, text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err(format!("{field} is missing.")),
        text => Ok(text.to_owned()),
    }
}

fn count(field: &str, text: &str) -> Result<u32, String> {
    given(field, text)?.parse().map_err(|_| format!("{field} is not a whole number, such as 1."))
}

/// An empty field means no limit.
fn seconds(field: &str, text: &str) -> Result<Option<f64>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let read = text.trim().parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
    read.map(Some).ok_or_else(|| format!("{field} is not a number of seconds, such as 30."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(act: &str) -> WorkerForm {
        WorkerForm { act: act.to_owned(), ..WorkerForm::default() }
    }

    #[test]
    fn each_act_reads_its_own_fields() {
        let grow = WorkerForm { n: " 2 ".to_owned(), ..form("pool_grow") };
        assert_eq!(grow.read(), Ok(WorkerAct::PoolGrow { n: 2 }));
        let limits = WorkerForm { task_name: "a".to_owned(), hard: "1.5".to_owned(), ..form("time_limit") };
        let expected = WorkerAct::TimeLimit { task_name: "a".to_owned(), soft: None, hard: Some(1.5) };
        assert_eq!(limits.read(), Ok(expected));
        assert_eq!(form("shutdown").read(), Ok(WorkerAct::Shutdown));
    }

    #[test]
    fn mistakes_are_told_in_a_sentence() {
        assert_eq!(form("add_consumer").read(), Err("The queue is missing.".to_owned()));
        let wrong = WorkerForm { n: "-1".to_owned(), ..form("pool_shrink") };
        assert_eq!(wrong.read(), Err("The number of slots is not a whole number, such as 1.".to_owned()));
        let wrong = WorkerForm { task_name: "a".to_owned(), soft: "soon".to_owned(), ..form("time_limit") };
        assert_eq!(wrong.read(), Err("The soft limit is not a number of seconds, such as 30.".to_owned()));
        assert_eq!(form("explode").read(), Err("There is no act called \"explode\".".to_owned()));
    }
}
