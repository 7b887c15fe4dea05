//! Chords, from end to end.

use super::{World, message, project_world, publish, result, sig, value};
use serde_json::{Value, json};
use std::time::Duration;
use umbel::protocol::{State, TaskId};
use umbel::results::{Chords, NewChord};

/// How long something may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A chord as a producer sends it: the tasks of its header, each with the body.
async fn chord(world: &World, group: &str, header: &[(&str, Value)], body: &Value) {
    let size = header.len() as u64;
    let new = NewChord { group: group.to_owned(), size, structure: None };
    world.runtime.results.open_chords(vec![new]).await.expect("opened");
    let messages = (0..).zip(header).map(|(index, (task, args)): (i64, _)| {
        let id = format!("{group}-{index}");
        let options = json!({"task_id": id, "group_id": group, "group_index": index, "chord": body});
        message(task, args.clone(), options)
    });
    publish(world, messages.collect()).await;
}

#[tokio::test]
async fn results_come_in_the_headers_order() {
    let (world, log) = project_world().await;
    let header: Vec<_> = (0..50).map(|n| ("proj.add", json!([n, 0]))).collect();
    chord(&world, "g", &header, &sig("proj.echo", json!(["own"]), json!({"task_id": "body"}))).await;
    let wanted: Vec<i64> = (0..50).collect();
    assert_eq!(value(&world, "body").await, json!([[wanted, "own"], {}]));
    assert_eq!(log.count("proj.echo"), 1);
}

#[tokio::test]
async fn a_failing_task_fails_the_body_at_the_end() {
    let (world, log) = project_world().await;
    let options = json!({"task_id": "body", "link_error": [sig("proj.on_error_old", json!([]), json!({"task_id": "e"}))],
        "chain": [sig("proj.add", json!([1]), json!({"task_id": "after"}))]});
    let header = [("proj.add", json!([1, 1])), ("proj.boom", json!([])), ("proj.add", json!([2, 2]))];
    chord(&world, "g", &header, &sig("proj.tsum", json!([]), options)).await;
    assert_eq!(value(&world, "e").await, json!(["errback old style", "body"]));
    for id in ["body", "after"] {
        let meta = result(&world, id).await;
        assert_eq!(meta.status, State::Failure);
        let error = meta.exception().expect("stored");
        assert_eq!(error.to_string(), r"ChordError('Dependency g-1 raised ValueError(\'boom\')')");
    }
    assert_eq!(log.count("proj.tsum"), 0);
    assert_eq!(log.count("proj.add"), 2);
}

#[tokio::test]
async fn a_revoked_task_counts() {
    let (world, log) = project_world().await;
    let body = sig("proj.tsum", json!([]), json!({"task_id": "body"}));
    let past = chrono::DateTime::UNIX_EPOCH.to_rfc3339();
    let options = json!({"task_id": "m", "group_id": "g", "group_index": 0, "chord": body, "expires": past});
    let new = NewChord { group: "g".to_owned(), size: 1, structure: None };
    world.runtime.results.open_chords(vec![new]).await.expect("opened");
    publish(&world, vec![message("proj.add", json!([1, 1]), options)]).await;
    let error = result(&world, "body").await.exception().expect("stored");
    assert_eq!(error.to_string(), r"ChordError('Dependency m raised TaskRevokedError(\'expired\')')");
    assert_eq!(log.calls().len(), 0);
}

#[tokio::test]
async fn cancelling_a_waiting_task_still_counts_it() {
    let (world, log) = project_world().await;
    let body = sig("proj.tsum", json!([]), json!({"task_id": "body"}));
    let options =
        json!({"task_id": "m", "group_id": "g", "group_index": 0, "chord": body, "countdown": 3600});
    let new = NewChord { group: "g".to_owned(), size: 1, structure: None };
    world.runtime.results.open_chords(vec![new]).await.expect("opened");
    publish(&world, vec![message("proj.add", json!([1, 1]), options)]).await;
    world.runtime.control.revoke(&[TaskId::from("m")], false).await.expect("asked");
    assert_eq!(result(&world, "m").await.status, State::Revoked);
    let error = result(&world, "body").await.exception().expect("stored").message();
    assert!(error.starts_with("Dependency m raised TaskRevokedError("), "{error}");
    assert_eq!(log.calls().len(), 0);
}

#[tokio::test]
async fn what_runs_twice_has_the_same_ids() {
    let (world, log) = project_world().await;
    let chain = json!([nested("proj.add")]);
    let start = || message("proj.add", json!([5, 5]), json!({"task_id": "a", "chain": chain}));
    publish(&world, vec![start()]).await;
    assert_eq!(value(&world, "outer").await, json!(36));
    let first = log.calls();
    // As after the death of a worker that had sent everything but had not given the message up.
    publish(&world, vec![start()]).await;
    let again = async {
        while log.calls().len() < 2 * first.len() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("it runs again");
    let mut ids: Vec<_> = log.calls().into_iter().map(|(headers, _)| headers.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), first.len(), "everything has the id it had before");
}

#[tokio::test]
async fn a_group_that_is_a_body_fails_task_by_task() {
    let (world, _) = project_world().await;
    let errback = sig("proj.on_error_old", json!([]), json!({"task_id": "e"}));
    let body = json!({"task": "celery.group", "args": [], "options": {"task_id": "bg"}, "subtask_type": "group",
        "immutable": false, "kwargs": {"tasks": [
            sig("proj.tsum", json!([]), json!({"task_id": "b", "link_error": [errback]})),
            sig("proj.echo", json!([]), json!({"task_id": "c"}))]}});
    chord(&world, "g", &[("proj.boom", json!([]))], &body).await;
    for id in ["b", "c"] {
        assert_eq!(result(&world, id).await.exception().expect("stored").to_string(), "ValueError('boom')");
    }
    assert_eq!(value(&world, "e").await, json!(["errback old style", "b"]));
}

/// `chord([chord([..], inner), add], outer)`, as the step of a chain: everything is sent by the worker.
fn nested(inner_task: &str) -> Value {
    let group = |tasks: Value, options: Value| {
        json!({"task": "celery.group", "args": [], "kwargs": {"tasks": tasks}, "options": options,
            "subtask_type": "group", "immutable": false})
    };
    let chord = |header: Value, body: Value| {
        json!({"task": "celery.chord", "args": [], "kwargs": {"kwargs": {}, "header": header, "body": body},
            "options": {}, "subtask_type": "chord", "immutable": false})
    };
    let inner = group(
        json!([sig(inner_task, json!([1]), json!({})), sig("proj.add", json!([2]), json!({}))]),
        json!({}),
    );
    let inner = chord(inner, sig("proj.tsum", json!([]), json!({"task_id": "inner"})));
    let outer = group(
        json!([inner, sig("proj.add", json!([3]), json!({"task_id": "side"}))]),
        json!({"task_id": "og"}),
    );
    chord(outer, sig("proj.tsum", json!([]), json!({"task_id": "outer"})))
}

#[tokio::test]
async fn chords_nest() {
    let (world, log) = project_world().await;
    let chain = json!([nested("proj.add")]);
    publish(&world, vec![message("proj.add", json!([5, 5]), json!({"task_id": "a", "chain": chain}))]).await;
    // (10+1)+(10+2) = 23, and 10+3 = 13.
    assert_eq!(value(&world, "outer").await, json!(36));
    assert_eq!(value(&world, "inner").await, json!(23));
    assert_eq!(log.count("proj.tsum"), 2);
    let place = |id: &str| {
        let (headers, _) =
            log.calls().into_iter().find(|(headers, _)| headers.id == TaskId::from(id)).expect("ran");
        (headers.group, headers.group_index)
    };
    assert_eq!(place("inner"), (Some("og".to_owned()), Some(0)));
    assert_eq!(place("side"), (Some("og".to_owned()), Some(1)));
}

#[tokio::test]
async fn a_failure_inside_reaches_the_outermost_body() {
    let (world, log) = project_world().await;
    let chain = json!([nested("proj.boom")]);
    publish(&world, vec![message("proj.add", json!([5, 5]), json!({"task_id": "a", "chain": chain}))]).await;
    let error = result(&world, "outer").await.exception().expect("stored").message();
    assert!(error.starts_with("Dependency inner raised ChordError('Dependency "), "{error}");
    assert_eq!(log.count("proj.tsum"), 0);
}

#[tokio::test]
async fn an_empty_header_runs_the_body_at_once() {
    let (world, _) = project_world().await;
    let chord = json!({"task": "celery.chord", "args": [], "options": {}, "subtask_type": "chord", "immutable": false,
        "kwargs": {"kwargs": {}, "header": [], "body": sig("proj.tsum", json!([]), json!({"task_id": "body"}))}});
    publish(&world, vec![message("proj.add", json!([1, 1]), json!({"task_id": "a", "chain": [chord]}))])
        .await;
    assert_eq!(value(&world, "body").await, json!(0));
}

#[tokio::test]
async fn a_group_before_a_task_becomes_a_chord() {
    let (world, _) = project_world().await;
    let group = json!({"task": "celery.group", "args": [], "options": {}, "subtask_type": "group", "immutable": false,
        "kwargs": {"tasks": [sig("proj.add", json!([1]), json!({})), sig("proj.add", json!([2]), json!({}))]}});
    let link = json!({"task": "celery.chain", "args": [], "options": {}, "subtask_type": "chain", "immutable": false,
        "kwargs": {"tasks": [group, sig("proj.tsum", json!([]), json!({"task_id": "sum"})),
            sig("proj.add", json!([100]), json!({"task_id": "end"}))]}});
    publish(&world, vec![message("proj.add", json!([1, 1]), json!({"task_id": "a", "link": [link]}))]).await;
    assert_eq!(value(&world, "end").await, json!(107));
    assert_eq!(value(&world, "sum").await, json!(7));
}
