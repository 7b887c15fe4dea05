//! A message that waits: as a row of its queue, and as the story of a task that history never heard of.

use super::call;
use super::result::LARGEST_SHOWN;
use crate::broker::Waiting;
use crate::monitor::{TaskRecord, TaskStory, Word};
use crate::protocol::{Body, Message, repr};
use app::view::WaitingTask;
use chrono::{DateTime, Utc};
use std::sync::Arc;

pub(crate) fn task(waiting: &Waiting) -> WaitingTask {
    let (args, kwargs) = texts(&waiting.message);
    WaitingTask {
        id: waiting.message.headers.id.to_string(),
        name: waiting.message.headers.task.clone(),
        call: call::line(args.as_deref(), kwargs.as_deref()),
        priority: waiting.message.priority,
        place: waiting.place,
        since: millis(waiting.since),
        // What the broker does not hold itself, the first worker that gets it does.
        until: millis(waiting.until).or(millis(waiting.message.headers.eta)),
    }
}

/// All that a message tells of its task. `now` stands in for the moment it was sent where the broker does not know.
pub(crate) fn story(waiting: &Waiting, now: i64) -> TaskStory {
    let Waiting { message, since, until, .. } = waiting;
    let headers = &message.headers;
    let (args, kwargs) = texts(message);
    let sent = millis(*since).unwrap_or(now);
    let mut record = TaskRecord::new(0, headers.id.clone(), sent.saturating_mul(1_000));
    record.name = Some(Word::unnumbered(&headers.task));
    record.queue = Some(Word::unnumbered(&message.queue));
    (record.args, record.kwargs) = (args.map(Into::into), kwargs.map(Into::into));
    record.retries = headers.retries;
    record.eta = millis(*until).or(millis(headers.eta));
    record.expires = millis(headers.expires);
    record.priority = Some(message.priority);
    (record.parent_id, record.root_id) = (headers.parent_id.clone(), headers.root_id.clone());
    record.retry_of = headers.retry_of().map(Into::into);
    record.body_size = Some(message.body.len() as u64);
    let body = (message.body.len() <= LARGEST_SHOWN).then(|| message.body.clone());
    TaskStory {
        record: Arc::new(record),
        body,
        attempts: Vec::new(),
        timeline: Vec::new(),
        retried_as: Vec::new(),
    }
}

/// The arguments as Python shows them: as the sender wrote them into the headers, or else read out of the body.
fn texts(message: &Message) -> (Option<String>, Option<String>) {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let (args, kwargs) = (given(&message.headers.argsrepr), given(&message.headers.kwargsrepr));
    if args.is_some() || kwargs.is_some() || message.body.len() > LARGEST_SHOWN {
        return (args, kwargs);
    }
    match Body::decode(&message.body) {
        Ok(body) => (Some(repr::args_repr(&body.args)), Some(repr::kwargs_repr(&body.kwargs))),
        Err(_) => (None, None),
    }
}

fn millis(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Headers, TaskId};
    use serde_json::{Map, json};

    fn waiting(argsrepr: &str) -> Waiting {
        let mut headers = Headers::new(TaskId::from("a"), "shop.pay");
        (headers.argsrepr, headers.kwargsrepr) = (argsrepr.to_owned(), String::new());
        let body = Body::new(vec![json!(1), json!("x")], Map::new()).encode();
        let message = Message { headers, body, queue: "net".to_owned(), priority: 3 };
        Waiting { message, place: 7, since: DateTime::from_timestamp_millis(5_000), until: None }
    }

    #[test]
    fn a_row_has_the_senders_text_or_what_the_body_says() {
        assert_eq!(task(&waiting("(2, 3)")).call, "(2, 3)");
        assert_eq!(task(&waiting("")).call, "(1, 'x')");
    }

    #[test]
    fn a_message_alone_makes_a_story() {
        let story = story(&waiting(""), 9_000);
        assert_eq!(
            (story.record.name.as_deref(), story.record.queue.as_deref()),
            (Some("shop.pay"), Some("net"))
        );
        assert_eq!((story.record.created_at(), story.record.priority), (5_000, Some(3)));
        assert!(story.body.is_some());
    }

    #[test]
    fn a_body_beyond_what_a_page_can_show_is_told_by_its_size() {
        let mut large = waiting("");
        large.message.body = vec![b' '; LARGEST_SHOWN + 1].into();
        let story = story(&large, 0);
        assert_eq!((story.body, story.record.body_size), (None, Some(LARGEST_SHOWN as u64 + 1)));
    }
}
