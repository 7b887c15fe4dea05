//! The table of all settings. Its names are Celery's where Celery has the setting; each may stand in the file under
//! its name and in the environment as `UMBEL_` and its name in capitals.

use super::beat;
use super::file::Entry;
use super::model::{Config, LogFormat};
use super::node_name::{Host, node_name};
use super::transport::{BrokerTransport, ResultTransport};
use super::value::{self, Read};
use crate::protocol::envelope::Accept;
use crate::redis_link::{Address, is_redis};
use std::path::PathBuf;
use toml::Value;
use tracing_subscriber::EnvFilter;

/// A setting: its name and how a value of it changes the configuration.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub(super) apply: fn(&mut Config, &Entry) -> Read<()>,
}

impl Setting {
    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("UMBEL_{}", self.name.to_ascii_uppercase())
    }

    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }
}

/// `name => place in the configuration: how a value is read`, and after these those that look at the whole entry.
macro_rules! settings {
    (
        $($name:literal => $($place:ident).+: $read:expr),+;
        $($whole:literal => $($part:ident).+: $look:expr),+ $(,)?
    ) => {
        &[$(Setting {
            name: $name,
            apply: |config, entry| {
                config.$($place).+ = ($read)(&entry.value)?;
                Ok(())
            },
        }),+, $(Setting {
            name: $whole,
            apply: |config, entry| {
                config.$($part).+ = ($look)(entry)?;
                Ok(())
            },
        }),+]
    };
}

pub const SETTINGS: &[Setting] = settings! {
    "app_name" => app_name: value::text,
    "data_dir" => data_dir: |value| value::text(value).map(PathBuf::from),
    "broker_url" => broker.url: broker_url,
    "broker_transport_options" => broker.transport: BrokerTransport::read,
    "accept_content" => broker.accept: accept_content,
    "result_backend" => results.url: result_backend,
    "result_backend_transport_options" => results.transport: ResultTransport::read,
    "dashboard_enabled" => http.enabled: value::boolean,
    "host" => http.host: value::address,
    "port" => http.port: |value| whole(value, 0, 65_535),
    "allowed_hosts" => http.allowed_hosts: value::list,
    "request_body_limit" => http.body_limit: body_limit,
    "worker_enabled" => worker.enabled: value::boolean,
    "worker_name" => worker.name: worker_name,
    "worker_concurrency" => worker.concurrency: |value| whole(value, 1, 65_536),
    "worker_queues" => worker.queues: |value| value::list(value).map(Some),
    "worker_heartbeat_interval" => worker.heartbeat_interval: value::length,
    "worker_send_task_events" => worker.events: value::boolean,
    "worker_lease" => worker.lease: value::length,
    "worker_warm_shutdown_timeout" => worker.warm_shutdown_timeout: value::length_or_zero,
    "task_default_queue" => task_default_queue: value::queue,
    "result_expires" => results.expires: value::length_or_never,
    "history_max_age" => history.max_age: value::length_or_never,
    "history_max_tasks" => history.max_tasks: count_or_never,
    "history_max_size" => history.max_size: |value| value::bytes(value, 1 << 20, 1 << 50),
    "monitor_enable_events" => enable_events: value::boolean,
    "log_level" => log.level: log_level,
    "log_format" => log.format: log_format,
    "demo" => demo.enabled: value::boolean,
    "demo_speed" => demo.speed: value::positive,
    "timezone" => beat.zone: beat::zone,
    "beat_enabled" => beat.enabled: value::boolean,
    "beat_cron_starting_deadline" => beat.starting_deadline: beat::starting_deadline,
    "beat_max_loop_interval" => beat.max_loop_interval: beat::max_loop_interval,
    "beat_lease" => beat.lease: beat::lease;
    "beat_schedule" => beat.schedule: beat::schedule,
};

fn whole<T: TryFrom<i64>>(value: &Value, lowest: i64, highest: i64) -> Read<T> {
    let number = value::whole(value, lowest, highest)?;
    T::try_from(number).map_err(|_| "is a smaller number".to_owned())
}

/// A Redis, or the word for none.
fn broker_url(value: &Value) -> Read<Option<Address>> {
    match value::text(value)?.as_str() {
        "embedded" => Ok(None),
        url => Address::parse(url)
            .map(Some)
            .map_err(|error| format!("{error}, or embedded for the broker inside")),
    }
}

fn result_backend(value: &Value) -> Read<Option<Address>> {
    match value::text(value)?.as_str() {
        "broker" => Ok(None),
        url if is_redis(url) => Address::parse(url).map(Some),
        _ => Err(
            "is a redis:// URL, or broker to keep results where the messages are; Umbel speaks to no other \
                  result backend"
                .to_owned(),
        ),
    }
}

fn accept_content(value: &Value) -> Read<Accept> {
    let names = value::list(value)?;
    Accept::new(names.iter().map(String::as_str))
}

fn body_limit(value: &Value) -> Read<usize> {
    let bytes = value::bytes(value, 1 << 10, 1 << 30)?;
    usize::try_from(bytes).map_err(|_| "is more than this machine can address".to_owned())
}

fn worker_name(value: &Value) -> Read<String> {
    node_name(&value::text(value)?, &Host::of_this_machine()).map_err(|error| error.to_string())
}

fn count_or_never(value: &Value) -> Read<Option<u64>> {
    if matches!(value, Value::String(word) if word == "never") {
        return Ok(None);
    }
    whole(value, 1, i64::MAX)
        .map(Some)
        .map_err(|_| "is a number of tasks above 0, or never to keep all".to_owned())
}

fn log_level(value: &Value) -> Read<String> {
    let level = value::text(value)?;
    let known = ["trace", "debug", "info", "warn", "warning", "error", "critical", "off"];
    // Celery's own words for two of them.
    let level = match level.to_ascii_lowercase().as_str() {
        "warning" => "warn".to_owned(),
        "critical" | "fatal" => "error".to_owned(),
        word if known.contains(&word) => word.to_owned(),
        _ => level,
    };
    let directives = level.contains('=') || known.contains(&level.as_str());
    if directives && EnvFilter::try_new(&level).is_ok() {
        return Ok(level);
    }
    Err("is trace, debug, info, warn, error or off, or directives such as info,umbel::worker=debug"
        .to_owned())
}

fn log_format(value: &Value) -> Read<LogFormat> {
    match value::text(value)?.as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is text or json".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use std::collections::HashMap;

    #[test]
    fn every_setting_has_its_own_name_and_refuses_nonsense() {
        for (place, setting) in SETTINGS.iter().enumerate() {
            assert!(SETTINGS[place + 1..].iter().all(|other| other.name != setting.name), "{}", setting.name);
            let nonsense = Entry {
                name: setting.name.to_owned(),
                value: Value::Array(vec![Value::Table(toml::Table::new())]),
                at: Source::Flag("--nonsense"),
                within: HashMap::new(),
            };
            let refused = (setting.apply)(&mut Config::default(), &nonsense);
            assert!(refused.is_err(), "{} accepts a list of tables", setting.name);
        }
    }

    #[test]
    fn log_levels_speak_celerys_words_too() {
        assert_eq!(log_level(&Value::String("WARNING".into())).as_deref(), Ok("warn"));
        assert_eq!(log_level(&Value::String("info,umbel=trace".into())).as_deref(), Ok("info,umbel=trace"));
        assert!(log_level(&Value::String("loud".into())).is_err());
        assert!(log_level(&Value::String("umbel=loud".into())).is_err());
    }
}
