//! `umbel send`: gives a task to a running Umbel through its HTTP API, and prints the id it got.

use super::args::Send;
use super::exit::{Exit, Failure};
use super::http::Request;
use super::run::say;
use super::server::Server;
use serde_json::{Map, Value};

pub(super) fn run(send: Send) -> Result<Exit, Failure> {
    let server = Server::at(&send.url)?;
    let task = request(&send)?.to_string();
    let post = Request { method: "POST", path: "/api/v1/tasks", headers: &[], json: &task };
    let said = server.ask(&post)?;
    match (said.status, said.body["id"].as_str()) {
        (200..=299, Some(id)) => say(&format!("{id}\n")),
        _ => Err(server.refusal("the task", &said)),
    }
}

fn request(send: &Send) -> Result<Value, Failure> {
    let mut task = Map::from_iter([("name".to_owned(), Value::from(send.name.as_str()))]);
    call(&mut task, send.args.as_deref(), send.kwargs.as_deref())?;
    if let Some(queue) = &send.queue {
        task.insert("queue".to_owned(), queue.as_str().into());
    }
    if let Some(seconds) = send.countdown {
        task.insert("countdown".to_owned(), seconds.into());
    }
    Ok(Value::Object(task))
}

/// Puts the arguments that were given into what describes a task.
pub(super) fn call(
    task: &mut Map<String, Value>,
    args: Option<&str>,
    kwargs: Option<&str>,
) -> Result<(), Failure> {
    if let Some(text) = args {
        let args = json(text).filter(Value::is_array);
        task.insert("args".to_owned(), args.ok_or_else(|| wrong("--args", "array such as '[2, 3]'"))?);
    }
    if let Some(text) = kwargs {
        let kwargs = json(text).filter(Value::is_object);
        task.insert(
            "kwargs".to_owned(),
            kwargs.ok_or_else(|| wrong("--kwargs", "object such as '{\"x\": 2}'"))?,
        );
    }
    Ok(())
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn wrong(flag: &str, expected: &str) -> Failure {
    Failure::new(Exit::Usage, format!("{flag} is not a JSON {expected}"))
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
