//! Tasks that every worker knows.

use super::{message, project_world, publish, result, sig, value};
use serde_json::{Value, json};
use umbel::protocol::{Message, State};

fn call(task: &str, id: &str, args: Value, kwargs: Value) -> Message {
    let mut message = message(task, args, json!({"task_id": id}));
    let mut body: Value = serde_json::from_slice(&message.body).expect("JSON");
    body[1] = kwargs;
    message.body = body.to_string().into();
    message
}

#[tokio::test]
async fn a_map_fails_with_the_first_item_that_fails() {
    let (world, log) = project_world().await;
    let boom = sig("proj.boom", json!([]), json!({}));
    publish(&world, vec![call("celery.map", "m", json!([]), json!({"task": boom, "it": [1, 2]}))]).await;
    assert_eq!(result(&world, "m").await.exception().expect("stored").to_string(), "ValueError('boom')");
    assert_eq!(log.count("proj.boom"), 1);
    let unknown = sig("proj.nope", json!([]), json!({}));
    publish(&world, vec![call("celery.starmap", "s", json!([]), json!({"task": unknown, "it": [[1]]}))])
        .await;
    assert_eq!(result(&world, "s").await.exception().expect("stored").exc_type, "NotRegistered");
}

#[tokio::test]
async fn chunks_in_a_chain_are_a_group_of_starmaps() {
    let (world, log) = project_world().await;
    let chunks = json!({"task": "celery.chunks", "args": [], "options": {}, "subtask_type": "chunks", "immutable": true,
        "kwargs": {"task": sig("proj.add", json!([]), json!({})), "it": [[1, 1], [2, 2], [3, 3]], "n": 2}});
    publish(&world, vec![message("proj.add", json!([0, 0]), json!({"task_id": "a", "chain": [chunks]}))])
        .await;
    let children: Value =
        serde_json::from_str(result(&world, "a").await.children.expect("listed").get()).expect("JSON");
    let members = children[0][1].as_array().expect("a group").clone();
    let mut values = Vec::new();
    for member in &members {
        values.push(value(&world, member[0][0].as_str().expect("an id")).await);
    }
    assert_eq!(values, [json!([2, 4]), json!([6])]);
    assert_eq!(log.count("proj.add"), 4);
}

#[tokio::test]
async fn accumulate_picks_one_or_gives_all() {
    let (world, _) = project_world().await;
    publish(
        &world,
        vec![
            call("celery.accumulate", "one", json!([[1, 2], [3]]), json!({"index": 0})),
            call("celery.accumulate", "last", json!([1, 2]), json!({"index": -1})),
            call("celery.accumulate", "all", json!([1, 2]), json!({})),
            call("celery.accumulate", "none", json!([]), json!({"index": 0})),
        ],
    )
    .await;
    assert_eq!(value(&world, "one").await, json!([1, 2]));
    assert_eq!(value(&world, "last").await, json!(2));
    assert_eq!(value(&world, "all").await, json!([1, 2]));
    assert_eq!(result(&world, "none").await.exception().expect("stored").exc_type, "IndexError");
}

#[tokio::test]
async fn what_is_no_task_says_so() {
    let (world, _) = project_world().await;
    publish(&world, vec![call("celery.chain", "c", json!([]), json!({"tasks": []}))]).await;
    let meta = result(&world, "c").await;
    let error = meta.exception().expect("stored");
    assert_eq!((meta.status, error.exc_type.as_str()), (State::Failure, "NotImplementedError"));
}

#[tokio::test]
async fn cleaning_up_is_a_task() {
    let (world, _) = project_world().await;
    publish(&world, vec![call("celery.backend_cleanup", "c", json!([]), json!({}))]).await;
    assert_eq!(result(&world, "c").await.status, State::Success);
}
