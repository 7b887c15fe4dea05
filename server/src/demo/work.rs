//! Pretending to work: an extractor that knows how fast the demo runs and throws dice of its own for each attempt.

use super::dice::Dice;
use crate::client::Send;
use crate::task::{CallParts, Context, FromCall, Needs, Retry, TaskError};
use serde_json::json;
use std::time::Duration;

/// How fast everybody works. State that the tasks share.
#[derive(Debug)]
pub(super) struct Pace {
    pub(super) speed: f64,
}

/// One attempt of a look-alike task.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) dice: Dice,
    context: Context,
    speed: f64,
}

impl FromCall for Work {
    fn describe(needs: &mut Needs) {
        needs.state::<Pace>();
    }

    async fn from_call(parts: &mut CallParts) -> Result<Self, TaskError> {
        let context = parts.context().clone();
        let dice = Dice::named(&format!("{} {}", context.id(), context.retries()));
        Ok(Self { dice, context, speed: parts.state::<Pace>().await?.speed })
    }
}

impl Work {
    /// Works for a while: mostly about the median number of seconds.
    pub(super) async fn busy(&mut self, median: f64, spread: f64) {
        let seconds = self.dice.seconds(median, spread) / self.speed;
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    }

    /// Works through the steps and says which one it is at.
    pub(super) async fn through<S: AsRef<str>>(&mut self, steps: &[S], median: f64) -> Result<(), TaskError> {
        for (done, step) in steps.iter().enumerate() {
            self.report(done, steps.len(), step.as_ref()).await?;
            self.busy(median, 0.4).await;
        }
        Ok(())
    }

    /// Says how far it is, in the words most projects use.
    pub(super) async fn report(&self, current: usize, total: usize, message: &str) -> Result<(), TaskError> {
        self.context.progress(json!({"current": current, "total": total, "message": message})).await
    }

    /// Fails with a wish to be run again, each time after twice as long.
    #[track_caller]
    pub(super) fn again(&self, first_delay: f64, cause: impl Into<TaskError>) -> TaskError {
        let doubled = first_delay * 2_f64.powi(self.context.retries().min(10).cast_signed());
        Retry::new().countdown(doubled / self.speed).cause(cause).into()
    }

    /// Sends tasks that descend from this one. Where there is nobody to send to, nothing is sent.
    pub(super) async fn delegate(&self, mut children: Vec<Send>) -> Result<usize, TaskError> {
        let Some(client) = self.context.client() else { return Ok(0) };
        for child in &mut children {
            child.options.parent_id = Some(self.context.id().clone());
            child.options.root_id = self.context.root_id().cloned();
        }
        Ok(client.send_many(children).await?.len())
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }
}
