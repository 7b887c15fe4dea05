//! Celery's transport options: `broker_transport_options` and `result_backend_transport_options`.

use super::value::Read;
use crate::nearest::nearest;
use crate::protocol::keys::{BrokerKeys, FanoutPrefix, ResultKeys};
use std::time::Duration;
use toml::{Table, Value};

/// How Celery's keys are named and timed on Redis.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerTransport {
    /// After this long a message that a Python worker has in hand is taken for lost.
    pub visibility_timeout: Duration,
    pub global_keyprefix: String,
    pub separator: Option<String>,
    pub priority_steps: Option<Vec<u8>>,
    pub fanout_prefix: FanoutPrefix,
    pub fanout_patterns: bool,
    /// The name by which sentinels know the master.
    pub master_name: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultTransport {
    pub global_keyprefix: String,
    pub master_name: String,
}

/// Options of kombu's that mean something to its own connections only.
const PASSED_OVER: &[&str] = &[
    "ack_emulation",
    "body_encoding",
    "client_name",
    "credential_provider",
    "deadletter_queue",
    "health_check_interval",
    "interval_max",
    "interval_start",
    "interval_step",
    "max_connections",
    "max_retries",
    "polling_interval",
    "queue_order_strategy",
    "result_chord_ordered",
    "retry_on_timeout",
    "retry_policy",
    "sentinel_kwargs",
    "socket_connect_timeout",
    "socket_keepalive",
    "socket_keepalive_options",
    "socket_timeout",
    "unacked_index_key",
    "unacked_key",
    "unacked_mutex_expire",
    "unacked_mutex_key",
    "unacked_restore_interval",
    "unacked_restore_limit",
    "unacked_restore_throttle",
];

const OURS: &[&str] = &[
    "visibility_timeout",
    "global_keyprefix",
    "sep",
    "priority_steps",
    "fanout_prefix",
    "fanout_patterns",
    "master_name",
];

impl Default for BrokerTransport {
    fn default() -> Self {
        Self {
            visibility_timeout: Duration::from_secs(3600),
            global_keyprefix: String::new(),
            separator: None,
            priority_steps: None,
            fanout_prefix: FanoutPrefix::Database,
            fanout_patterns: true,
            master_name: String::new(),
        }
    }
}

impl BrokerTransport {
    pub(super) fn read(value: &Value) -> Read<Self> {
        let mut options = Self::default();
        for (name, value) in table(value)? {
            let wrong = |expected: &str| Err(format!("has an option {name} that {expected}"));
            match (name.as_str(), &value) {
                ("visibility_timeout", value) => match super::value::length(value) {
                    Ok(length) => options.visibility_timeout = length,
                    Err(expected) => return wrong(&expected),
                },
                ("global_keyprefix", Value::String(text)) => options.global_keyprefix.clone_from(text),
                ("sep", Value::String(text)) if !text.is_empty() => options.separator = Some(text.clone()),
                ("priority_steps", Value::Array(steps)) => {
                    match steps.iter().map(step).collect::<Option<Vec<u8>>>() {
                        Some(steps) if !steps.is_empty() => options.priority_steps = Some(steps),
                        _ => return wrong("is a list of numbers from 0 to 9"),
                    }
                }
                ("fanout_prefix", Value::Boolean(true)) => options.fanout_prefix = FanoutPrefix::Database,
                ("fanout_prefix", Value::Boolean(false)) => {
                    options.fanout_prefix = FanoutPrefix::Text(String::new());
                }
                ("fanout_prefix", Value::String(text)) => {
                    options.fanout_prefix = FanoutPrefix::Text(text.clone());
                }
                ("fanout_patterns", Value::Boolean(truth)) => options.fanout_patterns = *truth,
                ("master_name", Value::String(text)) => options.master_name.clone_from(text),
                (known, _) if OURS.contains(&known) => return wrong("has a value of another kind"),
                _ => known(&name)?,
            }
        }
        Ok(options)
    }

    /// The keys of a broker in this database.
    pub fn keys(&self, db: i64) -> BrokerKeys {
        let mut keys = BrokerKeys::new(db)
            .with_prefix(&self.global_keyprefix)
            .with_fanout(self.fanout_prefix.clone(), self.fanout_patterns);
        if let Some(separator) = &self.separator {
            keys = keys.with_separator(separator);
        }
        if let Some(steps) = &self.priority_steps {
            keys = keys.with_steps(steps.clone());
        }
        keys
    }
}

impl ResultTransport {
    pub(super) fn read(value: &Value) -> Read<Self> {
        let mut options = Self::default();
        for (name, value) in table(value)? {
            match (name.as_str(), &value) {
                ("global_keyprefix", Value::String(text)) => options.global_keyprefix.clone_from(text),
                ("master_name", Value::String(text)) => options.master_name.clone_from(text),
                ("global_keyprefix" | "master_name", _) => {
                    return Err(format!("has an option {name} that is a text"));
                }
                _ => known(&name)?,
            }
        }
        Ok(options)
    }

    pub fn keys(&self) -> ResultKeys {
        ResultKeys::new(&self.global_keyprefix)
    }
}

/// A table of the file; in the environment the same as JSON.
fn table(value: &Value) -> Read<Table> {
    match value {
        Value::Table(table) => Ok(table.clone()),
        Value::String(json) => serde_json::from_str(json)
            .map_err(|error| format!("is a table, as JSON in the environment ({error})")),
        _ => Err("is a table of options".to_owned()),
    }
}

fn step(value: &Value) -> Option<u8> {
    u8::try_from(value.as_integer()?).ok().filter(|step| *step <= 9)
}

fn known(name: &str) -> Read<()> {
    if PASSED_OVER.contains(&name) || name == "visibility_timeout" {
        return Ok(());
    }
    let hint = nearest(name, OURS.iter().chain(PASSED_OVER).copied());
    let hint = hint.map(|nearest| format!("; did you mean {nearest}?")).unwrap_or_default();
    Err(format!("has no option {name}{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Read<BrokerTransport> {
        BrokerTransport::read(&Value::String(text.to_owned()))
    }

    #[test]
    fn celerys_options_are_read() {
        let options = read(
            r#"{"visibility_timeout": 43200, "global_keyprefix": "app:", "sep": ":", "priority_steps": [0, 5],
                "fanout_prefix": false, "socket_timeout": 5}"#,
        )
        .expect("sound");
        assert_eq!(options.visibility_timeout, Duration::from_secs(43_200));
        assert_eq!(options.keys(0).lists("q"), ["app:q", "app:q:5"]);
        assert_eq!(options.keys(2).pidbox_channel(), "app:celery.pidbox");
    }

    #[test]
    fn mistakes_are_told() {
        for (text, part) in [
            ("5", "is a table"),
            (r#"{"visibilty_timeout": 5}"#, "did you mean visibility_timeout?"),
            (r#"{"priority_steps": [0, 12]}"#, "numbers from 0 to 9"),
            (r#"{"global_keyprefix": 1}"#, "another kind"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
