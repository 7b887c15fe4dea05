//! What a worker answers to a remote-control request: one file per verb or small family of verbs, in Celery's words
//! and shapes.
//!
//! Whatever goes wrong in a verb becomes an answer `{"error": …}`; the worker goes on.

mod active;
mod broker_url;
mod clock;
mod conf;
mod election;
mod events;
mod hello;
mod limits;
mod memory;
mod ping;
mod pool;
mod query_task;
mod queues;
mod refusal;
mod registered;
mod report;
mod request_info;
mod revoke;
mod revoked;
mod rusage;
mod scheduled;
mod shutdown;
mod signature;
mod signum;
mod stamps;
mod stats;

use crate::protocol::control::Request;
use crate::worker::Shared;
use futures_util::future::BoxFuture;
use refusal::Refusal;
use serde_json::{Map, Value, json};
use signature::{Arguments, Signature};

type Outcome = Result<Value, Refusal>;

/// Something a worker can be asked.
struct Verb {
    /// Another name for it, from the early days of Celery.
    alias: Option<&'static str>,
    signature: Signature,
    act: Act,
}

enum Act {
    Now(fn(&Shared, &Arguments<'_>) -> Outcome),
    /// Asks somebody else before it answers.
    Soon(for<'a> fn(&'a Shared, &'a Arguments<'a>) -> BoxFuture<'a, Outcome>),
    /// Nobody hears of it any more.
    Silent(fn(&Shared)),
}

const VERBS: &[Verb] = &[
    active::ACTIVE,
    active::RESERVED,
    clock::VERB,
    conf::VERB,
    election::VERB,
    events::DISABLE,
    events::ENABLE,
    events::HEARTBEAT,
    hello::VERB,
    limits::RATE,
    limits::TIME,
    memory::DUMP,
    memory::OBJGRAPH,
    memory::SAMPLE,
    ping::VERB,
    pool::AUTOSCALE,
    pool::GROW,
    pool::RESTART,
    pool::SHRINK,
    query_task::VERB,
    queues::ACTIVE,
    queues::ADD,
    queues::CANCEL,
    registered::VERB,
    report::VERB,
    revoke::REVOKE,
    revoke::TERMINATE,
    revoked::VERB,
    scheduled::VERB,
    shutdown::VERB,
    stamps::VERB,
    stats::VERB,
];

/// Obeys a request. `None` when it is one that is never answered.
pub(crate) async fn answer(worker: &Shared, request: &Request) -> Option<Value> {
    obey(worker, request).await.unwrap_or_else(|refusal| Some(json!({ "error": refusal.to_string() })))
}

async fn obey(worker: &Shared, request: &Request) -> Result<Option<Value>, Refusal> {
    let method = request.method.as_str();
    let called = |verb: &&Verb| verb.signature.name == method || verb.alias == Some(method);
    let verb = VERBS.iter().find(called).ok_or_else(|| Refusal::python("KeyError", method))?;
    let none = Map::new();
    let given = match &request.arguments {
        Value::Object(given) => given,
        Value::Null => &none,
        _ => return Err(Refusal::python("TypeError", "arguments must be an object")),
    };
    let arguments = verb.signature.bind(given)?;
    match verb.act {
        Act::Now(act) => act(worker, &arguments).map(Some),
        Act::Soon(act) => act(worker, &arguments).await.map(Some),
        Act::Silent(act) => {
            act(worker);
            Ok(None)
        }
    }
}

/// The answer of a verb that did what it was asked to.
fn ok(sentence: impl Into<String>) -> Outcome {
    Ok(json!({ "ok": sentence.into() }))
}
