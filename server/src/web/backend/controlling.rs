//! Purging queues and controlling workers: what may be asked, and what comes of it.

use super::Web;
use super::sending::check_name;
use crate::control::ControlError;
use crate::web::error::away;
use app::ApiError;
use app::view::WorkerAct;
use std::time::Duration;

/// Slots beyond this are a slip of the finger rather than a wish.
const MOST_SLOTS: u32 = 10_000;
/// How long a worker may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(2);

impl Web {
    pub(super) async fn purge(&self, name: String) -> Result<u64, ApiError> {
        let count = self.admin.purge(name.clone()).await.map_err(|error| away("broker", error))?;
        tracing::info!(queue.name = name, messages = count, "purged a queue");
        Ok(count)
    }

    /// Asks a worker for something and answers with its own words.
    pub(super) async fn act(&self, name: &str, act: WorkerAct) -> Result<String, ApiError> {
        if self.monitor.worker(name).is_none() {
            return Err(ApiError::NotFound("No worker of this name has been heard of.".to_owned()));
        }
        check(&act)?;
        tracing::info!(worker.name = name, act = ?act, "a worker is asked for something");
        let control = &self.control;
        let slots = |n: u32| n as usize;
        let said = match act {
            WorkerAct::Ping => match control.ping(Some(name), PATIENCE).await.is_empty() {
                true => Err(ControlError::NoAnswer),
                false => Ok("pong".to_owned()),
            },
            WorkerAct::PoolGrow { n } => control.pool_grow(name, slots(n)).await,
            WorkerAct::PoolShrink { n } => control.pool_shrink(name, slots(n)).await,
            WorkerAct::Autoscale { max, min } => control.autoscale(name, slots(max), slots(min)).await,
            WorkerAct::AddConsumer { queue } => control.add_consumer(name, &queue).await,
            WorkerAct::CancelConsumer { queue } => control.cancel_consumer(name, &queue).await,
            WorkerAct::RateLimit { task_name, rate_limit } => {
                control.rate_limit(Some(name), &task_name, &rate_limit).await
            }
            WorkerAct::TimeLimit { task_name, soft, hard } => {
                control.time_limit(name, &task_name, hard, soft).await
            }
            WorkerAct::EnableEvents => control.enable_events(name).await,
            WorkerAct::DisableEvents => control.disable_events(name).await,
            WorkerAct::Shutdown => control.shutdown(name).await,
        };
        match said {
            Ok(words) if words.is_empty() => Ok("It obeys without a word.".to_owned()),
            Ok(words) => Ok(words),
            Err(error) => Err(told(name, error)),
        }
    }
}

/// What no worker should have to refuse.
fn check(act: &WorkerAct) -> Result<(), ApiError> {
    let wrong = |sentence: &str| Err(ApiError::BadRequest(sentence.to_owned()));
    match act {
        WorkerAct::PoolGrow { n } | WorkerAct::PoolShrink { n } if !(1..=MOST_SLOTS).contains(n) => {
            wrong("n is a number of slots, from 1 to 10,000.")
        }
        WorkerAct::Autoscale { max, min } if *min > *max || *max == 0 || *max > MOST_SLOTS => {
            wrong("max is a number of slots, from 1 to 10,000, and min is not more than that.")
        }
        WorkerAct::AddConsumer { queue } | WorkerAct::CancelConsumer { queue } => check_name("queue", queue),
        WorkerAct::RateLimit { task_name, rate_limit } => {
            check_name("task_name", task_name)?;
            check_name("rate_limit", rate_limit)
        }
        WorkerAct::TimeLimit { task_name, soft, hard } => {
            check_name("task_name", task_name)?;
            match [soft, hard].into_iter().flatten().all(|limit| limit.is_finite() && *limit >= 0.0) {
                true => Ok(()),
                false => wrong("soft and hard are numbers of seconds, or null for no limit."),
            }
        }
        _ => Ok(()),
    }
}

fn told(name: &str, error: ControlError) -> ApiError {
    match error {
        ControlError::Refused(words) => ApiError::Conflict(format!("{name} refuses: {words}")),
        ControlError::NoAnswer => ApiError::Unavailable(format!(
            "{name} gave no answer within 2 s. See whether it is running and takes remote control, then try again."
        )),
        ControlError::Broker(error) => away("broker", error),
        ControlError::Results(error) => away("result store", error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_worker_should_have_to_refuse_is_refused_here() {
        let wrong = [
            WorkerAct::PoolGrow { n: 0 },
            WorkerAct::PoolShrink { n: 10_001 },
            WorkerAct::Autoscale { max: 1, min: 2 },
            WorkerAct::AddConsumer { queue: " ".to_owned() },
            WorkerAct::RateLimit { task_name: "a".to_owned(), rate_limit: String::new() },
            WorkerAct::TimeLimit { task_name: "a".to_owned(), soft: Some(-1.0), hard: None },
        ];
        for act in wrong {
            assert_eq!(check(&act).map_err(|error| error.status()), Err(400), "{act:?}");
        }
        assert!(check(&WorkerAct::Autoscale { max: 2, min: 2 }).is_ok());
        assert!(check(&WorkerAct::TimeLimit { task_name: "a".to_owned(), soft: None, hard: None }).is_ok());
    }

    #[test]
    fn an_answer_that_is_missing_says_what_to_do() {
        let error = told("w@host", ControlError::NoAnswer);
        assert_eq!(error.status(), 503);
        assert!(error.message().starts_with("w@host gave no answer within 2 s."), "{error}");
        assert_eq!(told("w", ControlError::Refused("unknown task".to_owned())).status(), 409);
    }
}
