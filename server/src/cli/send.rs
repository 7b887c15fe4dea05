//! `umbel send`: gives a task to a running Umbel through its HTTP API, and prints the id it got.

use super::args::Send;
use super::exit::{Exit, Failure};
use super::http;
use super::run::say;
use serde_json::{Map, Value};
use std::io::{self, ErrorKind};

pub(super) fn run(send: Send) -> Result<Exit, Failure> {
    let authority = http::authority(&send.url).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("--url {:?} is not like http://127.0.0.1:5555", send.url))
    })?;
    let task = request(&send)?.to_string();
    let answer = http::post(authority, "/api/v1/tasks", &task)
        .map_err(|error| Failure::new(Exit::Unavailable, silence(&send.url, &error)))?;
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    match (answer.status, body["id"].as_str()) {
        (200..=299, Some(id)) => say(&format!("{id}\n")),
        (status, _) => Err(Failure::new(Exit::Unavailable, refusal(&send.url, status, &body))),
    }
}

fn silence(url: &str, error: &io::Error) -> String {
    match error.kind() {
        // How the system words a time-out of a socket helps nobody.
        ErrorKind::WouldBlock | ErrorKind::TimedOut => format!("{url} does not answer in time"),
        _ => format!("{url} does not answer: {error}"),
    }
}

fn request(send: &Send) -> Result<Value, Failure> {
    let mut task = Map::from_iter([("name".to_owned(), Value::from(send.name.as_str()))]);
    if let Some(text) = &send.args {
        let args = json(text).filter(Value::is_array);
        task.insert("args".to_owned(), args.ok_or_else(|| wrong("--args", "array such as '[2, 3]'"))?);
    }
    if let Some(text) = &send.kwargs {
        let kwargs = json(text).filter(Value::is_object);
        task.insert(
            "kwargs".to_owned(),
            kwargs.ok_or_else(|| wrong("--kwargs", "object such as '{\"x\": 2}'"))?,
        );
    }
    if let Some(queue) = &send.queue {
        task.insert("queue".to_owned(), queue.as_str().into());
    }
    if let Some(seconds) = send.countdown {
        task.insert("countdown".to_owned(), seconds.into());
    }
    Ok(Value::Object(task))
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn wrong(flag: &str, expected: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{flag} is not a JSON {expected}"))
}

/// The server's own sentence when it has one.
fn refusal(url: &str, status: u16, body: &Value) -> String {
    let error = &body["error"];
    let sentence = [&error["message"], &body["message"], error].into_iter().find_map(Value::as_str);
    match sentence {
        Some(sentence) => format!("{url} refuses the task: {sentence}"),
        None => format!("{url} answers with status {status} and no id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn asked(args: Option<&str>, kwargs: Option<&str>) -> Send {
        Send {
            name: "demo.add".to_owned(),
            args: args.map(str::to_owned),
            kwargs: kwargs.map(str::to_owned),
            queue: None,
            countdown: Some(1.5),
            url: "http://127.0.0.1:1".to_owned(),
        }
    }

    #[test]
    fn sends_what_was_given_and_nothing_else() {
        let task = request(&asked(Some("[2, 3]"), None)).expect("sound");
        assert_eq!(task, json!({"name": "demo.add", "args": [2, 3], "countdown": 1.5}));
    }

    #[test]
    fn arguments_have_their_shapes() {
        assert_eq!(request(&asked(Some("{}"), None)).expect_err("an object").exit, Exit::Usage);
        assert_eq!(request(&asked(None, Some("[1]"))).expect_err("an array").exit, Exit::Usage);
        assert_eq!(request(&asked(Some("[1"), None)).expect_err("no JSON").exit, Exit::Usage);
    }
}
