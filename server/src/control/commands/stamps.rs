//! Revokes whatever carries a stamp: a name and a value that a sender has put on its tasks.

use super::refusal::Refusal;
use super::signum::signum;
use super::{Act, Arguments, Outcome, Signature, Verb, ok};
use crate::protocol::{Headers, repr};
use crate::worker::{Shared, one_or_many};
use serde_json::{Map, Value};

pub(super) const VERB: Verb = Verb {
    alias: None,
    signature: Signature {
        name: "revoke_by_stamped_headers",
        required: &["headers"],
        optional: &["terminate", "signal"],
        open: true,
    },
    act: Act::Now(answer),
};

fn answer(worker: &Shared, arguments: &Arguments<'_>) -> Outcome {
    let stamps = stamps(arguments.get("headers"))?;
    let signal = signum(arguments.get("signal"))?;
    for (name, values) in &stamps {
        worker.revoked.add_stamp(name, values);
    }
    let shown = repr::kwargs_repr(&stamps);
    if !arguments.is_true("terminate") {
        return ok(format!("headers {shown} flagged as revoked, but not terminated"));
    }
    let stopped = worker.hand.terminate(signal, |headers| carries(headers, &stamps));
    if stopped.is_empty() {
        return ok(format!("headers {shown} were not terminated"));
    }
    ok(format!("headers {} revoked", as_sets(&stamps)))
}

/// An object of names and values, or a list of `name=value` as the command line makes it.
fn stamps(value: &Value) -> Result<Map<String, Value>, Refusal> {
    match value {
        Value::Object(stamps) => Ok(stamps.clone()),
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| {
                let (name, value) = pair.as_str().and_then(|pair| pair.split_once('=')).ok_or_else(wrong)?;
                Ok((name.to_owned(), value.into()))
            })
            .collect(),
        _ => Err(wrong()),
    }
}

fn wrong() -> Refusal {
    Refusal::python("TypeError", "headers must be an object, or a list of name=value")
}

fn carries(headers: &Headers, stamps: &Map<String, Value>) -> bool {
    stamps.iter().any(|(name, wanted)| {
        let Some(has) = headers.stamps.get(name) else { return false };
        one_or_many(wanted).any(|wanted| one_or_many(has).any(|has| has == wanted))
    })
}

/// As Celery shows them here: `defaultdict(<class 'set'>, {'id': {'a', 'b'}})`.
fn as_sets(stamps: &Map<String, Value>) -> String {
    let set = |values: &Value| one_or_many(values).map(repr::repr).collect::<Vec<_>>().join(", ");
    let sets: Vec<String> = stamps
        .iter()
        .map(|(name, values)| format!("{}: {{{}}}", repr::repr(&name.as_str().into()), set(values)))
        .collect();
    format!("defaultdict(<class 'set'>, {{{}}})", sets.join(", "))
}
