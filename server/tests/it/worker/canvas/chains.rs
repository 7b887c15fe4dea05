//! Chains, callbacks and errbacks, from end to end.

use super::{message, project_world, publish, result, sig, value};
use serde_json::{Value, json};
use umbel::protocol::State;

#[tokio::test]
async fn three_steps_pass_their_results_on() {
    let (world, log) = project_world().await;
    let chain = json!([
        sig("proj.add", json!([100]), json!({"task_id": "c"})),
        sig("proj.add", json!([10]), json!({"task_id": "b"}))
    ]);
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "chain": chain}))]).await;
    assert_eq!(value(&world, "c").await, json!(113));
    assert_eq!(value(&world, "b").await, json!(13));
    let meta = result(&world, "a").await;
    assert_eq!(meta.children.expect("listed").get(), r#"[[["b",null],null]]"#);
    assert_eq!(result(&world, "c").await.parent_id, Some("b".into()));
    let roots: Vec<_> = log.calls().into_iter().map(|(headers, _)| headers.root_id).collect();
    assert_eq!(roots, vec![Some("a".into()); 3]);
}

#[tokio::test]
async fn an_immutable_step_takes_nothing() {
    let (world, _) = project_world().await;
    let mut step = sig("proj.add", json!([4, 5]), json!({"task_id": "b"}));
    step["immutable"] = json!(true);
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "chain": [step]}))]).await;
    assert_eq!(value(&world, "b").await, json!(9));
}

#[tokio::test]
async fn several_callbacks_are_one_group() {
    let (world, log) = project_world().await;
    let link = json!([
        sig("proj.add", json!([10]), json!({"task_id": "b"})),
        sig("proj.add", json!([20]), json!({"task_id": "c"}))
    ]);
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "link": link}))]).await;
    assert_eq!((value(&world, "b").await, value(&world, "c").await), (json!(13), json!(23)));
    let mut places: Vec<_> = log
        .calls()
        .into_iter()
        .filter_map(|(headers, _)| Some((headers.group?, headers.group_index)))
        .collect();
    places.sort();
    assert_eq!((places[0].1, places[1].1), (Some(0), Some(1)));
    assert_eq!(places[0].0, places[1].0);
    let children: Value =
        serde_json::from_str(result(&world, "a").await.children.expect("listed").get()).expect("JSON");
    assert_eq!(children, json!([[[places[0].0, null], [[["b", null], null], [["c", null], null]]]]));
}

#[tokio::test]
async fn a_failure_calls_errbacks_and_ends_the_chain() {
    let (world, log) = project_world().await;
    let options = json!({"task_id": "a", "link_error": [sig("proj.on_error_old", json!([]), json!({"task_id": "e"}))],
        "link": [sig("proj.echo", json!([]), json!({"task_id": "never"}))],
        "chain": [sig("proj.add", json!([3]), json!({"task_id": "b"}))]});
    publish(&world, vec![message("proj.boom", json!([]), options)]).await;
    assert_eq!(value(&world, "e").await, json!(["errback old style", "a"]));
    let rest = result(&world, "b").await;
    assert_eq!(rest.status, State::Failure);
    assert_eq!(rest.exception().expect("stored").to_string(), "ValueError('boom')");
    assert_eq!((log.count("proj.echo"), log.count("proj.add")), (0, 0));
}

#[tokio::test]
async fn a_task_nobody_knows_calls_its_errbacks_too() {
    let (world, _) = project_world().await;
    let options =
        json!({"task_id": "a", "link_error": [sig("proj.on_error_old", json!([]), json!({"task_id": "e"}))]});
    publish(&world, vec![message("proj.nope", json!([]), options)]).await;
    assert_eq!(value(&world, "e").await, json!(["errback old style", "a"]));
}

#[tokio::test]
async fn a_group_in_a_chain_is_sent_whole() {
    let (world, log) = project_world().await;
    let group = json!({"task": "celery.group", "args": [], "options": {"task_id": "g"}, "subtask_type": "group",
        "immutable": false, "kwargs": {"tasks": [sig("proj.add", json!([1]), json!({"task_id": "b"})),
            sig("proj.add", json!([2]), json!({"task_id": "c"}))]}});
    publish(&world, vec![message("proj.add", json!([1, 1]), json!({"task_id": "a", "chain": [group]}))])
        .await;
    assert_eq!((value(&world, "b").await, value(&world, "c").await), (json!(3), json!(4)));
    assert_eq!(result(&world, "c").await.group_id.as_deref(), Some("g"));
    assert_eq!(log.count("proj.add"), 3);
}

#[tokio::test]
async fn stamps_stay_with_their_signature() {
    let (world, log) = project_world().await;
    let stamped = json!({"task_id": "b", "stamped_headers": ["who"], "who": "me"});
    let chain = json!([sig("proj.add", json!([10]), stamped)]);
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "chain": chain}))]).await;
    assert_eq!(value(&world, "b").await, json!(13));
    let (headers, _) = log.calls().pop().expect("it ran");
    assert_eq!(
        (headers.stamped_headers, headers.stamps["who"].clone()),
        (Some(vec!["who".to_owned()]), json!("me"))
    );
}

#[tokio::test]
async fn what_cannot_be_sent_fails_the_task_it_follows() {
    let (world, log) = project_world().await;
    let chain = json!([{"no": "signature"}]);
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "chain": chain}))]).await;
    let meta = result(&world, "a").await;
    assert_eq!(meta.status, State::Failure);
    let sentence = meta.exception().expect("stored").message();
    assert!(sentence.starts_with("cannot send what follows the task: not a signature"), "{sentence}");
    assert_eq!(log.count("proj.add"), 1);
}

#[tokio::test]
async fn a_callback_may_be_a_chain_of_its_own() {
    let (world, _) = project_world().await;
    let link = json!({"task": "celery.chain", "args": [], "options": {}, "subtask_type": "chain", "immutable": false,
        "kwargs": {"tasks": [sig("proj.add", json!([10]), json!({"task_id": "b"})),
            sig("proj.add", json!([20]), json!({"task_id": "c"}))]}});
    publish(&world, vec![message("proj.add", json!([1, 2]), json!({"task_id": "a", "link": [link]}))]).await;
    assert_eq!(value(&world, "c").await, json!(33));
    assert_eq!(result(&world, "a").await.children.expect("listed").get(), r#"[[["b",null],null]]"#);
}
