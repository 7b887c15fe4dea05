//! What a running task can tell, and what it is told.

use super::block_on;
use serde_json::json;
use std::cell::Cell;
use umbel::protocol::State;
use umbel::task::{Context, TaskError, testing};

#[test]
fn progress_arrives_in_order_with_the_tasks_id() {
    let (parts, mut told) = testing::parts("demo.index");
    let context = Context::new(parts);
    block_on(async {
        context.progress(json!({"current": 1})).await.expect("told");
        context.update_state("UPLOADING", 2).await.expect("told");
    });
    let first = told.try_recv().expect("progress");
    assert_eq!(
        (&first.id, &first.state, first.meta.get()),
        (context.id(), &State::progress(), r#"{"current":1}"#)
    );
    let second = told.try_recv().expect("custom");
    assert_eq!((second.state.as_str(), second.meta.get()), ("UPLOADING", "2"));
}

#[test]
fn celerys_own_words_and_odd_ones_are_refused() {
    let (parts, mut told) = testing::parts("demo.index");
    let context = Context::new(parts);
    for word in ["SUCCESS", "failure", "SENT", "Succeeded", "", "A B", "é"] {
        let refused = block_on(context.update_state(word, ())).expect_err(word);
        assert_eq!(refused.exc_type(), "ValueError", "{word}");
    }
    assert!(told.try_recv().is_err(), "nothing got out");
}

#[test]
fn a_full_channel_makes_the_task_wait() {
    let (mut parts, _) = testing::parts("demo.index");
    let (updates, mut told) = tokio::sync::mpsc::channel(1);
    parts.updates = updates;
    let context = Context::new(parts);
    block_on(async {
        context.progress(1).await.expect("room for one");
        let mut second = std::pin::pin!(context.progress(2));
        assert!(futures_util::poll!(&mut second).is_pending(), "no room for a second");
        assert_eq!(told.recv().await.expect("first").meta.get(), "1");
        second.await.expect("room again");
        assert_eq!(told.recv().await.expect("second").meta.get(), "2");
    });
}

#[test]
fn nobody_listening_is_no_failure() {
    block_on(testing::context("demo.index").progress(1)).expect("lost, but not the task's fault");
}

#[test]
fn meta_need_not_be_send() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    let context = testing::context("demo.index");
    let meta = std::rc::Rc::new(Cell::new(3)).get();
    block_on(is_send(context.progress(meta))).expect("told");
}

#[test]
fn a_cancelled_task_learns_of_it() {
    let (parts, _told) = testing::parts("demo.index");
    let cancel = parts.cancel.clone();
    let context = Context::new(parts);
    block_on(async {
        let mut cancelled = std::pin::pin!(context.cancelled());
        assert!(futures_util::poll!(&mut cancelled).is_pending());
        assert!(!context.is_cancelled());
        cancel.cancel();
        cancelled.await;
        assert!(context.is_cancelled());
    });
}

#[test]
fn meta_that_is_not_json_is_the_tasks_error() {
    let odd: std::collections::BTreeMap<(u8, u8), u8> = std::iter::once(((1, 2), 3)).collect();
    let error: TaskError = block_on(testing::context("demo.index").progress(odd)).expect_err("no JSON");
    assert_eq!(error.exc_type(), "EncodeError");
}
