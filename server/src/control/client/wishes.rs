//! What can be asked of any worker, ours or Python's: one method for each wish, and the worker's own sentence as its
//! answer.

use super::{ControlClient, ControlError};
use crate::protocol::control::{Reply, Request};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a worker may take to answer. One that is alive answers within milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
/// Answers gathered when nobody was named; far more than there are workers.
const MOST: usize = 10_000;

impl ControlClient {
    /// Asks what a worker knows: `stats`, `active`, `registered` and all other inspect commands.
    ///
    /// With a node this ends with its answer; without one it gathers until the time is over, because nobody knows how
    /// many there are.
    pub async fn inspect(
        &self,
        node: Option<&str>,
        what: &str,
        arguments: Value,
        timeout: Duration,
    ) -> Vec<Reply> {
        let destination: Vec<&str> = node.into_iter().collect();
        self.ask_nodes(&destination, what, arguments, timeout).await
    }

    /// Asks the named nodes, or everybody when none is named. Ends early when all the named ones have answered.
    pub async fn ask_nodes(
        &self,
        nodes: &[&str],
        method: &str,
        arguments: Value,
        timeout: Duration,
    ) -> Vec<Reply> {
        let mut request = Request::new(method, arguments);
        let limit = if nodes.is_empty() { MOST } else { nodes.len() };
        request.destination =
            (!nodes.is_empty()).then(|| nodes.iter().map(|&node| node.to_owned()).collect());
        self.ask(request, limit, timeout).await
    }

    /// Which workers are there: the names of those that answer in time.
    pub async fn ping(&self, node: Option<&str>, timeout: Duration) -> Vec<String> {
        let replies = self.inspect(node, "ping", json!({}), timeout).await;
        replies.into_iter().filter(|reply| reply.value["ok"] == "pong").map(|reply| reply.node).collect()
    }

    /// Lets the worker run `n` more tasks at once.
    pub async fn pool_grow(&self, node: &str, n: usize) -> Result<String, ControlError> {
        self.wish(Some(node), "pool_grow", json!({ "n": n })).await
    }

    /// Lets the worker run `n` fewer tasks at once.
    pub async fn pool_shrink(&self, node: &str, n: usize) -> Result<String, ControlError> {
        self.wish(Some(node), "pool_shrink", json!({ "n": n })).await
    }

    /// Changes the range in which the worker sizes its pool by itself.
    pub async fn autoscale(&self, node: &str, max: usize, min: usize) -> Result<String, ControlError> {
        self.wish(Some(node), "autoscale", json!({ "max": max, "min": min })).await
    }

    /// Lets the worker take messages from one more queue.
    pub async fn add_consumer(&self, node: &str, queue: &str) -> Result<String, ControlError> {
        // The three nulls are what Celery's own client sends: a plain queue of that name.
        let arguments =
            json!({ "queue": queue, "exchange": null, "exchange_type": "direct", "routing_key": null });
        self.wish(Some(node), "add_consumer", arguments).await
    }

    /// Lets the worker leave a queue alone.
    pub async fn cancel_consumer(&self, node: &str, queue: &str) -> Result<String, ControlError> {
        self.wish(Some(node), "cancel_consumer", json!({ "queue": queue })).await
    }

    /// Limits how often a task may start, `"10/m"`, on one worker or on all of them. `"0"` lifts the limit.
    pub async fn rate_limit(
        &self,
        node: Option<&str>,
        task: &str,
        rate: &str,
    ) -> Result<String, ControlError> {
        self.wish(node, "rate_limit", json!({ "task_name": task, "rate_limit": rate })).await
    }

    /// Limits how many seconds a task may run. `None` lifts a limit.
    pub async fn time_limit(
        &self,
        node: &str,
        task: &str,
        hard: Option<f64>,
        soft: Option<f64>,
    ) -> Result<String, ControlError> {
        self.wish(Some(node), "time_limit", json!({ "task_name": task, "hard": hard, "soft": soft })).await
    }

    /// Lets the worker tell of its tasks.
    pub async fn enable_events(&self, node: &str) -> Result<String, ControlError> {
        self.wish(Some(node), "enable_events", json!({})).await
    }

    /// Lets the worker keep quiet about its tasks. It goes on telling of itself.
    pub async fn disable_events(&self, node: &str) -> Result<String, ControlError> {
        self.wish(Some(node), "disable_events", json!({})).await
    }

    /// Stops the worker's process warmly: what runs may finish.
    ///
    /// A worker that obeys gives no answer, so it is asked for a sign of life first.
    pub async fn shutdown(&self, node: &str) -> Result<String, ControlError> {
        if self.ping(Some(node), PATIENCE).await.is_empty() {
            return Err(ControlError::NoAnswer);
        }
        let mut request = Request::new("shutdown", json!({}));
        request.destination = Some(vec![node.to_owned()]);
        self.bus.request(request).await;
        Ok("shutting down".to_owned())
    }

    async fn wish(&self, node: Option<&str>, method: &str, arguments: Value) -> Result<String, ControlError> {
        let replies = self.inspect(node, method, arguments, PATIENCE).await;
        sentence(replies)
    }
}

/// What the workers said: a refusal before a consent, because it is what somebody has to read.
fn sentence(replies: Vec<Reply>) -> Result<String, ControlError> {
    let mut consent = Err(ControlError::NoAnswer);
    for reply in replies {
        if let Some(refusal) = reply.value.get("error") {
            return Err(ControlError::Refused(text(refusal)));
        }
        consent = Ok(reply.value.get("ok").map_or_else(String::new, text));
    }
    consent
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(value: Value) -> Reply {
        Reply { ticket: "t".to_owned(), node: "w1@host".to_owned(), value }
    }

    #[test]
    fn the_workers_words_come_back_and_a_refusal_comes_first() {
        assert!(matches!(sentence(vec![]), Err(ControlError::NoAnswer)));
        let grown = sentence(vec![reply(json!({"ok": "pool will grow"}))]);
        assert_eq!(grown.expect("a consent"), "pool will grow");
        let mixed =
            vec![reply(json!({"ok": "fine"})), reply(json!({"error": "unknown task"})), reply(json!(null))];
        assert!(matches!(sentence(mixed), Err(ControlError::Refused(text)) if text == "unknown task"));
        assert_eq!(sentence(vec![reply(json!(null))]).expect("a consent without words"), "");
    }
}
