//! What workers answer, read out of Celery's shapes. They come from outside: whatever is not as expected is left out.

use crate::monitor::WorkerAnswer;
use crate::protocol::control::Reply;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Queues and tasks of one worker that are looked at.
const LIST: usize = 1000;
/// A longer name is none.
const NAME: usize = 255;

/// What each worker answered so far.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<String, WorkerAnswer>);

impl Answers {
    /// The answers of these workers. Nobody else was asked.
    pub(super) fn of(mut self, names: &[Arc<str>]) -> impl Iterator<Item = (Arc<str>, WorkerAnswer)> {
        names.iter().filter_map(move |name| Some((Arc::clone(name), self.0.remove(&**name)?)))
    }

    pub(super) fn stats(&mut self, reply: &Reply) {
        let stats = &reply.value;
        let pool = &stats["pool"];
        let slots = pool["max-concurrency"].as_u64().and_then(|slots| u32::try_from(slots).ok());
        let kind = pool["implementation"].as_str().map(short);
        let uptime = stats["uptime"].as_u64();
        if slots.is_some() || kind.is_some() {
            let answer = self.0.entry(reply.node.clone()).or_default();
            (answer.slots, answer.pool, answer.uptime) = (slots, kind, uptime);
        }
    }

    pub(super) fn queues(&mut self, reply: &Reply) {
        if let Some(queues) = reply.value.as_array() {
            let names = queues.iter().filter_map(|queue| queue["name"].as_str());
            self.0.entry(reply.node.clone()).or_default().queues = Some(list(names));
        }
    }

    /// Each is a name, or a name with limits behind: `proj.limited [rate_limit=30/m]`.
    pub(super) fn registered(&mut self, reply: &Reply) {
        if let Some(tasks) = reply.value.as_array() {
            let words = tasks.iter().filter_map(Value::as_str);
            let names = words.map(|words| words.split_once(" [").map_or(words, |(name, _)| name));
            self.0.entry(reply.node.clone()).or_default().registered = Some(list(names));
        }
    }
}

/// `prefork` of `celery.concurrency.prefork:TaskPool`, and what is named otherwise as it is.
fn short(implementation: &str) -> String {
    let inside = implementation.strip_prefix("celery.concurrency.");
    inside.and_then(|name| name.split_once(':')).map_or(implementation, |(name, _)| name).to_owned()
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    names.filter(|name| !name.is_empty() && name.len() <= NAME).take(LIST).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reply(value: Value) -> Reply {
        Reply { ticket: "t".to_owned(), node: "w1@host".to_owned(), value }
    }

    fn answer(answers: Answers) -> Option<WorkerAnswer> {
        answers.of(&["w1@host".into()]).next().map(|(_, answer)| answer)
    }

    #[test]
    fn refusals_and_nonsense_are_no_answers() {
        let mut answers = Answers::default();
        let error = reply(json!({"error": "KeyError('stats')"}));
        answers.stats(&error);
        answers.queues(&error);
        answers.registered(&error);
        answers.stats(&reply(json!({"pool": {"max-concurrency": -1, "implementation": 7}})));
        answers.queues(&reply(json!("celery")));
        assert_eq!(answer(answers), None);
    }

    #[test]
    fn strange_items_are_left_out() {
        let mut answers = Answers::default();
        answers.queues(&reply(
            json!([{"name": "celery"}, {"name": 7}, "x", {"name": "q".repeat(300)}, {"name": ""}]),
        ));
        answers.registered(&reply(json!(["a.b [rate_limit=1/m]", null, "c [d] [e=1]", "plain"])));
        answers.stats(&reply(json!({"pool": {"implementation": "my.pool:Pool"}, "uptime": "long"})));
        let answer = answer(answers).expect("it answered");
        assert_eq!(answer.queues, Some(vec!["celery".to_owned()]));
        assert_eq!(answer.registered, Some(vec!["a.b".to_owned(), "c".to_owned(), "plain".to_owned()]));
        assert_eq!((answer.slots, answer.pool.as_deref(), answer.uptime), (None, Some("my.pool:Pool"), None));
    }

    #[test]
    fn others_than_those_asked_are_not_listened_to() {
        let mut answers = Answers::default();
        answers.queues(&reply(json!([])));
        assert_eq!(answers.of(&["w2@host".into()]).count(), 0);
    }
}
