//! The configuration by Celery's names, without its secrets.

use super::broker_url::{MASK, is_secret, masked, masked_broker};
use super::{Act, Arguments, Outcome, Signature, Verb};
use crate::worker::Shared;
use serde_json::{Map, Value};

pub(super) const VERB: Verb = Verb {
    alias: Some("dump_conf"),
    signature: Signature { name: "conf", required: &[], optional: &["with_defaults"], open: true },
    act: Act::Now(|worker, arguments: &Arguments<'_>| answer(worker, arguments.is_true("with_defaults"))),
};

fn answer(worker: &Shared, with_defaults: bool) -> Outcome {
    Ok(Value::Object(settings(worker, with_defaults)))
}

/// What was changed, or everything there is.
pub(super) fn settings(worker: &Shared, with_defaults: bool) -> Map<String, Value> {
    let conf = &worker.settings.conf;
    let told = |name: &String| with_defaults || conf.changed.contains(name);
    conf.all
        .iter()
        .filter(|(name, _)| told(name))
        .map(|(name, value)| (name.clone(), safe(name, value)))
        .collect()
}

fn safe(name: &str, value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), safe(name, value))).collect(),
        _ if is_secret(name) => MASK.into(),
        Value::String(text) if name.contains("broker_url") => masked_broker(text).into(),
        Value::String(text) => masked(text).into(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_wherever_they_are() {
        assert_eq!(safe("broker_url", &json!("redis://u:hunter2@h/0")), json!("redis://u:********@h/0"));
        assert_eq!(safe("result_backend", &json!("redis://:hunter2@h/0")), json!("redis://:********@h/0"));
        assert_eq!(safe("SECRET_KEY", &json!("hunter2")), json!(MASK));
        let nested = json!({"ssl": {"password": "hunter2", "verify": true}});
        assert_eq!(safe("options", &nested), json!({"ssl": {"password": MASK, "verify": true}}));
        assert_eq!(safe("task_default_queue", &json!("celery")), json!("celery"));
    }
}
