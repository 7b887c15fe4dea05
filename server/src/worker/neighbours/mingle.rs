//! The greeting at the start: who else is there, which tasks are revoked, how late is it by the common clock.

use crate::protocol::TaskId;
use crate::protocol::control::{Reply, Request};
use crate::worker::Shared;
use serde_json::{Value, json};
use std::time::Duration;

/// Celery waits this long for its neighbours, all of it.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) async fn greet(shared: &Shared) {
    tracing::info!("mingle: searching for neighbors");
    let ticket = TaskId::generate().to_string();
    let mut answers = shared.bus.replies(&ticket);
    let me = shared.speaker.hostname();
    let mut request = Request::new("hello", json!({ "from_node": me, "revoked": shared.revoked.ids() }));
    request.ticket = Some(ticket);
    shared.bus.request(request).await;
    let mut deadline = shared.clock.sleep(PATIENCE);
    let mut neighbours = 0;
    loop {
        tokio::select! {
            answer = answers.recv() => match answer {
                Some(reply) if reply.node != me && reply.value.is_object() => {
                    neighbours += 1;
                    learn(shared, &reply);
                }
                Some(_) => {}
                None => break,
            },
            () = &mut deadline => break,
        }
    }
    match neighbours {
        0 => tracing::info!("mingle: all alone"),
        some => {
            tracing::info!("mingle: sync with {some} nodes");
            tracing::info!("mingle: sync complete");
        }
    }
}

fn learn(shared: &Shared, reply: &Reply) {
    tracing::debug!("mingle: processing reply from {}", reply.node);
    revoke(shared, &reply.value["revoked"]);
    if let Some(clock) = reply.value["clock"].as_u64() {
        shared.speaker.adopt(clock);
    }
}

/// Flags what another worker knows to be revoked: a list of ids, or until Celery 5.5 an object of ids and times.
pub(crate) fn revoke(shared: &Shared, revoked: &Value) {
    let flag = |id: &str| shared.revoked.add(TaskId::from(id));
    match revoked {
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).for_each(flag),
        Value::Object(ids) => ids.keys().map(String::as_str).for_each(flag),
        _ => {}
    }
}
