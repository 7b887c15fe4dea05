use super::tasks;
use crate::protocol::Headers;
use crate::task::{Call, Context, Outcome, testing};
use serde_json::{Value, json};

async fn run(name: &str, kwargs: Value, retries: u32) -> Outcome {
    let tasks = tasks().build().expect("sound tasks");
    let (mut parts, _told) = testing::parts(name);
    let mut headers = Headers::clone(&parts.headers);
    headers.retries = retries;
    parts.headers = headers.into();
    let call = Call::new(Vec::new(), kwargs.as_object().cloned().expect("keywords"));
    tasks.get(name).expect("registered").run(call, Context::new(parts)).await
}

async fn value(name: &str, kwargs: Value) -> String {
    match run(name, kwargs, 0).await {
        Outcome::Success(json) => json.get().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn they_do_what_their_summaries_say() {
    assert_eq!(value("demo.add", json!({"x": 2, "y": 3})).await, "5");
    assert_eq!(value("demo.add", json!({"x": 2, "y": 0.5})).await, "2.5");
    assert_eq!(value("demo.echo", json!({"a": [1]})).await, r#"{"args":[],"kwargs":{"a":[1]}}"#);
    assert_eq!(value("demo.sleep", json!({"seconds": 5})).await, "5.0");
    assert_eq!(value("demo.progress", json!({"steps": 3})).await, "3");
}

#[tokio::test(start_paused = true)]
async fn they_fail_in_words() {
    let failure = async |name: &str, kwargs| match run(name, kwargs, 0).await {
        Outcome::Failure(error) => error.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(failure("demo.fail", json!({"message": "no"})).await, "RuntimeError: no");
    assert!(failure("demo.add", json!({"x": i64::MAX, "y": 1})).await.starts_with("OverflowError"));
    assert!(failure("demo.sleep", json!({"seconds": -1})).await.starts_with("ValueError: -1"));
}

#[tokio::test(start_paused = true)]
async fn retrying_ends_after_the_given_number() {
    assert!(matches!(run("demo.retry", json!({"times": 2}), 1).await, Outcome::Retry(_)));
    assert!(
        matches!(run("demo.retry", json!({"times": 2}), 2).await, Outcome::Success(json) if json.get() == "3")
    );
}

#[tokio::test(start_paused = true)]
async fn examples_can_be_sent_as_they_are() {
    for task in tasks().build().expect("sound tasks").iter() {
        let outcome = run(&task.name, task.example.clone(), 0).await;
        let meant = task.name == "demo.fail";
        assert_eq!(matches!(outcome, Outcome::Failure(_)), meant, "{}: {outcome:?}", task.name);
        assert!(task.summary.is_some(), "{}", task.name);
    }
}
